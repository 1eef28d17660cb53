"""One registration while the program is still running, and the options its request carries."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from phoenix_infra.preview.graph import PROVIDER_PREFIX, Kind, Node
from phoenix_infra.preview.wire import Value

Transform = Callable[[pulumi.ResourceTransformArgs], pulumi.ResourceTransformResult | None]

INHERITED = ("protect", "retainOnDelete", "deletedWith")
"""What the engine hands down from a parent (pkg/resource/deploy/source_eval.go)."""

_LISTS = {
    "ignoreChanges": "ignoreChanges",
    "additionalSecretOutputs": "additionalSecretOutputs",
    "replaceOnChanges": "replaceOnChanges",
    "replace_with": "replaceWith",
    "hideDiffs": "hideDiffs",
}
_STRINGS = {"deletedWith": "deletedWith", "importId": "import"}
_TIMEOUTS = ("create", "update", "delete", "read")


@dataclass(kw_only=True)
class Registration:
    """What is known about a resource so far; becomes a frozen Node when the program has ended."""

    urn: str
    type: str
    name: str
    parent: str
    kind: Kind
    inputs: dict[str, Value]
    provider: str = ""
    region: str = ""
    source: str = ""
    id: str = ""
    outputs: dict[str, Value] = field(default_factory=dict[str, Value])
    dependencies: Sequence[str] = ()
    property_dependencies: dict[str, Sequence[str]] = field(
        default_factory=dict[str, Sequence[str]]
    )
    options: dict[str, Value] = field(default_factory=dict[str, Value])
    registered_outputs: dict[str, Value] | None = None
    transforms: tuple[Transform, ...] = ()

    @property
    def is_provider(self) -> bool:
        """Whether this is a provider."""
        return self.type.startswith(PROVIDER_PREFIX)

    def inherit(self, parent: "Registration | None") -> None:
        """Takes over what the engine hands down from the parent."""
        if parent is not None:
            for option in INHERITED:
                if option in parent.options:
                    self.options.setdefault(option, parent.options[option])

    def node(self) -> Node:
        """The finished registration."""
        dependencies = self.property_dependencies
        return Node(
            urn=self.urn,
            type=self.type,
            name=self.name,
            parent=self.parent,
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            inputs=self.inputs,
            outputs=self.outputs,
            dependencies=tuple(sorted(self.dependencies)),
            property_dependencies={k: tuple(sorted(dependencies[k])) for k in sorted(dependencies)},
            options={k: self.options[k] for k in sorted(self.options)},
            source=self.source,
            registered_outputs=self.registered_outputs,
        )


def options_of(request: Any) -> dict[str, Value]:
    """The options of a RegisterResourceRequest, under the names the engine's state uses."""
    options: dict[str, Value] = {}
    for flag in ("protect", "retainOnDelete"):
        if request.HasField(flag):
            options[flag] = getattr(request, flag)
    for attribute, name in _LISTS.items():
        if values := list(getattr(request, attribute)):
            options[name] = sorted(values)
    for attribute, name in _STRINGS.items():
        if value := getattr(request, attribute):
            options[name] = value
    if request.deleteBeforeReplaceDefined:
        options["deleteBeforeReplace"] = request.deleteBeforeReplace
    options |= _structured_options(request)
    # Of a resource with an explicit provider the engine ignores the version; of a provider it is the point.
    if request.type.startswith(PROVIDER_PREFIX) and request.version:
        options["version"] = request.version
    return options


def _structured_options(request: Any) -> dict[str, Value]:
    options: dict[str, Value] = {}
    if request.HasField("customTimeouts"):
        timeouts = request.customTimeouts
        options["customTimeouts"] = {
            moment: getattr(timeouts, moment) for moment in _TIMEOUTS if getattr(timeouts, moment)
        }
    if request.aliases:
        # The SDK repeats an alias once for each class in the resource's ancestry.
        unique = {
            json.dumps(alias, sort_keys=True): alias for alias in map(_alias, request.aliases)
        }
        options["aliases"] = [unique[key] for key in sorted(unique)]
    if request.providers:
        options["providers"] = dict(sorted(request.providers.items()))
    return options


def _alias(alias: Any) -> Value:
    if alias.urn:
        return alias.urn
    spec: Mapping[Any, Any] = dict(alias.spec.ListFields())
    return {descriptor.name: value for descriptor, value in sorted(spec.items(), key=_by_name)}


def _by_name(item: tuple[Any, Any]) -> str:
    return item[0].name
