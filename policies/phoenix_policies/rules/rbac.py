"""Rights inside the cluster: roles, bindings, service accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Severity
from phoenix_policies.predicates.pods import object_name
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, Truth
from phoenix_policies.values import Value

LEAST_PRIVILEGE: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(3)(ii)(B)",
    "164.308(a)(4)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
)
LEAST_PRIVILEGE_2: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(3)(ii)(B)",
    "164.308(a)(4)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.308(a)(5)(ii)(D)",
    "164.312(a)(1)",
    "164.312(a)(2)(i)",
    "164.312(d)",
)

ROLES: Final = (
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
)
CLUSTER_ROLE: Final = ROLES[1]
BINDINGS: Final = (
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
)
SERVICE_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"

EVERYONE: Final = (
    "system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters",
    "system:serviceaccounts", "*",
)  # fmt: skip
READS: Final = ("get", "list", "watch", "*")
WRITES: Final = ("create", "update", "patch", "delete", "deletecollection", "*")


def _allows(grant: Value, resources: tuple[str, ...], verbs: tuple[str, ...]) -> Truth:
    """Whether one rule of a role gives one of the verbs on one of the resources."""
    return grant["resources"].contains(*resources, "*") & grant["verbs"].contains(*verbs)


def _forbid(
    role: Resource, resources: tuple[str, ...], verbs: tuple[str, ...], message: str
) -> Iterable[Clause]:
    for grant in role["rules"].each():
        yield (~_allows(grant, resources, verbs)).otherwise(message)


@rule(
    "k8s-rbac-no-wildcards",
    *ROLES,
    hipaa=LEAST_PRIVILEGE,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Name the verbs, resources and API groups.",
    sources=("prowler:rbac_minimize_wildcard_use_roles", "checkov:CKV_K8S_49"),
)
def rbac_no_wildcards(role: Resource) -> Iterable[Clause]:
    """Roles contain no wildcard."""
    for grant in role["rules"].each():
        for key in ("verbs", "resources", "apiGroups", "nonResourceURLs"):
            yield (~grant[key].contains("*")).otherwise(f"{key} contains *")
    aggregation = role["aggregationRule"]
    for selector in aggregation["clusterRoleSelectors"].each():
        bounded = selector["matchLabels"].is_set | selector["matchExpressions"].is_set
        yield bounded.otherwise("aggregates every cluster role")


@rule(
    "k8s-rbac-no-cluster-admin",
    *BINDINGS,
    hipaa=LEAST_PRIVILEGE,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Bind a role with named rights; cluster-admin is for break-glass access entries only.",
    sources=("prowler:rbac_cluster_admin_usage",),
)
def rbac_no_cluster_admin(binding: Resource) -> Iterable[Clause]:
    """cluster-admin is bound only to break-glass."""
    name = binding["roleRef"]["name"]
    broad = name.satisfies(
        lambda v: (
            v == "cluster-admin"
            or (isinstance(v, str) and v.startswith("system:") and v not in _OWN_SYSTEM_ROLES)
        )
    )
    yield (~broad).otherwise(f"binds {name.shown}")


_OWN_SYSTEM_ROLES: Final = ("system:auth-delegator",)
"""Meant for others: token and access reviews only, which Vault's Kubernetes authentication needs."""


