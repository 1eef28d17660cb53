"""The forms in which a stack's resources arrive: a saved graph, an exported state, a plain list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from phoenix_policies.resource import Resource, expanded, resource

GRAPH_FORMAT: Final = "phoenix-graph"
_STACK_TYPE: Final = "pulumi:pulumi:Stack"
_STATE_OPTIONS: Final = (
    "protect", "retainOnDelete", "ignoreChanges", "aliases", "additionalSecretOutputs", "customTimeouts",
)  # fmt: skip


class InputError(ValueError):
    """The document is none of the known forms; the message says what was expected."""


def resources_from(document: Any) -> list[Resource]:
    """The resources of a document in any of the three forms."""
    if isinstance(document, list):
        return resources_from_list(cast("list[Any]", document))
    if isinstance(document, Mapping):
        mapping = cast("Mapping[str, Any]", document)
        if mapping.get("format") == GRAPH_FORMAT:
            if mapping.get("version") != 1:
                message = (
                    f"graph file of version {mapping.get('version')!r}: this pack reads version 1"
                )
                raise InputError(message)
            return resources_from_graph(_list(mapping.get("resources"), "resources"))
        if isinstance(mapping.get("deployment"), Mapping):
            return resources_from_state(mapping)
    message = (
        "expected a graph file (phoenix preview --json), an exported state (pulumi stack export) "
        "or a JSON list of resources with name, type, props, outputs, property_dependencies"
    )
    raise InputError(message)


def resources_from_graph(nodes: Iterable[Any]) -> list[Resource]:
    """Resources in graph-file form (camelCase node fields)."""
    found: list[Resource] = []
    for node in _objects(nodes, "resources"):
        if node.get("type") == _STACK_TYPE:
            continue
        one = resource(
            urn=_text(node, "urn"),
            type_=_text(node, "type"),
            name=_text(node, "name") or _text(node, "urn").rsplit("::", 1)[-1],
            props=node.get("inputs"),
            outputs=node.get("outputs"),
            property_dependencies=_dependencies(node.get("propertyDependencies")),
            options=_mapping(node.get("options")),
            parent=_text(node, "parent"),
            provider=_text(node, "provider"),
            region=_text(node, "region"),
            source=_text(node, "source"),
            kind=_text(node, "kind") or "custom",
        )
        found += expanded(one, _text(node, "type"))
    return found


def resources_from_state(export: Mapping[str, Any]) -> list[Resource]:
    """Resources of `pulumi stack export`; what is pending deletion no longer counts."""
    deployment = _mapping(export.get("deployment"))
    entries = _objects(_list(deployment.get("resources"), "deployment.resources"), "resources")
    regions = {
        f"{_text(e, 'urn')}::{_text(e, 'id')}": _text(_mapping(e.get("inputs")), "region")
        for e in entries
        if _text(e, "type").startswith("pulumi:providers:")
    }
    found: list[Resource] = []
    for entry in entries:
        type_ = _text(entry, "type")
        if type_ == _STACK_TYPE or entry.get("delete") is True:
            continue
        outputs = dict(_mapping(entry.get("outputs")))
        if _text(entry, "id"):
            outputs.setdefault("id", entry["id"])
        provider = _text(entry, "provider")
        one = resource(
            urn=_text(entry, "urn"),
            type_=type_,
            name=_text(entry, "urn").rsplit("::", 1)[-1],
            props=entry.get("inputs"),
            outputs=outputs,
            property_dependencies=_dependencies(entry.get("propertyDependencies")),
            options={key: entry[key] for key in _STATE_OPTIONS if key in entry},
            parent=_text(entry, "parent"),
            provider=provider,
            region=regions.get(provider, ""),
            source=_text(entry, "sourcePosition"),
            kind="custom" if entry.get("custom") is True else "component",
        )
        found += expanded(one, type_)
    return found


def resources_from_list(items: Iterable[Any]) -> list[Resource]:
    """Resources of a plain list (`name, type, props, outputs, property_dependencies`, the last by name)."""
    found: list[Resource] = []
    listed = _objects(items, "list of resources")
    # names are unique per type only, so that a dependency by name may mean several
    urns: dict[str, list[str]] = {}
    for item in listed:
        urns.setdefault(_text(item, "name"), []).append(_list_urn(item))
    for item in listed:
        name = _text(item, "name") or _text(item, "urn")
        one = resource(
            urn=_list_urn(item),
            type_=_text(item, "type"),
            name=name,
            props=item.get("props"),
            outputs=item.get("outputs"),
            property_dependencies={
                key: tuple(urn for name in names for urn in urns.get(name, [name]))
                for key, names in _dependencies(item.get("property_dependencies")).items()
            },
            options=_mapping(item.get("options")),
            parent=_text(item, "parent"),
            region=_text(item, "region"),
        )
        found += expanded(one, _text(item, "type"))
    return found


def _list_urn(item: Mapping[str, Any]) -> str:
    return _text(item, "urn") or f"{_text(item, 'type')}::{_text(item, 'name')}"


def _objects(items: Iterable[Any], what: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for n, item in enumerate(items):
        if not isinstance(item, Mapping):
            message = f"{what}[{n}] is no object"
            raise InputError(message)
        mapping = cast("Mapping[str, Any]", item)
        if not isinstance(mapping.get("type"), str):
            message = f"{what}[{n}] has no type"
            raise InputError(message)
        found.append(mapping)
    return found


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        message = f"{what} must be a list"
        raise InputError(message)
    return cast("list[Any]", value)


def _text(node: Mapping[str, Any], key: str) -> str:
    value = node.get(key)
    return value if isinstance(value, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _dependencies(value: Any) -> dict[str, tuple[str, ...]]:
    return {
        key: tuple(u for u in cast("Sequence[Any]", urns) if isinstance(u, str))
        for key, urns in _mapping(value).items()
        if isinstance(urns, list | tuple)
    }
