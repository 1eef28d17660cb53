"""A service of the catalogue, whole: from one entry to everything the cluster needs to run and confine it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.authorization_policy import AllowCallers, AllowRule
from phoenix_infra.k8s.autoscaler import autoscaler, autoscaler_kind
from phoenix_infra.k8s.backends import Backends
from phoenix_infra.k8s.canary import Canary
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.disruption_budget import disruption_budget
from phoenix_infra.k8s.http_route import HttpRoute
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.network_policy import GroupPolicyArgs, group_policy
from phoenix_infra.k8s.pod_template import PodArgs, pod_template
from phoenix_infra.k8s.service_monitor import ServiceMonitor
from phoenix_infra.k8s.vault_injection import vault_injection
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.configuration import checksum, configuration_of
from phoenix_infra.workloads.connectivity import Connectivity, PodGroup
from phoenix_infra.workloads.ports import MERGED_METRICS
from phoenix_infra.workloads.scaling import is_standby, scaling_of
from phoenix_infra.workloads.spec import (
    ENVIRONMENT_SHARE_PERCENT,
    WORKLOAD_LABEL,
    Delivery,
    Scaling,
    WorkloadSpec,
)

core = kubernetes.core.v1
MERGED_METRICS_PATH = "/stats/prometheus"
METRICS_COMPONENT = "metrics"
NAME_LABEL = "app.kubernetes.io/name"
"""What Flagger is told to select by; only Deployments use it."""
SINGLETON_LABEL = "phoenix.health/standby-singleton"


@dataclass(frozen=True, kw_only=True)
class WorkloadArgs:
    """One entry and the stack it runs in."""

    spec: WorkloadSpec
    settings: GuardianSettings
    graph: Connectivity
    image: str
    backends: Backends
    metrics_namespace: str
    """Where the rollback triggers' templates are."""
    hosts: tuple[str, ...] = ()
    """Names that lead here at the mesh gateway."""
    after: tuple[pulumi.Resource, ...] = ()
    """The service's namespace, and what must be in the cluster before it."""


class Workload(pulumi.ComponentResource):
    """Deployment, Services, identity, scaling, budget, policies, monitor and delivery of one service."""

    deployment: pulumi.Resource

    def __init__(
        self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Registers everything under the entry's name."""
        super().__init__("phoenix:k8s:Workload", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        spec, settings = args.spec, args.settings
        scaling = scaling_of(spec, settings)
        group = args.graph.group(spec.name)
        labels = pod_labels(spec, settings.workloads.release)

        core.ServiceAccount(
            name,
            metadata=_metadata(spec, labels),
            automount_service_account_token=False,
            opts=child,
        )
        configuration = configuration_of(spec, settings)
        core.ConfigMap(
            f"{name}-config",
            metadata=_metadata(spec, labels, f"{spec.name}-config"),
            data={
                **configuration,
                **args.backends.configuration(frozenset(call.target for call in spec.calls)),
            },
            opts=child,
        )
        deployment = _deployment(name, args, checksum(configuration), child)
        _services(name, spec, group, labels, child)
        autoscaler(f"{name}-autoscaler", spec, scaling, child)
        disruption_budget(f"{name}-budget", spec, scaling, child)
        group_policy(
            f"{name}-network",
            GroupPolicyArgs(group=group, graph=args.graph, owner=spec.owner),
            child,
        )
        _callers(name, spec, args.graph, child)
        _delivery(name, args, scaling, child, deployment)
        self.deployment = deployment
        self.register_outputs({})


def pod_labels(spec: WorkloadSpec, release: str) -> dict[str, str]:
    """The name label, which Flagger rewrites on its primary copy, and the workload label, which it leaves alone."""
    return {
        **recommended_labels(
            spec.name,
            component="service",
            owner=spec.owner,
            data_classification="phi" if spec.phi else "internal",
            version=release,
        ),
        WORKLOAD_LABEL: spec.name,
    }


def _metadata(
    spec: WorkloadSpec, labels: Mapping[str, str], name: str | None = None
) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=name or spec.name, namespace=spec.namespace, labels=dict(labels)
    )


def _singleton(scaling: Scaling, settings: GuardianSettings) -> dict[str, str]:
    """The warm standby runs one pod of each GPU service until a failover (A7.1); policies look for this label."""
    return {SINGLETON_LABEL: "true"} if is_standby(settings) and scaling.minimum == 1 else {}


def _deployment(
    name: str,
    args: WorkloadArgs,
    configuration_checksum: str,
    opts: pulumi.ResourceOptions,
) -> kubernetes.apps.v1.Deployment:
    spec, settings = args.spec, args.settings
    scaling = scaling_of(spec, settings)
    labels = pod_labels(spec, settings.workloads.release)
    in_mesh = args.graph.group(spec.name).in_mesh
    injection = vault_injection(spec, settings, args.backends) if spec.needs_vault else None
    annotations: dict[str, pulumi.Input[str]] = {
        "phoenix.health/config-checksum": configuration_checksum,
        **(scrape_annotations(spec.metrics.number) if in_mesh else {}),
        **(injection.annotations if injection else {}),
    }
    apps = kubernetes.apps.v1
    # A GPU node has no spare GPU for a surge: one pod goes before the next comes.
    surge = 0 if spec.resources.gpus else 1
    return apps.Deployment(
        f"{name}-deployment",
        metadata=_metadata(spec, labels | _singleton(scaling, settings)),
        spec=apps.DeploymentSpecArgs(
            # An autoscaler owns the number; a literal here would undo it on every update (A7.10).
            replicas=scaling.minimum if autoscaler_kind(scaling) is None else None,
            revision_history_limit=5,
            progress_deadline_seconds=900,
            min_ready_seconds=10,
            strategy=apps.DeploymentStrategyArgs(
                type="RollingUpdate",
                rolling_update=apps.RollingUpdateDeploymentArgs(
                    max_surge=surge, max_unavailable=1 - surge
                ),
            ),
            selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels={NAME_LABEL: spec.name}),
            template=pod_template(
                PodArgs(
                    spec=spec,
                    image=args.image,
                    resources=spec.resources.scaled(
                        ENVIRONMENT_SHARE_PERCENT[settings.stack.environment]
                    ),
                    labels=labels,
                    annotations=annotations,
                    config_map=f"{spec.name}-config",
                    vault=injection,
                    in_mesh=in_mesh,
                )
            ),
        ),
        opts=opts,
    )


