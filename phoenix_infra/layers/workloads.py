"""The services of Phoenix Guardian: namespaces, services, agents, jobs, and the way out (G-028..G-032, A8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from phoenix_infra.k8s.agent import Agent, AgentArgs
from phoenix_infra.k8s.backends import Backends
from phoenix_infra.k8s.certificate import INTERNAL_ISSUER, Certificate
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.metric_template import TRIGGERS, MetricTemplate
from phoenix_infra.k8s.model_store import ModelStore, ModelStoreArgs, SharedModels
from phoenix_infra.k8s.namespace import NamespaceQuota, SecureNamespace, SecureNamespaceArgs
from phoenix_infra.k8s.network_policy import GroupPolicyArgs, group_policy
from phoenix_infra.k8s.service_entry import ServiceEntry
from phoenix_infra.k8s.task import Task, TaskArgs
from phoenix_infra.k8s.vault_injection import AGENT_TLS_SECRET
from phoenix_infra.k8s.workload import Workload, WorkloadArgs
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES
from phoenix_infra.workloads.connectivity import AddressRange, Connectivity
from phoenix_infra.workloads.demand import namespace_demand
from phoenix_infra.workloads.direct_names import direct_names
from phoenix_infra.workloads.jobs import (
    LOAD_PROFILES,
    ROW_LEVEL_SECURITY,
    SMOKE_TEST,
    JobSpec,
)
from phoenix_infra.workloads.namespaces import DATA, NAMESPACES, NamespaceSpec
from phoenix_infra.workloads.ports import CACHE, DATABASE, KAFKA_MSK, Port
from phoenix_infra.workloads.release import check_release, image_reference
from phoenix_infra.workloads.routes import routes
from phoenix_infra.workloads.scaling import is_standby, jobs_of
from phoenix_infra.workloads.spec import CACHE_TARGET, DATABASE_TARGET, KAFKA_TARGET


@dataclass(frozen=True, kw_only=True)
class WorkloadsArgs:
    """The cluster, what it offers, and where the data is."""

    settings: GuardianSettings
    graph: Connectivity
    """The platform's whole connectivity; every policy is cut from it."""
    in_cluster: pulumi.ResourceOptions
    """Options that carry the Kubernetes provider."""
    registry_host: str
    backends: Backends
    models: SharedModels
    block_storage_class: str
    job_configuration: Mapping[str, str]
    """BACKUP_BUCKET, BACKUP_KEY_ALIAS, S3_ENDPOINT_URL: literals of the stack."""
    after: tuple[pulumi.Resource, ...] = ()
    """The platform's releases: their CRDs and webhooks come first."""
    namespaces: Mapping[str, pulumi.Resource] = field(default_factory=dict[str, pulumi.Resource])
    """Those that the platform layer declares already: the data namespace, when backends run in it."""


@dataclass(frozen=True, kw_only=True)
class Workloads:
    """What was declared, by name."""

    namespaces: Mapping[str, pulumi.Resource]
    services: Mapping[str, Workload]


def build_workloads(args: WorkloadsArgs) -> Workloads:
    """Namespaces first, then the schema and its policies, then the services that rely on both."""
    check_release(args.settings)
    spaces = {space.name: _namespace(space, args) for space in NAMESPACES}
    metrics_namespace = NAMESPACES[0].name
    for trigger in TRIGGERS:
        custom_resource(
            f"rollback-{trigger.name}",
            MetricTemplate(trigger=trigger),
            name=trigger.name,
            namespace=metrics_namespace,
            labels=recommended_labels(trigger.name, component="delivery"),
            opts=_after(args, spaces[metrics_namespace]),
        )
    for namespace in sorted({spec.namespace for spec in SERVICES if spec.models}):
        ModelStore(
            f"models-{namespace}",
            ModelStoreArgs(namespace=namespace, models=args.models, after=(spaces[namespace],)),
            args.in_cluster,
        )
    ready = _jobs(args, spaces)
    services = _services(args, spaces, metrics_namespace, ready)
    for agent in AGENTS:
        Agent(
            agent.name,
            AgentArgs(
                spec=agent,
                settings=args.settings,
                graph=args.graph,
                image=image_reference(agent.image, args.settings, args.registry_host),
                backends=args.backends,
                after=(spaces[agent.namespace],),
            ),
            args.in_cluster,
        )
    _names(args, spaces)
    _tests(args, services)
    return Workloads(namespaces=spaces, services=services)


