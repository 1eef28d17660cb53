"""A job of the catalogue: once per release, or on a schedule; bounded in time, alone, and able to end (X-34, X-39)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.backends import Backends
from phoenix_infra.k8s.confinement import confined_container, confined_pod
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.pod_template import SCRATCH, memory_volume, mount, resource_requirements
from phoenix_infra.k8s.vault_injection import VaultInjection, vault_injection
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.call_graph import is_injected
from phoenix_infra.workloads.configuration import configuration_of
from phoenix_infra.workloads.jobs import JobSpec, Schedule
from phoenix_infra.workloads.spec import WORKLOAD_LABEL

core = kubernetes.core.v1
batch = kubernetes.batch.v1
SCRIPT_DIRECTORY = "/scripts"
SCRATCH_DIRECTORY = "/scratch"


@dataclass(frozen=True, kw_only=True)
class TaskArgs:
    """One entry and the stack it runs in."""

    spec: JobSpec
    settings: GuardianSettings
    image: str
    backends: Backends
    scratch_storage_class: str
    extra_configuration: Mapping[str, str]
    """Names of buckets and keys, which only the stack knows."""
    after: tuple[pulumi.Resource, ...] = ()


class Task(pulumi.ComponentResource):
    """Job or CronJob, with its scripts, configuration and identity."""

    job: pulumi.Resource

    def __init__(
        self, name: str, args: TaskArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """A Job that borrows an identity declares none."""
        super().__init__("phoenix:k8s:Task", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        spec = args.spec
        configuration: dict[str, pulumi.Input[str]] = {
            **configuration_of(spec, args.settings),
            **args.extra_configuration,
            **args.backends.configuration(frozenset(call.target for call in spec.calls)),
        }
        if spec.runs_as is None:
            core.ServiceAccount(
                name,
                metadata=_metadata(args, spec.name),
                automount_service_account_token=False,
                opts=child,
            )
        core.ConfigMap(
            f"{name}-config",
            metadata=_metadata(args, f"{spec.name}-config"),
            data=configuration,
            opts=child,
        )
        if spec.scripts:
            core.ConfigMap(
                f"{name}-scripts",
                metadata=_metadata(args, f"{spec.name}-scripts"),
                data=script_files(spec),
                opts=child,
            )
        if spec.schedule is None:
            self.job = _once(name, args, child)
        else:
            self.job = _scheduled(name, args, spec.schedule, child)
        self.register_outputs({})


def script_files(spec: JobSpec) -> dict[str, str]:
    """The scripts as they lie in this project; tests run the same files."""
    folder = files("phoenix_infra.jobs")
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in spec.scripts}


def _metadata(
    args: TaskArgs, name: str, annotations: Mapping[str, str] | None = None
) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=name,
        namespace=args.spec.namespace,
        labels=_labels(args),
        annotations=dict(annotations) if annotations else None,
    )


def _labels(args: TaskArgs) -> dict[str, str]:
    spec = args.spec
    return {
        **recommended_labels(
            spec.name,
            component="job",
            owner=spec.owner,
            data_classification="phi" if spec.calls else "internal",
            version=args.settings.workloads.release,
        ),
        WORKLOAD_LABEL: spec.runs_as or spec.name,
    }


def _once(name: str, args: TaskArgs, opts: pulumi.ResourceOptions) -> kubernetes.batch.v1.Job:
    """A Job cannot be changed, so its name changes with what it would do: each release runs it once."""
    release = args.settings.workloads.release.replace(".", "-")
    content = hashlib.sha256(
        "\n".join([args.image, *args.spec.command, *script_files(args.spec).values()]).encode()
    ).hexdigest()[:8]
    return batch.Job(
        f"{name}-job",
        metadata=_metadata(args, f"{args.spec.name}-{release}-{content}"),
        spec=_job_spec(args),
        opts=opts,
    )


def _scheduled(
    name: str, args: TaskArgs, schedule: Schedule, opts: pulumi.ResourceOptions
) -> kubernetes.batch.v1.CronJob:
    return batch.CronJob(
        f"{name}-cron-job",
        metadata=_metadata(args, args.spec.name),
        spec=batch.CronJobSpecArgs(
            schedule=schedule.cron,
            time_zone="Etc/UTC",
            concurrency_policy="Forbid",
            starting_deadline_seconds=schedule.starting_deadline_seconds,
            successful_jobs_history_limit=schedule.successful_history,
            failed_jobs_history_limit=schedule.failed_history,
            suspend=args.spec.suspended,
            job_template=batch.JobTemplateSpecArgs(
                metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=_labels(args)),
                spec=_job_spec(args),
            ),
        ),
        opts=opts,
    )


def _job_spec(args: TaskArgs) -> kubernetes.batch.v1.JobSpecArgs:
    spec = args.spec
    injection = (
        vault_injection(spec, args.settings, args.backends, until_done=True)
        if spec.needs_vault
        else None
    )
    annotations: dict[str, pulumi.Input[str]] = dict(injection.annotations) if injection else {}
    return batch.JobSpecArgs(
        backoff_limit=spec.retries,
        active_deadline_seconds=spec.deadline_seconds,
        ttl_seconds_after_finished=spec.keep_seconds,
        template=core.PodTemplateSpecArgs(
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                labels={**_labels(args), **_sidecar_label(spec)}, annotations=annotations
            ),
            spec=_pod(args, injection),
        ),
    )


def _sidecar_label(spec: JobSpec) -> dict[str, str]:
    """Outside the mesh it says so; inside, istiod makes native sidecars, which end with the Job (X-34)."""
    return {} if is_injected(spec.namespace) else {"sidecar.istio.io/inject": "false"}


def _pod(args: TaskArgs, injection: VaultInjection | None) -> kubernetes.core.v1.PodSpecArgs:
    spec = args.spec
    return core.PodSpecArgs(
        service_account_name=spec.runs_as or spec.name,
        automount_service_account_token=False,
        enable_service_links=False,
        restart_policy="Never",
        security_context=confined_pod(),
        priority_class_name="phoenix-batch" if spec.schedule else "phoenix-services",
        containers=[
            core.ContainerArgs(
                name=spec.name,
                image=args.image,
                image_pull_policy="IfNotPresent",
                command=list(spec.command),
                env_from=[
                    core.EnvFromSourceArgs(
                        config_map_ref=core.ConfigMapEnvSourceArgs(name=f"{spec.name}-config")
                    )
                ],
                resources=resource_requirements(spec.resources),
                security_context=confined_container(),
                volume_mounts=_mounts(spec),
            )
        ],
        volumes=[*_volumes(args), *([injection.volume] if injection else [])],
    )


def _mounts(spec: JobSpec) -> list[kubernetes.core.v1.VolumeMountArgs]:
    mounts = [mount(SCRATCH), *(mount(volume) for volume in spec.memory_volumes)]
    if spec.scripts:
        mounts.append(
            core.VolumeMountArgs(name="scripts", mount_path=SCRIPT_DIRECTORY, read_only=True)
        )
    if spec.scratch_gib:
        mounts.append(core.VolumeMountArgs(name="scratch", mount_path=SCRATCH_DIRECTORY))
    return mounts


def _volumes(args: TaskArgs) -> list[kubernetes.core.v1.VolumeArgs]:
    spec = args.spec
    volumes = [memory_volume(volume) for volume in (SCRATCH, *spec.memory_volumes)]
    if spec.scripts:
        volumes.append(
            core.VolumeArgs(
                name="scripts",
                config_map=core.ConfigMapVolumeSourceArgs(
                    name=f"{spec.name}-scripts", default_mode=0o444
                ),
            )
        )
    if spec.scratch_gib:
        volumes.append(_scratch(spec.scratch_gib, args.scratch_storage_class))
    return volumes


def _scratch(size_gib: int, storage_class: str) -> kubernetes.core.v1.VolumeArgs:
    """An encrypted volume of the pod's own; a dump in it vanishes with the pod."""
    return core.VolumeArgs(
        name="scratch",
        ephemeral=core.EphemeralVolumeSourceArgs(
            volume_claim_template=core.PersistentVolumeClaimTemplateArgs(
                spec=core.PersistentVolumeClaimSpecArgs(
                    access_modes=["ReadWriteOnce"],
                    storage_class_name=storage_class,
                    resources=core.VolumeResourceRequirementsArgs(
                        requests={"storage": f"{size_gib}Gi"}
                    ),
                )
            )
        ),
    )
