"""Replica bounds follow profile, tier and standby; what the services ask for fits the cluster."""

from collections.abc import Callable

import pytest

from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.tiers import TIERS
from phoenix_infra.settings.workloads import ReleasedImage, ScalingOverride
from phoenix_infra.workloads.catalogue import SERVICES, image_names, service
from phoenix_infra.workloads.configuration import configuration_of, features_of
from phoenix_infra.workloads.demand import namespace_demand, total_demand
from phoenix_infra.workloads.namespaces import NAMESPACES
from phoenix_infra.workloads.release import check_release, image_reference
from phoenix_infra.workloads.scaling import scaling_of
from phoenix_infra.workloads.vault import DatabasePrivilege, vault_roles

SettingsFor = Callable[[str], GuardianSettings]


def _with_workloads(settings: GuardianSettings, **changes: object) -> GuardianSettings:
    return settings.model_copy(update={"workloads": settings.workloads.model_copy(update=changes)})


def test_the_launch_profile_scales_the_gateway_from_five_to_fifty(
    settings_for: SettingsFor,
) -> None:
    gateway = service("api-gateway")
    steady = settings_for("production")
    launch = _with_workloads(steady, profile="launch")
    assert (scaling_of(gateway, steady).minimum, scaling_of(gateway, steady).maximum) == (3, 20)
    assert (scaling_of(gateway, launch).minimum, scaling_of(gateway, launch).maximum) == (5, 50)
    assert scaling_of(gateway, launch).behaviour.up_window_seconds == 60


def test_an_override_in_the_settings_comes_last(settings_for: SettingsFor) -> None:
    changed = _with_workloads(
        settings_for("production"),
        scaling={"auth-service": ScalingOverride(minimum=4, maximum=8)},
    )
    scaling = scaling_of(service("auth-service"), changed)
    assert (scaling.minimum, scaling.maximum) == (4, 8)


def test_a_warm_standby_rests_at_two_and_its_gpu_services_at_one(settings_for: SettingsFor) -> None:
    standby = settings_for("dr")
    floors = {spec.name: scaling_of(spec, standby).minimum for spec in SERVICES}
    assert floors.pop("transcription-service") == 1
    assert floors.pop("soap-generator") == 1
    assert set(floors.values()) == {2}


def test_after_a_failover_the_floors_are_the_primarys(settings_for: SettingsFor) -> None:
    standby, primary = settings_for("dr"), settings_for("production")
    active = standby.model_copy(
        update={"stack": standby.stack.model_copy(update={"active_region": "us-west-2"})}
    )
    assert {spec.name: scaling_of(spec, active) for spec in SERVICES} == {
        spec.name: scaling_of(spec, primary) for spec in SERVICES
    }


@pytest.mark.parametrize("capacity", TIERS, ids=lambda tier: tier.tier.value)
def test_gpu_pods_never_outnumber_the_gpus_of_their_tier(
    capacity: object, settings_for: SettingsFor
) -> None:
    count = getattr(capacity, "largest_hospital_count")  # noqa: B009 - parametrized as object
    settings = settings_for("production")
    sized = settings.model_copy(
        update={"hospitals": settings.hospitals.model_copy(update={"count": count})}
    )
    assert total_demand(sized).gpus <= sized.capacity.gpu_nodes.maximum
    assert total_demand(sized, at_maximum=False).gpus <= sized.capacity.gpu_nodes.minimum


def test_a_namespaces_quota_holds_every_pod_at_its_maximum(settings: GuardianSettings) -> None:
    for space in NAMESPACES:
        floor = sum(
            scaling_of(spec, settings).maximum for spec in SERVICES if spec.namespace == space.name
        )
        assert namespace_demand(space.name, settings).pods >= floor


def test_limits_of_gpu_pods_fit_what_a_g4dn_2xlarge_can_give() -> None:
    for spec in SERVICES:
        if spec.resources.gpus:
            volumes = sum(volume.size_mib for volume in spec.memory_volumes)
            assert spec.resources.cpu_limit_millicores <= 7000
            assert spec.resources.memory_limit_mib + volumes <= 28 * 1024


def test_the_release_manifest_pins_every_image_by_digest(settings: GuardianSettings) -> None:
    check_release(settings)
    for name in image_names():
        reference = image_reference(name, settings, "registry.example.net")
        assert reference.startswith(f"registry.example.net/phoenix-guardian/{name}:5.0.0@sha256:")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [("missing", "'api-gateway' is missing"), ("unknown", "'nobody' is in no")],
)
def test_a_manifest_that_does_not_match_the_catalogue_is_refused(
    change: str, complaint: str, settings_for: SettingsFor
) -> None:
    settings = settings_for("production")
    images = dict(settings.workloads.images)
    if change == "missing":
        del images["api-gateway"]
    else:
        images["nobody"] = ReleasedImage(version="1", digest=f"sha256:{'0' * 64}")
    with pytest.raises(ValueError, match=complaint):
        check_release(_with_workloads(settings, images=images))


def test_features_are_switches_of_the_settings(settings_for: SettingsFor) -> None:
    settings = settings_for("production")
    off = _with_workloads(settings, features={"transcription": False}, maintenance_mode=True)
    values = configuration_of(service("api-gateway"), off)
    assert values["FEATURE_TRANSCRIPTION"] == "false"
    assert values["MAINTENANCE_MODE"] == "true"
    assert values["JWT_LIFETIME_MINUTES"] == "15"
    with pytest.raises(ValueError, match="transcripton is no feature"):
        features_of(_with_workloads(settings, features={"transcripton": False}))


def test_no_configuration_value_looks_like_a_secret(settings: GuardianSettings) -> None:
    for spec in SERVICES:
        for name in configuration_of(spec, settings):
            assert not any(word in name for word in ("PASSWORD", "SECRET", "TOKEN", "PRIVATE"))


def test_vault_roles_are_bound_to_one_service_account_and_the_least_privilege(
    settings: GuardianSettings,
) -> None:
    roles = {role.name: role for role in vault_roles(settings)}
    assert len(roles) == len(vault_roles(settings))
    assert roles["api-gateway"].database_privilege is DatabasePrivilege.APPLICATION
    assert roles["database-dump"].database_privilege is DatabasePrivilege.DUMP
    assert roles["database-migration"].database_privilege is DatabasePrivilege.MIGRATION
    assert "privacy-engine" not in roles, "no secrets, no role"
    assert roles["mobile-api"].database_role is None, "it does not call the database"
    on_site = not isinstance(settings, RegionalSettings)
    assert ("phoenix/object-store" in roles["database-dump"].static_paths) is on_site
