"""Every value we set is one that its chart reads, and of the right type; checked against the charts' own files."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from jsonschema.validators import validator_for  # pyright: ignore[reportUnknownVariableType]

from phoenix_infra.workloads.addon import Addon
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue

CHARTS = Path(__file__).resolve().parents[3] / "shared" / "charts"
needs_charts = pytest.mark.skipif(
    not CHARTS.is_dir(), reason="the charts' files are beside the project"
)
DEFAULTS_KEY = "_internal_defaults_do_not_set"
SUB_CHARTS = {"grafana", "kube-state-metrics", "prometheus-node-exporter", "crds"}
"""Their keys are checked by charts whose files are not at hand."""
FREE_FORM = re.compile(
    r"(resources|[sS]ecurityContext|context|operator|metricServer|webhooks|labels|podLabels|podAnnotations"
    r"|meshConfig|extraArgs|cm|params|limits_config|trace|grpc|protocols)$"
)
"""Blocks that a chart hands on as they are, so its defaults list only examples."""
CHARTS_WITHOUT_FILES = {"gateway-crds-helm"}


def _defaults(addon: Addon) -> dict[str, Any]:
    values = cast(
        "dict[str, Any]", yaml.safe_load((CHARTS / addon.chart.name / "values.yaml").read_text())
    )
    return {**values.get(DEFAULTS_KEY, {}), **values}


def _strangers(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], commented: frozenset[str], path: str = ""
) -> Iterator[str]:
    for key, value in ours.items():
        here = f"{path}.{key}".lstrip(".")
        if key not in theirs:
            if key not in commented and theirs and not FREE_FORM.search(path):
                yield f"{here} is unknown"
            continue
        default = theirs[key]
        if isinstance(value, dict) and isinstance(default, dict):
            yield from _strangers(
                cast("Mapping[str, Any]", value),
                cast("Mapping[str, Any]", default),
                commented,
                here,
            )
        elif default not in (None, "", "-", {}, []) and _kind(cast("object", value)) != _kind(
            cast("object", default)
        ):
            yield f"{here} is {_kind(value)}, the chart has {_kind(default)}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a truth value"
    for kind, name in ((int | float, "a number"), (str, "text"), (Mapping, "an object")):
        if isinstance(value, kind):
            return name
    return "a list"


def problems(addon: Addon) -> list[str]:
    """What the chart would ignore or misread."""
    text = (CHARTS / addon.chart.name / "values.yaml").read_text()
    commented = frozenset(re.findall(r"^\s*#+\s*-?\s*([\w.-]+):", text, re.MULTILINE))
    ours = {key: value for key, value in addon.values.items() if key not in SUB_CHARTS}
    return list(_strangers(ours, _defaults(addon), commented))


@needs_charts
def test_every_value_is_known_to_its_chart(catalogue: AddonCatalogue) -> None:
    found = {
        addon.name: problems(addon)
        for addon in catalogue.addons
        if addon.chart.name not in CHARTS_WITHOUT_FILES
    }
    assert {name: list_ for name, list_ in found.items() if list_} == {}


@needs_charts
def test_a_misspelt_value_and_a_wrong_type_are_noticed(catalogue: AddonCatalogue) -> None:
    from dataclasses import replace

    addon = catalogue.get("cert-manager")
    assert problems(replace(addon, values={**addon.values, "replicaCuont": 2})) == [
        "replicaCuont is unknown"
    ]
    assert problems(replace(addon, values={**addon.values, "replicaCount": "two"})) == [
        "replicaCount is text, the chart has a number"
    ]


@needs_charts
@pytest.mark.filterwarnings("ignore:The metaschema")
def test_every_value_passes_the_schema_of_its_chart(catalogue: AddonCatalogue) -> None:
    for addon in catalogue.addons:
        schema_file = CHARTS / addon.chart.name / "values.schema.json"
        if not schema_file.exists():
            continue
        schema = json.loads(schema_file.read_text())
        # Istio's schema describes what users set; the others describe the merged values.
        values = (
            dict(addon.values)
            if addon.chart.name == "gateway"
            else _merged(_defaults(addon), addon.values)
        )
        validator = cast("Any", validator_for)(schema)(schema)
        faults = [f"{addon.name}: {error.message}" for error in validator.iter_errors(values)]
        assert faults == []


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        known = result.get(key)
        result[key] = (
            _merged(cast("Mapping[str, Any]", known), cast("Mapping[str, Any]", value))
            if isinstance(value, dict) and isinstance(known, dict)
            else value
        )
    return result


@needs_charts
def test_pins_are_the_versions_whose_files_were_checked(catalogue: AddonCatalogue) -> None:
    readme = (CHARTS / "README.md").read_text()
    for addon in catalogue.addons:
        if addon.chart.name in CHARTS_WITHOUT_FILES:
            continue
        chart = cast(
            "dict[str, str]", yaml.safe_load((CHARTS / addon.chart.name / "Chart.yaml").read_text())
        )
        row = next(
            line for line in readme.splitlines() if line.startswith(f"| {addon.chart.name} |")
        )
        placeholder = re.search(r"newest release (\S+)", row)
        expected = placeholder[1] if placeholder else chart["version"]
        assert addon.chart.version == expected, addon.name
