"""Every selector selects, and every name that an object refers to is declared or listed as made elsewhere."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from phoenix_infra.preview import Graph
from phoenix_infra.workloads.gpu import GPU_NODES

CLUSTER_STACKS = ("production", "dr", "onprem")
POD_OWNERS = {"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}


def many(value: Any) -> list[Any]:
    """A list that a manifest may leave out."""
    return value or []


def fields(value: Any) -> dict[str, Any]:
    """A mapping that a manifest may leave out."""
    return value or {}


class Cluster:
    """The objects of one stack, by kind."""

    def __init__(self, graph: Graph) -> None:
        self.objects: list[dict[str, Any]] = []
        for node in graph.resources:
            inputs: Any = node.inputs
            if node.type.startswith("kubernetes:") and "kind" in inputs and "apiVersion" in inputs:
                self.objects.append(inputs)

    def of(self, *kinds: str) -> Iterator[dict[str, Any]]:
        """Objects of these kinds."""
        return (item for item in self.objects if item["kind"] in kinds)

    def names(self, kind: str) -> set[tuple[str, str]]:
        """Namespace and name of every object of a kind."""
        return {
            (item["metadata"].get("namespace", ""), item["metadata"]["name"])
            for item in self.of(kind)
        }

    def pods(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Owner, namespace and template of every declared pod."""
        for item in self.of(*POD_OWNERS):
            spec = item["spec"]
            if item["kind"] == "CronJob":
                spec = spec["jobTemplate"]["spec"]
            name = f"{item['kind']}/{item['metadata']['name']}"
            yield name, item["metadata"]["namespace"], spec["template"]


@pytest.fixture(params=CLUSTER_STACKS)
def cluster(request: pytest.FixtureRequest, graph_of: Callable[..., Graph]) -> Cluster:
    """The objects of every stack that has a cluster."""
    return Cluster(graph_of(request.param))


def _fits(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    wanted: Mapping[str, str] = fields(selector.get("matchLabels"))
    return all(labels.get(key) == value for key, value in wanted.items())


APPLICATION = {"phoenix-api", "phoenix-ai", "phoenix-security", "phoenix-fed", "phoenix-siem"}


def _labels_in(cluster: Cluster, namespace: str) -> list[Mapping[str, str]]:
    return [
        template["metadata"]["labels"]
        for _, where, template in cluster.pods()
        if where == namespace
    ]


def _selecting(cluster: Cluster) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Kind and name, namespace and pod selector of whatever selects pods in the services' namespaces."""
    for item in cluster.objects:
        spec, metadata = fields(item.get("spec")), item["metadata"]
        selector: Mapping[str, Any] | None = None
        if item["kind"] == "Service" and spec.get("selector"):
            selector = {"matchLabels": spec["selector"]}
        elif item["kind"] == "PodDisruptionBudget" or item["kind"] == "AuthorizationPolicy":
            selector = spec.get("selector")
        elif item["kind"] == "NetworkPolicy":
            selector = spec["podSelector"]
        if selector and metadata.get("namespace") in APPLICATION:
            yield f"{item['kind']} {metadata['name']}", metadata["namespace"], selector


def test_every_selector_selects_a_declared_pod(cluster: Cluster) -> None:
    found = list(_selecting(cluster))
    empty = [
        name
        for name, namespace, selector in found
        if not any(_fits(selector, labels) for labels in _labels_in(cluster, namespace))
    ]
    assert empty == []
    assert len(found) > 50


def test_every_monitor_selects_a_service_with_its_port(cluster: Cluster) -> None:
    services = list(cluster.of("Service"))
    for monitor in cluster.of("ServiceMonitor"):
        namespace = monitor["metadata"]["namespace"]
        if namespace not in APPLICATION:
            continue
        chosen = [
            service
            for service in services
            if service["metadata"]["namespace"] == namespace
            and _fits(monitor["spec"]["selector"], service["metadata"]["labels"])
        ]
        assert len(chosen) == 1, monitor["metadata"]["name"]
        ports = {port["name"] for port in chosen[0]["spec"]["ports"]}
        assert {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]} <= ports


def test_an_autoscaler_targets_a_deployment_without_a_fixed_number_and_never_two(
    cluster: Cluster,
) -> None:
    targets = [
        (item["metadata"]["namespace"], item["spec"]["scaleTargetRef"]["name"])
        for item in cluster.of("HorizontalPodAutoscaler", "ScaledObject")
    ]
    assert len(targets) == len(set(targets)), "two autoscalers fight over one target"
    for deployment in cluster.of("Deployment"):
        key = (deployment["metadata"]["namespace"], deployment["metadata"]["name"])
        assert ("replicas" in deployment["spec"]) is (key not in targets), key
    assert set(targets) <= cluster.names("Deployment")