def scrape_annotations(port: int) -> dict[str, str]:
    """Read by the mesh agent, which merges the service's metrics into its own port (X-43, X-74)."""
    return {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(port),
        "prometheus.io/path": "/metrics",
    }


def _services(
    name: str,
    spec: WorkloadSpec,
    group: PodGroup,
    labels: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    """The serving Service is Flagger's where it delivers; the metrics Service selects both copies (X-37)."""
    selector = {WORKLOAD_LABEL: spec.name}
    if spec.delivery is Delivery.ROLLING:
        core.Service(
            f"{name}-service",
            metadata=_metadata(spec, labels),
            spec=core.ServiceSpecArgs(
                type="ClusterIP",
                selector=selector,
                ports=[
                    core.ServicePortArgs(
                        name=spec.port.name,
                        port=spec.port.number,
                        target_port=spec.port.name,
                        app_protocol=spec.port.protocol,
                    )
                ],
            ),
            opts=opts,
        )
    metrics = MERGED_METRICS if group.in_mesh else spec.metrics
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
                    name=metrics.name, port=metrics.number, target_port=metrics.number
                )
            ],
        ),
        opts=opts,
    )
    custom_resource(
        f"{name}-monitor",
        ServiceMonitor(
            selector={**selector, "app.kubernetes.io/component": METRICS_COMPONENT},
            port=metrics.name,
            path=MERGED_METRICS_PATH if group.in_mesh else "/metrics",
        ),
        name=spec.name,
        namespace=spec.namespace,
        labels=recommended_labels(spec.name, component="monitor", owner=spec.owner),
        opts=opts,
    )


def _callers(
    name: str, spec: WorkloadSpec, graph: Connectivity, opts: pulumi.ResourceOptions
) -> None:
    """Who may call it through the mesh, by identity; without callers the namespace's allow-nothing holds."""
    principals = graph.callers_in_mesh(spec.name, spec.port)
    if not principals:
        return
    custom_resource(
        f"{name}-callers",
        AllowCallers(
            selector={WORKLOAD_LABEL: spec.name},
            rules=(AllowRule(principals=principals, ports=(spec.port.number,)),),
        ),
        name=spec.name,
        namespace=spec.namespace,
        labels=recommended_labels(spec.name, component="mesh-policy", owner=spec.owner),
        opts=opts,
    )


def _delivery(
    name: str,
    args: WorkloadArgs,
    scaling: Scaling,
    opts: pulumi.ResourceOptions,
    deployment: kubernetes.apps.v1.Deployment,
) -> None:
    spec = args.spec
    if spec.delivery is not Delivery.PROGRESSIVE:
        _route(name, args, opts)
        return
    called_by_load_tester = any(
        edge.source == "loadtester" for edge in args.graph.ingress_of(spec.name)
    )
    custom_resource(
        f"{name}-canary",
        Canary(
            service=spec,
            scaling=scaling,
            autoscaler_kind=autoscaler_kind(scaling),
            strategy=args.settings.platform.canary_strategy,
            metrics_namespace=args.metrics_namespace,
            hosts=args.hosts,
            load_test=called_by_load_tester,
        ),
        name=spec.name,
        namespace=spec.namespace,
        labels=recommended_labels(spec.name, component="delivery", owner=spec.owner),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[deployment])),
    )


def _route(name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions) -> None:
    """The gateway's route to a service that Flagger does not deliver."""
    spec = args.spec
    if not args.hosts:
        return
    custom_resource(
        f"{name}-route",
        HttpRoute(hosts=args.hosts, service=spec.name, port=spec.port.number),
        name=spec.name,
        namespace=spec.namespace,
        labels=recommended_labels(spec.name, component="mesh-routing", owner=spec.owner),
        opts=opts,
    )
