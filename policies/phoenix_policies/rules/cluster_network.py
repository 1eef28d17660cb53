"""Networks inside the cluster: namespaces, network policies, services and ingresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.network import is_internet, is_within
from phoenix_policies.predicates.pods import (
    POD_TYPES,
    lives_in,
    namespace,
    object_name,
    pod_template,
    same,
    share_namespace,
)
from phoenix_policies.predicates.selectors import selector_matches
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, every, not_applicable, some, truth
from phoenix_policies.values import Value

HIPAA_1: Final = ("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)")

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
RELEASES: Final = (
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
)
SYSTEM_NAMESPACES: Final = ("kube-system", "kube-public", "kube-node-lease")
DIRECTIONS: Final = (("Ingress", "ingress", "from"), ("Egress", "egress", "to"))
EGRESS_PORTS: Final = (443, 6514)
"""What the egress gateway may open towards the internet: HTTPS, and syslog over TLS to the SIEM (A8)."""
METADATA_ADDRESSES: Final = ("169.254.169.254/32", "fd00:ec2::254/128")
PRIVILEGED_REASON: Final = "phoenix.health/pod-security-reason"
"""A namespace above `restricted` carries its written reason in this annotation (A7.7)."""


@rule(
    "k8s-no-default-namespace",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:apps/v1:ReplicaSet",
    "kubernetes:batch/v1:Job",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:core/v1:Pod",
    "kubernetes:core/v1:Service",
    "kubernetes:networking.k8s.io/v1:Ingress",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:ServiceAccount",
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "kubernetes:core/v1:PersistentVolumeClaim",
    hipaa=("164.308(a)(4)(ii)(A)", "164.308(a)(8)", "164.312(a)(1)", "164.312(e)(1)"),
    soc2=("CC3.4", "CC6.6", "CC8.1"),
    severity=Severity.MEDIUM,
    remedy="Set metadata.namespace to a namespace of the stack.",
    sources=("checkov:CKV_K8S_21",),
)
def no_default_namespace(one: Resource) -> Iterable[Clause]:
    """Nothing is deployed to the default namespace."""
    stated = namespace(one)
    yield (stated.is_set & ~stated.equals("default")).otherwise("lands in the default namespace")


@rule(
    "k8s-namespace-pod-security",
    "kubernetes:core/v1:Namespace",
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(3)(i)", "164.308(a)(4)(ii)(A)", "164.312(a)(1)"),
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Label the namespace pod-security.kubernetes.io/enforce, audit and warn: restricted; baseline or privileged need a written reason.",
)
def namespace_pod_security(one: Resource) -> Iterable[Clause]:
    """Namespaces enforce Pod Security Standards."""
    if object_name(one).text in SYSTEM_NAMESPACES:
        yield not_applicable("a namespace of Kubernetes itself")
        return
    labels = one["metadata"]["labels"]
    level = labels["pod-security.kubernetes.io/enforce"]
    reason = one["metadata"]["annotations"][PRIVILEGED_REASON].is_set
    allowed = level.equals("restricted") | (level.equals("baseline", "privileged") & reason)
    yield allowed.otherwise(f"enforces {level.shown} without a written reason")
    for key in ("audit", "warn"):
        yield labels[f"pod-security.kubernetes.io/{key}"].is_set.otherwise(
            f"sets no level for {key}"
        )


@stack_rule(
    "k8s-namespace-quota",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:ResourceQuota",
    "kubernetes:core/v1:LimitRange",
    hipaa=("164.308(a)(7)(ii)(C)",),
    soc2=("A1.1",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a ResourceQuota and a LimitRange to the namespace.",
)
def namespace_quota(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Namespaces have a quota and defaults."""
    for one in _own_namespaces(stack):
        for kind in ("ResourceQuota", "LimitRange"):
            there = some(
                lives_in(bound, object_name(one))
                for bound in stack.of(f"kubernetes:core/v1:{kind}")
            )
            yield one, there.otherwise(f"has no {kind}")


def _own_namespaces(stack: Stack) -> Iterable[Resource]:
    return (one for one in stack.of(NAMESPACE) if object_name(one).text not in SYSTEM_NAMESPACES)


