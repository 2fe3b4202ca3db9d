"""Answers in the form each protocol asks for: OTLP's own messages in the request's encoding, problem+json for events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import msgspec
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
PROBLEM = "application/problem+json"

# google.rpc.Code for an HTTP status.
_RPC_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 408: 4, 413: 3, 415: 3, 429: 8, 503: 14}
_RPC_UNKNOWN = 2
_RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response."""

    status: int
    content_type: str = ""
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def send(self, send: Send) -> None:
        """Answer the request, head and body at once."""
        headers = [(b"content-length", str(len(self.body)).encode()), *self.headers]
        if self.content_type:
            headers.append((b"content-type", self.content_type.encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def metrics_accepted(content_type: str, refused: int, reason: str) -> Answer:
    """ExportMetricsServiceResponse, with partial_success when some data points were refused."""
    response = ExportMetricsServiceResponse()
    if refused:
        response.partial_success.rejected_data_points = refused
        response.partial_success.error_message = reason
    if content_type == JSON:
        return Answer(200, JSON, json_format.MessageToJson(response, indent=None).encode())
    return Answer(200, PROTOBUF, response.SerializeToString())


def metrics_refused(content_type: str, status: int, message: str) -> Answer:
    """google.rpc.Status, as OTLP asks for with every error."""
    code = _RPC_CODES.get(status, _RPC_UNKNOWN)
    if content_type == PROTOBUF:
        return Answer(status, PROTOBUF, _rpc_status(code, message), _error_headers(status))
    return Answer(status, JSON, msgspec.json.encode({"code": code, "message": message}), _error_headers(status))


def events_refused(status: int, message: str) -> Answer:
    """A problem document (RFC 9457)."""
    problem = {"type": "about:blank", "title": message, "status": status}
    return Answer(status, PROBLEM, msgspec.json.encode(problem), _error_headers(status))


def _error_headers(status: int) -> tuple[tuple[bytes, bytes], ...]:
    if status == 503:
        return ((b"retry-after", str(_RETRY_AFTER_SECONDS).encode()),)
    if status == 405:
        return ((b"allow", b"POST"),)
    # What is left of the body is not wanted: without this the server would read it all to reuse the connection.
    return ((b"connection", b"close"),)


def _rpc_status(code: int, message: str) -> bytes:
    """google.rpc.Status{code = 1, message = 2} on the wire: two fields, not worth a package of generated code."""
    text = message.encode(errors="replace")
    return b"\x08" + _varint(code) + b"\x12" + _varint(len(text)) + text


def _varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
