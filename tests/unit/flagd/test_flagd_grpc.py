"""flagd's services over a real gRPC connection, asked with the stubs that flagd's own Python client ships."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from openfeature.schemas.protobuf.flagd.evaluation.v1 import evaluation_pb2 as v1
from openfeature.schemas.protobuf.flagd.evaluation.v1 import evaluation_pb2_grpc as v1_grpc
from openfeature.schemas.protobuf.flagd.evaluation.v2 import evaluation_pb2 as v2
from openfeature.schemas.protobuf.flagd.evaluation.v2 import evaluation_pb2_grpc as v2_grpc
from openfeature.schemas.protobuf.flagd.sync.v1 import sync_pb2 as sync
from openfeature.schemas.protobuf.flagd.sync.v1 import sync_pb2_grpc as sync_grpc

from tminus.access import CLIENT_RIGHTS, SERVER_RIGHTS, Access
from tminus.errors import UsageError
from tminus.flagd import GrpcServer
from tminus.flagd.messages import PACKAGES, message
from tminus.held import HeldFlags

CLIENT, SERVER = "client-token-000001", "server-token-000001"
THEIRS = {"flagd.evaluation.v1": v1, "flagd.evaluation.v2": v2, "flagd.sync.v1": sync}


def flag(*values: Any, **more: Any) -> dict[str, Any]:
    variants = dict(zip("abc", values, strict=False))
    return {"state": "ENABLED", "variants": variants, "defaultVariant": "a", **more}


FLAGS = {
    "boolean": flag(False, True),
    "string": flag(""),
    "int": flag(42),
    "float": flag(0.5),
    "object": flag({"n": [1, {"deep": None}]}),
    "empty": flag({}),
    "list": flag([1, 2]),
    "off": flag(True, state="DISABLED"),
    "open": flag(True, defaultVariant=None),
    "broken": flag(True, targeting={"if": [True, "nowhere"]}),
    "adult": flag("no", "yes", targeting={"if": [{"===": [{"var": "age"}, 18]}, "b"]}, metadata={"owner": "growth"}),
}
DEFINITION = {"flags": FLAGS, "metadata": {"team": "t"}}


def play(
    story: Callable[[Any, HeldFlags], Awaitable[None]], access: Access | None = None, ready: bool = True
) -> GrpcServer:
    """Runs a story against a server that is up; the server, for what it counted."""
    held = HeldFlags(DEFINITION)
    server = GrpcServer(held, access or Access.open(), lambda: 1000.0, ready=lambda: ready)

    async def everything() -> None:
        port = await server.start("127.0.0.1", 0)
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                await asyncio.wait_for(story(channel, held), 20)
        finally:
            await server.stop()

    asyncio.run(everything())
    return server


async def fails_with(call: Any) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return str(caught.value.code().name)


@pytest.mark.parametrize("package", PACKAGES)
def test_our_messages_are_those_of_the_published_protocol(package: str) -> None:
    for name in PACKAGES[package]:
        theirs, mine = getattr(THEIRS[package], name).DESCRIPTOR, message(package, name).DESCRIPTOR
        assert fields(mine) == fields(theirs), name


def fields(descriptor: Any) -> dict[str, tuple[Any, ...]]:
    return {
        one.name: (
            one.number,
            one.type,
            one.is_repeated,
            one.has_presence,
            one.message_type.full_name if one.message_type else "",
            one.containing_oneof.name if one.containing_oneof else "",
        )
        for one in descriptor.fields
    }


def test_every_type_is_resolved_and_zero_values_are_answers() -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        stub = v2_grpc.ServiceStub(channel)
        boolean = await stub.ResolveBoolean(v2.ResolveBooleanRequest(flag_key="boolean"))
        assert (boolean.value, boolean.HasField("value"), boolean.variant, boolean.reason) == (
            False,
            True,
            "a",
            "STATIC",
        )
        text = await stub.ResolveString(v2.ResolveStringRequest(flag_key="string"))
        assert (text.value, text.HasField("value")) == ("", True)
        assert (await stub.ResolveInt(v2.ResolveIntRequest(flag_key="int"))).value == 42
        assert (await stub.ResolveFloat(v2.ResolveFloatRequest(flag_key="float"))).value == 0.5
        assert (await stub.ResolveFloat(v2.ResolveFloatRequest(flag_key="int"))).value == 42.0
        found = await stub.ResolveObject(v2.ResolveObjectRequest(flag_key="object"))
        assert json_format.MessageToDict(found.value) == {"n": [1.0, {"deep": None}]}
        empty = await stub.ResolveObject(v2.ResolveObjectRequest(flag_key="empty"))
        assert empty.HasField("value")

    play(story)


def test_a_context_decides_and_its_whole_numbers_are_whole() -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        request = v2.ResolveStringRequest(flag_key="adult")
        request.context.update({"age": 18, "targetingKey": "u"})
        found = await v2_grpc.ServiceStub(channel).ResolveString(request)
        assert (found.value, found.reason) == ("yes", "TARGETING_MATCH")
        assert json_format.MessageToDict(found.metadata) == {"team": "t", "owner": "growth"}

    tally = play(story).tally
    assert tally.counts() == {("adult", "b", "TARGETING_MATCH"): 1}
    assert list(tally.samples) == [("adult", "b", "TARGETING_MATCH", "u")]


@pytest.mark.parametrize(("key", "reason"), [("off", "DISABLED"), ("open", "DEFAULT")])
def test_where_the_codes_own_default_applies_there_is_no_value(key: str, reason: str) -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        second = await v2_grpc.ServiceStub(channel).ResolveBoolean(v2.ResolveBooleanRequest(flag_key=key))
        assert (second.reason, second.HasField("value"), second.HasField("variant")) == (reason, False, False)
        first = await v1_grpc.ServiceStub(channel).ResolveBoolean(v1.ResolveBooleanRequest(flag_key=key))
        assert (first.reason, first.value, first.variant) == (reason, False, "")

    play(story)


def test_errors_have_flagds_status_codes() -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        for stub, pb in ((v1_grpc.ServiceStub(channel), v1), (v2_grpc.ServiceStub(channel), v2)):
            asked: dict[str, Any] = {
                "NOT_FOUND": stub.ResolveBoolean(pb.ResolveBooleanRequest(flag_key="nobody")),
                "INVALID_ARGUMENT": stub.ResolveBoolean(pb.ResolveBooleanRequest(flag_key="string")),
                "INTERNAL": stub.ResolveBoolean(pb.ResolveBooleanRequest(flag_key="broken")),
            }
            assert [await fails_with(call) for call in asked.values()] == list(asked)
            a_list = stub.ResolveObject(pb.ResolveObjectRequest(flag_key="list"))
            assert await fails_with(a_list) == "INVALID_ARGUMENT"
            odd = pb.ResolveBooleanRequest(flag_key="boolean")
            odd.context.update({"age": float("nan")})
            assert await fails_with(stub.ResolveBoolean(odd)) == "INVALID_ARGUMENT"

    play(story)


def test_all_flags_are_resolved_at_once_in_v1() -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        found = await v1_grpc.ServiceStub(channel).ResolveAll(v1.ResolveAllRequest())
        told = {key: (one.WhichOneof("value"), one.reason, one.variant) for key, one in found.flags.items()}
        assert set(told) == set(FLAGS)
        assert told["boolean"] == ("bool_value", "STATIC", "a")
        assert told["string"] == ("string_value", "STATIC", "a")
        assert told["int"] == ("double_value", "STATIC", "a")
        assert told["empty"] == ("object_value", "STATIC", "a")
        assert told["off"] == (None, "DISABLED", "")
        assert told["broken"][1] == "ERROR"
        assert json_format.MessageToDict(found.metadata) == {"team": "t"}

    play(story)


def test_the_event_stream_names_the_flags_that_changed() -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        for stub, pb in ((v1_grpc.ServiceStub(channel), v1), (v2_grpc.ServiceStub(channel), v2)):
            held.hold(DEFINITION)
            events = stub.EventStream(pb.EventStreamRequest())
            assert (await events.read()).type == "provider_ready"
            changed = {**FLAGS, "int": flag(43), "fresh": flag(True)}
            del changed["list"]
            await asyncio.to_thread(held.hold, {**DEFINITION, "flags": changed})
            event = await events.read()
            assert event.type == "configuration_change"
            told = json_format.MessageToDict(event.data)["flags"]
            assert told == {"int": {"type": "update"}, "fresh": {"type": "write"}, "list": {"type": "delete"}}
            events.cancel()

    play(story)


def test_sync_gives_the_definition_at_once_and_at_each_change() -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        stub = sync_grpc.FlagSyncServiceStub(channel)
        stream = stub.SyncFlags(sync.SyncFlagsRequest())
        first = (await stream.read()).flag_configuration
        assert first == held.document()[1].decode()
        assert (await stub.FetchAllFlags(sync.FetchAllFlagsRequest())).flag_configuration == first
        await asyncio.to_thread(held.hold, {"flags": {}})
        assert (await stream.read()).flag_configuration == '{"flags":{}}'
        assert (await stub.GetMetadata(sync.GetMetadataRequest())).HasField("metadata")
        stream.cancel()

    play(story)


def test_tokens_decide_who_evaluates_and_who_reads_definitions() -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        flags, definitions = v2_grpc.ServiceStub(channel), sync_grpc.FlagSyncServiceStub(channel)
        request, fetch = v2.ResolveIntRequest(flag_key="int"), sync.FetchAllFlagsRequest()
        assert await fails_with(flags.ResolveInt(request)) == "UNAUTHENTICATED"
        client = (("authorization", f"Bearer {CLIENT}"),)
        assert (await flags.ResolveInt(request, metadata=client)).value == 42
        assert await fails_with(definitions.FetchAllFlags(fetch, metadata=client)) == "PERMISSION_DENIED"
        server = (("x-api-key", SERVER),)
        assert (await definitions.FetchAllFlags(fetch, metadata=server)).flag_configuration

    play(story, Access({CLIENT: CLIENT_RIGHTS, SERVER: SERVER_RIGHTS}))


def test_before_there_is_a_definition_calls_are_unavailable() -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        call = v2_grpc.ServiceStub(channel).ResolveInt(v2.ResolveIntRequest(flag_key="int"))
        assert await fails_with(call) == "UNAVAILABLE"

    play(story, ready=False)


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    async def story() -> None:
        held = HeldFlags()
        first, second = (GrpcServer(held, Access.open(), lambda: 0.0) for _ in range(2))
        port = await first.start("127.0.0.1", 0)
        try:
            with pytest.raises(UsageError, match="gRPC cannot listen on"):
                await second.start("127.0.0.1", port)
        finally:
            await second.stop()
            await first.stop()

    asyncio.run(story())


def raw(channel: Any, method: str) -> Any:
    """A call that sends bytes as they are."""
    return channel.unary_unary(method, request_serializer=bytes, response_deserializer=bytes)


def nested(depth: int) -> bytes:
    """A request for the flag "int" with a context so many objects deep."""
    struct = b""
    for _ in range(depth):
        for tag in (b"\x2a", b"\x12"):
            struct = tag + length(struct) + struct
            struct = b"\x0a\x01k" + struct if tag == b"\x12" else struct
        struct = b"\x0a" + length(struct) + struct
    return b"\x0a\x03int\x12" + length(struct) + struct


def length(content: bytes) -> bytes:
    size, found = len(content), b""
    while size > 127:
        found, size = found + bytes([size & 127 | 128]), size >> 7
    return found + bytes([size])


@pytest.mark.parametrize("service", ["evaluation.v1.Service/ResolveInt", "evaluation.v2.Service/ResolveInt"])
def test_a_message_that_cannot_be_read_is_an_invalid_argument_and_never_tried_again(service: str) -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        call = raw(channel, f"/flagd.{service}")
        assert await call(nested(20))
        for content in (b"\xff" * 1000, b"\x0a\x02\xff\xfe", nested(40), nested(5_000)):
            assert await fails_with(call(content)) == "INVALID_ARGUMENT"
        assert await call(nested(20)), "the server lives"

    play(story)


def test_a_message_over_a_megabyte_is_refused_and_a_key_of_nearly_one_is_not_found() -> None:
    async def story(channel: Any, held: HeldFlags) -> None:
        stub = v2_grpc.ServiceStub(channel)
        assert await fails_with(stub.ResolveInt(v2.ResolveIntRequest(flag_key="k" * 900_000))) == "NOT_FOUND"
        assert await fails_with(stub.ResolveInt(v2.ResolveIntRequest(flag_key="k" * 2_000_000))) == "RESOURCE_EXHAUSTED"

    play(story)


def test_streams_that_nobody_reads_are_bounded_and_cancelled_ones_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tminus.flagd.services._MOST_STREAMS", 50)

    async def story(channel: Any, held: HeldFlags) -> None:
        events, definitions = v2_grpc.ServiceStub(channel), sync_grpc.FlagSyncServiceStub(channel)
        unread = [definitions.SyncFlags(sync.SyncFlagsRequest()) for _ in range(50)]
        for stream in unread:
            await stream.read()
        assert await fails_with(events.EventStream(v2.EventStreamRequest()).read()) == "RESOURCE_EXHAUSTED"
        assert (await events.ResolveInt(v2.ResolveIntRequest(flag_key="int"))).value == 42
        for stream in unread:
            stream.cancel()
        while True:
            again = events.EventStream(v2.EventStreamRequest())
            try:
                assert (await again.read()).type == "provider_ready"
                break
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.05)  # the server hears of it a moment later

    play(story)
