"""The event log of a region, where the settings ask for MSK (X-62)."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.msk import KAFKA_PORT, Kafka, KafkaArgs
from phoenix_infra.layers.cluster import Cluster
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network import Network
from phoenix_infra.providers import RegionalContext
from phoenix_infra.settings.kafka import MskKafka


@dataclass(frozen=True, kw_only=True)
class KafkaContract:
    """How brokers are reached."""

    bootstrap_brokers: pulumi.Output[str]
    port: int
    arn: pulumi.Output[str]


def build_kafka(
    context: RegionalContext, keys: Keys, network: Network, cluster: Cluster
) -> KafkaContract | None:
    """Brokers when the backend is MSK; nothing otherwise."""
    settings = context.settings.kafka
    if not isinstance(settings, MskKafka):
        return None
    kafka = Kafka(
        "kafka",
        KafkaArgs(
            settings=settings,
            cluster_name=f"{context.naming.prefix}-kafka",
            vpc_id=network.vpc_id,
            subnet_ids=list(network.data_subnet_ids.values()),
            client_security_group_ids={"nodes": cluster.node_security_group_id},
            data_key_arn=keys.data_arn,
            logs_key_arn=keys.logs_arn,
            tags=context.tags.for_service("kafka", phi=True),
        ),
        context.regional(),
    )
    return KafkaContract(bootstrap_brokers=kafka.bootstrap_brokers, port=KAFKA_PORT, arn=kafka.arn)
