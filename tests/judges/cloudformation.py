"""AWS resources of a graph as CloudFormation templates, which cfn-lint's resource schemas can judge.

`data/cloudformation.yaml` names the CloudFormation type of every Pulumi type, the properties that both sides name
differently, and those that have no counterpart; everything else must match by name, or it is reported.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from phoenix_infra.preview import Graph, Node
from tests.judges.manifests import plain
from tests.judges.tools import HERE, python_directory

TABLE = HERE / "data" / "cloudformation.yaml"
# A template may declare 500 resources.
TEMPLATE_LIMIT = 400
# The provider's own arguments, on every resource.
PROVIDER_ARGUMENTS = frozenset({"region", "tagsAll"})


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """How one Pulumi type is written in CloudFormation."""

    type: str
    inside: str = ""
    """The block of the CloudFormation type that holds the properties, such as `DistributionConfig`."""
    part: bool = False
    """Whether the Pulumi resource is a part of the CloudFormation one, which then lacks its required properties."""
    add: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the Pulumi type implies and CloudFormation wants said."""
    rename: Mapping[str, str] = field(default_factory=dict[str, str])
    """Pulumi path to CloudFormation name: `a/b` is deeper, `a[0]/b` in a list, `/a` outside of `inside`, `a{key}` a member
    of a list of attributes, and `.` says that the block has no counterpart but its members do."""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """Pulumi path to a table of values that CloudFormation spells differently."""
    differs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Pulumi path without a counterpart, and why."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """The reviewed correspondence between both type systems."""

    types: Mapping[str, Mapped]
    absent: Mapping[str, str]
    """Pulumi types that CloudFormation has not, and why."""


@dataclass(kw_only=True)
class Translation:
    """The templates of one stack, by region, and what could not be said in them."""

    resources: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    names: dict[str, Node] = field(default_factory=dict[str, Node])
    unmapped_types: set[str] = field(default_factory=set[str])
    unmapped: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """(Pulumi type, path) that the table says nothing about."""
    used: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """(Pulumi type, path) of table entries that were needed."""
    judged: int = 0
    """Pulumi resources in the templates."""
    properties: int = 0
    not_judged: int = 0

    def templates(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """(region, template), none larger than a template may be."""
        for region, resources in sorted(self.resources.items()):
            names = sorted(resources)
            for start in range(0, len(names), TEMPLATE_LIMIT):
                part = {name: resources[name] for name in names[start : start + TEMPLATE_LIMIT]}
                yield region, {"AWSTemplateFormatVersion": "2010-09-09", "Resources": part}


@cache
def table() -> Table:
    """The reviewed table."""
    document: Any = yaml.safe_load(TABLE.read_text())
    types = {
        token: Mapped(type=entry) if isinstance(entry, str) else Mapped(**entry)
        for token, entry in document["types"].items()
    }
    return Table(types=types, absent=document["absent"])


@cache
def _schemas() -> tuple[Path, Mapping[str, str]]:
    folders = list(python_directory("aws").glob("lib/python*/site-packages/cfnlint/data/schemas"))
    assert folders, "cfn-lint is not installed: run `make judge-tools`"
    return folders[0], json.loads((folders[0] / "providers" / "us-east-1.json").read_text())


@cache
def schema(kind: str) -> Mapping[str, Any]:
    """The CloudFormation registry's schema of a resource type, as cfn-lint ships it."""
    folder, index = _schemas()
    assert kind in index, f"{kind} is no CloudFormation type"
    return json.loads((folder / "resources" / f"{index[kind]}.json").read_text())


