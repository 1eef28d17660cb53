"""IAM policy documents read statement by statement, from a JSON string, an object or a list of statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from phoenix_policies.predicates.conditions import Condition, conditions_of
from phoenix_policies.truth import TRUE, Truth, every, some, truth, unknown
from phoenix_policies.values import Value

PRINCIPAL_KINDS: Final = ("AWS", "Service", "Federated", "CanonicalUser")


@dataclass(frozen=True, slots=True)
class Texts:
    """The strings of one element (Action, Resource, ...), each with its place."""

    values: tuple[Value, ...]

    @property
    def given(self) -> Truth:
        """Whether the element is there at all."""
        if any(not v.is_unknown for v in self.values):
            return TRUE
        return some(unknown(v.path) for v in self.values)

    def any(self, predicate: Callable[[str], bool]) -> Truth:
        return some(v.satisfies(lambda raw: predicate(str(raw))) for v in self.values)

    def every(self, predicate: Callable[[str], bool]) -> Truth:
        return every(v.satisfies(lambda raw: predicate(str(raw))) for v in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; every question about it is three-valued."""

    value: Value
    actions: Texts
    not_actions: Texts
    resources: Texts
    not_resources: Texts
    conditions: tuple[Condition, ...]

    @property
    def place(self) -> str:
        """How a message names the statement: by Sid, or by its position."""
        sid = self.value["Sid"]
        return f"statement {sid.shown}" if sid.text and not sid.secret else self.value.path

    @property
    def allows(self) -> Truth:
        return self.value["Effect"].equals("Allow")

    @property
    def denies(self) -> Truth:
        return self.value["Effect"].equals("Deny")

    def grants(self, *actions: str) -> Truth:
        """Whether Action (or NotAction) covers one of these actions, wildcards included on either side.

        `grants("kms:Decrypt")` is true for `kms:*`, `*`, `kms:Dec*` and for a NotAction that does not name it.
        """
        by_action = some(
            v.satisfies(lambda raw: any(action_covers(str(raw), a) for a in actions))
            for v in self.actions.values
        )
        return by_action | (self.not_actions.given & some(self._not_excluded(a) for a in actions))

    def _not_excluded(self, action: str) -> Truth:
        return ~self.not_actions.any(lambda raw: action_covers(raw, action))

    @property
    def all_actions(self) -> Truth:
        """`*`, `*:*`, or a NotAction: every service's actions, known and future."""
        return self.actions.any(is_all_actions) | self.not_actions.given

    @property
    def whole_service(self) -> Truth:
        """Every action of at least one service (`s3:*`, `s3:?*`), or of all."""
        return self.all_actions | self.actions.any(is_whole_service)

    @property
    def any_resource(self) -> Truth:
        """Resource `*`, or a NotResource; a resource policy without Resource is about its own resource."""
        return self.resources.any(is_any_resource) | self.not_resources.given

    def covers(self, arn: str) -> Truth:
        """Whether Resource (or NotResource) covers this ARN."""
        by_resource = self.resources.any(lambda r: arn_covers(r, arn))
        excluded = self.not_resources.any(lambda r: arn_covers(r, arn))
        return by_resource | (self.not_resources.given & ~excluded)

    def principals(self, kind: str) -> list[Value]:
        """The principals of one kind (AWS, Service, Federated, CanonicalUser)."""
        principal = self.value["Principal"]
        return [principal] if principal.is_unknown else principal[kind].each()

    @property
    def any_principal(self) -> Truth:
        """Everybody: `*`, `{"AWS": "*"}`, or Allow with NotPrincipal; conditions are not looked at."""
        principal, excluded = self.value["Principal"], self.value["NotPrincipal"]
        if principal.is_unknown:
            return unknown(principal.path)
        everybody = truth(principal.text == "*") | some(
            v.equals("*") for v in principal["AWS"].each()
        )
        return everybody | excluded.is_set

    def bound_to(self, keys: Iterable[str]) -> Truth:
        """Whether a condition on one of these keys really restricts who or where the request comes from."""
        wanted = {key.lower() for key in keys}
        return some(c.binds for c in self.conditions if c.key in wanted or c.key == "?")

    @property
    def bound_to_known_callers(self) -> Truth:
        """Bound to an organisation, account, principal, source resource, VPC or address range."""
        return self.bound_to(CALLER_KEYS)

    @property
    def public(self) -> Truth:
        """Allows everybody, and no condition takes that back."""
        return self.allows & self.any_principal & ~self.bound_to_known_callers


