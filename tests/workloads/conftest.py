"""The application layer of every cluster stack, recorded on its own from the real stack files."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from phoenix_infra.k8s.backends import Backends
from phoenix_infra.k8s.model_store import SharedModels
from phoenix_infra.layers.platform_profile import profile_of
from phoenix_infra.layers.workloads import WorkloadsArgs, build_workloads
from phoenix_infra.naming import Naming
from phoenix_infra.preview import Graph, record
from phoenix_infra.preview.recording import record_program
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.stack_file import read_stack_file
from phoenix_infra.workloads.addon_connectivity import cluster_connectivity
from phoenix_infra.workloads.addon_selection import addon_catalogue
from phoenix_infra.workloads.connectivity import Connectivity

ROOT = Path(__file__).resolve().parents[2]
CLUSTER_STACKS = ("production", "dr", "onprem")


@cache
def settings_of(stack: str) -> GuardianSettings:
    """The settings of a stack file."""
    settings = parse(read_stack_file(ROOT / f"Pulumi.{stack}.yaml"), stack)
    assert isinstance(settings, GuardianSettings)
    return settings


@cache
def connectivity_of(stack: str) -> Connectivity:
    """The declared connectivity of the whole cluster."""
    settings = settings_of(stack)
    region = settings.identity.region if isinstance(settings, RegionalSettings) else ""
    naming = Naming(environment=settings.stack.environment, role=settings.stack.kind, region=region)
    profile = profile_of(settings, naming)
    return cluster_connectivity(settings, addon_catalogue(profile), profile)


@cache
def application_of(stack: str) -> Graph:
    """Everything that `build_workloads` declares; on a site the whole stack, whose data stores are pods too."""
    if stack == "onprem":
        return record(stack, root=ROOT)

    def program() -> None:
        provider = kubernetes.Provider("cluster", kubeconfig="{}")
        build_workloads(
            WorkloadsArgs(
                settings=settings_of(stack),
                graph=connectivity_of(stack),
                in_cluster=pulumi.ResourceOptions(provider=provider),
                registry_host="registry.test.example.net",
                backends=Backends(
                    database_host="database.test.example.net",
                    database_reader_host="reader.test.example.net",
                    database_port=5432,
                    database_name="phoenix_guardian",
                    cache_host="cache.test.example.net",
                    cache_port=6379,
                ),
                models=SharedModels(storage_class="shared", volume_handle="fs-1::fsap-1"),
                block_storage_class="block",
                job_configuration={"BACKUP_BUCKET": "backups"},
            )
        )

    return record_program(program, stack=stack)


@pytest.fixture(params=CLUSTER_STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    """Every stack that has a cluster."""
    return str(request.param)


@pytest.fixture
def settings(stack: str) -> GuardianSettings:
    """Settings of the stack under test."""
    return settings_of(stack)


@pytest.fixture
def application(stack: str) -> Graph:
    """Recorded objects of the stack under test."""
    return application_of(stack)


@pytest.fixture
def connectivity(stack: str) -> Connectivity:
    """Declared connectivity of the stack under test."""
    return connectivity_of(stack)


@pytest.fixture(scope="session")
def settings_for() -> Callable[[str], GuardianSettings]:
    """Settings by the name of a stack."""
    return settings_of
