"""Shared files: the models' file system of a region; each region fills its own from the models bucket (X-28)."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.backup import BACKUP_TAG_KEY, BACKUP_TAG_VALUE
from phoenix_infra.aws.efs import SharedFiles, SharedFilesArgs
from phoenix_infra.layers.cluster import Cluster
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network import Network
from phoenix_infra.providers import RegionalContext

MODEL_DIRECTORY = "/models"
MODEL_USER_ID = 1000
"""The user that every service runs as."""


@dataclass(frozen=True, kw_only=True)
class FilesContract:
    """What the EFS CSI driver needs to mount the models."""

    file_system_id: pulumi.Output[str]
    file_system_arn: pulumi.Output[str]
    access_point_id: pulumi.Output[str]
    access_point_arn: pulumi.Output[str]


def build_files(
    context: RegionalContext, keys: Keys, network: Network, cluster: Cluster
) -> FilesContract:
    """Declares the file system with a mount target in each zone."""
    files = SharedFiles(
        "models-files",
        SharedFilesArgs(
            account_id=context.settings.identity.account_id,
            vpc_id=network.vpc_id,
            subnet_ids=network.data_subnet_ids,
            client_security_group_ids={"nodes": cluster.node_security_group_id},
            data_key_arn=keys.data_arn,
            directory=MODEL_DIRECTORY,
            user_id=MODEL_USER_ID,
            tags={**context.tags.for_service("models"), BACKUP_TAG_KEY: BACKUP_TAG_VALUE},
        ),
        context.regional(),
    )
    return FilesContract(
        file_system_id=files.file_system_id,
        file_system_arn=files.file_system_arn,
        access_point_id=files.access_point_id,
        access_point_arn=files.access_point_arn,
    )