def test_every_canary_targets_a_deployment_and_its_autoscaler(cluster: Cluster) -> None:
    for canary in cluster.of("Canary"):
        namespace = canary["metadata"]["namespace"]
        spec = canary["spec"]
        assert (namespace, spec["targetRef"]["name"]) in cluster.names("Deployment")
        scaler = spec["autoscalerRef"]
        assert (namespace, scaler["name"]) in cluster.names(scaler["kind"])
        for metric in spec["analysis"]["metrics"]:
            template = metric["templateRef"]
            assert (template["namespace"], template["name"]) in cluster.names("MetricTemplate")
        # Flagger writes the serving Service; ours would be a second owner.
        assert (namespace, spec["targetRef"]["name"]) not in cluster.names("Service")


def test_a_selector_of_ours_never_reads_the_label_that_flagger_rewrites(cluster: Cluster) -> None:
    for name, _, selector in _selecting(cluster):
        assert "app.kubernetes.io/name" not in fields(selector.get("matchLabels")), name


def test_what_a_pod_names_exists_in_its_namespace(cluster: Cluster) -> None:
    missing: list[str] = []
    config_maps, accounts = cluster.names("ConfigMap"), cluster.names("ServiceAccount")
    claims = cluster.names("PersistentVolumeClaim")
    for owner, namespace, template in cluster.pods():
        if namespace not in {*APPLICATION, "phoenix-data"}:
            continue
        spec = template["spec"]
        if (namespace, spec["serviceAccountName"]) not in accounts:
            missing.append(f"{owner}: service account {spec['serviceAccountName']}")
        for container in spec["containers"]:
            for source in many(container.get("envFrom")):
                name = source["configMapRef"]["name"]
                if (namespace, name) not in config_maps:
                    missing.append(f"{owner}: ConfigMap {name}")
            assert "secretRef" not in str(container.get("envFrom")), "secrets come as files"
        for volume in many(spec.get("volumes")):
            if (
                "configMap" in volume
                and (namespace, volume["configMap"]["name"]) not in config_maps
            ):
                missing.append(f"{owner}: ConfigMap {volume['configMap']['name']}")
            claim = volume.get("persistentVolumeClaim")
            if claim and (namespace, claim["claimName"]) not in claims:
                missing.append(f"{owner}: claim {claim['claimName']}")
    assert missing == []


def test_the_vault_agents_trust_is_a_certificate_of_the_same_namespace(cluster: Cluster) -> None:
    written = {
        (item["metadata"]["namespace"], item["spec"]["secretName"])
        for item in cluster.of("Certificate")
    }
    asked = {
        (namespace, template["metadata"]["annotations"]["vault.hashicorp.com/tls-secret"])
        for _, namespace, template in cluster.pods()
        if "vault.hashicorp.com/tls-secret" in fields(template["metadata"].get("annotations"))
    }
    assert asked
    assert asked <= written


def test_every_node_selector_is_the_gpu_contract(cluster: Cluster) -> None:
    selectors = {
        tuple(sorted(template["spec"]["nodeSelector"].items()))
        for _, namespace, template in cluster.pods()
        if namespace in APPLICATION and template["spec"].get("nodeSelector")
    }
    assert selectors == {tuple(sorted(GPU_NODES.node_labels.items()))}


def test_every_namespace_that_an_object_lives_in_is_declared(cluster: Cluster) -> None:
    declared = {name for _, name in cluster.names("Namespace")} | {"kube-system"}
    used = {item["metadata"].get("namespace") for item in cluster.objects} - {None}
    assert used <= declared
    assert "default" not in used


def test_every_gateway_that_a_route_names_is_declared(cluster: Cluster) -> None:
    gateways = cluster.names("Gateway")
    parents = [
        parent
        for item in cluster.of("HTTPRoute", "Canary")
        for parent in item["spec"].get("parentRefs") or item["spec"]["service"]["gatewayRefs"]
        if parent["kind"] == "Gateway"
    ]
    assert len(parents) >= 4
    assert {(parent["namespace"], parent["name"]) for parent in parents} <= gateways


def test_every_storage_class_is_declared_or_the_sites(cluster: Cluster) -> None:
    classes = {name for _, name in cluster.names("StorageClass")}
    used = {item["spec"]["storageClassName"] for item in cluster.of("PersistentVolumeClaim")}
    site = {"standard-encrypted", "shared-encrypted"}
    assert used <= (classes or site)
