"""What users rely on in the platform layer: order, closed networks, one way out, valid objects, working alerts."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from phoenix_infra.preview import Graph
from phoenix_infra.preview.graph import Node
from phoenix_infra.workloads.addon import Privilege
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from tests.k8s import custom_resource_schemas as crds

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
RELEASE = "kubernetes:helm.sh/v3:Release"


def manifests(graph: Graph) -> Iterator[tuple[Node, dict[str, Any]]]:
    """Every Kubernetes object as it is sent."""
    for node in graph.resources:
        if node.type.startswith("kubernetes:") and "metadata" in node.inputs:
            yield node, dict(node.inputs)


def of_kind(graph: Graph, kind: str) -> list[dict[str, Any]]:
    """Objects of one kind."""
    return [manifest for _, manifest in manifests(graph) if manifest.get("kind") == kind]


@pytest.mark.skipif(not crds.CRDS.is_dir(), reason="the CRDs are beside the project")
def test_every_custom_resource_passes_the_schema_of_its_kind(platform: Graph) -> None:
    custom = [manifest for _, manifest in manifests(platform) if crds.is_custom(manifest)]
    assert len(custom) > 40
    unknown = {
        (manifest["apiVersion"], manifest["kind"])
        for manifest in custom
        if (manifest["apiVersion"], manifest["kind"]) not in crds.schemas()
    }
    assert unknown == set(), "a kind without a schema is checked by nobody"
    assert [fault for manifest in custom for fault in crds.faults(manifest)] == []


@pytest.mark.skipif(not crds.CRDS.is_dir(), reason="the CRDs are beside the project")
def test_a_misspelt_field_of_a_custom_resource_is_noticed(platform: Graph) -> None:
    certificate = of_kind(platform, "Certificate")[0]
    certificate["spec"] = {**certificate["spec"], "renewBeforeHours": 3}
    assert any("renewBeforeHours" in fault for fault in crds.faults(certificate))


def test_no_object_is_declared_twice(platform: Graph) -> None:
    names = Counter(
        (m["apiVersion"], m["kind"], m["metadata"].get("namespace"), m["metadata"]["name"])
        for _, m in manifests(platform)
        if "apiVersion" in m
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_names_and_namespaces_are_literals_that_the_api_server_takes(platform: Graph) -> None:
    name_pattern = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
    label_pattern = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
    for node, manifest in manifests(platform):
        metadata = manifest["metadata"]
        assert name_pattern.fullmatch(metadata["name"]), node.urn
        labels = cast("dict[str, str]", metadata.get("labels") or {})
        for value in labels.values():
            assert label_pattern.fullmatch(value), node.urn
        assert isinstance(metadata.get("namespace", ""), str), node.urn


def test_every_release_waits_for_its_namespace_and_for_what_it_names(
    platform: Graph, catalogue: AddonCatalogue
) -> None:
    releases = {node.name: node for node in platform.of_type(RELEASE)}
    assert set(releases) == {addon.name for addon in catalogue.addons}
    for addon in catalogue.addons:
        waits_for = " ".join(releases[addon.name].dependencies)
        assert f"Namespace::{addon.namespace}" in waits_for
        for name in addon.after:
            assert f"Release::{name}" in waits_for, f"{addon.name} does not wait for {name}"
        assert releases[addon.name].inputs["version"] == addon.chart.version


def test_every_pod_is_held_by_a_policy_in_both_directions(
    platform: Graph, catalogue: AddonCatalogue
) -> None:
    policies = of_kind(platform, "NetworkPolicy")
    for addon, pod in catalogue.pods():
        if Privilege.HOST_NETWORK in pod.privileges:
            continue
        own = [
            policy
            for policy in policies
            if policy["metadata"]["namespace"] == addon.namespace_of(pod)
            and policy["spec"]["podSelector"].get("matchLabels") == dict(pod.labels)
        ]
        assert len(own) == 1, f"{addon.name}/{pod.name}"
        assert own[0]["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_only_the_egress_gateway_reaches_the_internet_and_on_two_ports(platform: Graph) -> None:
    open_ports: dict[str, set[int]] = {}
    for policy in of_kind(platform, "NetworkPolicy"):
        for rule in cast("list[dict[str, Any]]", policy["spec"].get("egress") or []):
            numbers = {cast("int", port["port"]) for port in rule["ports"]}
            for peer in cast("list[dict[str, Any]]", rule["to"]):
                block = cast("dict[str, Any]", peer.get("ipBlock") or {})
                if block.get("cidr") == "0.0.0.0/0":
                    open_ports.setdefault(policy["metadata"]["namespace"], set()).update(numbers)
                    assert "169.254.169.254/32" in block["except"]
    assert open_ports == {"istio-egress": {443, 6514}}


def test_the_mesh_is_strict_and_knows_only_registered_names(
    platform: Graph, catalogue: AddonCatalogue
) -> None:
    modes = {
        manifest["metadata"]["namespace"]: manifest["spec"]["mtls"]["mode"]
        for manifest in of_kind(platform, "PeerAuthentication")
    }
    assert modes["istio-system"] == "STRICT"
    assert set(modes.values()) == {"STRICT"}
    mesh = cast("dict[str, Any]", catalogue.get("istiod").values["meshConfig"])
    assert mesh["outboundTrafficPolicy"] == {"mode": "REGISTRY_ONLY"}
    assert mesh["tlsDefaults"] == {"minProtocolVersion": "TLSV1_3"}


def test_each_external_host_has_one_route_and_named_callers(platform: Graph) -> None:
    entries = {host for m in of_kind(platform, "ServiceEntry") for host in m["spec"]["hosts"]}
    routes = {host for m in of_kind(platform, "VirtualService") for host in m["spec"]["hosts"]}
    callers = next(
        m
        for m in of_kind(platform, "AuthorizationPolicy")
        if m["metadata"]["name"] == "callers" and m["metadata"]["namespace"] == "istio-egress"
    )
    admitted = {
        value
        for rule in callers["spec"]["rules"]
        for condition in rule["when"]
        for value in condition["values"]
    }
    assert entries == routes == admitted
    assert not any("*" in host for host in entries)
    assert "events.pagerduty.com" in entries


def test_prometheus_reads_every_monitor_and_rule_in_the_cluster(catalogue: AddonCatalogue) -> None:
    prometheus = cast("dict[str, Any]", catalogue.get("kube-prometheus-stack").values["prometheus"])
    spec = prometheus["prometheusSpec"]
    for kind in ("rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"):
        assert spec[f"{kind}SelectorNilUsesHelmValues"] is False, (
            f"only {kind}s with the release's own label would be read (X-45)"
        )
        assert f"{kind}Selector" not in spec


def test_every_secret_that_a_release_names_is_made_by_somebody(platform: Graph) -> None:
    made = {
        (m["metadata"]["namespace"], m["spec"].get("secretName") or m["metadata"]["name"])
        for kind in ("Certificate", "ExternalSecret")
        for m in of_kind(platform, kind)
    }
    for namespace, secret in (
        ("phoenix-monitor", "alertmanager-receivers"),
        ("phoenix-monitor", "grafana-admin"),
        ("phoenix-monitor", "grafana-environment"),
        ("phoenix-monitor", "database-ca"),
        ("phoenix-monitor", "tempo-tls"),
        ("phoenix-monitor", "otel-collector-tls"),
        ("vault", "vault-server-tls"),
        ("vault", "vault-database-admin"),
        ("istio-ingress", "mesh-gateway-tls"),
    ):
        assert (namespace, secret) in made


def test_a_site_runs_its_own_backends_and_nothing_of_aws(
    platform_of: Callable[[str], Graph], catalogue_of: Callable[[str], AddonCatalogue]
) -> None:
    site, cloud = platform_of("onprem"), platform_of("production")
    kinds = {"Cluster", "ScheduledBackup", "Kafka", "KafkaNodePool", "StatefulSet"}
    assert {m["kind"] for _, m in manifests(site)} >= kinds
    assert not {m["kind"] for _, m in manifests(cloud)} & kinds
    aws_only = {"aws-load-balancer-controller", "cluster-autoscaler"}
    assert all(catalogue_of("production").has(name) for name in aws_only)
    assert not any(catalogue_of("onprem").has(name) for name in aws_only)
    assert not any("amazonaws.com" in str(node.inputs) for node in site.resources)


def test_data_survives_the_object_that_asked_for_it(platform_of: Callable[[str], Graph]) -> None:
    for _, manifest in manifests(platform_of("production")):
        if manifest.get("kind") == "StorageClass":
            assert manifest["volumeBindingMode"] == "WaitForFirstConsumer"
            if manifest["provisioner"] == "ebs.csi.aws.com":
                assert manifest["parameters"]["encrypted"] == "true"
                assert manifest["parameters"]["kmsKeyId"].startswith("arn:aws:kms")
    protected = [
        node
        for node in platform_of("onprem").resources
        if node.type.endswith((":Cluster", ":Kafka", ":KafkaNodePool", ":StatefulSet"))
    ]
    assert len(protected) == 4
    assert all(node.options.get("protect") for node in protected)
