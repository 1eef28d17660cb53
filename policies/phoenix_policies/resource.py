"""A resource as rules see it: properties decoded once, with everything the graph says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from phoenix_policies import tokens
from phoenix_policies.values import Value
from phoenix_policies.wire import Secret, decode


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """One registered resource; `resource["key"]` reads an input."""

    urn: str
    type: str  # canonical, see tokens.py
    name: str
    props: Value
    outputs: Value = field(default_factory=lambda: Value({}))
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    property_dependencies: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )
    parent: str = ""
    provider: str = ""
    region: str = ""
    source: str = ""
    kind: str = "custom"
    declared_type: str = ""  # as registered, before twins, old versions and patches became one type

    def __getitem__(self, key: str) -> Value:
        return self.props[key]

    def attribute(self, key: str) -> Value:
        """An output (id, arn, ...), or the input of that name where there is no output."""
        output = self.outputs[key]
        return self.props[key] if output.is_missing else output

    @property
    def is_patch(self) -> bool:
        return self.props.partial

    @property
    def label(self) -> str:
        """What reports call it: the URN, or the name where the input form has no URNs."""
        return self.urn if self.urn.startswith("urn:") else self.name

    @property
    def stack(self) -> str:
        """The stack in the URN; empty for resources without one."""
        return self.urn.split(":")[2] if self.urn.startswith("urn:pulumi:") else ""


def resource(
    *,
    urn: str,
    type_: str,
    name: str,
    props: Any,
    outputs: Any = None,
    property_dependencies: Mapping[str, tuple[str, ...]] | None = None,
    options: Mapping[str, Any] | None = None,
    parent: str = "",
    provider: str = "",
    region: str = "",
    source: str = "",
    kind: str = "custom",
) -> Resource:
    """A resource from raw data with the engine's markers; the only place where properties are decoded."""
    decoded_props = decode(props)
    decoded_outputs = decode(outputs)
    if isinstance(decoded_props, Secret):
        decoded_props = decoded_props.value
    known = _object(decoded_props)
    return Resource(
        urn=urn,
        type=tokens.canonical(type_),
        name=name,
        props=Value(known, partial=tokens.is_patch(type_)),
        outputs=Value(_object(decoded_outputs)),
        options=options or {},
        property_dependencies=property_dependencies or {},
        parent=parent,
        provider=provider,
        region=region or _region(known),
        source=source,
        kind=kind,
        declared_type=type_,
    )


def expanded(one: Resource, declared_type: str) -> list[Resource]:
    """The objects of a Kubernetes `...List`, each judged by itself; any other resource as it is."""
    if not tokens.is_list(declared_type):
        return [one]
    kind = tokens.canonical(declared_type.removesuffix("List"))
    found: list[Resource] = []
    for n, item in enumerate(one["items"].each()):
        name = item.at("metadata", "name").text or f"{one.name}[{n}]"
        found.append(
            Resource(
                urn=f"{one.urn}#items[{n}]",
                type=kind,
                name=name,
                props=item,
                options=one.options,
                property_dependencies={
                    key: urns for key, urns in one.property_dependencies.items() if key != "items"
                },
                parent=one.urn,
                provider=one.provider,
                region=one.region,
                source=one.source,
                kind=one.kind,
                declared_type=declared_type,
            )
        )
    return found


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _region(props: dict[str, Any]) -> str:
    region = props.get("region")
    return region if isinstance(region, str) else ""