@rule(
    "k8s-rbac-no-anonymous-or-broad-subjects",
    *BINDINGS,
    hipaa=LEAST_PRIVILEGE_2,
    soc2=("CC1.3", "CC6.1", "CC6.2", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Name users, groups or service accounts one by one.",
)
def rbac_no_broad_subjects(binding: Resource) -> Iterable[Clause]:
    """Bindings do not name everyone."""
    for subject in binding["subjects"].each():
        name = subject["name"]
        everyone = name.satisfies(
            lambda v: (
                v in EVERYONE or (isinstance(v, str) and v.startswith("system:serviceaccounts:"))
            )
        )
        yield (~everyone).otherwise(f"gives rights to {name.shown}")


@rule(
    "k8s-rbac-no-default-service-account",
    *BINDINGS,
    SERVICE_ACCOUNT,
    hipaa=LEAST_PRIVILEGE,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    remedy="Bind the workload's own service account.",
    sources=("checkov:CKV_K8S_42", "checkov:CKV_K8S_41"),
)
def rbac_no_default_service_account(one: Resource) -> Iterable[Clause]:
    """Default service accounts get no rights."""
    for subject in one["subjects"].each():
        default = subject["kind"].equals("ServiceAccount") & subject["name"].equals("default")
        yield (~default).otherwise("gives rights to a default service account")
    if one.type == SERVICE_ACCOUNT:
        role = one["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
        armed = object_name(one).equals("default") & role.is_set
        yield (~armed).otherwise("the default service account carries an IAM role")


@rule(
    "k8s-rbac-no-secret-read-all",
    *ROLES,
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.308(a)(5)(ii)(D)",
        "164.312(a)(1)",
        "164.312(a)(2)(iv)",
        "164.312(d)",
    ),
    soc2=("C1.1", "CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="List the secrets in resourceNames, in a Role; better, read files that Vault mounts.",
    sources=("prowler:rbac_minimize_secret_access", "checkov:CKV2_K8S_5"),
)
def rbac_no_secret_read_all(role: Resource) -> Iterable[Clause]:
    """Secret access is limited by name."""
    for grant in role["rules"].each():
        reads = _allows(grant, ("secrets",), READS) & grant["apiGroups"].contains("", "*")
        yield (~reads | grant["resourceNames"].is_set).otherwise("reads every secret")
        if role.type == CLUSTER_ROLE:
            yield (~reads).otherwise("reads secrets in every namespace")


@rule(
    "k8s-rbac-no-escalation-verbs",
    *ROLES,
    hipaa=LEAST_PRIVILEGE,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Remove bind, escalate and impersonate, and the creation of bindings.",
    sources=(
        "checkov:CKV_K8S_157",
        "checkov:CKV_K8S_158",
        "checkov:CKV2_K8S_1",
        "checkov:CKV2_K8S_3",
    ),
)
def rbac_no_escalation_verbs(role: Resource) -> Iterable[Clause]:
    """Roles do not allow bind, escalate or impersonate."""
    kinds = ("roles", "clusterroles")
    yield from _forbid(role, kinds, ("bind", "escalate", "*"), "may bind or escalate roles")
    bindings = ("rolebindings", "clusterrolebindings")
    yield from _forbid(
        role, bindings, ("create", "update", "patch", "*"), "may write role bindings"
    )
    people = ("users", "groups", "serviceaccounts", "userextras/*")
    yield from _forbid(role, people, ("impersonate", "*"), "may impersonate others")


@rule(
    "k8s-rbac-no-exec-or-proxy",
    *ROLES,
    hipaa=LEAST_PRIVILEGE,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Remove the subresource; break-glass access goes through the operator's access entry.",
    sources=("prowler:rbac_minimize_node_proxy_subresource_access", "checkov:CKV2_K8S_2"),
)
def rbac_no_exec_or_proxy(role: Resource) -> Iterable[Clause]:
    """Roles do not open shells or node proxies."""
    doors = (
        "pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers", "nodes/proxy",
        "services/proxy", "pods/proxy",
    )  # fmt: skip
    yield from _forbid(
        role, doors, ("create", "get", "update", "patch", "*"), "opens a shell or a proxy"
    )


@rule(
    "k8s-rbac-no-token-or-csr",
    *ROLES,
    hipaa=LEAST_PRIVILEGE_2,
    soc2=("CC1.3", "CC6.1", "CC6.2", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Remove the rights to create tokens and to approve certificate requests.",
    sources=(
        "prowler:rbac_minimize_service_account_token_creation",
        "prowler:rbac_minimize_csr_approval_access",
        "checkov:CKV_K8S_156",
    ),
)
def rbac_no_token_or_csr(role: Resource) -> Iterable[Clause]:
    """Roles do not mint identities."""
    yield from _forbid(role, ("serviceaccounts/token",), ("create", "*"), "may create tokens")
    yield from _forbid(
        role,
        ("certificatesigningrequests/approval", "certificatesigningrequests/status"),
        ("update", "patch", "*"),
        "may approve certificates",
    )
    yield from _forbid(role, ("signers",), ("approve", "sign", "*"), "may sign certificates")


@rule(
    "k8s-rbac-no-webhook-or-pv-control",
    *ROLES,
    hipaa=LEAST_PRIVILEGE,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Remove the write verbs on webhook configurations, persistent volumes, nodes and services/status.",
    sources=(
        "prowler:rbac_minimize_webhook_config_access",
        "prowler:rbac_minimize_pv_creation_access",
        "prowler:rbac_minimize_pod_creation_access",
        "checkov:CKV_K8S_155",
        "checkov:CKV2_K8S_4",
    ),
)
def rbac_no_webhook_or_pv_control(role: Resource) -> Iterable[Clause]:
    """Roles do not change admission, volumes or status."""
    guarded = (
        "mutatingwebhookconfigurations", "validatingwebhookconfigurations", "persistentvolumes",
        "services/status", "nodes",
    )  # fmt: skip
    yield from _forbid(role, guarded, WRITES, "may change admission, volumes, nodes or status")
