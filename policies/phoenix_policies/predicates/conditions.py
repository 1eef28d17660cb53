"""Conditions of IAM statements, judged by what they bind and not by being there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from phoenix_policies.predicates.network import are_internet
from phoenix_policies.truth import FALSE, Truth, every, some, truth, unknown
from phoenix_policies.values import Value

_RESTRICTING: Final = re.compile(
    r"^(?:foranyvalue:)?(?:stringequals|stringequalsignorecase|stringlike|arnequals|arnlike|ipaddress|bool)$"
)
_ARN_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator with one key and its values; names are in lower case."""

    operator: str
    key: str
    values: tuple[Value, ...]
    place: str = ""

    @property
    def value_unknown(self) -> Truth:
        return some(unknown(v.path) for v in self.values if v.is_unknown)

    @property
    def binds(self) -> Truth:
        """Whether only some requests pass it.

        Operators that also pass when the key is absent (`...IfExists`, `ForAllValues:`), negated ones, values
        that are wildcards and address ranges that stand for everybody do not bind.
        """
        if self.operator == "?":
            return unknown(self.place)
        if not _RESTRICTING.match(self.operator) or not self.values:
            return FALSE
        if self.operator.endswith("ipaddress"):
            known = [v.raw for v in self.values if not v.is_unknown]
            return truth(not are_internet(known)) & every(
                unknown(v.path) for v in self.values if v.is_unknown
            )
        if self.operator == "bool":
            return every(v.is_true for v in self.values)
        return every(
            v.satisfies(lambda raw: _names_somebody(self.key, str(raw))) for v in self.values
        )

    @property
    def refuses_plain_text(self) -> Truth:
        """In a Deny: true for requests without TLS."""
        if self.operator == "?":
            return unknown(self.place)
        if self.key != "aws:securetransport" or not re.fullmatch(
            r"(?:bool|stringequals(?:ignorecase)?|stringlike)(?:ifexists)?", self.operator
        ):
            return FALSE
        return some(v.is_false for v in self.values)

    def requires(self, *allowed: str) -> Truth:
        """A positive, exact test of the key against values out of these."""
        if not _RESTRICTING.match(self.operator) or not self.values:
            return FALSE if self.operator != "?" else unknown(self.place)
        return every(v.satisfies(lambda raw: str(raw) in allowed) for v in self.values)


def conditions_of(block: Value) -> tuple[Condition, ...]:
    """The conditions of a `Condition` block; an unknown block is one condition that cannot be judged."""
    if block.is_unknown:
        return (Condition("?", "?", (block,), block.path),)
    return tuple(
        Condition(
            "?" if by_key.is_unknown else operator.lower(),
            key.lower(),
            tuple(values.each()),
            by_key.path,
        )
        for operator, by_key in block.entries()
        for key, values in by_key.entries()
    )


def _names_somebody(key: str, text: str) -> bool:
    """A value that fixes an account, organisation, principal or network; wildcards in that place fix nothing."""
    if not text.strip("*?:/"):
        return False
    if text.startswith("arn:"):
        parts = text.split(":", _ARN_PARTS - 1)
        if len(parts) < _ARN_PARTS:
            return False
        account, rest = parts[4], parts[5]
        if account:
            return "*" not in account and "?" not in account
        return not rest.startswith(("*", "?"))  # S3 bucket ARNs carry no account
    if key.endswith(("account", "owner", "orgid")):
        return "*" not in text and "?" not in text
    return not text.startswith(("*", "?"))
