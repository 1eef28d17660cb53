"""Every Kubernetes object of every stack against its schema: strict for native kinds, the CRD's for custom ones."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema
import kubernetes_validate
import pytest
import yaml

from phoenix_infra.preview import Graph, Node
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.stack_file import read_stack_file

ROOT = Path(__file__).resolve().parents[2]
CRDS = ROOT.parent / "shared" / "crd-manifests"
CLUSTER_STACKS = ("production", "dr", "onprem")
CORE_GROUPS = {
    "",
    "apps",
    "batch",
    "autoscaling",
    "policy",
    "networking.k8s.io",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "scheduling.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "coordination.k8s.io",
}


def _version(stack: str) -> str:
    settings = parse(read_stack_file(ROOT / f"Pulumi.{stack}.yaml"), stack)
    assert isinstance(settings, GuardianSettings)
    if isinstance(settings, RegionalSettings):
        return settings.cluster.kubernetes_version
    assert settings.platform.kubernetes_version is not None
    return settings.platform.kubernetes_version


def _objects(graph: Graph) -> Iterator[tuple[Node, dict[str, Any]]]:
    for node in graph.resources:
        inputs: Any = node.inputs
        if node.type.startswith("kubernetes:") and "apiVersion" in inputs and "kind" in inputs:
            yield node, _opened(inputs)


def _opened(value: Any) -> Any:
    """The value itself where the engine wraps a secret."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if "4dabf18193072939515e22adb298388d" in fields:
            return _opened(fields.get("value"))
        return {key: _opened(item) for key, item in fields.items()}
    return (
        [_opened(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value
    )


def _is_native(manifest: Mapping[str, Any]) -> bool:
    group, slash, _ = manifest["apiVersion"].rpartition("/")
    return (group if slash else "") in CORE_GROUPS


@pytest.mark.parametrize("stack", CLUSTER_STACKS)
def test_native_objects_pass_strict_validation_for_the_stacks_version(
    stack: str, graph_of: Callable[..., Graph]
) -> None:
    problems: list[str] = []
    count = 0
    for node, manifest in _objects(graph_of(stack)):
        if not _is_native(manifest):
            continue
        count += 1
        try:
            kubernetes_validate.validate(manifest, _version(stack), strict=True)
        except (kubernetes_validate.ValidationError, jsonschema.ValidationError) as error:
            path = "/".join(str(part) for part in getattr(error, "path", []))
            problems.append(f"{node.type.rpartition(':')[2]} {node.name} {path}: {error.message}")
    assert problems == []
    assert count > 150


def test_strict_validation_refuses_a_misspelt_field() -> None:
    bad = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "namespace": "b"},
        "dat": {"a": "b"},
    }
    with pytest.raises((kubernetes_validate.ValidationError, jsonschema.ValidationError)):
        kubernetes_validate.validate(bad, "1.35", strict=True)


@cache
def _schemas() -> dict[tuple[str, str], dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(CRDS.glob("*/*.yaml")):
        for document in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader):
            if not document or document.get("kind") != "CustomResourceDefinition":
                continue
            spec = document["spec"]
            for version in spec["versions"]:
                key = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                found[key] = _closed(version["schema"]["openAPIV3Schema"])
    return found


def _closed(given: Any) -> Any:
    """As the API server's strict mode: a field that the schema does not name is refused."""
    if isinstance(given, list):
        items = cast("list[Any]", given)
        return [_closed(item) for item in items]
    if not isinstance(given, dict):
        return given
    schema = cast("dict[str, Any]", given)
    # Combinators only judge further; closing them would refuse the fields they do not repeat.
    closed: dict[str, Any] = {
        key: value if key in {"allOf", "anyOf", "oneOf", "not"} else _closed(value)
        for key, value in schema.items()
        if key != "format"
    }
    open_object = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get(
        "x-kubernetes-embedded-resource"
    )
    if "properties" in schema and "additionalProperties" not in schema and not open_object:
        closed["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        closed.pop("type", None)
        closed["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    return closed


def _check(manifest: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    body = {
        key: value
        for key, value in manifest.items()
        if key not in {"apiVersion", "kind", "metadata"}
    }
    properties = {
        key: value
        for key, value in schema["properties"].items()
        if key not in {"apiVersion", "kind", "metadata"}
    }
    required = [name for name in schema.get("required", []) if name in properties]
    validator: Any = jsonschema.Draft202012Validator(
        {**schema, "properties": properties, "required": required, "additionalProperties": False}
    )
    return [
        f"{'/'.join(str(part) for part in error.absolute_path)}: {error.message[:200]}"
        for error in validator.iter_errors(body)
    ]


requires_crds = pytest.mark.skipif(
    not CRDS.is_dir(), reason="the CRD manifests are data beside the project, read in place"
)


@requires_crds
@pytest.mark.parametrize("stack", CLUSTER_STACKS)
def test_custom_resources_pass_the_schema_of_their_definition(
    stack: str, graph_of: Callable[..., Graph]
) -> None:
    problems: list[str] = []
    kinds: set[str] = set()
    for node, manifest in _objects(graph_of(stack)):
        if _is_native(manifest):
            continue
        key = (manifest["apiVersion"], manifest["kind"])
        if key not in _schemas():
            problems.append(f"{node.name}: no definition of {key[0]} {key[1]}")
            continue
        kinds.add(key[1])
        problems += [f"{key[1]} {node.name} {text}" for text in _check(manifest, _schemas()[key])]
    assert problems == []
    assert {"Canary", "ScaledObject", "ServiceMonitor", "AuthorizationPolicy", "HTTPRoute"} <= kinds


@requires_crds
def test_a_custom_resource_with_a_misspelt_field_is_refused() -> None:
    schema = _schemas()["keda.sh/v1alpha1", "ScaledObject"]
    good: dict[str, Any] = {
        "spec": {"scaleTargetRef": {"name": "a"}, "triggers": [{"type": "cpu", "metadata": {}}]}
    }
    bad: dict[str, Any] = {"spec": {**good["spec"], "minReplicas": 2}}
    assert _check(good, schema) == []
    assert _check(bad, schema)
