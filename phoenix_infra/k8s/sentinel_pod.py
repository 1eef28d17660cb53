"""The pod of one Redis member: server, sentinel and metrics, confined, configured in memory."""

from collections.abc import Mapping

import pulumi_kubernetes as kubernetes

from phoenix_infra.settings.cache import SentinelCache
from phoenix_infra.workloads.chart_values import HOST, PRIORITY_CRITICAL, ZONE

core = kubernetes.core.v1
IMAGE = "public.ecr.aws/docker/library/redis"
EXPORTER_IMAGE = "quay.io/oliver006/redis_exporter:v1.89.0"
GROUP = "phoenix"
USER_ID = 999
MEMORY_SHARE_PERCENT = 75
"""Of the container's memory; the rest is for copies on write and buffers."""
MIB_PER_GIB = 1024


def member_pod(
    cache: SentinelCache,
    *,
    members: str,
    script: str,
    tls_secret: str,
    credentials_secret: str,
    selector: Mapping[str, str],
) -> kubernetes.core.v1.PodSpecArgs:
    """Server and sentinel share a pod, so that three pods are three of each."""
    image = f"{IMAGE}:{cache.image_tag}@{cache.image_digest}"
    maximum_mib = cache.memory_gib * MIB_PER_GIB * MEMORY_SHARE_PERCENT // 100
    environment = {
        "MEMBERS": members,
        "GROUP": GROUP,
        "QUORUM": str(cache.replicas // 2 + 1),
        "MEMORY_POLICY": cache.memory_policy,
        "MAXIMUM_MEMORY": f"{maximum_mib}mb",
    }
    server = _container(
        "redis",
        image,
        ["redis-server", "/configuration/redis.conf"],
        port=6379,
        cpu_millicores=2000,
        memory_gib=cache.memory_gib,
    )
    sentinel = _container(
        "sentinel",
        image,
        ["redis-sentinel", "/configuration/sentinel.conf"],
        port=26379,
        cpu_millicores=100,
        memory_gib=None,
    )
    return core.PodSpecArgs(
        service_account_name="redis",
        automount_service_account_token=False,
        enable_service_links=False,
        priority_class_name=PRIORITY_CRITICAL,
        termination_grace_period_seconds=60,
        security_context=core.PodSecurityContextArgs(
            run_as_non_root=True,
            run_as_user=USER_ID,
            run_as_group=USER_ID,
            fs_group=USER_ID,
            seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
        ),
        affinity=_apart(selector),
        topology_spread_constraints=[
            core.TopologySpreadConstraintArgs(
                max_skew=1,
                topology_key=ZONE,
                when_unsatisfiable="ScheduleAnyway",
                label_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=dict(selector)),
            )
        ],
        init_containers=[
            core.ContainerArgs(
                name="configure",
                image=image,
                image_pull_policy="Always",
                command=["/bin/sh", f"/script/{script}"],
                env=[
                    core.EnvVarArgs(name=key, value=value)
                    for key, value in sorted(environment.items())
                ],
                resources=_resources(50, 64, 64),
                security_context=_confined(),
                volume_mounts=_mounts(
                    "configuration", "script", "tls", "credentials", writable=("configuration",)
                ),
            )
        ],
        containers=[server, sentinel, _exporter()],
        volumes=_volumes(tls_secret, credentials_secret),
    )


