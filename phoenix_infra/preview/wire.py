"""Property values as the engine puts them on the wire: unknowns, secrets and resource references."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

from google.protobuf import struct_pb2

Value: TypeAlias = Any
"""None, bool, int, float, str, list or dict, with the markers below inside."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a protocol constant
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN,  # string
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
"""The SDK has one sentinel for each kind of value (sdk/go/common/resource/plugin/rpc.go)."""

MASK = "[secret]"


def secret(value: Value) -> Value:
    """Marks a value as secret; a value that already is one stays as it is."""
    return value if is_secret(value) else {SIGNATURE: SECRET, "value": value}


def reference(urn: str, resource_id: str) -> Value:
    """A reference to another resource."""
    return {SIGNATURE: RESOURCE, "urn": urn, "id": resource_id or UNKNOWN}


def is_secret(value: Value) -> bool:
    """Whether the value carries a secret mark."""
    return isinstance(value, dict) and cast(dict[str, Value], value).get(SIGNATURE) == SECRET


def is_reference(value: Value) -> bool:
    """Whether the value is a reference to another resource."""
    return isinstance(value, dict) and cast(dict[str, Value], value).get(SIGNATURE) == RESOURCE


def is_unknown(value: Value) -> bool:
    """Whether the value itself is not known yet."""
    return isinstance(value, str) and value in UNKNOWNS


def reveal(value: Value) -> Value:
    """The value without its own secret mark."""
    return cast(dict[str, Value], value)["value"] if is_secret(value) else value


def has_unknown(value: Value) -> bool:
    """Whether anything inside the value is not known yet."""
    if isinstance(value, str):
        return value in UNKNOWNS
    if isinstance(value, dict):
        return any(has_unknown(item) for item in cast(dict[str, Value], value).values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in cast(list[Value], value))
    return False


def unknown_paths(value: Value, path: str = "") -> list[str]:
    """Where inside the value something is not known, as `spec.containers[0].image`."""
    if is_unknown(value):
        return [path]
    if is_secret(value):
        return unknown_paths(reveal(value), path)
    if isinstance(value, dict):
        fields = cast(dict[str, Value], value)
        dot = f"{path}." if path else ""
        return [found for key, item in fields.items() for found in unknown_paths(item, dot + key)]
    if isinstance(value, list):
        items = cast(list[Value], value)
        return [p for i, item in enumerate(items) for p in unknown_paths(item, f"{path}[{i}]")]
    return []


def mask(value: Value) -> Value:
    """The value with `[secret]` in place of whatever a secret mark covers, keys in order."""
    if is_secret(value):
        return {SIGNATURE: SECRET, "value": MASK}
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, Value], value)
        return {key: mask(fields[key]) for key in sorted(fields)}
    if isinstance(value, (list, tuple)):
        return [mask(item) for item in cast(Sequence[Value], value)]
    return value


def secret_texts(value: Value, *, inside: bool = False) -> list[str]:
    """Every text that a secret mark covers."""
    if is_secret(value):
        return secret_texts(reveal(value), inside=True)
    if isinstance(value, str):
        return [value] if inside and value and value not in UNKNOWNS else []
    if isinstance(value, Mapping):
        items = cast(Mapping[str, Value], value).values()
        return [text for item in items for text in secret_texts(item, inside=inside)]
    if isinstance(value, (list, tuple)):
        return [
            t for item in cast(Sequence[Value], value) for t in secret_texts(item, inside=inside)
        ]
    return []


def decode(value: struct_pb2.Value) -> Value:
    """A protobuf value as plain data."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return _decode_object(value.struct_value)
    if kind == "list_value":
        return [decode(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    return None


def decode_properties(properties: struct_pb2.Struct) -> dict[str, Value]:
    """The properties of a request as plain data, keys in order."""
    fields = properties.fields
    return {key: decode(fields[key]) for key in sorted(fields)}


def _decode_object(properties: struct_pb2.Struct) -> Value:
    fields = properties.fields
    if SIGNATURE in fields and fields[SIGNATURE].string_value == OUTPUT:
        inner = decode(fields["value"]) if "value" in fields else UNKNOWN
        return secret(inner) if "secret" in fields and fields["secret"].bool_value else inner
    return {key: decode(fields[key]) for key in sorted(fields)}


def encode(value: Value, into: struct_pb2.Value) -> None:
    """Writes plain data into a protobuf value."""
    if value is None:
        into.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, (int, float)):
        into.number_value = value
    elif isinstance(value, str):
        into.string_value = value
    elif isinstance(value, Mapping):
        fields = into.struct_value.fields
        into.struct_value.SetInParent()
        for key, item in cast(Mapping[str, Value], value).items():
            encode(item, fields[key])
    elif isinstance(value, (list, tuple)):
        into.list_value.SetInParent()
        for item in cast(Sequence[Value], value):
            encode(item, into.list_value.values.add())
    else:
        raise TypeError(f"a {type(value).__name__} cannot travel to the engine")


def encode_properties(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """Plain data as the properties of a response."""
    result = struct_pb2.Struct()
    for key, item in properties.items():
        encode(item, result.fields[key])
    return result
