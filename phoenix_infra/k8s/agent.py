"""An agent of the catalogue: one pod per node, reading named host directories and nothing else (A7.7)."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.backends import Backends
from phoenix_infra.k8s.confinement import confined_container, confined_pod
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.network_policy import GroupPolicyArgs, group_policy
from phoenix_infra.k8s.pod_template import (
    SCRATCH,
    container_port,
    memory_volume,
    mount,
    resource_requirements,
)
from phoenix_infra.k8s.service_monitor import ServiceMonitor
from phoenix_infra.k8s.vault_injection import VaultInjection, vault_injection
from phoenix_infra.k8s.workload import MERGED_METRICS_PATH, METRICS_COMPONENT, scrape_annotations
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.configuration import checksum, configuration_of
from phoenix_infra.workloads.connectivity import Connectivity
from phoenix_infra.workloads.ports import MERGED_METRICS
from phoenix_infra.workloads.spec import WORKLOAD_LABEL, AgentSpec

core = kubernetes.core.v1
REASON_ANNOTATION = "phoenix.health/host-access-reason"


@dataclass(frozen=True, kw_only=True)
class AgentArgs:
    """One entry and the stack it runs in."""

    spec: AgentSpec
    settings: GuardianSettings
    graph: Connectivity
    image: str
    backends: Backends
    after: tuple[pulumi.Resource, ...] = ()


class Agent(pulumi.ComponentResource):
    """DaemonSet, identity, policy and monitor of one agent."""

    def __init__(
        self, name: str, args: AgentArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Registers everything under the entry's name."""
        super().__init__("phoenix:k8s:Agent", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        spec = args.spec
        labels = _labels(args)
        core.ServiceAccount(
            name,
            metadata=_metadata(spec, labels),
            automount_service_account_token=False,
            opts=child,
        )
        core.ConfigMap(
            f"{name}-config",
            metadata=_metadata(spec, labels, f"{spec.name}-config"),
            data=configuration_of(spec, args.settings),
            opts=child,
        )
        _daemon_set(name, args, labels, child)
        _monitor(name, spec, labels, child)
        group_policy(
            f"{name}-network",
            GroupPolicyArgs(group=args.graph.group(spec.name), graph=args.graph, owner=spec.owner),
            child,
        )
        self.register_outputs({})


def _labels(args: AgentArgs) -> dict[str, str]:
    spec = args.spec
    return {
        **recommended_labels(
            spec.name,
            component="agent",
            owner=spec.owner,
            version=args.settings.workloads.release,
        ),
        WORKLOAD_LABEL: spec.name,
    }


def _metadata(
    spec: AgentSpec, labels: dict[str, str], name: str | None = None
) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=name or spec.name,
        namespace=spec.namespace,
        labels=labels,
        annotations={REASON_ANNOTATION: spec.reason},
    )


def _daemon_set(
    name: str, args: AgentArgs, labels: dict[str, str], opts: pulumi.ResourceOptions
) -> None:
    spec = args.spec
    apps = kubernetes.apps.v1
    injection = vault_injection(spec, args.settings, args.backends) if spec.needs_vault else None
    apps.DaemonSet(
        f"{name}-daemon-set",
        metadata=_metadata(spec, labels),
        spec=apps.DaemonSetSpecArgs(
            revision_history_limit=5,
            selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels={WORKLOAD_LABEL: spec.name}),
            update_strategy=apps.DaemonSetUpdateStrategyArgs(
                type="RollingUpdate",
                rolling_update=apps.RollingUpdateDaemonSetArgs(max_unavailable="10%"),
            ),
            template=core.PodTemplateSpecArgs(
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    labels=labels,
                    annotations={
                        "phoenix.health/config-checksum": checksum(
                            configuration_of(spec, args.settings)
                        ),
                        **scrape_annotations(spec.metrics.number),
                        **(injection.annotations if injection else {}),
                    },
                ),
                spec=_pod(args, injection),
            ),
        ),
        opts=opts,
    )


def _pod(args: AgentArgs, injection: VaultInjection | None) -> kubernetes.core.v1.PodSpecArgs:
    spec = args.spec
    host_mounts = [
        core.VolumeMountArgs(name=item.name, mount_path=f"/host{item.path}", read_only=True)
        for item in spec.host_directories
    ]
    host_volumes = [
        core.VolumeArgs(
            name=item.name,
            host_path=core.HostPathVolumeSourceArgs(path=item.path, type="Directory"),
        )
        for item in spec.host_directories
    ]
    return core.PodSpecArgs(
        service_account_name=spec.name,
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=confined_pod(spec.supplementary_groups),
        priority_class_name="phoenix-platform-critical",
        termination_grace_period_seconds=30,
        # Every node has logs, GPU nodes too.
        tolerations=[core.TolerationArgs(operator="Exists", effect="NoSchedule")],
        containers=[
            core.ContainerArgs(
                name=spec.name,
                image=args.image,
                image_pull_policy="IfNotPresent",
                ports=[container_port(spec.metrics)],
                env_from=[
                    core.EnvFromSourceArgs(
                        config_map_ref=core.ConfigMapEnvSourceArgs(name=f"{spec.name}-config")
                    )
                ],
                resources=resource_requirements(spec.resources),
                security_context=confined_container(),
                liveness_probe=_probe("/health/live", spec),
                readiness_probe=_probe("/health/ready", spec),
                volume_mounts=[mount(SCRATCH), *host_mounts],
            )
        ],
        volumes=[
            memory_volume(SCRATCH),
            *host_volumes,
            *([injection.volume] if injection else []),
        ],
    )


def _probe(path: str, spec: AgentSpec) -> kubernetes.core.v1.ProbeArgs:
    """Agents serve their health beside their metrics."""
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path=path, port=spec.metrics.name),
        initial_delay_seconds=10,
        period_seconds=10,
        timeout_seconds=5,
        failure_threshold=3,
    )


def _monitor(
    name: str, spec: AgentSpec, labels: dict[str, str], opts: pulumi.ResourceOptions
) -> None:
    selector = {WORKLOAD_LABEL: spec.name}
    metrics_labels = {**labels, "app.kubernetes.io/component": METRICS_COMPONENT}
    core.Service(
        f"{name}-metrics",
        metadata=_metadata(spec, metrics_labels, f"{spec.name}-metrics"),
        spec=core.ServiceSpecArgs(
            type="ClusterIP",
            cluster_ip="None",
            selector=selector,
            ports=[
                core.ServicePortArgs(
                    name=MERGED_METRICS.name,
                    port=MERGED_METRICS.number,
                    target_port=MERGED_METRICS.number,
                )
            ],
        ),
        opts=opts,
    )
    custom_resource(
        f"{name}-monitor",
        ServiceMonitor(
            selector={**selector, "app.kubernetes.io/component": METRICS_COMPONENT},
            port=MERGED_METRICS.name,
            path=MERGED_METRICS_PATH,
        ),
        name=spec.name,
        namespace=spec.namespace,
        labels=recommended_labels(spec.name, component="monitor", owner=spec.owner),
        opts=opts,
    )