def _container(
    name: str,
    image: str,
    command: list[str],
    *,
    port: int,
    cpu_millicores: int,
    memory_gib: int | None,
) -> kubernetes.core.v1.ContainerArgs:
    ping = (
        'REDISCLI_AUTH="$(cat /credentials/password)" redis-cli --tls --cacert /tls/ca.crt '
        f"-h localhost -p {port} ping | grep -q PONG"
    )
    memory_mib = memory_gib * MIB_PER_GIB if memory_gib else 128
    probe = core.ProbeArgs(
        exec_=core.ExecActionArgs(command=["/bin/sh", "-c", ping]),
        initial_delay_seconds=5,
        period_seconds=10,
        timeout_seconds=5,
        failure_threshold=3,
    )
    return core.ContainerArgs(
        name=name,
        image=image,
        image_pull_policy="Always",
        command=command,
        ports=[core.ContainerPortArgs(name=name, container_port=port)],
        resources=_resources(cpu_millicores, memory_mib, memory_mib),
        security_context=_confined(),
        liveness_probe=probe,
        readiness_probe=probe,
        volume_mounts=_mounts(
            "configuration",
            "tls",
            "credentials",
            "data",
            "tmp",
            writable=("configuration", "data", "tmp"),
        ),
    )


def _exporter() -> kubernetes.core.v1.ContainerArgs:
    return core.ContainerArgs(
        name="metrics",
        image=EXPORTER_IMAGE,
        image_pull_policy="Always",
        args=[
            "--redis.addr=rediss://localhost:6379",
            "--redis.password-file=/credentials/exporter.json",
            "--tls-ca-cert-file=/tls/ca.crt",
            "--web.listen-address=:9121",
        ],
        ports=[core.ContainerPortArgs(name="metrics", container_port=9121)],
        resources=_resources(50, 64, 128),
        security_context=_confined(),
        liveness_probe=_http_probe(),
        readiness_probe=_http_probe(),
        volume_mounts=_mounts("tls", "credentials"),
    )


def _http_probe() -> kubernetes.core.v1.ProbeArgs:
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path="/health", port=9121), period_seconds=10
    )


def _resources(
    cpu_millicores: int, memory_mib: int, limit_mib: int
) -> kubernetes.core.v1.ResourceRequirementsArgs:
    return core.ResourceRequirementsArgs(
        requests={"cpu": f"{cpu_millicores}m", "memory": f"{memory_mib}Mi"},
        limits={"cpu": f"{max(cpu_millicores * 2, 200)}m", "memory": f"{limit_mib}Mi"},
    )


def _confined() -> kubernetes.core.v1.SecurityContextArgs:
    return core.SecurityContextArgs(
        run_as_non_root=True,
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=core.CapabilitiesArgs(drop=["ALL"]),
    )


def _mounts(
    *names: str, writable: tuple[str, ...] = ()
) -> list[kubernetes.core.v1.VolumeMountArgs]:
    return [
        core.VolumeMountArgs(
            name=name, mount_path=f"/{name}", read_only=None if name in writable else True
        )
        for name in names
    ]


def _volumes(tls_secret: str, credentials_secret: str) -> list[kubernetes.core.v1.VolumeArgs]:
    return [
        core.VolumeArgs(
            name="configuration",
            empty_dir=core.EmptyDirVolumeSourceArgs(medium="Memory", size_limit="4Mi"),
        ),
        core.VolumeArgs(name="tmp", empty_dir=core.EmptyDirVolumeSourceArgs(size_limit="64Mi")),
        core.VolumeArgs(
            name="script", config_map=core.ConfigMapVolumeSourceArgs(name="redis-script")
        ),
        core.VolumeArgs(name="tls", secret=core.SecretVolumeSourceArgs(secret_name=tls_secret)),
        core.VolumeArgs(
            name="credentials",
            secret=core.SecretVolumeSourceArgs(secret_name=credentials_secret),
        ),
    ]


def _apart(selector: Mapping[str, str]) -> kubernetes.core.v1.AffinityArgs:
    """Two members on one host would be lost together, and with them the quorum."""
    return core.AffinityArgs(
        pod_anti_affinity=core.PodAntiAffinityArgs(
            required_during_scheduling_ignored_during_execution=[
                core.PodAffinityTermArgs(
                    topology_key=HOST,
                    label_selector=kubernetes.meta.v1.LabelSelectorArgs(
                        match_labels=dict(selector)
                    ),
                )
            ]
        )
    )
