"""What a stack hands over to Flux is Flux's alone, in API versions that are still served (X-09, X-12)."""

from dataclasses import replace

import pytest

from phoenix_infra.workloads.addon import Owner
from phoenix_infra.workloads.addon_selection import addon_catalogue
from tests.k8s.conftest import profile, record_platform


def test_without_a_handed_over_add_on_there_is_no_flux_object() -> None:
    graph = record_platform("onprem", profile("onprem"))
    assert not any("fluxcd.io" in node.type for node in graph.resources)


def test_a_handed_over_add_on_has_one_owner() -> None:
    graph = record_platform("onprem", replace(profile("onprem"), flux_owned=("keda",)))
    releases = {node.name for node in graph.of_type("kubernetes:helm.sh/v3:Release")}
    assert "keda" not in releases
    flux = {
        node.inputs["kind"]: node.inputs for node in graph.resources if "fluxcd.io" in node.type
    }
    assert flux["HelmRelease"]["apiVersion"] == "helm.toolkit.fluxcd.io/v2"
    assert flux["HelmRepository"]["apiVersion"] == "source.toolkit.fluxcd.io/v1"
    assert flux["HelmRelease"]["spec"]["chart"]["spec"]["version"] == "2.20.2"
    assert flux["HelmRelease"]["spec"]["install"]["createNamespace"] is False


def test_a_name_that_the_stack_does_not_run_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="flux_owned names redis, which this stack does not run"):
        addon_catalogue(replace(profile("onprem"), flux_owned=("redis",)))
    catalogue = addon_catalogue(replace(profile("onprem"), flux_owned=("keda",)))
    assert catalogue.get("keda").owner is Owner.FLUX
