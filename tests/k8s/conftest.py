"""The platform layer of a cloud cluster and of a hospital's own, recorded from the real stack files."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from phoenix_infra.k8s.storage_class import StorageClassesArgs
from phoenix_infra.layers.platform import PlatformArgs, PlatformDatabase, build_platform
from phoenix_infra.layers.platform_profile import profile_of
from phoenix_infra.naming import Naming
from phoenix_infra.preview import Graph
from phoenix_infra.preview.recording import record_program
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.stack_file import read_stack_file
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from phoenix_infra.workloads.addon_selection import addon_catalogue
from phoenix_infra.workloads.cluster_profile import ClusterProfile

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("production", "dr", "onprem")


@cache
def settings_of(stack: str) -> GuardianSettings:
    """The settings of a stack file."""
    settings = parse(read_stack_file(ROOT / f"Pulumi.{stack}.yaml"), stack)
    assert isinstance(settings, GuardianSettings)
    return settings


@cache
def profile(stack: str) -> ClusterProfile:
    """The stack as its add-ons see it."""
    settings = settings_of(stack)
    region = settings.identity.region if isinstance(settings, RegionalSettings) else ""
    naming = Naming(environment=settings.stack.environment, role=settings.stack.kind, region=region)
    return profile_of(settings, naming, database_host="database.example.internal")


@cache
def platform_graph(stack: str) -> Graph:
    """What the platform layer registers."""
    return record_platform(stack, profile(stack))


def record_platform(stack: str, cluster: ClusterProfile) -> Graph:
    """The platform layer of a stack on a cluster that a test has bent."""
    settings = settings_of(stack)
    cloud = isinstance(settings, RegionalSettings)

    def program() -> None:
        provider = kubernetes.Provider("cluster", kubeconfig="{}", cluster_identifier="test")
        build_platform(
            PlatformArgs(
                settings=settings,
                profile=cluster,
                in_cluster=pulumi.ResourceOptions(providers=[provider]),
                database=PlatformDatabase(host="database.example.internal", port=5432, name="db"),
                secret_prefix="platform/",
                storage=StorageClassesArgs(
                    data_key_arn="arn:aws:kms:us-east-1:481516234299:key/data",
                    file_system_id="fs-0123456789abcdef0",
                    cluster_name="test",
                )
                if cloud
                else None,
                target_group_arns={"alb": "arn:alb", "nlb": "arn:nlb"} if cloud else {},
            )
        )

    return record_program(program, stack=stack)


@pytest.fixture(params=STACKS)
def stack_name(request: pytest.FixtureRequest) -> str:
    """Each cluster in turn."""
    return str(request.param)


@pytest.fixture
def platform(stack_name: str) -> Graph:
    """The recorded platform of the stack at hand."""
    return platform_graph(stack_name)


@pytest.fixture
def catalogue(stack_name: str) -> AddonCatalogue:
    """The add-ons of the stack at hand."""
    return addon_catalogue(profile(stack_name))


@pytest.fixture
def platform_of() -> Callable[[str], Graph]:
    """Gives the recorded platform of a named stack."""
    return platform_graph


@pytest.fixture
def catalogue_of() -> Callable[[str], AddonCatalogue]:
    """Gives the add-ons of a named stack."""
    return lambda stack: addon_catalogue(profile(stack))
