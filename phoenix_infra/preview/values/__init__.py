"""Deterministic, realistic values for what only a provider knows; one table module per service family."""

from phoenix_infra.preview.values.aws import compute_aws
from phoenix_infra.preview.values.facts import Computed, Place, Subject
from phoenix_infra.preview.values.kubernetes import compute_kubernetes
from phoenix_infra.preview.values.random_values import compute_random
from phoenix_infra.preview.values.tls_values import compute_tls

__all__ = ["Computed", "Place", "Subject", "compute"]

_PACKAGES = {
    "aws": compute_aws,
    "kubernetes": compute_kubernetes,
    "random": compute_random,
    "tls": compute_tls,
}


def compute(subject: Subject) -> Computed:
    """The id and computed outputs that the provider of this type would have answered with."""
    package = subject.type.split(":", 1)[0]
    rule = _PACKAGES.get(package)
    return rule(subject) if rule else Computed(id=subject.uuid())
