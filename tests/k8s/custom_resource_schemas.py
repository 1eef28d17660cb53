"""Strict validation of custom resources against the schemas in their CRDs, read beside the project."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema
import yaml

CRDS = Path(__file__).resolve().parents[3] / "shared" / "crd-manifests"
Schemas = Mapping[tuple[str, str], dict[str, Any]]


@cache
def schemas() -> Schemas:
    """API version and kind to the schema of the whole object, unknown fields refused."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(CRDS.rglob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            if not isinstance(document, dict):
                continue
            crd = cast("dict[str, Any]", document)
            if crd.get("kind") != "CustomResourceDefinition":
                continue
            for version in crd["spec"]["versions"]:
                schema = version["schema"]["openAPIV3Schema"]
                _close(schema)
                api_version = f"{crd['spec']['group']}/{version['name']}"
                found[api_version, crd["spec"]["names"]["kind"]] = schema
    return found


def _close(schema: dict[str, Any]) -> None:
    """Refuses fields that the schema does not name, as the API server does under strict validation."""
    if schema.get("x-kubernetes-int-or-string"):
        schema.pop("type", None)
    properties = cast("dict[str, dict[str, Any]]", schema.get("properties") or {})
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields")
    if properties and "additionalProperties" not in schema and not open_ended:
        schema["additionalProperties"] = False
    nested: list[object] = [
        *properties.values(),
        schema.get("items"),
        schema.get("additionalProperties"),
    ]
    for child in nested:
        if isinstance(child, dict):
            _close(cast("dict[str, Any]", child))


def faults(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What the API server would refuse; nothing for kinds that are no custom resources."""
    schema = schemas().get((str(manifest["apiVersion"]), str(manifest["kind"])))
    if schema is None:
        return
    spec_schema = schema["properties"]["spec"]
    validator: Any = jsonschema.Draft202012Validator(spec_schema)
    for error in validator.iter_errors(manifest["spec"]):
        where = ".".join(str(part) for part in error.path)
        yield f"{manifest['kind']} {manifest['metadata']['name']} spec.{where}: {error.message[:200]}"


def is_custom(manifest: Mapping[str, Any]) -> bool:
    """Whether the kind belongs to a CRD: its API group has a domain that Kubernetes does not own."""
    group = str(manifest["apiVersion"]).rpartition("/")[0]
    return "." in group and (
        not group.endswith("k8s.io") or group in {"gateway.networking.k8s.io", "elbv2.k8s.aws"}
    )
