"""The data layer: database, cache, buckets, files, images and the event log of a region."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.ecr import registry_host
from phoenix_infra.layers.cache import CacheContract, build_cache
from phoenix_infra.layers.cluster import Cluster
from phoenix_infra.layers.database import DatabaseContract, build_database
from phoenix_infra.layers.files import FilesContract, build_files
from phoenix_infra.layers.kafka import KafkaContract, build_kafka
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network import Network
from phoenix_infra.layers.registry import build_registry
from phoenix_infra.layers.storage import Storage, build_storage
from phoenix_infra.outputs import PrimaryOutputs
from phoenix_infra.providers import RegionalContext


@dataclass(frozen=True, kw_only=True)
class Data:
    """Where the data of a region is, and under which names its secrets are kept."""

    database: DatabaseContract
    cache: CacheContract
    storage: Storage
    files: FilesContract
    registry_host: str
    """Literal: account and region say it."""
    kafka: KafkaContract | None


def build_data(
    context: RegionalContext,
    keys: Keys,
    network: Network,
    cluster: Cluster,
    primary: PrimaryOutputs | None = None,
) -> Data:
    """Declares the region's data stores; the recovery stack joins the primary's by their ids."""
    build_registry(context, keys)
    return Data(
        storage=build_storage(context, keys),
        database=build_database(context, keys, network, cluster, primary),
        cache=build_cache(context, keys, network, cluster, primary),
        files=build_files(context, keys, network, cluster),
        registry_host=registry_host(context.settings.identity.account_id, context.region),
        kafka=build_kafka(context, keys, network, cluster),
    )


def global_ids(data: Data) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Ids that the recovery stack joins by: Global Database, Global Datastore."""
    if data.database.global_cluster_id is None or data.cache.global_datastore_id is None:
        raise TypeError("only the primary stack owns the global database and datastore")
    return data.database.global_cluster_id, data.cache.global_datastore_id
