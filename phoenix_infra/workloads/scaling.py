"""Replica bounds of a stack: profile, tier and warm standby applied to the catalogue (X-53, A7.1)."""

from dataclasses import replace

from phoenix_infra.settings.models import GuardianSettings, RecoverySettings
from phoenix_infra.workloads.catalogue_ai import SOAP_GENERATOR, TRANSCRIPTION_SERVICE
from phoenix_infra.workloads.catalogue_api import API_GATEWAY, GATEWAY_LAUNCH
from phoenix_infra.workloads.jobs import JOBS, JobSpec
from phoenix_infra.workloads.spec import Scaling, WorkloadSpec

STANDBY_MINIMUM = 2
"""Services of the warm standby at rest (A7.1); the GPU services' floors are in the tier table."""


def scaling_of(spec: WorkloadSpec, settings: GuardianSettings) -> Scaling:
    """The bounds that hold in this stack; an override in the settings comes last."""
    scaling = _for_capacity(spec, settings)
    override = settings.workloads.scaling.get(spec.name)
    if override is not None:
        scaling = replace(scaling, minimum=override.minimum, maximum=override.maximum)
    return scaling


def is_standby(settings: GuardianSettings) -> bool:
    """Whether the stack runs at its floors, waiting for a failover."""
    return (
        isinstance(settings, RecoverySettings)
        and settings.stack.active_region != settings.stack.region
    )


def jobs_of(settings: GuardianSettings) -> tuple[JobSpec, ...]:
    """The jobs that run in this stack; a read-only copy is neither migrated nor dumped."""
    standby = is_standby(settings)
    return tuple(job for job in JOBS if job.runs_in_standby or not standby)


def _for_capacity(spec: WorkloadSpec, settings: GuardianSettings) -> Scaling:
    if spec is TRANSCRIPTION_SERVICE:
        bounds = settings.capacity.transcription
        return replace(spec.scaling, minimum=bounds.minimum, maximum=bounds.maximum)
    if spec is SOAP_GENERATOR:
        bounds = settings.capacity.soap
        return replace(spec.scaling, minimum=bounds.minimum, maximum=bounds.maximum)
    scaling = spec.scaling
    if spec is API_GATEWAY and settings.workloads.profile == "launch":
        scaling = GATEWAY_LAUNCH
    if is_standby(settings):
        scaling = replace(scaling, minimum=min(scaling.minimum, STANDBY_MINIMUM))
    return scaling
