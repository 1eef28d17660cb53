"""Whether a value of one resource means another resource: property dependencies first, known identifiers second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from phoenix_policies.resource import Resource
from phoenix_policies.truth import FALSE, TRUE, Truth, unknown
from phoenix_policies.values import Value

_IDENTIFYING_OUTPUTS: Final = (
    "id", "arn", "name", "bucket", "keyId", "url", "invokeArn", "clusterIdentifier", "identifier",
    "endpoint", "dnsName", "domainName", "zoneId", "resourceId", "replicationGroupId",
    "globalClusterIdentifier", "globalReplicationGroupId", "policyId", "clusterName", "qualifiedArn",
)  # fmt: skip
_IDENTIFYING_INPUTS: Final = (
    "name", "bucket", "clusterIdentifier", "identifier", "replicationGroupId", "clusterId",
    "globalClusterIdentifier", "fieldName", "functionName", "family",
)  # fmt: skip
# services whose ARN ends in the name, so that a literal ARN finds a resource known by name only
_NAME_ENDS_ARN: Final = {
    "aws:s3/": ("s3", ""),
    "aws:cloudwatch/logGroup": ("logs", "log-group:"),
    "aws:iam/role": ("iam", "role/"),
    "aws:iam/policy": ("iam", "policy/"),
    "aws:sns/topic": ("sns", ""),
    "aws:sqs/queue": ("sqs", ""),
    "aws:kms/alias": ("kms", ""),
    "aws:rds/cluster:": ("rds", "cluster:"),
    "aws:rds/instance": ("rds", "db:"),
    "aws:eks/cluster": ("eks", "cluster/"),
    "aws:ecr/repository": ("ecr", "repository/"),
    "aws:lambda/function": ("lambda", "function:"),
    "aws:backup/vault:": ("backup", "backup-vault:"),
}
_ARN_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class Joined:
    """What a join found: those that match, and those that may match once values are known."""

    sure: tuple[Resource, ...] = ()
    maybe: tuple[Resource, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def exists(self) -> Truth:
        """Whether there is at least one."""
        if self.sure:
            return TRUE
        return unknown(*self.places) if self.places else FALSE

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.sure)

    def __or__(self, other: Joined) -> Joined:
        return Joined(
            self.sure + tuple(r for r in other.sure if r not in self.sure),
            self.maybe + tuple(r for r in other.maybe if r not in self.maybe),
            self.places + tuple(p for p in other.places if p not in self.places),
        )


Identify = Callable[[Resource], frozenset[str]]


def refers(
    source: Resource,
    value: Value,
    target: Resource,
    same_type: AbstractSet[str],
    identify: Identify,
) -> Truth:
    """Whether `value` (an input of `source`) means `target`.

    A dependency of that property on the target says yes; dependencies on others of the target's type
    (`same_type`: their URNs) and not on it say no; without either, identifiers are compared, which `identify`
    gives.
    """
    dependencies = source.property_dependencies.get(top_key(value.path), ())
    if target.urn in dependencies:
        if _distinguishes(value, dependencies, same_type):
            return _same(value, identify(target), target.type)
        return TRUE
    if any(urn in same_type for urn in dependencies):
        return FALSE if _all_known(value) is None else _same(value, identify(target), target.type)
    return _same(value, identify(target), target.type)


def top_key(path: str) -> str:
    """The property to which the engine ties dependencies."""
    return path.split(".", 1)[0].split("[", 1)[0]


def _distinguishes(value: Value, dependencies: Sequence[str], same_type: AbstractSet[str]) -> bool:
    """One property may depend on several of the type (a list of listeners' targets): then a known value decides."""
    return sum(urn in same_type for urn in dependencies) > 1 and _all_known(value) is not None


def _all_known(value: Value) -> list[str] | None:
    texts: list[str] = []
    for leaf in value.leaves():
        if leaf.is_unknown:
            return None
        texts.append(leaf.text)
    return texts


def _same(value: Value, names: frozenset[str], type_: str) -> Truth:
    undecided: list[str] = []
    for leaf in value.leaves():
        if leaf.is_unknown:
            undecided.append(leaf.path)
        elif leaf.text and (leaf.text in names or _arn_names(leaf.text, type_, names)):
            return TRUE
    return unknown(*undecided) if undecided else FALSE


def identifiers(target: Resource) -> frozenset[str]:
    """Every known string by which other resources may name this one."""
    found = {target.outputs[key].text for key in _IDENTIFYING_OUTPUTS}
    found |= {target.props[key].text for key in _IDENTIFYING_INPUTS}
    found.add(target.props.at("metadata", "name").text)
    found.add(target.outputs.at("metadata", "name").text)
    return frozenset(found - {""})


def _arn_names(text: str, type_: str, names: frozenset[str]) -> bool:
    if not text.startswith("arn:"):
        return False
    bare = text.removesuffix(":*").removesuffix("/*")
    if bare in names:
        return True
    parts = bare.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return False
    for prefix, (service, lead) in _NAME_ENDS_ARN.items():
        if type_.startswith(prefix) and parts[2] == service and parts[5].startswith(lead):
            return parts[5].removeprefix(lead) in names
    return False
