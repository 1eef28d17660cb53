"""An evaluator of NetworkPolicies and AuthorizationPolicies that knows the APIs' rules and nothing of the program."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

Manifest = Mapping[str, Any]


def many(value: Any) -> list[Any]:
    """A list that a manifest may leave out."""
    return value or []


def fields(value: Any) -> dict[str, Any]:
    """A mapping that a manifest may leave out."""
    return value or {}


@dataclass(frozen=True)
class Pod:
    """A pod as policies see it."""

    namespace: str
    labels: tuple[tuple[str, str], ...]
    principal: str | None
    """Mesh identity; none without a sidecar."""


@dataclass(frozen=True)
class Address:
    """A peer outside the pod network."""

    ip: str


End = Pod | Address


def selects(selector: Manifest | None, labels: Mapping[str, str]) -> bool:
    """A label selector; none selects nothing, an empty one everything."""
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in fields(selector.get("matchLabels")).items()):
        return False
    for expression in many(selector.get("matchExpressions")):
        key, values = expression["key"], many(expression.get("values"))
        operator = expression["operator"]
        fits = {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }[operator]
        if not fits:
            return False
    return True


@dataclass(frozen=True)
class Network:
    """All NetworkPolicies of a cluster, and the labels of its namespaces."""

    policies: Sequence[Manifest]
    namespaces: Mapping[str, Mapping[str, str]]

    def allows(self, source: End, target: End, port: int, protocol: str) -> bool:
        """Both ends must agree; a pod that no policy of a direction selects is open in it."""
        return self._side(source, target, port, protocol, "Egress") and self._side(
            target, source, port, protocol, "Ingress"
        )

    def _side(self, pod: End, other: End, port: int, protocol: str, direction: str) -> bool:
        if isinstance(pod, Address):
            return True
        applying = [
            policy
            for policy in self.policies
            if policy["metadata"]["namespace"] == pod.namespace
            and direction in policy["spec"]["policyTypes"]
            and selects(policy["spec"]["podSelector"], dict(pod.labels))
        ]
        if not applying:
            return True
        rules = [
            rule for policy in applying for rule in many(policy["spec"].get(direction.lower()))
        ]
        peers_key = "to" if direction == "Egress" else "from"
        return any(
            self._ports(rule.get("ports"), port, protocol)
            and self._peers(rule.get(peers_key), other)
            for rule in rules
        )

    def _ports(self, ports: Sequence[Manifest] | None, port: int, protocol: str) -> bool:
        if not ports:
            return True
        return any(
            (item.get("protocol") or "TCP") == protocol
            and (item.get("port") is None or int(item["port"]) == port)
            for item in ports
        )

    def _peers(self, peers: Sequence[Manifest] | None, other: End) -> bool:
        if not peers:
            return True
        return any(self._peer(peer, other) for peer in peers)

    def _peer(self, peer: Manifest, other: End) -> bool:
        block = peer.get("ipBlock")
        if block is not None:
            if isinstance(other, Pod):
                return False
            address = ip_address(other.ip)
            return address in ip_network(block["cidr"]) and not any(
                address in ip_network(hole) for hole in many(block.get("except"))
            )
        if isinstance(other, Address):
            return False
        if "namespaceSelector" in peer and not selects(
            peer["namespaceSelector"], self.namespaces.get(other.namespace, {})
        ):
            return False
        return "podSelector" not in peer or selects(peer["podSelector"], dict(other.labels))


@dataclass(frozen=True)
class Mesh:
    """All AuthorizationPolicies; the order is Istio's: DENY, then ALLOW, then allowed when no ALLOW exists."""

    policies: Sequence[Manifest]
    root_namespace: str = "istio-system"

    def allows(self, source: Pod, target: Pod, port: int) -> bool:
        """Whether the target's sidecar lets the request through; without one there is nothing to ask."""
        if target.principal is None:
            return True
        applying = [
            policy
            for policy in self.policies
            if policy["metadata"]["namespace"] in {target.namespace, self.root_namespace}
            and self._selected(policy["spec"], target)
        ]
        if any(
            self._matches(policy, source, port) for policy in applying if _action(policy) == "DENY"
        ):
            return False
        allowing = [policy for policy in applying if _action(policy) == "ALLOW"]
        return not allowing or any(self._matches(policy, source, port) for policy in allowing)

    def _selected(self, spec: Manifest, target: Pod) -> bool:
        selector = spec.get("selector")
        return selector is None or selects(selector, dict(target.labels))

    def _matches(self, policy: Manifest, source: Pod, port: int) -> bool:
        return any(self._rule(rule, source, port) for rule in many(policy["spec"].get("rules")))

    def _rule(self, rule: Manifest, source: Pod, port: int) -> bool:
        senders: Iterable[Manifest] = many(rule.get("from"))
        operations: Iterable[Manifest] = many(rule.get("to"))
        from_fits = not senders or any(
            source.principal is not None
            and source.principal in item["source"].get("principals", [])
            for item in senders
        )
        to_fits = not operations or any(
            "ports" not in item["operation"] or str(port) in item["operation"]["ports"]
            for item in operations
        )
        return from_fits and to_fits


def _action(policy: Manifest) -> str:
    return str(policy["spec"].get("action") or "ALLOW")
