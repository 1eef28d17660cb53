"""Which connections the graph's NetworkPolicies allow, by the semantics of networking.k8s.io/v1."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phoenix_infra.preview import Graph
from tests.judges.manifests import in_latest_order, of_kind

NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True, kw_only=True)
class End:
    """One end of a connection: a pod, or an address outside the cluster."""

    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    address: str = ""

    @property
    def is_pod(self) -> bool:
        """Whether policies can select it."""
        return bool(self.namespace)


@dataclass(frozen=True, kw_only=True)
class Policies:
    """All NetworkPolicies of a graph and the labels of its namespaces."""

    policies: Sequence[Mapping[str, Any]]
    namespaces: Mapping[str, Mapping[str, str]]

    def allowed(self, source: End, target: End, port: int, protocol: str) -> bool:
        """Egress at the source and ingress at the target; an end outside the cluster has no policies."""
        return self._side(source, target, port, protocol, "egress") and self._side(
            target, source, port, protocol, "ingress"
        )

    def _side(self, pod: End, other: End, port: int, protocol: str, side: str) -> bool:
        if not pod.is_pod:
            return True
        mine = [p for p in self.policies if self._selects(p, pod) and side in _types(p)]
        if not mine:
            return True
        peers_key = "to" if side == "egress" else "from"
        return any(
            _port_matches(rule.get("ports"), port, protocol)
            and (not rule.get(peers_key) or any(self._peer(p, x, other) for x in rule[peers_key]))
            for p in mine
            for rule in p["spec"].get(side) or []
        )

    def _selects(self, policy: Mapping[str, Any], pod: End) -> bool:
        return policy["metadata"]["namespace"] == pod.namespace and selects(
            policy["spec"].get("podSelector") or {}, pod.labels
        )

    def _peer(self, policy: Mapping[str, Any], peer: Mapping[str, Any], other: End) -> bool:
        block = peer.get("ipBlock")
        if block:
            if not other.address:
                return False
            address = ipaddress.ip_address(other.address)
            return address in ipaddress.ip_network(block["cidr"]) and not any(
                address in ipaddress.ip_network(cidr) for cidr in block.get("except") or []
            )
        if not other.is_pod:
            return False
        if "namespaceSelector" in peer:
            labels = {
                NAMESPACE_NAME: other.namespace,
                **self.namespaces.get(other.namespace, {}),
            }
            if not selects(peer["namespaceSelector"] or {}, labels):
                return False
        elif policy["metadata"]["namespace"] != other.namespace:
            return False
        return selects(peer.get("podSelector") or {}, other.labels)


def policies_of(graph: Graph) -> Policies:
    """The policies and namespaces of a graph."""
    manifests = in_latest_order(graph)
    return Policies(
        policies=[m.body for m in of_kind(manifests, "NetworkPolicy")],
        namespaces={
            m.body["metadata"]["name"]: m.body["metadata"].get("labels", {})
            for m in of_kind(manifests, "Namespace")
        },
    )


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """A label selector; an empty one selects everything."""
    if any(labels.get(k) != v for k, v in (selector.get("matchLabels") or {}).items()):
        return False
    for term in selector.get("matchExpressions") or []:
        value, wanted = labels.get(term["key"]), term.get("values") or []
        matches = {
            "In": value in wanted,
            "NotIn": value not in wanted,
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }
        if not matches[term["operator"]]:
            return False
    return True


def _types(policy: Mapping[str, Any]) -> set[str]:
    spec = policy["spec"]
    declared = spec.get("policyTypes")
    if declared:
        return {t.lower() for t in declared}
    return {"ingress", "egress"} if spec.get("egress") else {"ingress"}


def _port_matches(ports: Iterable[Mapping[str, Any]] | None, port: int, protocol: str) -> bool:
    if not ports:
        return True
    for entry in ports:
        if entry.get("protocol", "TCP") != protocol:
            continue
        first = entry.get("port")
        if first is None or first == port:
            return True
        if isinstance(first, int) and first <= port <= entry.get("endPort", first):
            return True
    return False
