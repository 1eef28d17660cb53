"""Gateway API HTTPRoute: hosts at the mesh gateway lead to one service (A8, X-13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from phoenix_infra.k8s.gateway import GATEWAY_NAME
from phoenix_infra.workloads.addon_namespaces import MESH_INGRESS

GATEWAY_REFERENCE: Mapping[str, str] = {
    "group": "gateway.networking.k8s.io",
    "kind": "Gateway",
    "name": GATEWAY_NAME,
    "namespace": MESH_INGRESS,
}


@dataclass(frozen=True, kw_only=True)
class HttpRoute:
    """The whole of a host goes to one service of the route's namespace."""

    API_VERSION: ClassVar[str] = "gateway.networking.k8s.io/v1"
    KIND: ClassVar[str] = "HTTPRoute"

    hosts: tuple[str, ...]
    service: str
    port: int

    def spec(self) -> Mapping[str, object]:
        """With a time-out, so that one slow pod does not pile requests up."""
        return {
            "parentRefs": [dict(GATEWAY_REFERENCE)],
            "hostnames": list(self.hosts),
            "rules": [
                {
                    "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                    "timeouts": {"request": "30s"},
                    "backendRefs": [{"name": self.service, "port": self.port}],
                }
            ],
        }
