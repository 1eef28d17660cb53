"""The add-on catalogue as a whole: exact pins, one owner, justified exceptions, resolvable names."""

from dataclasses import replace

import pytest

from phoenix_infra.workloads.addon import (
    AddonPod,
    ChartPin,
    PodCall,
    PodKind,
    PodSecurity,
    Privilege,
)
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from phoenix_infra.workloads.addon_identities import ADDON_IDENTITIES
from phoenix_infra.workloads.addon_namespaces import (
    GPU_DEVICE_PLUGIN,
    GPU_METRICS,
    LOG_COLLECTOR,
    MESH_CNI,
    NODE_EXPORTER,
    PRIVILEGED_NAMESPACES,
)
from phoenix_infra.workloads.gpu import GPU_NODES

ALLOW_LIST = {MESH_CNI, NODE_EXPORTER, LOG_COLLECTOR, GPU_DEVICE_PLUGIN, GPU_METRICS}


@pytest.mark.parametrize("version", ["18.x", ">=1.0.0", "*", "latest", "1.2", "~1.2.3", ""])
def test_a_range_is_no_pin(version: str) -> None:
    with pytest.raises(ValueError, match="not one exact SemVer"):
        ChartPin(repository="https://charts.example.org", name="redis", version=version)


def test_bitnami_and_plain_http_are_refused() -> None:
    with pytest.raises(ValueError, match="bitnami"):
        ChartPin(repository="https://charts.bitnami.com/bitnami", name="redis", version="1.0.0")
    with pytest.raises(ValueError, match="https://"):
        ChartPin(repository="http://charts.example.org", name="redis", version="1.0.0")


def test_an_invented_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="sha256"):
        ChartPin(repository="oci://x.org", name="a", version="1.0.0", digest="sha256:todo")


def test_no_image_comes_from_bitnami_or_floats(catalogue: AddonCatalogue) -> None:
    for addon, pod in catalogue.pods():
        for container in pod.containers:
            assert "bitnami" not in container.image.repository, addon.name
            assert container.image.tag not in {"", "latest"}, addon.name
            assert "." in container.image.repository.split("/")[0], "name the registry"


def test_two_owners_of_one_thing_are_rejected(catalogue: AddonCatalogue) -> None:
    first = catalogue.get("cert-manager")
    second = replace(first, name="another-cert-manager", after=())
    with pytest.raises(ValueError, match="two owners: cert-manager and another-cert-manager"):
        AddonCatalogue(namespaces=catalogue.namespaces, addons=(*catalogue.addons, second))


def test_a_call_to_a_pod_that_nobody_declares_is_rejected(catalogue: AddonCatalogue) -> None:
    keda = catalogue.get("keda")
    broken = replace(
        keda, pods=(replace(keda.pods[0], calls=(PodCall(pod="thanos/query", port="http"),)),)
    )
    others = tuple(addon for addon in catalogue.addons if addon.name != "keda")
    with pytest.raises(ValueError, match="no add-on 'thanos'"):
        AddonCatalogue(namespaces=catalogue.namespaces, addons=(*others, broken))


def test_a_privileged_pod_outside_its_allow_list_is_rejected(catalogue: AddonCatalogue) -> None:
    vault = catalogue.get("vault")
    intruder = AddonPod(
        name="intruder",
        kind=PodKind.DAEMON_SET,
        labels={"app": "intruder"},
        service_account="intruder",
        containers=vault.pods[0].containers,
        privileges=(Privilege.HOST_PATH,),
    )
    others = tuple(addon for addon in catalogue.addons if addon.name != "vault")
    with pytest.raises(ValueError, match="needs host-path, but namespace vault is restricted"):
        AddonCatalogue(
            namespaces=catalogue.namespaces,
            addons=(*others, replace(vault, pods=(*vault.pods, intruder))),
        )


def test_pod_security_exceptions_are_the_allow_list_and_have_reasons(
    catalogue: AddonCatalogue,
) -> None:
    assert PRIVILEGED_NAMESPACES == ALLOW_LIST
    for space in catalogue.namespaces:
        assert (space.name in ALLOW_LIST) == (space.pod_security is PodSecurity.PRIVILEGED)
        if space.name in ALLOW_LIST:
            assert len(space.reason) > 30
            assert all(pod.privileges for _, pod in catalogue.in_namespace(space.name)), (
                "nothing else may be scheduled there"
            )


def test_every_pod_says_what_it_asks_for(catalogue: AddonCatalogue) -> None:
    for addon in catalogue.addons:
        if addon.name not in {"gateway-api", "istio-base"}:
            assert addon.pods, f"{addon.name} brings pods and declares none"
    for _, pod in catalogue.pods():
        for container in pod.containers:
            assert container.resources.memory_limit_mib >= container.resources.memory_mib > 0
            assert container.resources.cpu_millicores > 0


def test_gpu_daemons_run_exactly_where_gpus_are(catalogue: AddonCatalogue) -> None:
    for name in ("nvidia-device-plugin", "dcgm-exporter"):
        pod = catalogue.get(name).pods[0]
        assert pod.node_selector == GPU_NODES.node_labels
        assert pod.tolerates == (GPU_NODES.taint_key,)


def test_identities_belong_to_declared_service_accounts(catalogue_of: object) -> None:
    assert callable(catalogue_of)
    catalogue = catalogue_of("production")
    assert isinstance(catalogue, AddonCatalogue)
    for identity in ADDON_IDENTITIES:
        accounts = {
            (addon.namespace_of(pod), pod.service_account)
            for addon, pod in catalogue.pods()
            if addon.name == identity.addon
        }
        assert (identity.namespace, identity.service_account) in accounts
        for statement in identity.statements:
            assert not any("*" in action for action in statement.actions)
