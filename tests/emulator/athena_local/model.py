"""Checks Athena requests against botocore's own service model, with Athena's texts.

Two stages, as the service has them: the JSON must have the model's types (else
SerializationException), then the values must keep its constraints (else InvalidRequestException
"1 validation error detected: ..."). Members that the model does not know are ignored. (botocore's
ParamValidator checks types and minima only; the maxima, patterns and enums are in the model too,
and the service enforces them.)
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import botocore.session
from botocore.model import Shape

from .errors import AthenaError

SHOWN_CHARS = 1024  # a longer value is cut in the message
JSON_NAMES = {str: "STRING_VALUE", bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "DECIMAL_VALUE"}
WANTED = {"string": "a String", "integer": "an Integer", "long": "a Long", "boolean": "a Boolean",
          "double": "a Double", "float": "a Float", "timestamp": "a Timestamp"}


@functools.cache
def service_model():
    return botocore.session.get_session().get_service_model("athena")


@functools.cache
def operation_names() -> frozenset[str]:
    return frozenset(service_model().operation_names)


def parse_request(operation: str, body: bytes) -> dict[str, Any]:
    """The checked input of an operation. Raises AthenaError."""
    if operation not in operation_names():
        raise AthenaError("UnknownOperationException",
                          f"Operation {operation} is not known", 404)
    try:
        value = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        raise AthenaError("SerializationException", "Unable to parse the request body") from None
    shape = service_model().operation_model(operation).input_shape
    if not isinstance(value, dict):
        raise AthenaError("SerializationException", "Start of structure or map found where not "
                          "expected.")
    if shape is None:
        return {}
    _check_type(shape, value)
    problems: list[str] = []
    _check_value(shape, value, "", problems)
    if problems:
        count = len(problems)
        head = f"{count} validation error{'s' if count > 1 else ''} detected: "
        raise AthenaError("InvalidRequestException", head + "; ".join(problems),
                          extra={"AthenaErrorCode": "INVALID_INPUT"})
    return value


def _check_type(shape: Shape, value: Any) -> None:
    if value is None:
        return
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            raise _unexpected(value)
        for name, member in shape.members.items():
            if name in value:
                _check_type(member, value[name])
    elif kind == "list":
        if not isinstance(value, list):
            raise _unexpected(value)
        for item in value:
            _check_type(shape.member, item)
    elif kind == "map":
        if not isinstance(value, dict):
            raise _unexpected(value)
        for item in value.values():
            _check_type(shape.value, item)
    elif isinstance(value, (list, dict)):
        what = "list" if isinstance(value, list) else "structure or map"
        raise AthenaError("SerializationException", f"Start of {what} found where not expected.")
    elif not _fits(kind, value):
        name = "FALSE_VALUE" if value is False else JSON_NAMES[type(value)]
        raise AthenaError("SerializationException",
                          f"{name} can not be converted to {WANTED.get(kind, kind)}")


def _unexpected(value: Any) -> AthenaError:
    if isinstance(value, list):
        text = "Start of list found where not expected."
    elif isinstance(value, dict):
        text = "Start of structure or map found where not expected."
    else:
        text = "Unexpected field type"
    return AthenaError("SerializationException", text)


def _fits(kind: str, value: Any) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind in ("integer", "long"):
        return isinstance(value, int)
    if kind in ("double", "float"):
        return isinstance(value, (int, float))
    if kind == "timestamp":
        return isinstance(value, (int, float, str))
    return isinstance(value, str)


def _check_value(shape: Shape, value: Any, path: str, problems: list[str]) -> None:
    kind = shape.type_name
    limits = shape.metadata
    if kind == "structure":
        _check_members(shape, value, path, problems)
    elif kind == "list":
        _check_length(value, limits, path, problems)
        for number, item in enumerate(value, 1):
            if item is not None:
                _check_value(shape.member, item, f"{path}.{number}.member", problems)
    elif kind == "map":
        _check_length(value, limits, path, problems)
        for key, item in value.items():
            _check_value(shape.key, key, f"{path}.key", problems)
            if item is not None:
                _check_value(shape.value, item, f"{path}.{key}.member", problems)
    elif kind == "string":
        _check_string(shape, value, path, problems)
    elif kind in ("integer", "long", "double", "float"):
        _check_range(value, limits, path, problems)


def _check_members(shape: Shape, value: dict, path: str, problems: list[str]) -> None:
    for name, member in shape.members.items():
        inner = (path + "." if path else "") + name[:1].lower() + name[1:]
        given = value.get(name)
        if given is not None:
            _check_value(member, given, inner, problems)
        elif name in shape.required_members and not member.metadata.get("idempotencyToken"):
            problems.append(f"Value null at '{inner}' failed to satisfy constraint: Member must "
                            "not be null")


def _check_length(value: Any, limits: dict, path: str, problems: list[str]) -> None:
    if len(value) < limits.get("min", 0):
        problems.append(f"{_shown(value, path)} Member must have length greater than or equal to "
                        f"{limits['min']}")
    elif len(value) > limits.get("max", len(value)):
        problems.append(f"{_shown(value, path)} Member must have length less than or equal to "
                        f"{limits['max']}")


def _check_range(value: float, limits: dict, path: str, problems: list[str]) -> None:
    if value < limits.get("min", value):
        problems.append(f"{_shown(value, path)} Member must have value greater than or equal to "
                        f"{limits['min']}")
    elif value > limits.get("max", value):
        problems.append(f"{_shown(value, path)} Member must have value less than or equal to "
                        f"{limits['max']}")


def _check_string(shape: Shape, value: str, path: str, problems: list[str]) -> None:
    limits = shape.metadata
    _check_length(value, limits, path, problems)
    if "enum" in limits and value not in limits["enum"]:
        names = ", ".join(limits["enum"])
        problems.append(f"{_shown(value, path)} Member must satisfy enum value set: [{names}]")
    pattern = limits.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        problems.append(f"{_shown(value, path)} Member must satisfy regular expression pattern: "
                        f"{pattern}")


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A Java pattern for Python: there, a pair of surrogates is one character in a class."""
    return re.compile(pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"),
                      re.ASCII)


def _shown(value: Any, path: str) -> str:
    if isinstance(value, list):
        text = "[" + ", ".join(str(item) for item in value) + "]"
    else:
        text = str(value)
    if len(text) > SHOWN_CHARS:
        text = text[:SHOWN_CHARS] + "..."
    return f"Value '{text}' at '{path}' failed to satisfy constraint:"
