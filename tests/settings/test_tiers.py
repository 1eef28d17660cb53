"""The capacity tiers are those of the reviewed table (A7.1)."""

import pytest

from phoenix_infra.settings.tiers import TIERS, Bounds, capacity_for, warm_standby

# hospitals, general, GPU, Aurora readers, transcription, SOAP
TABLE = [
    (1, 10, (3, 3, 6), (4, 4, 6), 1, (2, 4), (2, 2)),
    (11, 50, (3, 6, 12), (4, 4, 8), 2, (2, 5), (2, 3)),
    (51, 100, (6, 12, 24), (4, 4, 16), 3, (2, 10), (2, 6)),
    (101, 250, (12, 24, 48), (8, 8, 24), 5, (5, 16), (3, 8)),
    (251, 500, (24, 48, 96), (16, 16, 48), 7, (10, 32), (6, 16)),
]


def numbers(bounds: Bounds) -> tuple[int, int, int]:
    return bounds.minimum, bounds.desired, bounds.maximum


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_number_of_hospitals_has_the_capacity_of_its_row(row: tuple[object, ...]) -> None:
    first, last, general, gpu, readers, transcription, soap = row
    assert isinstance(first, int)
    assert isinstance(last, int)
    for count in (first, last):
        capacity = capacity_for(count)
        assert capacity.tier == f"{first}-{last}"
        assert numbers(capacity.general_nodes) == general
        assert numbers(capacity.gpu_nodes) == gpu
        assert capacity.database_readers == readers
        assert (capacity.transcription.minimum, capacity.transcription.maximum) == transcription
        assert (capacity.soap.minimum, capacity.soap.maximum) == soap


@pytest.mark.parametrize("count", [0, -1, 501])
def test_there_is_no_tier_outside_the_table(count: int) -> None:
    with pytest.raises(ValueError, match=f"between 1 and 500 hospitals, not {count}"):
        capacity_for(count)


@pytest.mark.parametrize("capacity", TIERS, ids=lambda capacity: capacity.tier)
def test_every_tier_has_a_gpu_for_each_gpu_pod_at_its_maximum(capacity: object) -> None:
    tier = next(item for item in TIERS if item is capacity)
    assert tier.transcription.maximum + tier.soap.maximum <= tier.gpu_nodes.maximum
    assert tier.transcription.minimum + tier.soap.minimum <= tier.gpu_nodes.minimum
    standby = warm_standby(tier)
    assert standby.transcription.minimum + standby.soap.minimum <= standby.gpu_nodes.minimum
