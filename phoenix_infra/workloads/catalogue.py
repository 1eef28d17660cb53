"""The service catalogue: one entry per service (A8); a new service is one entry and nothing else."""

from phoenix_infra.workloads.catalogue_ai import AI_SERVICES
from phoenix_infra.workloads.catalogue_api import API_SERVICES
from phoenix_infra.workloads.catalogue_federation import FEDERATION_SERVICES
from phoenix_infra.workloads.catalogue_security import AGENTS, SECURITY_SERVICES
from phoenix_infra.workloads.spec import AgentSpec, WorkloadSpec

SERVICES: tuple[WorkloadSpec, ...] = (
    *API_SERVICES,
    *AI_SERVICES,
    *SECURITY_SERVICES,
    *FEDERATION_SERVICES,
)
"""Deployments, in the order of their namespaces."""

__all__ = ["AGENTS", "SERVICES", "AgentSpec", "image_names", "service"]


def service(name: str) -> WorkloadSpec:
    """The entry of this name; raises KeyError."""
    for spec in SERVICES:
        if spec.name == name:
            return spec
    raise KeyError(f"no service {name!r} in the catalogue")


def image_names() -> tuple[str, ...]:
    """Every image that a release manifest must pin, jobs included (X-82)."""
    from phoenix_infra.workloads.jobs import JOB_IMAGES

    return tuple(
        sorted(
            {
                *(spec.image for spec in SERVICES),
                *(agent.image for agent in AGENTS),
                *JOB_IMAGES,
            }
        )
    )
