"""Redis with Sentinel in the cluster: three members, TLS only, one claim each (G-062..G-064, X-11, X-24)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.certificate import INTERNAL_ISSUER, Certificate
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.sentinel_pod import member_pod
from phoenix_infra.k8s.service_monitor import ServiceMonitor
from phoenix_infra.settings.cache import SentinelCache
from phoenix_infra.workloads import ports
from phoenix_infra.workloads.namespaces import DATA

core = kubernetes.core.v1
NAME = "redis"
MEMBERS_SERVICE = "redis-members"
TLS_SECRET = "redis-tls"  # noqa: S105  a Secret's name, not a secret
CREDENTIALS_SECRET = "redis-credentials"  # noqa: S105  a Secret's name, not a secret
SCRIPT = Path(__file__).parent / "scripts" / "start_redis.sh"
SELECTOR: Mapping[str, str] = {"app.kubernetes.io/name": NAME}
METRICS_PORT = 9121


@dataclass(frozen=True, kw_only=True)
class SentinelArgs:
    """Settings and the class of the claims."""

    cache: SentinelCache
    storage_class: str
    after: Sequence[pulumi.Resource] = ()


class Sentinel(pulumi.ComponentResource):
    """StatefulSet, Services, certificate, budget and monitor."""

    host: str

    def __init__(
        self, name: str, args: SentinelArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:Sentinel", name, None, opts)
        labels = recommended_labels(
            NAME, component="cache", owner="platform", data_classification="phi"
        )
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        certificate = Certificate(secret=TLS_SECRET, issuer=INTERNAL_ISSUER, dns_names=_names(args))
        monitor = ServiceMonitor(
            selector={"app.kubernetes.io/name": NAME, "app.kubernetes.io/component": "cache"},
            port="metrics",
            path="/metrics",
        )
        for role, body, object_name in (
            ("certificate", certificate, TLS_SECRET),
            ("monitor", monitor, NAME),
        ):
            custom_resource(
                f"{name}-{role}",
                body,
                name=object_name,
                namespace=DATA,
                labels=labels,
                opts=child,
            )
        script = core.ConfigMap(
            f"{name}-script",
            metadata=_metadata(f"{NAME}-script", labels),
            data={SCRIPT.name: SCRIPT.read_text(encoding="utf-8")},
            opts=child,
        )
        account = core.ServiceAccount(
            f"{name}-account",
            metadata=_metadata(NAME, labels),
            automount_service_account_token=False,
            opts=child,
        )
        _services(name, labels, child)
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-budget",
            metadata=_metadata(NAME, labels),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                max_unavailable=1,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=dict(SELECTOR)),
            ),
            opts=child,
        )
        _stateful_set(
            name,
            args,
            labels,
            pulumi.ResourceOptions(parent=self, protect=True, depends_on=[script, account]),
        )
        self.host = f"{NAME}.{DATA}.svc.cluster.local"
        self.register_outputs({"host": self.host})


def _names(args: SentinelArgs) -> tuple[str, ...]:
    members = (
        f"{NAME}-{ordinal}.{MEMBERS_SERVICE}.{DATA}.svc.cluster.local"
        for ordinal in range(args.cache.replicas)
    )
    return (f"{NAME}.{DATA}.svc.cluster.local", f"{NAME}.{DATA}.svc", *members, "localhost")


def _metadata(name: str, labels: Mapping[str, str]) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=DATA, labels=dict(labels))


def _services(name: str, labels: Mapping[str, str], opts: pulumi.ResourceOptions) -> None:
    """One for clients, one headless: members and sentinels know each other by name."""
    service_ports = [
        core.ServicePortArgs(name=port.name, port=port.number, target_port=port.number)
        for port in (ports.CACHE, ports.SENTINEL)
    ]
    metrics = core.ServicePortArgs(name="metrics", port=METRICS_PORT, target_port=METRICS_PORT)
    core.Service(
        f"{name}-service",
        metadata=_metadata(NAME, labels),
        spec=core.ServiceSpecArgs(
            type="ClusterIP", selector=dict(SELECTOR), ports=[*service_ports, metrics]
        ),
        opts=opts,
    )
    core.Service(
        f"{name}-members",
        metadata=_metadata(
            MEMBERS_SERVICE, {**labels, "app.kubernetes.io/component": "cache-members"}
        ),
        spec=core.ServiceSpecArgs(
            type="ClusterIP",
            cluster_ip="None",
            publish_not_ready_addresses=True,
            selector=dict(SELECTOR),
            ports=service_ports,
        ),
        opts=opts,
    )


def _stateful_set(
    name: str, args: SentinelArgs, labels: Mapping[str, str], opts: pulumi.ResourceOptions
) -> None:
    kubernetes.apps.v1.StatefulSet(
        f"{name}-set",
        metadata=_metadata(NAME, labels),
        spec=kubernetes.apps.v1.StatefulSetSpecArgs(
            service_name=MEMBERS_SERVICE,
            replicas=args.cache.replicas,
            pod_management_policy="OrderedReady",
            revision_history_limit=5,
            selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=dict(SELECTOR)),
            update_strategy=kubernetes.apps.v1.StatefulSetUpdateStrategyArgs(type="RollingUpdate"),
            template=core.PodTemplateSpecArgs(
                metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=dict(labels)),
                spec=member_pod(
                    args.cache,
                    members=f"{MEMBERS_SERVICE}.{DATA}.svc.cluster.local",
                    script=SCRIPT.name,
                    tls_secret=TLS_SECRET,
                    credentials_secret=CREDENTIALS_SECRET,
                    selector=SELECTOR,
                ),
            ),
            volume_claim_templates=[
                core.PersistentVolumeClaimArgs(
                    metadata=kubernetes.meta.v1.ObjectMetaArgs(name="data", labels=dict(labels)),
                    spec=core.PersistentVolumeClaimSpecArgs(
                        access_modes=["ReadWriteOnce"],
                        storage_class_name=args.storage_class,
                        resources=core.VolumeResourceRequirementsArgs(
                            requests={"storage": f"{args.cache.volume_gib}Gi"}
                        ),
                    ),
                )
            ],
        ),
        opts=opts,
    )