class _Walk:
    """Translates one resource."""

    def __init__(self, node: Node, mapped: Mapped, result: Translation) -> None:
        self.node = node
        self.mapped = mapped
        self.result = result
        self.root = schema(mapped.type)
        self.outer: dict[str, Any] = dict(mapped.add)
        only_read = {
            p.removeprefix("/properties/") for p in self.root.get("readOnlyProperties", ())
        }
        self.root = {
            **self.root,
            "properties": {k: v for k, v in self.root["properties"].items() if k not in only_read},
        }

    def resolve(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """A schema with its references and alternatives folded into one."""
        seen: dict[str, Any] = {}
        if "$ref" in part:
            target: Any = self.root
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            seen.update(self.resolve(target))
        seen.update({k: v for k, v in part.items() if k != "$ref"})
        for keyword in ("anyOf", "oneOf", "allOf"):
            for choice in part.get(keyword, ()):
                inner = self.resolve(choice)
                for key in ("type", "items"):
                    if key in inner:
                        seen.setdefault(key, inner[key])
                if "properties" in inner:
                    seen["properties"] = {**inner["properties"], **seen.get("properties", {})}
        return seen

    def value(self, value: Any, part: Mapping[str, Any], path: str) -> Any:
        """A value in CloudFormation's shape."""
        part = self.resolve(part)
        table_ = self.mapped.values.get(path)
        if table_ is not None and not isinstance(value, (list, dict)):
            self.result.used.add((self.node.type, path))
            value = table_.get(value, value)
        kinds = part.get("type", ())
        kinds = {kinds} if isinstance(kinds, str) else set(kinds)
        if "array" in kinds and not isinstance(value, list):
            value = self.listed(value, part)
        if isinstance(value, list):
            return self.sequence(value, part, path, kinds)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(value, str) and "object" in kinds and value[:1] in "{[":
            return json.loads(value)
        if isinstance(value, Mapping) and "properties" in part:
            return self.members(value, part["properties"], path)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(value, Mapping) and kinds == {"string"}:
            return json.dumps(value)
        return value  # pyright: ignore[reportUnknownVariableType]

    def sequence(
        self, value: list[Any], part: Mapping[str, Any], path: str, kinds: set[str]
    ) -> Any:
        """A list as a list, as the one block that CloudFormation takes, or as a map of names and values."""
        if "object" not in kinds or "array" in kinds:
            return [self.item(v, part.get("items", {}), path) for v in value]
        if "properties" in part and len(value) == 1:
            return self.value(value[0], part, path)
        return {block["name"]: block["value"] for block in value}

    def listed(self, value: Any, part: Mapping[str, Any]) -> list[Any]:
        """A list where Pulumi has a map, or one block alone."""
        names = set(self.resolve(part.get("items", {})).get("properties", ()))
        for label in ("Key", "Name"):
            if isinstance(value, Mapping) and names == {label, "Value"}:
                return [{label: k, "Value": v} for k, v in value.items()]  # pyright: ignore[reportUnknownVariableType]
        return [value]

    def item(self, value: Any, part: Mapping[str, Any], path: str) -> Any:
        """A member of a list; CloudFormation wraps some plain values in a block of one property."""
        names = tuple(self.resolve(part).get("properties", ()))
        if isinstance(value, Mapping) and set(value) == set(names):  # pyright: ignore[reportUnknownArgumentType]
            return value  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(value, Mapping) and len(names) == 1:
            return {names[0]: value}
        return self.value(value, part, path)

    def members(
        self, block: Mapping[str, Any], known: Mapping[str, Any], path: str
    ) -> dict[str, Any]:
        """The members of a block under their CloudFormation names."""
        names = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in known}
        found: dict[str, Any] = {}
        for key, value in block.items():
            here = f"{path}.{key}" if path else key
            if not path and key in PROVIDER_ARGUMENTS:
                continue
            if here in self.mapped.differs:
                self.result.used.add((self.node.type, here))
                self.result.not_judged += 1
                continue
            self.result.properties += 1
            target = self.mapped.rename.get(here)
            if target is not None:
                self.result.used.add((self.node.type, here))
                self.place(found, known, target, value, here)
                continue
            noun = self.mapped.type.rsplit(":", 1)[-1].lower()
            spellings = [*_spellings(key), *([f"{noun}name"] if here == "name" else [])]
            name = next((names[n] for n in spellings if n in names), None)
            if name is None:
                self.result.unmapped.add((self.node.type, here))
            else:
                _put(found, name, self.value(value, known[name], here))
        return found

    def place(
        self, found: dict[str, Any], known: Mapping[str, Any], target: str, value: Any, here: str
    ) -> None:
        """Puts a renamed value where CloudFormation wants it."""
        if target == ".":
            blocks: list[Any] = [value]
            if isinstance(value, list):
                blocks = value  # pyright: ignore[reportUnknownVariableType]
            for block in blocks:
                for name, inner in self.members(block, known, here).items():
                    _put(found, name, inner)
            return
        if target.startswith("/"):
            found, known, target = self.outer, self.root["properties"], target[1:]
        if attribute := re.fullmatch(r"(\w+)\{(.+)\}", target):
            text = json.dumps(value) if isinstance(value, bool) else str(value)
            _put(found, attribute[1], [{"Key": attribute[2], "Value": text}])
            return
        *steps, last = target.split("/")
        for step in steps:
            name, _, index = step.removesuffix("]").partition("[")
            part = self.resolve(known[name])
            if index:
                entries = found.setdefault(name, [])
                entries += [{} for _ in range(int(index) + 1 - len(entries))]
                found, part = entries[int(index)], self.resolve(part["items"])
            else:
                found = found.setdefault(name, {})
            known = part.get("properties", {})
        assert last in known, f"{self.mapped.type} has no {target}; correct {TABLE.name}"
        _put(found, last, self.value(value, known[last], here))

    def translate(self) -> dict[str, Any]:
        """The properties of the CloudFormation resource."""
        inputs = plain(self.node.inputs)
        inside = [step for step in self.mapped.inside.split("/") if step]
        part: Mapping[str, Any] = self.root
        for step in inside:
            part = self.resolve(part)["properties"][step]
        part = self.resolve(part)
        if "array" in part.get("type", ()):
            found: Any = [self.value(inputs, self.resolve(part["items"]), "")]
        else:
            found = self.members(inputs, part.get("properties", {}), "")
        for step in reversed(inside):
            found = {step: found}
        return found


