"""The allowed connections are the declared calls: nothing missing, nothing extra."""

import dataclasses
from collections.abc import Mapping

import pytest

from phoenix_infra.workloads.addon_connectivity import cluster_connectivity
from phoenix_infra.workloads.connectivity import Connectivity, PodGroup
from tests.judges.accepted import split
from tests.judges.manifests import in_latest_order, of_kind
from tests.judges.network import End, Policies, policies_of
from tests.judges.report import note
from tests.judges.stacks import STACKS, addons_of, graph, profile, settings_of

CONTROLLERS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")


def declared(stack: str) -> Connectivity:
    """The call graph of the whole cluster."""
    settings = settings_of(stack)
    return cluster_connectivity(settings, addons_of(stack), profile(stack))  # pyright: ignore[reportArgumentType]


def pods(stack: str, calls: Connectivity) -> Mapping[str, End]:
    """Each declared group with the labels that its real pods carry in the graph, where it has any."""
    templates = [
        (m.body["metadata"]["namespace"], spec.get("metadata", {}).get("labels", {}))
        for m in of_kind(in_latest_order(graph(stack)), *CONTROLLERS)
        for spec in [
            m.body["spec"].get("jobTemplate", {"spec": m.body["spec"]})["spec"]["template"]
        ]
    ]
    found: dict[str, End] = {}
    for name, peer in calls.peers.items():
        if not isinstance(peer, PodGroup):
            address = peer.cidrs[0].split("/")[0]
            found[name] = End(name=name, address=address)
            continue
        real = [
            labels
            for namespace, labels in templates
            if namespace == peer.namespace and peer.labels.items() <= labels.items()
        ]
        found[name] = End(
            name=name, namespace=peer.namespace, labels=real[0] if real else peer.labels
        )
    return found


def differences(
    policies: Policies, calls: Connectivity, ends: Mapping[str, End]
) -> tuple[list[str], int]:
    """Declared but refused, allowed but not declared, and how many questions were asked."""
    wanted = {(e.source, e.target, e.port.number, e.port.protocol.transport) for e in calls.edges}
    # Every pod may ask the cluster's DNS; the call graph does not repeat it for each.
    wanted |= {(name, "dns", 53, way) for name in ends for way in ("TCP", "UDP")}
    ports = sorted({(number, transport) for _, _, number, transport in wanted} | {(22, "TCP")})
    found: list[str] = []
    asked = 0
    pods_only = {n for n, e in ends.items() if e.is_pod}
    for source in ends:
        for target in ends:
            # Traffic between pods of one group's own replicas, and between outsiders, is no question here.
            if source == target or not ({source, target} & pods_only):
                continue
            for number, transport in ports:
                asked += 1
                is_allowed = policies.allowed(ends[source], ends[target], number, transport)
                is_declared = (source, target, number, transport) in wanted
                if is_declared and not is_allowed:
                    found.append(f"declared but refused: {source} -> {target}:{number}/{transport}")
                # An address range may lie inside another one; only pods are told apart exactly.
                elif is_allowed and not is_declared and {source, target} <= pods_only:
                    found.append(
                        f"allowed, not declared: {source} -> {target}:{number}/{transport}"
                    )
    return found, asked


@pytest.mark.parametrize("stack", STACKS)
def test_the_allowed_connections_are_the_declared_calls(stack: str) -> None:
    calls = declared(stack)
    found, asked = differences(policies_of(graph(stack)), calls, pods(stack, calls))
    left, _ = split("network", [f"{stack}: {line}" for line in found])
    note(
        "network",
        version="networking.k8s.io/v1 semantics",
        judged=f"{stack}: every pair of pod groups and peers, every port",
        objects=asked,
        findings=len(left),
    )
    assert not left, f"{len(left)} differences:\n" + "\n".join(left)


def test_a_removed_policy_is_found() -> None:
    calls = declared("onprem")
    policies = policies_of(graph("onprem"))
    name = next(e.target for e in calls.edges if e.target == "auth-service")
    fewer = dataclasses.replace(
        policies, policies=[p for p in policies.policies if p["metadata"]["name"] != name]
    )
    found, _ = differences(fewer, calls, pods("onprem", calls))
    assert any(line.startswith("declared but refused") and name in line for line in found)
