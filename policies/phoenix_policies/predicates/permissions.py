"""Permission statements of policies and roles, and the questions that several rules ask of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from phoenix_policies.predicates.iam import Statement, statements
from phoenix_policies.resource import Resource
from phoenix_policies.truth import Clause, Truth, some

ROLE: Final = "aws:iam/role:Role"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
POLICY: Final = "aws:iam/policy:Policy"
USER_POLICY: Final = "aws:iam/userPolicy:UserPolicy"
GROUP_POLICY: Final = "aws:iam/groupPolicy:GroupPolicy"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
PERMISSIONS: Final = (POLICY, ROLE_POLICY, USER_POLICY, GROUP_POLICY, ROLE)
_CHANNEL_KEYS: Final = (
    "aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:useragent", "aws:referer", "s3:tlsversion",
)  # fmt: skip
BOUNDARY_SUFFIX: Final = "-boundary"
"""A permissions boundary bounds what others are given; by itself it grants nothing and is named so."""


def granted(one: Resource) -> Iterable[Statement]:
    """The permission statements of a policy, or of a role's inline policies."""
    if one.type == ROLE:
        for inline in one["inlinePolicies"].each("policy"):
            yield from statements(inline)
    else:
        yield from statements(one["policy"])


def is_boundary(one: Resource) -> bool:
    """Whether the policy is a permissions boundary."""
    return one.type == POLICY and (one["name"].text or one.name).endswith(BOUNDARY_SUFFIX)


def forbidden(one: Resource, bad: str, judge: Callable[[Statement], Truth]) -> Iterable[Clause]:
    """One clause per statement that fails where `judge` finds what is not allowed."""
    for statement in granted(one):
        yield (~judge(statement)).otherwise(f"{statement.place} {bad}")


def on_everything(statement: Statement) -> Truth:
    """Allows something on every resource."""
    return statement.allows & statement.any_resource


def unconditional(statement: Statement) -> Truth:
    """No condition takes part of it back; one on the channel alone (TLS, time, client) takes nothing."""
    return ~some(c.binds for c in statement.conditions if c.key not in _CHANNEL_KEYS)
