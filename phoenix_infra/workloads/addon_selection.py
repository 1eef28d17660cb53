"""Which add-ons a stack runs, in the order of their installation."""

from dataclasses import replace

from phoenix_infra.workloads.addon import Addon, Owner
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from phoenix_infra.workloads.addon_namespaces import ADDON_NAMESPACES
from phoenix_infra.workloads.addons_backup import velero
from phoenix_infra.workloads.addons_data import barman_plugin, cloudnative_pg, strimzi
from phoenix_infra.workloads.addons_delivery import argocd, flagger, load_tester
from phoenix_infra.workloads.addons_edge import aws_load_balancer_controller, ingress_nginx
from phoenix_infra.workloads.addons_mesh import mesh_addons
from phoenix_infra.workloads.addons_monitoring import kube_prometheus_stack
from phoenix_infra.workloads.addons_scaling import (
    cluster_autoscaler,
    dcgm_exporter,
    keda,
    metrics_server,
    nvidia_device_plugin,
)
from phoenix_infra.workloads.addons_secrets import cert_manager, external_secrets, vault
from phoenix_infra.workloads.addons_telemetry import alloy, loki, otel_collector, tempo
from phoenix_infra.workloads.cluster_profile import ClusterProfile


def addon_catalogue(profile: ClusterProfile) -> AddonCatalogue:
    """The add-ons of one cluster, checked as a whole."""
    addons = (
        cert_manager(profile),
        kube_prometheus_stack(profile),
        *mesh_addons(),
        external_secrets(profile),
        vault(profile),
        keda(),
        nvidia_device_plugin(),
        dcgm_exporter(),
        loki(profile),
        alloy(profile),
        tempo(profile),
        otel_collector(),
        load_tester(),
        flagger(),
        argocd(),
        *_cloud_addons(profile),
        *_site_addons(profile),
        *_optional_addons(profile),
    )
    addons = _owned(addons, profile.flux_owned)
    used = {addon.namespace for addon in addons} | {
        addon.namespace_of(pod) for addon in addons for pod in addon.pods
    }
    return AddonCatalogue(
        namespaces=tuple(space for space in ADDON_NAMESPACES if space.name in used), addons=addons
    )


def _owned(addons: tuple[Addon, ...], flux_owned: tuple[str, ...]) -> tuple[Addon, ...]:
    """The same add-ons, with Flux as the owner of those that a stack hands over."""
    strangers = sorted(set(flux_owned) - {addon.name for addon in addons})
    if strangers:
        raise ValueError(
            f"phoenix:platform flux_owned names {', '.join(strangers)}, which this stack does not run; "
            f"known are {', '.join(sorted(addon.name for addon in addons))}"
        )
    return tuple(
        replace(addon, owner=Owner.FLUX) if addon.name in flux_owned else addon for addon in addons
    )


def _cloud_addons(profile: ClusterProfile) -> tuple[Addon, ...]:
    if profile.cloud is None:
        return ()
    return (aws_load_balancer_controller(profile), cluster_autoscaler(profile))


def _site_addons(profile: ClusterProfile) -> tuple[Addon, ...]:
    """What EKS add-ons and managed data stores do elsewhere."""
    given = () if profile.cloud else (metrics_server(),)
    database = (cloudnative_pg(), barman_plugin()) if profile.database_backend == "cnpg" else ()
    kafka = (strimzi(),) if profile.kafka_backend == "strimzi" else ()
    return (*given, *database, *kafka)


def _optional_addons(profile: ClusterProfile) -> tuple[Addon, ...]:
    backup = (velero(profile),) if profile.velero else ()
    legacy = (ingress_nginx(),) if profile.ingress_nginx else ()
    return (*backup, *legacy)
