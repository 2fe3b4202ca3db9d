"""flagd's messages, described here and made by protobuf at run time: names, numbers and types of buf.build/open-feature/flagd.

The only package that ships them generated is the client's (openfeature-provider-flagd), which would bring an SDK, a
cache and a YAML reader to a server. The facts of the protocol are few, and stand here as tables. The messages live in a
pool of their own, so that a process may hold the client's beside them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2

_STRUCT = ".google.protobuf.Struct"
_F = descriptor_pb2.FieldDescriptorProto
_TYPES = {"string": _F.TYPE_STRING, "bool": _F.TYPE_BOOL, "double": _F.TYPE_DOUBLE, "int64": _F.TYPE_INT64}

EVALUATION_V1 = "flagd.evaluation.v1"
EVALUATION_V2 = "flagd.evaluation.v2"
SYNC_V1 = "flagd.sync.v1"
KINDS = {"Boolean": "bool", "String": "string", "Float": "double", "Int": "int64", "Object": _STRUCT}

# (name, number, type). A "?" after the type: presence is told, as `optional` in proto3.
Field = tuple[str, int, str]


def _evaluation(optional: str) -> dict[str, list[Field]]:
    messages: dict[str, list[Field]] = {"EventStreamRequest": []}
    for kind, value in KINDS.items():
        messages[f"Resolve{kind}Request"] = [("flag_key", 1, "string"), ("context", 2, _STRUCT)]
        messages[f"Resolve{kind}Response"] = [
            ("value", 1, value + optional),
            ("reason", 2, "string"),
            ("variant", 3, "string" + optional),
            ("metadata", 4, _STRUCT),
        ]
    messages["EventStreamResponse"] = [("type", 1, "string"), ("data", 2, _STRUCT)]
    return messages


_ANY_FLAG: list[Field] = [
    ("reason", 1, "string"),
    ("variant", 2, "string"),
    ("bool_value", 3, "bool|value"),
    ("string_value", 4, "string|value"),
    ("double_value", 5, "double|value"),
    ("object_value", 6, _STRUCT + "|value"),
    ("metadata", 7, _STRUCT),
]
_FETCH: list[Field] = [("provider_id", 1, "string"), ("selector", 2, "string")]
PACKAGES: dict[str, dict[str, list[Field]]] = {
    EVALUATION_V1: {
        **_evaluation(""),
        "AnyFlag": _ANY_FLAG,
        "ResolveAllRequest": [("context", 1, _STRUCT)],
        "ResolveAllResponse": [("flags", 1, "map AnyFlag"), ("metadata", 2, _STRUCT)],
    },
    EVALUATION_V2: _evaluation("?"),
    SYNC_V1: {
        "SyncFlagsRequest": _FETCH,
        "SyncFlagsResponse": [("flag_configuration", 1, "string"), ("sync_context", 2, _STRUCT + "?")],
        "FetchAllFlagsRequest": _FETCH,
        "FetchAllFlagsResponse": [("flag_configuration", 1, "string")],
        "GetMetadataRequest": [],
        "GetMetadataResponse": [("metadata", 2, _STRUCT)],
    },
}


@cache
def message(package: str, name: str) -> Any:
    """The class of one message, such as ("flagd.sync.v1", "SyncFlagsRequest")."""
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"{package}.{name}"))


@cache
def _pool() -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    struct = descriptor_pb2.FileDescriptorProto()
    struct_pb2.DESCRIPTOR.CopyToProto(struct)
    pool.Add(struct)
    for package, messages in PACKAGES.items():
        file = descriptor_pb2.FileDescriptorProto(
            name=f"{package.replace('.', '/')}.proto", package=package, syntax="proto3", dependency=[struct.name]
        )
        for name, fields in messages.items():
            _describe(file.message_type.add(name=name), package, fields)
        pool.Add(file)
    return pool


def _describe(target: descriptor_pb2.DescriptorProto, package: str, fields: list[Field]) -> None:
    members = sorted({of.partition("|")[2] for _, _, of in fields} - {""})
    for member in members:
        target.oneof_decl.add(name=member)
    for name, number, of in fields:
        field = target.field.add(name=name, number=number, label=_F.LABEL_OPTIONAL)
        bare, _, member = of.partition("|")
        if bare.startswith("map "):
            _describe_map(target, field, f".{package}.{target.name}", f".{package}.{bare[4:]}")
            continue
        _set_type(field, bare.removesuffix("?"))
        if member:
            field.oneof_index = members.index(member)
        elif bare.endswith("?"):
            field.proto3_optional = True
            field.oneof_index = len(target.oneof_decl)
            target.oneof_decl.add(name=f"_{name}")


def _describe_map(
    target: descriptor_pb2.DescriptorProto, field: descriptor_pb2.FieldDescriptorProto, owner: str, of: str
) -> None:
    """A map in proto3 is a repeated message of key and value."""
    entry = target.nested_type.add(name=f"{field.name.capitalize()}Entry")
    entry.options.map_entry = True
    _set_type(entry.field.add(name="key", number=1, label=_F.LABEL_OPTIONAL), "string")
    _set_type(entry.field.add(name="value", number=2, label=_F.LABEL_OPTIONAL), of)
    field.label = _F.LABEL_REPEATED
    _set_type(field, f"{owner}.{entry.name}")


def _set_type(field: descriptor_pb2.FieldDescriptorProto, of: str) -> None:
    if of.startswith("."):
        field.type, field.type_name = _F.TYPE_MESSAGE, of
    else:
        field.type = _TYPES[of]
