"""The pod of a service: image, probes, resources, volumes, spreading and confinement (G-067..G-079)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.confinement import confined_container, confined_pod
from phoenix_infra.k8s.vault_injection import VaultInjection
from phoenix_infra.workloads.gpu import GPU_NODES
from phoenix_infra.workloads.ports import Port
from phoenix_infra.workloads.spec import (
    WORKLOAD_LABEL,
    MemoryVolume,
    Probe,
    Resources,
    WorkloadSpec,
)

core = kubernetes.core.v1
SCRATCH = MemoryVolume(name="tmp", path="/tmp", size_mib=128)  # noqa: S108 - the volume that makes /tmp writable (X-79)
DRAIN_SECONDS = 10
"""Endpoints need this long to forget a pod; it keeps serving meanwhile."""
MODEL_CLAIM = "models"


@dataclass(frozen=True, kw_only=True)
class PodArgs:
    """What is known about a service's pod beyond its entry."""

    spec: WorkloadSpec
    image: pulumi.Input[str]
    resources: Resources
    labels: Mapping[str, str]
    annotations: Mapping[str, pulumi.Input[str]]
    config_map: str
    vault: VaultInjection | None
    in_mesh: bool


def pod_template(args: PodArgs) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The template of a Deployment."""
    spec = args.spec
    gpu = args.resources.gpus > 0
    return core.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            labels=dict(args.labels), annotations=dict(args.annotations)
        ),
        spec=core.PodSpecArgs(
            service_account_name=spec.name,
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=confined_pod(),
            priority_class_name=spec.priority_class,
            termination_grace_period_seconds=spec.termination_grace_seconds,
            node_selector=GPU_NODES.node_labels if gpu else None,
            tolerations=[
                core.TolerationArgs(
                    key=GPU_NODES.taint_key,
                    operator="Equal",
                    value=GPU_NODES.taint_value,
                    effect=GPU_NODES.taint_effect,
                )
            ]
            if gpu
            else None,
            topology_spread_constraints=spread_constraints(spec.name),
            containers=[_container(args)],
            volumes=_volumes(args),
        ),
    )


def spread_constraints(name: str) -> list[kubernetes.core.v1.TopologySpreadConstraintArgs]:
    """Zones hard, hosts soft (X-29); tainted nodes of a lost zone do not count, so the rest can be placed."""
    return [
        core.TopologySpreadConstraintArgs(
            max_skew=1,
            topology_key=key,
            when_unsatisfiable=when,
            label_selector=kubernetes.meta.v1.LabelSelectorArgs(
                match_labels={WORKLOAD_LABEL: name}
            ),
            match_label_keys=["pod-template-hash"],
            node_affinity_policy="Honor",
            node_taints_policy="Honor",
        )
        for key, when in (
            ("topology.kubernetes.io/zone", "DoNotSchedule"),
            ("kubernetes.io/hostname", "ScheduleAnyway"),
        )
    ]


def resource_requirements(resources: Resources) -> kubernetes.core.v1.ResourceRequirementsArgs:
    """Requests and limits; a GPU is requested and limited alike, as Kubernetes demands."""
    gpus = {GPU_NODES.resource: str(resources.gpus)} if resources.gpus else {}
    storage = {"ephemeral-storage": f"{resources.ephemeral_storage_mib}Mi"}
    return core.ResourceRequirementsArgs(
        requests={
            "cpu": f"{resources.cpu_request_millicores}m",
            "memory": f"{resources.memory_request_mib}Mi",
            **storage,
            **gpus,
        },
        limits={
            "cpu": f"{resources.cpu_limit_millicores}m",
            "memory": f"{resources.memory_limit_mib}Mi",
            **storage,
            **gpus,
        },
    )


def memory_volume(volume: MemoryVolume) -> kubernetes.core.v1.VolumeArgs:
    """An emptyDir in memory, bounded; it counts as the container's memory (X-27)."""
    return core.VolumeArgs(
        name=volume.name,
        empty_dir=core.EmptyDirVolumeSourceArgs(medium="Memory", size_limit=f"{volume.size_mib}Mi"),
    )


def mount(volume: MemoryVolume) -> kubernetes.core.v1.VolumeMountArgs:
    """Where a memory volume appears in the container."""
    return core.VolumeMountArgs(name=volume.name, mount_path=volume.path)


def container_port(port: Port) -> kubernetes.core.v1.ContainerPortArgs:
    """A declared port; Services and monitors name it."""
    return core.ContainerPortArgs(
        name=port.name, container_port=port.number, protocol=port.protocol.transport
    )


def _container(args: PodArgs) -> kubernetes.core.v1.ContainerArgs:
    spec = args.spec
    mounts = [mount(volume) for volume in (SCRATCH, *spec.memory_volumes)]
    if spec.models:
        mounts.append(core.VolumeMountArgs(name=MODEL_CLAIM, mount_path="/models", read_only=True))
    return core.ContainerArgs(
        name=spec.name,
        image=args.image,
        image_pull_policy="IfNotPresent",
        ports=[container_port(spec.port), container_port(spec.metrics)],
        env_from=[
            core.EnvFromSourceArgs(config_map_ref=core.ConfigMapEnvSourceArgs(name=args.config_map))
        ],
        resources=resource_requirements(args.resources),
        security_context=confined_container(),
        liveness_probe=_probe(spec.probes.liveness, spec.port),
        readiness_probe=_probe(spec.probes.readiness, spec.port),
        startup_probe=_probe(spec.probes.startup, spec.port),
        lifecycle=core.LifecycleArgs(
            pre_stop=core.LifecycleHandlerArgs(sleep=core.SleepActionArgs(seconds=DRAIN_SECONDS))
        ),
        volume_mounts=mounts,
    )


def _probe(probe: Probe, port: Port) -> kubernetes.core.v1.ProbeArgs:
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path=probe.path, port=port.name),
        initial_delay_seconds=probe.initial_delay_seconds,
        period_seconds=probe.period_seconds,
        timeout_seconds=probe.timeout_seconds,
        failure_threshold=probe.failure_threshold,
    )


def _volumes(args: PodArgs) -> list[kubernetes.core.v1.VolumeArgs]:
    volumes = [memory_volume(volume) for volume in (SCRATCH, *args.spec.memory_volumes)]
    if args.spec.models:
        volumes.append(
            core.VolumeArgs(
                name=MODEL_CLAIM,
                persistent_volume_claim=core.PersistentVolumeClaimVolumeSourceArgs(
                    claim_name=MODEL_CLAIM, read_only=True
                ),
            )
        )
    if args.vault is not None:
        volumes.append(args.vault.volume)
    return volumes
