"""Image repositories: declared in the home region, copied to the other by replication (A7.2)."""

from phoenix_infra.aws.ecr import (
    RegistryReplication,
    RegistryReplicationArgs,
    RegistryScanning,
    RegistryScanningArgs,
    ReplicaTemplate,
    ReplicaTemplateArgs,
    Repositories,
    RepositoriesArgs,
)
from phoenix_infra.layers.keys import Keys
from phoenix_infra.naming import PRODUCT
from phoenix_infra.providers import RegionalContext
from phoenix_infra.workloads.catalogue import image_names


def build_registry(context: RegionalContext, keys: Keys) -> None:
    """The primary stack owns the registry of both regions."""
    if not context.is_primary:
        return
    account_id = context.settings.identity.account_id
    tags = context.tags.for_service("registry")
    Repositories(
        "images",
        RepositoriesArgs(
            names=[f"{PRODUCT}/{name}" for name in image_names()],
            account_id=account_id,
            key_arn=keys.data_arn,
            tags=tags,
        ),
        context.regional(),
    )
    RegistryReplication(
        "images-replication",
        RegistryReplicationArgs(
            account_id=account_id,
            destination_region=context.peer_region,
            prefix=PRODUCT,
            tags=tags,
        ),
        context.regional(),
    )
    ReplicaTemplate(
        "images-replica-template",
        ReplicaTemplateArgs(
            account_id=account_id,
            prefix=PRODUCT,
            key_arn=keys.peer_data_arn,
            permissions_boundary_arn=context.boundary_arn,
            tags=tags,
        ),
        context.peer(),
    )
    RegistryScanning("images-scanning", RegistryScanningArgs(), context.regional())
    RegistryScanning("images-scanning-replica", RegistryScanningArgs(), context.peer())
