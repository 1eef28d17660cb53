"""Values that we set on Helm releases, held against the chart's own values and schema."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema
import jsonschema.validators
import yaml

from phoenix_infra.preview import Graph, Node
from tests.judges.manifests import plain, releases
from tests.judges.sources import Source, sources

# Charts whose sub-charts have values of their own under these keys; the parent's files do not describe them.
SUB_CHARTS = {
    "kube-prometheus-stack": {"grafana", "kube-state-metrics", "prometheus-node-exporter"},
    "loki": {"minio", "rollout_operator"},
    "nvidia-device-plugin": {"nfd", "gfd"},
    "argo-cd": {"redis-ha"},
}
_PREFIX = "_internal_defaults_do_not_set"
UNKNOWN = "is no value of this chart"
_COMMENTED = re.compile(r"^\s*#+\s*(?:-\s+)?([A-Za-z][\w./-]*):", re.MULTILINE)
_JSON_TYPES = (dict, list, str, bool)


def chart_source(name: str) -> Source | None:
    """The pinned files of a chart, by the name that a release installs."""
    plain_name = name.rsplit("/", 1)[-1]
    for source in sources("charts"):
        if source.folder == plain_name:
            return source
    return None


def faults(graph: Graph) -> Sequence[str]:
    """Everything wrong with any release of a graph."""
    return [
        f"{release.name} ({release.source}): {fault}"
        for release in releases(graph)
        for fault in release_faults(release)
    ]


def release_faults(release: Node) -> Iterator[str]:
    """What one release sets that its chart does not know, or that its schema refuses."""
    inputs = plain(release.inputs)
    source = chart_source(inputs["chart"])
    if source is None:
        yield f"chart {inputs['chart']} has no pinned values to compare with"
        return
    pinned = source.version
    wanted = str(inputs.get("version", ""))
    if pinned and wanted.removeprefix("v") != pinned.removeprefix("v"):
        yield f"installs {wanted or 'no version'}, but the pinned files are of {pinned}"
    values = inputs.get("values", {})
    defaults = yaml.safe_load(source.read("values.yaml")) or {}
    defaults = defaults.get(_PREFIX, defaults)
    commented = commented_keys(source.read("values.yaml"))
    for fault in unknown_values(values, defaults, SUB_CHARTS.get(source.folder, set())):
        path, _, rest = fault.partition(" ")
        if rest != UNKNOWN or path.rsplit(".", 1)[-1] not in commented:
            yield fault
    if "values.schema.json" in source.files:
        yield from _schema_faults(values, defaults, source)


def commented_keys(text: str) -> set[str]:
    """Values that a chart names in comments only: known, with no default."""
    return set(_COMMENTED.findall(text))


def unknown_values(
    values: Mapping[str, Any], defaults: Mapping[str, Any], sub_charts: set[str]
) -> Iterator[str]:
    """Keys that the chart's values do not hold, and values of another type."""
    for key, value in values.items():
        if key in sub_charts or key == "global":
            continue
        if key not in defaults:
            yield f"{key} {UNKNOWN}"
        else:
            yield from _compare(value, defaults[key], key)


def _compare(value: Any, default: Any, path: str) -> Iterator[str]:
    if default is None or value is None:
        return
    if isinstance(default, dict):
        if not isinstance(value, dict):
            yield f"{path} is {type(value).__name__}, the chart has a mapping"
            return
        # An empty mapping is a place for anything: labels, resources, affinity.
        for key, inner in value.items() if default else ():
            if key in default:
                yield from _compare(inner, default[key], f"{path}.{key}")
            elif not _free_form(default):
                yield f"{path}.{key} {UNKNOWN}"
        return
    for kind in _JSON_TYPES:
        if isinstance(default, kind) != isinstance(value, kind):
            # An empty string in a chart means "not set" and may be of any type.
            if default not in ("", "-") and not (default == [] or default is False):
                yield f"{path} is {type(value).__name__}, the chart has {type(default).__name__}"
            return


def _free_form(default: Mapping[str, Any]) -> bool:
    """Whether the keys are data themselves, as in labels, resources, selectors and security contexts."""
    return any(
        marker in str(key)
        for key in default
        for marker in ("kubernetes.io", "/", "requests", "limits", "runAs", "seccomp", "cpu")
    )


def _schema_faults(
    values: Mapping[str, Any], defaults: Mapping[str, Any], source: Source
) -> Iterator[str]:
    schema = json.loads(source.read("values.schema.json"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    for error in validator.iter_errors(_merged(defaults, values)):
        where = ".".join(str(part) for part in error.absolute_path) or "values"
        yield f"{where}: the chart's schema says {error.message[:300]}"


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """As Helm merges: mappings deeply, all else replaced, null removes."""
    found = dict(base)
    for key, value in over.items():
        if value is None:
            found.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(found.get(key), Mapping):
            found[key] = _merged(found[key], value)  # pyright: ignore[reportUnknownArgumentType]
        else:
            found[key] = value
    return found
