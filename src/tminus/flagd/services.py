"""flagd's gRPC services over the flags held now: evaluation v1 and v2, sync v1. Needs grpcio.

Written against open-feature/flagd-schemas (protobuf/flagd) and the status codes of flagd's own service.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from tminus.access import DEFINE, EVALUATE, Access
from tminus.exposing import Tally
from tminus.flagd.answers import KIND_OF, all_resolved, context_of, resolved
from tminus.flagd.messages import EVALUATION_V1, EVALUATION_V2, SYNC_V1, message
from tminus.flags import resolve
from tminus.held import HeldFlags

_KEEP_ALIVE_SECONDS = 20.0
# Each holds up to one definition for a client that does not read.
_MOST_STREAMS = 1_000
# Details travel as a header, of which a client takes 16 KiB; a flag's key may be a megabyte.
_MOST_DETAILS = 500
# A general fault is not UNKNOWN, as in flagd: its clients try that again for seconds, and a rule fails the same way.
_STATUS = {
    "FLAG_NOT_FOUND": grpc.StatusCode.NOT_FOUND,
    "TYPE_MISMATCH": grpc.StatusCode.INVALID_ARGUMENT,
    "PARSE_ERROR": grpc.StatusCode.DATA_LOSS,
}


class Services:
    """Handlers of every method. `ready()` is false while there is no definition: calls are then UNAVAILABLE."""

    def __init__(
        self, held: HeldFlags, access: Access, clock: Callable[[], float], ready: Callable[[], bool], tally: Tally
    ) -> None:
        self._held = held
        self._access = access
        self._clock = clock
        self._ready = ready
        self._tally = tally
        self._streams = 0

    def handlers(self) -> list[Any]:
        """What a `grpc.aio` server is given."""
        evaluation = {
            package: {
                f"Resolve{kind}": _unary(package, f"Resolve{kind}", self._resolver(package, kind)) for kind in KIND_OF
            }
            | {"EventStream": _stream(package, "EventStream", self._events(package))}
            for package in (EVALUATION_V1, EVALUATION_V2)
        }
        evaluation[EVALUATION_V1]["ResolveAll"] = _unary(EVALUATION_V1, "ResolveAll", self._resolve_all)
        sync = {
            "SyncFlags": _stream(SYNC_V1, "SyncFlags", self._sync),
            "FetchAllFlags": _unary(SYNC_V1, "FetchAllFlags", self._fetch),
            "GetMetadata": _unary(SYNC_V1, "GetMetadata", self._metadata),
        }
        made = [
            grpc.method_handlers_generic_handler(f"{package}.Service", methods)
            for package, methods in evaluation.items()
        ]
        return [*made, grpc.method_handlers_generic_handler(f"{SYNC_V1}.FlagSyncService", sync)]

    def _resolver(self, package: str, kind: str) -> Callable[[Any, Any], Any]:
        async def answer(request: Any, call: Any) -> Any:
            await self._admit(request, call, EVALUATE)
            try:
                context = context_of(request.context)
            except ValueError as error:
                return await call.abort(grpc.StatusCode.INVALID_ARGUMENT, f"INVALID_CONTEXT: {error}")
            flags = self._held.current()
            found = resolve(flags, request.flag_key, KIND_OF[kind], None, context, self._clock())
            self._tally.count(request.flag_key, found, context)
            if found.error_code is not None:
                status = _STATUS.get(found.error_code, grpc.StatusCode.INTERNAL)
                return await call.abort(status, f"{found.error_code}: {found.error_details:.{_MOST_DETAILS}}")
            try:
                return resolved(package, f"Resolve{kind}", found)
            except ValueError as error:
                return await call.abort(grpc.StatusCode.INVALID_ARGUMENT, f"TYPE_MISMATCH: {error}")

        return answer

    async def _resolve_all(self, request: Any, call: Any) -> Any:
        await self._admit(request, call, EVALUATE)
        try:
            context = context_of(request.context)
        except ValueError as error:
            return await call.abort(grpc.StatusCode.INVALID_ARGUMENT, f"INVALID_CONTEXT: {error}")
        flags, now = self._held.current(), self._clock()
        answers = {key: flags.evaluate(key, context, now) for key in flags.flags}
        for key, answer in answers.items():
            self._tally.count(key, answer, context)
        return all_resolved(answers, flags.metadata)

    def _events(self, package: str) -> Callable[[Any, Any], AsyncIterator[Any]]:
        reply = message(package, "EventStreamResponse")

        async def tell(request: Any, call: Any) -> AsyncIterator[Any]:
            await self._admit(request, call, EVALUATE, waits=True)
            before: Mapping[str, Any] | None = None
            async for definition in self._definitions(call):
                if definition is None:
                    yield reply(type="keep_alive")
                elif before is None:
                    yield reply(type="provider_ready")
                else:
                    event = reply(type="configuration_change")
                    event.data.update({"flags": _changes(before, definition)})
                    yield event
                before = before if definition is None else definition

        return tell

    async def _sync(self, request: Any, call: Any) -> AsyncIterator[Any]:
        await self._admit(request, call, DEFINE, waits=True)
        async for definition in self._definitions(call):
            if definition is not None:
                yield message(SYNC_V1, "SyncFlagsResponse")(flag_configuration=self._held.document()[1].decode())

    async def _fetch(self, request: Any, call: Any) -> Any:
        await self._admit(request, call, DEFINE)
        return message(SYNC_V1, "FetchAllFlagsResponse")(flag_configuration=self._held.document()[1].decode())

    async def _metadata(self, request: Any, call: Any) -> Any:
        await self._admit(request, call, DEFINE, waits=True)
        reply = message(SYNC_V1, "GetMetadataResponse")()
        reply.metadata.SetInParent()
        return reply

    async def _admit(self, request: Any, call: Any, right: str, *, waits: bool = False) -> None:
        """End the call unless its token carries the right and its message could be read.

        One that `waits` may come before there is a definition.
        """
        headers = [(name.encode(), value.encode()) for name, value in call.invocation_metadata() if type(value) is str]
        rights = self._access.rights(headers)
        if rights is None:
            await call.abort(grpc.StatusCode.UNAUTHENTICATED, "a token is needed, as authorization: Bearer ...")
        elif right not in rights:
            await call.abort(grpc.StatusCode.PERMISSION_DENIED, f"this token does not carry the right {right}")
        elif request is None:
            await call.abort(grpc.StatusCode.INVALID_ARGUMENT, "PARSE_ERROR: the message cannot be read")
        elif not (waits or self._ready()):
            await call.abort(grpc.StatusCode.UNAVAILABLE, "no flag definition has been read yet")

    async def _definitions(self, call: Any) -> AsyncIterator[Mapping[str, Any] | None]:
        """The definition held now, then each next one; None after twenty seconds without."""
        if self._streams >= _MOST_STREAMS:
            await call.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, f"{_MOST_STREAMS} streams are open already")
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def heard() -> None:
            with contextlib.suppress(RuntimeError):  # the server has just ended
                loop.call_soon_threadsafe(changed.set)

        forget = self._held.listen(heard)
        revision = ""
        self._streams += 1
        try:
            while True:
                changed.clear()
                if self._ready() and self._held.current().revision != revision:
                    revision = self._held.current().revision
                    yield self._held.definition
                try:
                    await asyncio.wait_for(changed.wait(), _KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield None
        finally:
            self._streams -= 1
            forget()


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What flagd tells of a change: key -> {"type": "write" | "update" | "delete"}."""
    old, new = _flags(before), _flags(after)
    # Shared rules and the set's own metadata reach into every flag.
    shared = any(before.get(name) != after.get(name) for name in ("$evaluators", "metadata"))
    told = {key: {"type": "update" if key in old else "write"} for key in new if shared or old.get(key) != new[key]}
    return {**told, **{key: {"type": "delete"} for key in old if key not in new}}


def _flags(definition: Mapping[str, Any]) -> dict[str, Any]:
    flags = definition.get("flags", {})
    return dict(flags) if isinstance(flags, Mapping) else {one["key"]: one for one in flags}


def _unary(package: str, method: str, handler: Callable[[Any, Any], Any]) -> Any:
    read, write = message(package, f"{method}Request"), message(package, f"{method}Response")
    return grpc.unary_unary_rpc_method_handler(handler, _reading(read), write.SerializeToString)


def _stream(package: str, method: str, handler: Callable[[Any, Any], AsyncIterator[Any]]) -> Any:
    read, write = message(package, f"{method}Request"), message(package, f"{method}Response")
    return grpc.unary_stream_rpc_method_handler(handler, _reading(read), write.SerializeToString)


def _reading(kind: Any) -> Callable[[bytes], Any]:
    """The message, None for bytes that are none: grpc would say UNKNOWN, which flagd's clients try again."""

    def read(content: bytes) -> Any:
        try:
            return kind.FromString(content)
        except DecodeError:
            return None

    return read