def _after(args: WorkloadsArgs, *resources: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(
        args.in_cluster, pulumi.ResourceOptions(depends_on=list(resources))
    )


def _namespace(space: NamespaceSpec, args: WorkloadsArgs) -> pulumi.Resource:
    namespace = args.namespaces.get(space.name) or _secure_namespace(space, args)
    # The agents' trust in Vault: cert-manager puts the internal authority's certificate beside this one.
    custom_resource(
        f"{space.name}-{AGENT_TLS_SECRET}",
        Certificate(
            secret=AGENT_TLS_SECRET,
            issuer=INTERNAL_ISSUER,
            dns_names=(f"vault-agent.{space.name}.svc",),
            client=True,
        ),
        name=AGENT_TLS_SECRET,
        namespace=space.name,
        labels=recommended_labels(AGENT_TLS_SECRET, component="certificates"),
        opts=_after(args, namespace),
    )
    return namespace


def _secure_namespace(space: NamespaceSpec, args: WorkloadsArgs) -> pulumi.Resource:
    demand = namespace_demand(space.name, args.settings)
    return SecureNamespace(
        space.name,
        SecureNamespaceArgs(
            space=space,
            environment=args.settings.stack.environment,
            quota=NamespaceQuota(
                cpu_millicores=demand.cpu_millicores,
                memory_mib=demand.memory_mib,
                pods=demand.pods,
                gpus=demand.gpus,
            ),
            after=args.after,
        ),
        args.in_cluster,
    ).namespace


def _services(
    args: WorkloadsArgs,
    spaces: Mapping[str, pulumi.Resource],
    metrics_namespace: str,
    ready: tuple[pulumi.Resource, ...],
) -> dict[str, Workload]:
    hosts = routes(args.settings)
    return {
        spec.name: Workload(
            spec.name,
            WorkloadArgs(
                spec=spec,
                settings=args.settings,
                graph=args.graph,
                image=image_reference(spec.image, args.settings, args.registry_host),
                backends=args.backends,
                metrics_namespace=metrics_namespace,
                hosts=hosts.get(spec.name, ()),
                after=(spaces[spec.namespace], *ready),
            ),
            args.in_cluster,
        )
        for spec in SERVICES
    }


def _jobs(
    args: WorkloadsArgs, spaces: Mapping[str, pulumi.Resource]
) -> tuple[pulumi.Resource, ...]:
    """Migration, then row-level security, then the services; a read-only copy is left alone."""
    previous: tuple[pulumi.Resource, ...] = ()
    ready: tuple[pulumi.Resource, ...] = ()
    for spec in jobs_of(args.settings):
        task = _task(spec, args, (spaces[spec.namespace], *previous))
        group_policy(
            f"{spec.name}-network",
            GroupPolicyArgs(group=args.graph.group(spec.name), graph=args.graph, owner=spec.owner),
            _after(args, spaces[spec.namespace]),
        )
        if spec.schedule is None:
            previous = (task.job,)
        if spec is ROW_LEVEL_SECURITY:
            ready = (task.job,)
    return ready


def _task(spec: JobSpec, args: WorkloadsArgs, after: tuple[pulumi.Resource, ...]) -> Task:
    return Task(
        spec.name,
        TaskArgs(
            spec=spec,
            settings=args.settings,
            image=image_reference(spec.image, args.settings, args.registry_host),
            backends=args.backends,
            scratch_storage_class=args.block_storage_class,
            extra_configuration=args.job_configuration if spec.external_peers else {},
            after=after,
        ),
        args.in_cluster,
    )


def _tests(args: WorkloadsArgs, services: Mapping[str, Workload]) -> None:
    """Smoke tests after the services, where people are served; load profiles wait to be started."""
    if not is_standby(args.settings):
        _task(SMOKE_TEST, args, (*args.after, *(item.deployment for item in services.values())))
    for profile in LOAD_PROFILES:
        _task(profile, args, args.after)


def _names(args: WorkloadsArgs, spaces: Mapping[str, pulumi.Resource]) -> None:
    """Names that mesh pods reach without the egress gateway: endpoints and managed data stores."""
    managed: tuple[tuple[str, tuple[pulumi.Input[str], ...], Port], ...] = (
        (
            DATABASE_TARGET,
            (args.backends.database_host, args.backends.database_reader_host),
            DATABASE,
        ),
        (CACHE_TARGET, (args.backends.cache_host,), CACHE),
        (KAFKA_TARGET, args.backends.kafka_hosts, KAFKA_MSK),
    )
    entries = {
        name.peer: _entry(args, name.hosts, name.port, name.callers)
        for name in direct_names(args.settings)
    } | {
        target: _entry(args, hosts, port, _callers(target))
        for target, hosts, port in managed
        if isinstance(args.graph.peers.get(target), AddressRange) and hosts
    }
    for name, entry in entries.items():
        custom_resource(
            f"external-{name}",
            entry,
            name=name,
            namespace=DATA,
            labels=recommended_labels(name, component="mesh-routing"),
            opts=_after(args, spaces[DATA]),
        )


def _callers(target: str) -> tuple[str, ...]:
    return tuple(spec.name for spec in SERVICES for call in spec.calls if call.target == target)


def _entry(
    args: WorkloadsArgs,
    hosts: tuple[pulumi.Input[str], ...],
    port: Port,
    callers: tuple[str, ...],
) -> ServiceEntry:
    return ServiceEntry(
        hosts=hosts,
        port=port,
        visible_in=tuple(sorted({args.graph.group(caller).namespace for caller in callers})),
        resolve=not any(isinstance(host, str) and "*" in host for host in hosts),
    )
