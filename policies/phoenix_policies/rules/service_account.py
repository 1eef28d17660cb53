"""Service accounts: whose token is mounted where, and which IAM role it carries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import (
    POD_TYPES,
    PodTemplate,
    namespace,
    object_name,
    pod_template,
    same,
    share_namespace,
)
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, every, some, unknown
from phoenix_policies.values import Value

HIPAA_1: Final = (
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

SERVICE_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"

AUTOMOUNT: Final = "automountServiceAccountToken"
API_CLIENT_LABEL: Final = "phoenix.health/api-client"
"""A workload that talks to the Kubernetes API says so with this label and the value "true"."""


@stack_rule(
    "k8s-automount-token-off",
    *POD_TYPES,
    SERVICE_ACCOUNT,
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    remedy='Set automountServiceAccountToken to false, or label the pod phoenix.health/api-client: "true" when it calls the API.',
    sources=("checkov:CKV_K8S_38",),
)
def automount_token_off(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Service account tokens are mounted only when needed."""
    accounts = list(stack.of(SERVICE_ACCOUNT))
    users: dict[str, list[Truth]] = {one.urn: [] for one in accounts}
    closed: dict[str, list[Truth]] = {one.urn: [] for one in accounts}
    for workload in stack.of(*POD_TYPES):
        template = pod_template(workload)
        if template is None:
            continue
        stated = template.spec[AUTOMOUNT]
        needed = template.labels[API_CLIENT_LABEL].is_true
        by_account: list[Truth] = []
        for account in accounts:
            uses = _runs_as(workload, template, account)
            by_account.append(uses & account[AUTOMOUNT].is_false)
            users[account.urn].append(uses)
            closed[account.urn].append(~uses | stated.is_false | needed)
        off = stated.is_false | (stated.equals(None) & some(by_account))
        yield workload, (off | needed).otherwise("a token for the Kubernetes API is mounted")
    for account in accounts:
        client = account["metadata"]["labels"][API_CLIENT_LABEL].is_true
        by_pods = some(users[account.urn]) & every(closed[account.urn])
        yield (
            account,
            (account[AUTOMOUNT].is_false | client | by_pods).otherwise(
                "its token is mounted into every pod that uses it"
            ),
        )


def _runs_as(workload: Resource, template: PodTemplate, account: Resource) -> Truth:
    return same(template.spec["serviceAccountName"], object_name(account)) & share_namespace(
        workload, account
    )


@rule(
    "k8s-dedicated-service-account",
    *POD_TYPES,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.2", "CC6.3"),
    severity=Severity.MEDIUM,
    remedy="Create a ServiceAccount for the workload and name it in serviceAccountName.",
    sources=("checkov:CKV_K8S_41",),
)
def dedicated_service_account(workload: Resource) -> Iterable[Clause]:
    """Workloads use their own service account."""
    template = pod_template(workload)
    if template is None:
        return
    name = template.spec["serviceAccountName"]
    own = name.is_set & ~name.equals("default")
    yield own.otherwise("runs as the namespace's default service account")


@stack_rule(
    "k8s-sa-irsa-role-exists",
    SERVICE_ACCOUNT,
    "aws:iam/role:Role",
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.2", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Name a role of this stack whose trust is bound to this service account, or use Pod Identity.",
)
def sa_irsa_role_exists(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Service account role annotations resolve."""
    for account in stack.of(SERVICE_ACCOUNT):
        role_arn = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
        if role_arn.is_missing:
            continue
        trusts = some(
            stack.refers(account, role, "metadata.annotations")
            & _trusts(role, namespace(account), object_name(account))
            for role in stack.of("aws:iam/role:Role")
        )
        yield account, trusts.otherwise("no role of this stack trusts this service account")


def _trusts(role: Resource, space: Value, name: Value) -> Truth:
    """Whether the trust policy names this service account, and not merely one that begins like it."""
    if space.is_unknown or name.is_unknown:
        return unknown(space.path if space.is_unknown else name.path)
    subject = re.escape(f"system:serviceaccount:{space.text or 'default'}:{name.text}")
    return role["assumeRolePolicy"].satisfies(
        lambda v: re.search(rf"{subject}(?![\w.-])", str(v)) is not None
    )
