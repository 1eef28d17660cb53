"""Who a stack is: its regions, its frameworks and its people."""

from collections.abc import Iterator

from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.models import RegionalSettings
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.stack import BootstrapStack, PrimaryStack, RecoveryStack


@check("stack")
def region_pair(subject: Subject) -> Iterator[Problem]:
    """The two regions of a pair differ, and the active one is one of them."""
    stack = subject.settings.stack
    if isinstance(stack, RecoveryStack):
        peer, name = stack.primary_region, "primary_region"
    elif isinstance(stack, PrimaryStack | BootstrapStack):
        peer, name = stack.recovery_region, "recovery_region"
    else:
        return
    if peer == stack.region:
        yield wrong(
            "stack",
            name,
            value=peer,
            allowed="must be another region than stack.region, or one disaster takes both",
            remedy="name the other region of the pair",
        )
    if isinstance(stack, PrimaryStack | RecoveryStack) and stack.active_region not in {
        stack.region,
        peer,
    }:
        yield wrong(
            "stack",
            "active_region",
            value=stack.active_region,
            allowed=f"must be {stack.region} or {peer}",
            remedy="name the region that serves traffic",
        )


@check("stack")
def primary_stack(subject: Subject) -> Iterator[Problem]:
    """The recovery stack reads another stack's outputs, never its own (X-70)."""
    stack = subject.settings.stack
    if not isinstance(stack, RecoveryStack):
        return
    parts = stack.primary_stack.split("/")
    if len(parts) != 3 or not all(parts):
        yield wrong(
            "stack",
            "primary_stack",
            value=stack.primary_stack,
            allowed="must be organization/project/stack",
            remedy="write for instance organization/phoenix-infra/production",
        )
    elif parts[-1] == subject.stack_name:
        yield wrong(
            "stack",
            "primary_stack",
            value=stack.primary_stack,
            allowed="this is the stack itself: it would wait for its own outputs",
            remedy="name the primary region's stack",
        )


@check("stack")
def frameworks(subject: Subject) -> Iterator[Problem]:
    """Both rule sets apply in production (G-043, A7.15)."""
    stack = subject.settings.stack
    absent = [name for name in ("hipaa", "soc2") if name not in stack.frameworks]
    if subject.production and absent:
        yield wrong(
            "stack",
            "frameworks",
            value=", ".join(stack.frameworks) or "empty",
            allowed="production is judged by hipaa and soc2",
            remedy=f"add {' and '.join(absent)}",
        )


@check("stack", "cluster")
def access_account(subject: Subject) -> Iterator[Problem]:
    """Who may enter the cluster belongs to the stack's account and to one level only (X-77)."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    seen: dict[str, str] = {}
    access = settings.cluster.access
    levels = {
        "admin_role_arns": access.admin_role_arns,
        "operator_role_arns": access.operator_role_arns,
        "auditor_role_arns": access.auditor_role_arns,
    }
    for level, arns in levels.items():
        for index, arn in enumerate(arns):
            path = ("cluster", "access", level, index)
            if arn.split(":")[4] != settings.identity.account_id:
                yield wrong(
                    *path,
                    value=arn,
                    allowed=f"must be a role of account {settings.identity.account_id}",
                    remedy="let people assume a role of this account",
                )
            if arn in seen:
                yield wrong(
                    *path,
                    value=arn,
                    allowed=f"the role already stands in {seen[arn]}",
                    remedy="keep it at one level: EKS has one access entry for each principal",
                )
            seen.setdefault(arn, level)


CHECKS: tuple[Check, ...] = (region_pair, primary_stack, frameworks, access_account)
