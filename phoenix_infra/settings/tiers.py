"""Capacity tiers: how many hospitals need how many nodes, readers and GPU pods (A7.1, one table)."""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """Bands of hospital counts (G-018..G-022)."""

    UP_TO_10 = "1-10"
    UP_TO_50 = "11-50"
    UP_TO_100 = "51-100"
    UP_TO_250 = "101-250"
    UP_TO_500 = "251-500"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Minimum, desired and maximum number of something that scales."""

    minimum: int
    desired: int
    maximum: int


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What one tier runs in the primary region."""

    tier: Tier
    largest_hospital_count: int
    general_nodes: Bounds
    gpu_nodes: Bounds
    database_readers: int
    transcription: Bounds
    soap: Bounds


def _bounds(minimum: int, desired: int, maximum: int) -> Bounds:
    return Bounds(minimum=minimum, desired=desired, maximum=maximum)


TIERS: tuple[Capacity, ...] = (
    Capacity(
        tier=Tier.UP_TO_10,
        largest_hospital_count=10,
        general_nodes=_bounds(3, 3, 6),
        gpu_nodes=_bounds(4, 4, 6),
        database_readers=1,
        transcription=_bounds(2, 2, 4),
        soap=_bounds(2, 2, 2),
    ),
    Capacity(
        tier=Tier.UP_TO_50,
        largest_hospital_count=50,
        general_nodes=_bounds(3, 6, 12),
        gpu_nodes=_bounds(4, 4, 8),
        database_readers=2,
        transcription=_bounds(2, 2, 5),
        soap=_bounds(2, 2, 3),
    ),
    Capacity(
        tier=Tier.UP_TO_100,
        largest_hospital_count=100,
        general_nodes=_bounds(6, 12, 24),
        gpu_nodes=_bounds(4, 4, 16),
        database_readers=3,
        transcription=_bounds(2, 2, 10),
        soap=_bounds(2, 2, 6),
    ),
    Capacity(
        tier=Tier.UP_TO_250,
        largest_hospital_count=250,
        general_nodes=_bounds(12, 24, 48),
        gpu_nodes=_bounds(8, 8, 24),
        database_readers=5,
        transcription=_bounds(5, 5, 16),
        soap=_bounds(3, 3, 8),
    ),
    Capacity(
        tier=Tier.UP_TO_500,
        largest_hospital_count=500,
        general_nodes=_bounds(24, 48, 96),
        gpu_nodes=_bounds(16, 16, 48),
        database_readers=7,
        transcription=_bounds(10, 10, 32),
        soap=_bounds(6, 6, 16),
    ),
)
MAXIMUM_HOSPITALS = TIERS[-1].largest_hospital_count

RECOVERY_GENERAL_MINIMUM = 3
"""The warm standby's general nodes at rest (A7.1); its maximum is the primary's."""
RECOVERY_GPU_MINIMUM = 2
"""One transcription and one SOAP pod, each with a GPU (A7.1)."""


def capacity_for(hospital_count: int) -> Capacity:
    """The tier's capacity; raises ValueError above 500 hospitals."""
    for capacity in TIERS:
        if 1 <= hospital_count <= capacity.largest_hospital_count:
            return capacity
    raise ValueError(f"must be between 1 and {MAXIMUM_HOSPITALS} hospitals, not {hospital_count}")


def warm_standby(primary: Capacity) -> Capacity:
    """What the recovery region keeps running for a primary of this capacity (A7.1)."""
    return Capacity(
        tier=primary.tier,
        largest_hospital_count=primary.largest_hospital_count,
        general_nodes=Bounds(
            minimum=RECOVERY_GENERAL_MINIMUM,
            desired=RECOVERY_GENERAL_MINIMUM,
            maximum=primary.general_nodes.maximum,
        ),
        gpu_nodes=Bounds(
            minimum=RECOVERY_GPU_MINIMUM,
            desired=RECOVERY_GPU_MINIMUM,
            maximum=primary.gpu_nodes.maximum,
        ),
        database_readers=1,
        transcription=Bounds(minimum=1, desired=1, maximum=primary.transcription.maximum),
        soap=Bounds(minimum=1, desired=1, maximum=primary.soap.maximum),
    )
