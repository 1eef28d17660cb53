"""Istio AuthorizationPolicies: nothing is allowed, then each declared call by its caller's identity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from phoenix_infra.k8s.custom_resource import present


@dataclass(frozen=True, kw_only=True)
class AllowRule:
    """These callers may use these ports; for a gateway, for these server names only."""

    principals: tuple[str, ...]
    ports: tuple[int, ...]
    server_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """An empty list means `anyone` or `anything` to Istio, so it is refused here."""
        if not self.principals or not self.ports:
            raise ValueError("an allow rule names at least one caller and one port")
        if any("*" in principal for principal in self.principals):
            raise ValueError("an allow rule names callers exactly, without wildcards")

    def body(self) -> dict[str, object]:
        """One element of `rules`."""
        return present(
            **{
                "from": [{"source": {"principals": list(self.principals)}}],
                "to": [{"operation": {"ports": [str(port) for port in self.ports]}}],
                "when": [{"key": "connection.sni", "values": list(self.server_names)}]
                if self.server_names
                else None,
            }
        )


@dataclass(frozen=True, kw_only=True)
class AllowCallers:
    """Allows the listed callers of the selected pods."""

    API_VERSION: ClassVar[str] = "security.istio.io/v1"
    KIND: ClassVar[str] = "AuthorizationPolicy"

    selector: Mapping[str, str]
    rules: tuple[AllowRule, ...]

    def spec(self) -> Mapping[str, object]:
        """An ALLOW policy; what no rule matches stays denied."""
        return {
            "selector": {"matchLabels": dict(self.selector)},
            "action": "ALLOW",
            "rules": [rule.body() for rule in self.rules],
        }


@dataclass(frozen=True, kw_only=True)
class AllowNothing:
    """The empty policy of a namespace: every request is denied unless another policy allows it."""

    API_VERSION: ClassVar[str] = "security.istio.io/v1"
    KIND: ClassVar[str] = "AuthorizationPolicy"

    def spec(self) -> Mapping[str, object]:
        """Empty: istio.io names this `allow nothing`."""
        return {}
