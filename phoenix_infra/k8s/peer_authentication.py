"""Istio PeerAuthentication: mutual TLS is STRICT, and no builder can say otherwise (X-74)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class PeerAuthentication:
    """Strict mutual TLS for a namespace, or for the whole mesh when declared in its root namespace."""

    API_VERSION: ClassVar[str] = "security.istio.io/v1"
    KIND: ClassVar[str] = "PeerAuthentication"

    def spec(self) -> Mapping[str, object]:
        """The mode is a literal."""
        return {"mtls": {"mode": "STRICT"}}