@stack_rule(
    "k8s-namespace-default-deny",
    "kubernetes:core/v1:Namespace",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    hipaa=HIPAA_1,
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy="Add a NetworkPolicy with an empty podSelector, both policy types and no rules.",
)
def namespace_default_deny(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Namespaces deny traffic by default."""
    for one in _own_namespaces(stack):
        occupied = some(
            same(_target_namespace(resident), object_name(one))
            for resident in stack.of(*POD_TYPES, *RELEASES)
        )
        for direction, key, _ in DIRECTIONS:
            closed = some(
                lives_in(policy, object_name(one))
                & policy["spec"]["podSelector"].is_empty
                & _covers(policy, direction)
                & policy["spec"][key].is_empty
                for policy in stack.of(POLICY)
            )
            yield one, (closed | ~occupied).otherwise(f"no policy denies all {key} traffic")


def _target_namespace(resident: Resource) -> Value:
    """Where a workload's pods, or those of a chart, run."""
    if resident.type == RELEASES[0]:
        return resident["namespace"]
    target = resident["spec"]["targetNamespace"]
    return target if resident.type == RELEASES[1] and not target.is_missing else namespace(resident)


@stack_rule(
    "k8s-pods-selected-by-network-policy",
    *POD_TYPES,
    POLICY,
    hipaa=HIPAA_1,
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy="Add a NetworkPolicy whose podSelector matches the pod's labels, for both directions.",
    sources=("checkov:CKV2_K8S_6",),
)
def pods_selected_by_network_policy(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Every workload is selected by a policy."""
    for workload in stack.of(*POD_TYPES):
        template = pod_template(workload)
        if template is None or namespace(workload).text in SYSTEM_NAMESPACES:
            continue
        for direction, key, _ in DIRECTIONS:
            covered = some(
                share_namespace(policy, workload)
                & _covers(policy, direction)
                & selector_matches(policy["spec"]["podSelector"], template.labels)
                for policy in stack.of(POLICY)
            )
            yield workload, covered.otherwise(f"no network policy selects its pods for {key}")


def _covers(policy: Resource, direction: str) -> Truth:
    types = policy["spec"]["policyTypes"]
    if types.is_missing:
        # the API server's default: egress counts where rules for it are stated
        return truth(direction == "Ingress") | policy["spec"]["egress"].is_set
    return types.contains(direction)


@rule(
    "k8s-network-policy-not-open",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.HIGH,
    remedy="Name the peers; the internet may be reached on 443 and 6514 by the egress gateway only.",
)
def network_policy_not_open(policy: Resource) -> Iterable[Clause]:
    """Policies do not allow everything."""
    for _, key, peers in DIRECTIONS:
        for one in policy["spec"][key].each():
            named = one[peers].is_set
            yield named.otherwise(f"an {key} rule names no peer and so allows every one")
            for peer in one[peers].each():
                everywhere = peer["namespaceSelector"].satisfies(lambda v: v == {})
                yield (~(everywhere & peer["podSelector"].is_empty)).otherwise(
                    f"an {key} rule allows every namespace"
                )
                block = peer["ipBlock"]["cidr"].satisfies(is_internet)
                excused = (
                    truth(key == "egress") & _few_ports(one) & peer["ipBlock"]["except"].is_set
                )
                yield (~block | excused).otherwise(f"an {key} rule is open to the internet")


def _few_ports(one: Value) -> Truth:
    ports = one["ports"].each()
    return truth(bool(ports)) & every(port["port"].equals(*EGRESS_PORTS) for port in ports)


@rule(
    "k8s-block-instance-metadata",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.6"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Put 169.254.169.254/32 (and fd00:ec2::254/128) into except of the broad range.",
)
def block_instance_metadata(policy: Resource) -> Iterable[Clause]:
    """Pods cannot reach the metadata service."""
    for one in policy["spec"]["egress"].each():
        for peer in one["to"].each():
            block = peer["ipBlock"]
            for address in METADATA_ADDRESSES:
                reached = block["cidr"].satisfies(lambda v, a=address: is_within(a, v))
                closed = some(
                    hole.satisfies(lambda v, a=address: is_within(a, v))
                    for hole in block["except"].each()
                )
                yield (~reached | closed).otherwise(
                    f"the node's metadata service {address} can be reached"
                )
