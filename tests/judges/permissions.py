"""What a recorded role may do: IAM's evaluation of its policies within its boundary, knowing nothing of the program."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from phoenix_infra.preview import Graph, Node
from tests.judges.manifests import plain

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
Statement = Mapping[str, Any]


def many(value: Any) -> list[Any]:
    """One or several; policy elements take both."""
    return list(value) if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownArgumentType]


def fits(pattern: str, text: str) -> bool:
    """IAM's wildcards: `*` any characters, `?` one."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


@dataclass(frozen=True, kw_only=True)
class Request:
    """One question: may the role do this to that, in these circumstances?"""

    action: str
    resource: str
    context: Mapping[str, str]

    def meets(self, condition: Mapping[str, Mapping[str, Any]]) -> bool:
        """All operators and keys hold; a key that the request lacks fails unless the operator is negated or IfExists."""
        return all(
            self._test(operator, key, [str(v).lower() for v in many(expected)])
            for operator, block in condition.items()
            for key, expected in block.items()
        )

    def _test(self, operator: str, key: str, expected: list[str]) -> bool:
        base = operator.removesuffix("IfExists").removeprefix("ForAnyValue:")
        base = base.removeprefix("ForAllValues:")
        given = self.context.get(key)
        negated = "Not" in base
        if base == "Null":
            return (given is None) == (expected == ["true"])
        if given is None:
            return negated or operator.endswith("IfExists") or operator.startswith("ForAllValues:")
        if base in ("StringEquals", "StringNotEquals", "Bool"):
            hit = given.lower() in expected
        elif base in ("StringLike", "StringNotLike", "ArnLike", "ArnNotLike", "ArnEquals"):
            hit = any(fits(pattern, given.lower()) for pattern in expected)
        else:
            raise NotImplementedError(f"condition operator {operator}")
        return hit != negated

    def applies(self, statement: Statement) -> bool:
        """Whether the statement speaks of this request."""
        action = self.action.lower()
        acts = any(fits(a.lower(), action) for a in many(statement.get("Action", [])))
        if "NotAction" in statement:
            acts = not any(fits(a.lower(), action) for a in many(statement["NotAction"]))
        concerns = any(fits(r, self.resource) for r in many(statement.get("Resource", [])))
        if "NotResource" in statement:
            concerns = not any(fits(r, self.resource) for r in many(statement["NotResource"]))
        return acts and concerns and self.meets(statement.get("Condition", {}))

    def verdict(self, statements: Iterable[Statement]) -> bool | None:
        """True: allowed; False: denied by a statement; None: nobody said anything."""
        hits = {s["Effect"] for s in statements if self.applies(s)}
        return False if "Deny" in hits else True if "Allow" in hits else None


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The roles of a stack; policies of other stacks (the boundary) come along."""

    graph: Graph
    others: tuple[Graph, ...] = ()

    @cached_property
    def policies(self) -> Mapping[str, list[Statement]]:
        """Statements of every managed policy of ours, by ARN."""
        found: dict[str, list[Statement]] = {}
        for recorded in (*self.others, self.graph):
            for node in recorded.of_type(POLICY):
                statements = many(json.loads(plain(node.inputs)["policy"])["Statement"])
                found[str(plain(node.outputs)["arn"])] = statements
        return found

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every role by its Pulumi name."""
        return {node.name: node for node in self.graph.of_type(ROLE)}

    def statements(self, role: str) -> Iterator[Statement]:
        """What the role's own and attached policies say; AWS's managed policies are not recorded."""
        node = self.nodes[role]
        name = {**plain(node.inputs), **plain(node.outputs)}["name"]
        for attachment in self.graph.of_type(ATTACHMENT):
            if plain(attachment.inputs)["role"] == name:
                yield from self.policies.get(plain(attachment.inputs)["policyArn"], [])

    def boundary(self, role: str) -> list[Statement] | None:
        """The limit of what the role's policies can grant; it must be a policy that we can read."""
        arn = plain(self.nodes[role].inputs).get("permissionsBoundary")
        if arn is None:
            return None
        ends = str(arn).rsplit("/", 1)[-1]
        hits = [s for known, s in self.policies.items() if known.rsplit("/", 1)[-1] == ends]
        assert hits, f"{role}: the boundary {arn} is in no recorded stack"
        return hits[0]

    def may(self, role: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
        """Allowed by the role's policies and by its boundary, and denied by neither."""
        request = Request(action=action, resource=resource, context=context)
        own = request.verdict(self.statements(role))
        limit = self.boundary(role)
        return own is True and (limit is None or request.verdict(limit) is True)
