"""Identifiers for OSCAL documents: valid tokens for controls, stable UUIDs, one metadata block."""

from __future__ import annotations

import re
import uuid
from typing import Any, Final

OSCAL_VERSION: Final = "1.2.1"
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://phoenix-guardian.example/policies")
PROPERTY_NAMESPACE: Final = "https://phoenix-guardian.example/ns/oscal"


def control_token(control: str) -> str:
    """An OSCAL token: `164.312(a)(1)` becomes `hipaa-164.312.a.1`, `CC6.1` becomes `soc2-cc6.1`."""
    if control[0].isdigit():
        return "hipaa-" + re.sub(r"[()]+", ".", control).strip(".")
    return f"soc2-{control.lower()}"


def stable_uuid(*parts: str) -> str:
    """The same UUID for the same thing in every run."""
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts)))


def metadata(title: str, as_of: str) -> dict[str, Any]:
    """The document's metadata, dated by the day the verdict was judged by."""
    return {
        "title": title,
        "last-modified": timestamp(as_of),
        "version": "0.1.0",
        "oscal-version": OSCAL_VERSION,
    }


def timestamp(as_of: str) -> str:
    return f"{as_of or '1970-01-01'}T00:00:00+00:00"


def property_(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": PROPERTY_NAMESPACE, "value": value or "-"}