CALLER_KEYS: Final = (
    "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn",
    "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner",
    "aws:SourceVpce", "aws:SourceVpc", "aws:SourceIp", "aws:VpcSourceIp", "aws:userId",
    "aws:PrincipalIsAWSService", "aws:PrincipalServiceName", "kms:CallerAccount",
    "s3:DataAccessPointAccount", "lambda:EventSourceToken",
)  # fmt: skip


def statements(document: Value) -> list[Statement]:
    """The statements of a policy; a wholly unknown document is one statement of which everything is unknown."""
    parsed = document.parsed()
    if parsed.is_unknown:
        return [_statement(parsed)]
    source = parsed if isinstance(parsed.raw, list) else parsed["Statement"]
    if source.is_missing:
        source = parsed["statements"] if not parsed["statements"].is_missing else source
    return [_statement(value) for value in source.each()]


def _statement(value: Value) -> Statement:
    return Statement(
        value=value,
        actions=Texts(tuple(value["Action"].each())),
        not_actions=Texts(tuple(value["NotAction"].each())),
        resources=Texts(tuple(value["Resource"].each())),
        not_resources=Texts(tuple(value["NotResource"].each())),
        conditions=conditions_of(value["Condition"]),
    )


def is_all_actions(action: str) -> bool:
    """An action pattern that covers every service."""
    return "*" in action and set(action) <= {"*", "?", ":"}


def is_whole_service(action: str) -> bool:
    """A pattern that leaves nothing of a service out, however it is spelt (`s3:*`, `s3:?*`, `*`)."""
    service, colon, name = action.partition(":")
    if not colon:
        return is_all_actions(action)
    return bool(service) and "*" in name and set(name) <= {"*", "?"}


def is_any_resource(resource: str) -> bool:
    """A pattern for every resource of every service: `*`, `arn:aws:*`, `arn:*:*:*:*:*`."""
    if resource.startswith("arn:"):
        _, partition, *rest = resource.split(":")
        return "*" in f"{partition}{''.join(rest)}" and all(set(p) <= {"*", "?"} for p in rest)
    return "*" in resource and set(resource) <= {"*", "?"}


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    parts = [
        ".*" if c == "*" else "." if c == "?" else re.escape(c) for c in re.sub(r"\*+", "*", glob)
    ]
    return re.compile("".join(parts), re.DOTALL)


def action_covers(pattern: str, action: str) -> bool:
    """Whether an IAM action pattern covers an action; both may hold wildcards, case does not count."""
    if is_all_actions(pattern):
        return True
    return _pattern(pattern.lower()).fullmatch(action.lower()) is not None


def arn_covers(pattern: str, arn: str) -> bool:
    """Whether a resource pattern covers an ARN (which may itself be a pattern)."""
    return _pattern(pattern).fullmatch(arn) is not None


def denies_plain_text(document: Value, actions: Iterable[str] = ("s3:GetObject",)) -> Truth:
    """Whether a statement refuses everybody's requests without TLS, for these actions, on any resource."""
    wanted = tuple(actions)
    return some(refuses_plain_text(s, wanted) for s in statements(document))


def refuses_plain_text(statement: Statement, actions: Iterable[str]) -> Truth:
    """Whether this statement refuses everybody's requests without TLS, for these actions."""
    return (
        statement.denies
        & _everybody_refused(statement)
        & every(statement.grants(a) for a in actions)
        & some(c.refuses_plain_text for c in statement.conditions)
        & every(_harmless(c) for c in statement.conditions)
    )


ROOT: Final = r"^(?:arn:aws[\w-]*:iam::)?\d{12}(?::root)?$"
"""An account stands for its root: `arn:aws:iam::<account>:root` and the bare account id."""


def root_only(statement: Statement) -> Truth:
    """Whether account roots and nobody else are the principals."""
    principals = statement.principals("AWS")
    services = statement.principals("Service")
    named = truth(bool(principals) and (not services or services[0].is_unknown))
    return named & every(p.matches(ROOT) for p in principals)


def _everybody_refused(statement: Statement) -> Truth:
    return statement.any_principal & ~statement.value["NotPrincipal"].is_set


def _harmless(condition: Condition) -> Truth:
    """Any other condition beside the one on TLS narrows the refusal."""
    if condition.operator == "?":
        return unknown(condition.place)
    return truth(condition.key == "aws:securetransport")
