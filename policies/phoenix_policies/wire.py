"""The engine's markers in property values, and the one decoder for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a public signature of the protocol
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_VALUE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWN_SENTINELS: Final[Mapping[str, str]] = {
    "bool": "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "number": "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "string": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "array": "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "asset": "030794c1-ac77-496b-92df-f27374a8bd58",
    "archive": "e48ece36-62e2-4504-bad9-02848725956a",
    "object": "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
}
_SENTINEL_LENGTH: Final = 36
_ANY_SENTINEL: Final = re.compile("|".join(UNKNOWN_SENTINELS.values()))
_MAX_DEPTH: Final = (
    200  # deeper input is hostile; it becomes unknown instead of exhausting the stack
)


class Unknown:
    """A value that only a deployment can tell."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: object) -> Unknown:
        return self

    def __copy__(self) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A marked value: judged like any other, never printed."""

    value: Any

    def __repr__(self) -> str:
        return "[secret]"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another resource given as a value."""

    urn: str
    id: str | Unknown | None


def decode(raw: Any, depth: int = 0) -> Any:  # noqa: PLR0911 one return per kind
    """Plain data with the engine's markers -> plain data with `UNKNOWN`, `Secret` and `Reference`."""
    if isinstance(raw, str):
        return decode_text(raw)
    if isinstance(raw, Mapping):
        if depth > _MAX_DEPTH:
            return UNKNOWN
        mapping = cast("Mapping[Any, Any]", raw)
        signature = mapping.get(SIGNATURE_KEY)
        if isinstance(signature, str):
            return _decode_signed(signature, mapping, depth)
        return {
            str(key): decode(value, depth + 1)
            for key, value in mapping.items()
            if not (isinstance(key, str) and key.startswith("__"))
        }
    if isinstance(raw, list | tuple):
        if depth > _MAX_DEPTH:
            return UNKNOWN
        return [decode(item, depth + 1) for item in cast("list[Any]", raw)]
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return raw


def decode_text(text: str) -> str | Unknown:
    """A string is unknown when it is, or was built from, one of the seven sentinels."""
    if len(text) >= _SENTINEL_LENGTH and _ANY_SENTINEL.search(text):
        return UNKNOWN
    return text


def _decode_signed(signature: str, mapping: Mapping[Any, Any], depth: int) -> Any:
    if signature == SECRET:
        return _secret(decode(mapping.get("value"), depth + 1))
    if signature == OUTPUT_VALUE:
        value = decode(mapping["value"], depth + 1) if "value" in mapping else UNKNOWN
        return _secret(value) if mapping.get("secret") is True else value
    if signature == RESOURCE_REFERENCE:
        id_ = decode(mapping.get("id"), depth + 1)
        if id_ == "":
            id_ = UNKNOWN
        return Reference(
            str(mapping.get("urn", "")), id_ if isinstance(id_, str | Unknown) else None
        )
    return {
        str(key): decode(value, depth + 1) for key, value in mapping.items() if key != SIGNATURE_KEY
    }


def _secret(value: Any) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def plain(value: Any) -> Any:
    """The decoded value without secret marks, for code that needs the bare data."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, Reference):
        return value.id
    return value
