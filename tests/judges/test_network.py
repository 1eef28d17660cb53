"""The allowed connections are the declared calls: nothing missing, nothing extra."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import pytest

from phoenix_infra.workloads.addon_connectivity import cluster_connectivity
from phoenix_infra.workloads.connectivity import Connectivity, PodGroup
from tests.judges.accepted import split
from tests.judges.cyclonus import judged
from tests.judges.manifests import in_latest_order, of_kind
from tests.judges.network import End, Policies, policies_of
from tests.judges.report import note
from tests.judges.stacks import STACKS, addons_of, graph, profile, settings_of
from tests.judges.tools import module_version

UNDECLARED = {(22, "TCP")}
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


def expected(calls: Connectivity) -> set[tuple[str, str, int, str]]:
    """The connections that the call graph declares, by source, target, port and protocol."""
    wanted = {(e.source, e.target, e.port.number, e.port.protocol.transport) for e in calls.edges}
    # Every pod may ask the cluster's DNS; the call graph does not repeat it for each.
    return wanted | {(name, "dns", 53, way) for name in calls.peers for way in ("TCP", "UDP")}


def ports_of(calls: Connectivity) -> list[tuple[int, str]]:
    """Every port that anybody declares, and one that nobody does."""
    return sorted({(number, transport) for _, _, number, transport in expected(calls)} | UNDECLARED)


def differences(
    calls: Connectivity, ends: Mapping[str, End], allows: Callable[[str, str, int, str], bool]
) -> tuple[list[str], int]:
    """Declared but refused, allowed but not declared, and how many questions were asked."""
    wanted = expected(calls)
    ports = ports_of(calls)
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
                is_allowed = allows(source, target, number, transport)
                is_declared = (source, target, number, transport) in wanted
                if is_declared and not is_allowed:
                    found.append(f"declared but refused: {source} -> {target}:{number}/{transport}")
                # An address range may lie inside another one; only pods are told apart exactly.
                elif is_allowed and not is_declared and {source, target} <= pods_only:
                    found.append(
                        f"allowed, not declared: {source} -> {target}:{number}/{transport}"
                    )
    return found, asked


def by_semantics(
    policies: Policies, ends: Mapping[str, End]
) -> Callable[[str, str, int, str], bool]:
    """What our own reading of networking.k8s.io/v1 allows."""
    return lambda source, target, number, transport: policies.allowed(
        ends[source], ends[target], number, transport
    )


def by_cyclonus(
    stack: str, policies: Policies, ends: Mapping[str, End], ports: Sequence[tuple[int, str]]
) -> Callable[[str, str, int, str], bool]:
    """What cyclonus allows; to it a pod has an address, which an address range may hold."""
    answer = judged(policies, list(ends.values()), ports, profile(stack).network.pod_cidr)
    return lambda source, target, number, transport: answer[source, target, number, transport]


@pytest.mark.parametrize("stack", STACKS)
def test_the_allowed_connections_are_the_declared_calls(stack: str) -> None:
    calls = declared(stack)
    ends = pods(stack, calls)
    found, asked = differences(calls, ends, by_semantics(policies_of(graph(stack)), ends))
    conclude(stack, "networking.k8s.io/v1 semantics", found, asked)


@pytest.mark.parametrize("stack", STACKS)
def test_cyclonus_allows_exactly_the_declared_calls(stack: str) -> None:
    calls = declared(stack)
    ends = pods(stack, calls)
    allows = by_cyclonus(stack, policies_of(graph(stack)), ends, ports_of(calls))
    found, asked = differences(calls, ends, allows)
    conclude(stack, f"cyclonus {module_version('cyclonus')}", found, asked)


def conclude(stack: str, by: str, found: list[str], asked: int) -> None:
    """Keeps the line of the table; fails when something is left that nobody accepted."""
    judge = "cyclonus" if by.startswith("cyclonus") else "network"
    left, _ = split(judge, [f"{stack}: {line}" for line in found])
    note(
        judge,
        version=by,
        judged=f"{stack}: every pair of pod groups and peers, every port",
        objects=asked,
        findings=len(left),
    )
    assert not left, f"{len(left)} differences by {by}:\n" + "\n".join(left)


def test_a_removed_policy_is_found_by_both() -> None:
    calls = declared("onprem")
    policies = policies_of(graph("onprem"))
    name = next(e.target for e in calls.edges if e.target == "auth-service")
    fewer = dataclasses.replace(
        policies, policies=[p for p in policies.policies if p["metadata"]["name"] != name]
    )
    callers = {e.source for e in calls.edges if e.target == name} | {name, "dns"}
    few = Connectivity(
        peers={k: peer for k, peer in calls.peers.items() if k in callers},
        edges=tuple(e for e in calls.edges if {e.source, e.target} <= callers),
    )
    ends = pods("onprem", few)
    for allowed_by in (
        by_semantics(fewer, ends),
        by_cyclonus("onprem", fewer, ends, ports_of(few)),
    ):
        found, _ = differences(few, ends, allowed_by)
        assert any(line.startswith("declared but refused") and name in line for line in found)
    unharmed, _ = differences(few, ends, by_semantics(policies, ends))
    assert not unharmed
