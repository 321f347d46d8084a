"""Writing and reading the small XML documents of S3 and STS."""

from __future__ import annotations

import datetime
import re
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from . import clock

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# What XML 1.0 cannot carry at all; S3 itself sends such keys as character references, and
# clients that must survive them ask for encoding-type=url.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NO_TEXT = re.compile("[\ud800-\udfff]")  # bytes that were no UTF-8


def document(root: str, content: Any, namespace: str = "") -> bytes:
    """A document from nested dicts. A list repeats its element, None leaves it out, a datetime
    is written in ISO form, a bool as true or false; names starting with @ are attributes."""
    attributes = f' xmlns="{namespace}"' if namespace else ""
    parts = [DECLARATION]
    _write(parts, root, content, attributes)
    return "".join(parts).encode("utf-8", "replace")


def _write(parts: list[str], name: str, value: Any, attributes: str = "") -> None:
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            _write(parts, name, item)
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if key.startswith("@"):
                attributes += f' {key[1:]}="{text(item)}"'
        parts.append(f"<{name}{attributes}>")
        for key, item in value.items():
            if not key.startswith("@"):
                _write(parts, key, item)
        parts.append(f"</{name}>")
    else:
        parts.append(f"<{name}{attributes}>{text(value)}</{name}>")


def text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return clock.iso(value)
    plain = escape(str(value), {'"': "&quot;", "\r": "&#13;"})
    return UNWRITABLE.sub(lambda m: f"&#{ord(m[0])};", NO_TEXT.sub("\ufffd", plain))


def parse(data: bytes) -> ElementTree.Element:
    """The root of a document without its namespaces. Raises ValueError; refuses DTDs, so that
    no entity is ever expanded."""
    if b"<!DOCTYPE" in data:
        raise ValueError("DTD not allowed")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root