def _put_all(found: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        _put(found, name, value)


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    if isinstance(found.get(name), dict) and isinstance(value, dict):
        _put_all(found[name], value)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(found.get(name), list) and isinstance(value, list):
        found[name] += value
    else:
        found[name] = value


def _spellings(key: str) -> Sequence[str]:
    """The same name in the singular or plural, and with the suffixes that one side leaves out."""
    base = key.lower()
    return (base, base.removesuffix("s"), f"{base}s", f"{base.removesuffix('y')}ies")


def logical_id(node: Node) -> str:
    """A template name that tells where the resource comes from."""
    kind = node.type.split(":")[-1]
    return re.sub(r"[^A-Za-z0-9]", "", f"{kind}{node.name.title()}")[:240]


def _owner(
    resources: Mapping[str, dict[str, Any]], mapped: Mapped, join: Mapping[str, Any]
) -> str | None:
    """The resource that a part belongs to: of its type, and with all the names that join them."""
    if not mapped.part or not join:
        return None
    for name, resource in resources.items():
        properties = resource["Properties"]
        if (
            resource["Type"] == mapped.type
            and join.items() <= {k: properties.get(k) for k in join}.items()
        ):
            return name
    return None


def translate(graph: Graph) -> Translation:
    """Every AWS resource that CloudFormation knows, and the names of what it does not know."""
    result = Translation()
    nodes = [n for n in graph.resources if n.type.startswith("aws:") and n.kind == "custom"]
    for node in nodes:
        if node.type in table().absent:
            result.used.add((node.type, ""))
        elif node.type not in table().types:
            result.unmapped_types.add(node.type)
    known = [n for n in nodes if n.type in table().types]
    for node in sorted(known, key=lambda n: table().types[n.type].part):
        mapped = table().types[node.type]
        result.used.add((node.type, ""))
        walk = _Walk(node, mapped, result)
        found = walk.translate()
        resources = result.resources.setdefault(node.region or "us-east-1", {})
        owner = _owner(resources, mapped, walk.outer)
        if owner is not None:
            _put_all(resources[owner]["Properties"], found)
            result.judged += 1
            continue
        name = logical_id(node)
        while name in result.names:
            name += "X"
        result.names[name] = node
        _put_all(walk.outer, found)
        resources[name] = {"Type": mapped.type, "Properties": walk.outer}
        result.judged += 1
    return result
