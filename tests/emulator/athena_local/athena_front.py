"""The JSON 1.1 protocol in front of the Athena half: parsing, validation, answers, errors."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

from . import model
from .errors import AthenaError
from .wire import Answer, Call

TARGET = "AmazonAthena."
MAX_BODY_BYTES = 8 << 20
CONTENT_TYPE = "application/x-amz-json-1.1"


def operation_of(call: Call) -> str:
    """``StartQueryExecution`` of ``X-Amz-Target: AmazonAthena.StartQueryExecution``."""
    return call.header("x-amz-target").removeprefix(TARGET)


async def handle(service: Any, call: Call, body: bytes) -> Answer:
    """Validates the request, lets the service carry it out, and writes its answer."""
    if call.header("content-type").partition(";")[0].strip() != CONTENT_TYPE:
        raise AthenaError("UnknownOperationException", "", 404)
    request = model.parse_request(call.operation, body)
    result = await service.handle(call.operation, request, call.identity)
    return Answer(200, encode(result or {}), _headers(call))


def error_answer(error: AthenaError, call: Call) -> Answer:
    body = {"__type": error.code, **error.extra, "Message": error.message}
    return Answer(error.status, encode(body),
                  {**_headers(call), "x-amzn-ErrorType": error.code, **error.headers}, error.code)


def encode(value: dict[str, Any]) -> bytes:
    """JSON as the service writes it: times as epoch seconds, absent members left out."""
    text = _dump(value)
    if ":null" in text:  # rarely: cheaper than looking through every page of results
        text = _dump(_without_none(value))
    return text.encode("utf-8", "replace")


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_encode_other)


def _encode_other(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"{type(value).__name__} in an answer")


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [_without_none(v) for v in value]
    return value


def _headers(call: Call) -> dict[str, str]:
    if len(call.request_id) == 16:  # Athena's request ids are UUIDs, S3's 16 hex digits
        call.request_id = str(uuid.uuid4())
    return {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": call.request_id}
