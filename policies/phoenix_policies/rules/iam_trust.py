"""Who may assume a role."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.iam import statements
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, every, some, truth

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
HIPAA_2: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(3)(ii)(B)",
    "164.308(a)(4)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
)

LONGEST_SESSION_SECONDS: Final = 14_400
SOURCE_BOUND_SERVICES: Final = re.compile(
    r"^(?:config|cloudtrail|vpc-flow-logs|delivery\.logs|events|scheduler|states|sns|s3|backup|codebuild|transfer|"
    r"monitoring\.rds|budgets|guardduty|replication\.ecr)\.amazonaws\.com$"
)
_ACCOUNT: Final = re.compile(r"^(?:arn:aws[\w-]*:(?:iam|sts)::)?(\d{12})(?::|$)")


@rule(
    "iam-trust-no-wildcard",
    "aws:iam/role:Role",
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.2", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Name the roles, services or identity provider that may assume it.",
    sources=(
        "prowler:iam_no_custom_policy_permissive_role_assumption",
        "checkov:CKV_AWS_60",
        "checkov:CKV_AWS_61",
        "checkov:CKV_AWS_283",
    ),
)
def trust_no_wildcard(role: Resource) -> Iterable[Clause]:
    """Trust policies name who may assume."""
    for one in statements(role["assumeRolePolicy"]):
        yield (~(one.allows & one.any_principal)).otherwise(
            f"{one.place} lets anyone assume the role"
        )
        excluded = one.allows & one.value["NotPrincipal"].is_set
        yield (~excluded).otherwise(f"{one.place} lets all but some assume the role")


def account_of(principal: object) -> str:
    """The account of a principal ARN or a bare account id; empty for anything else."""
    match = _ACCOUNT.match(str(principal))
    return match[1] if match else ""


def _own_account(role: Resource) -> str:
    """The account of the role itself, as far as its ARN is known."""
    parts = role.outputs["arn"].text.split(":")
    return parts[4] if len(parts) > 4 else ""


@rule(
    "iam-trust-external-id",
    "aws:iam/role:Role",
    hipaa=HIPAA_2,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Add a condition on sts:ExternalId, or on aws:PrincipalOrgID for accounts of the organisation.",
    sources=("prowler:iam_role_cross_account_readonlyaccess_policy",),
)
def trust_external_id(role: Resource) -> Iterable[Clause]:
    """Third-party trust uses an external id."""
    own = _own_account(role)
    for one in statements(role["assumeRolePolicy"]):
        bound = one.bound_to(("sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"))
        for principal in one.principals("AWS"):
            foreign = principal.satisfies(lambda v, own=own: account_of(v) not in ("", own))
            yield (~(one.allows & foreign) | bound).otherwise(
                f"{one.place} trusts another account without an external id"
            )


@rule(
    "iam-trust-confused-deputy",
    "aws:iam/role:Role",
    hipaa=HIPAA_2,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a condition on aws:SourceAccount or aws:SourceArn.",
    sources=("prowler:iam_role_cross_service_confused_deputy_prevention",),
)
def trust_confused_deputy(role: Resource) -> Iterable[Clause]:
    """Service trust is bound to a source."""
    for one in statements(role["assumeRolePolicy"]):
        bound = one.bound_to(("aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID"))
        for service in one.principals("Service"):
            deputy = service.matches(SOURCE_BOUND_SERVICES.pattern)
            yield (~(one.allows & deputy) | bound).otherwise(
                f"{service.shown} may act here for any account"
            )


@rule(
    "iam-oidc-trust-bound",
    "aws:iam/role:Role",
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.2", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Bind <issuer>:aud and <issuer>:sub with StringEquals (or a StringLike that names the repository).",
    sources=("checkov:CKV_AWS_393", "checkov:CKV_AWS_358"),
)
def oidc_trust_bound(role: Resource) -> Iterable[Clause]:
    """Web identity trust is bound to subject and audience."""
    for one in statements(role["assumeRolePolicy"]):
        web = one.allows & one.grants("sts:AssumeRoleWithWebIdentity")
        audience = some(
            c.binds & truth(c.key.endswith(":aud") and c.operator.startswith("stringequals"))
            for c in one.conditions
        )
        subject = some(
            c.binds
            & truth(c.key.endswith((":sub", ":job_workflow_ref")))
            & every(v.satisfies(_names_subject) for v in c.values)
            for c in one.conditions
        )
        opaque = one.value["Condition"].is_unknown
        if opaque:
            yield one.value["Condition"].is_set.otherwise("")
            continue
        yield (~web | audience).otherwise(f"{one.place} accepts tokens for any audience")
        yield (~web | subject).otherwise(f"{one.place} accepts tokens of any subject")


def _names_subject(text: object) -> bool:
    subject = str(text)
    if subject.startswith("repo:"):
        owner, _, rest = subject.removeprefix("repo:").partition("/")
        repository = rest.partition(":")[0]
        return bool(owner) and "*" not in owner and bool(repository) and "*" not in repository
    if subject.startswith("project_path:"):
        return "*" not in subject.removeprefix("project_path:").partition(":")[0]
    if subject.startswith("system:serviceaccount:"):
        parts = subject.split(":")
        return len(parts) == 4 and "*" not in parts[2] and parts[3] != "*"
    return subject.strip("*?:") != "" and "*" not in subject


@rule(
    "iam-role-session-duration",
    "aws:iam/role:Role",
    hipaa=("164.312(a)(2)(iii)",),
    soc2=("CC6.1",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set max_session_duration to 14400 or less.",
)
def role_session_duration(role: Resource) -> Iterable[Clause]:
    """Role sessions end automatically."""
    longest = role["maxSessionDuration"]
    yield (longest.is_empty | longest.at_most(LONGEST_SESSION_SECONDS)).otherwise(
        f"a session lasts {longest.shown} seconds"
    )
