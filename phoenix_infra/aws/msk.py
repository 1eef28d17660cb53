"""Amazon MSK: TLS and IAM only, three zones, no topic made by accident (X-62)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ec2, msk, vpc

from phoenix_infra.settings.kafka import MskKafka

KAFKA_PORT = 9098
"""SASL with IAM over TLS."""
LOG_RETENTION_DAYS = 365
SERVER_PROPERTIES = {
    "allow.everyone.if.no.acl.found": "false",
    "auto.create.topics.enable": "false",
    "default.replication.factor": "3",
    "log.retention.hours": "168",
    "min.insync.replicas": "2",
    "unclean.leader.election.enable": "false",
}


@dataclass(frozen=True, kw_only=True)
class KafkaArgs:
    """One region's brokers."""

    settings: MskKafka
    cluster_name: str
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    client_security_group_ids: Mapping[str, pulumi.Input[str]]
    data_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class Kafka(pulumi.ComponentResource):
    """Brokers of the event log."""

    bootstrap_brokers: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: KafkaArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Kafka", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        security_group = _security_group(name, args, child)
        log_group = cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/aws/msk/{args.cluster_name}",
            retention_in_days=LOG_RETENTION_DAYS,
            kms_key_id=args.logs_key_arn,
            tags=args.tags,
            opts=child,
        )
        configuration = msk.Configuration(
            f"{name}-configuration",
            name=args.cluster_name,
            kafka_versions=[args.settings.kafka_version],
            description="Topics are declared, acknowledged writes survive a zone",
            server_properties="\n".join(
                f"{key}={value}" for key, value in sorted(SERVER_PROPERTIES.items())
            ),
            opts=child,
        )
        cluster = msk.Cluster(
            name,
            cluster_name=args.cluster_name,
            kafka_version=args.settings.kafka_version,
            number_of_broker_nodes=args.settings.brokers,
            enhanced_monitoring="PER_TOPIC_PER_BROKER",
            broker_node_group_info=_brokers(args, security_group.id),
            client_authentication=msk.ClusterClientAuthenticationArgs(
                sasl=msk.ClusterClientAuthenticationSaslArgs(iam=True, scram=False),
                unauthenticated=False,
            ),
            encryption_info=msk.ClusterEncryptionInfoArgs(
                encryption_at_rest_kms_key_arn=args.data_key_arn,
                encryption_in_transit=msk.ClusterEncryptionInfoEncryptionInTransitArgs(
                    client_broker="TLS", in_cluster=True
                ),
            ),
            configuration_info=msk.ClusterConfigurationInfoArgs(
                arn=configuration.arn, revision=configuration.latest_revision
            ),
            logging_info=msk.ClusterLoggingInfoArgs(
                broker_logs=msk.ClusterLoggingInfoBrokerLogsArgs(
                    cloudwatch_logs=msk.ClusterLoggingInfoBrokerLogsCloudwatchLogsArgs(
                        enabled=True, log_group=log_group.name
                    )
                )
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        self.bootstrap_brokers = cluster.bootstrap_brokers_sasl_iam
        self.arn = cluster.arn
        self.register_outputs({"bootstrap_brokers": self.bootstrap_brokers})


def _brokers(
    args: KafkaArgs, security_group_id: pulumi.Output[str]
) -> msk.ClusterBrokerNodeGroupInfoArgs:
    return msk.ClusterBrokerNodeGroupInfoArgs(
        instance_type=args.settings.instance_type,
        client_subnets=args.subnet_ids,
        security_groups=[security_group_id],
        storage_info=msk.ClusterBrokerNodeGroupInfoStorageInfoArgs(
            ebs_storage_info=msk.ClusterBrokerNodeGroupInfoStorageInfoEbsStorageInfoArgs(
                volume_size=args.settings.volume_gib
            )
        ),
        connectivity_info=msk.ClusterBrokerNodeGroupInfoConnectivityInfoArgs(
            public_access=msk.ClusterBrokerNodeGroupInfoConnectivityInfoPublicAccessArgs(
                type="DISABLED"
            )
        ),
    )


def _security_group(name: str, args: KafkaArgs, child: pulumi.ResourceOptions) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        f"{name}-security-group",
        vpc_id=args.vpc_id,
        description="Kafka over TLS with IAM from the cluster's nodes; brokers among themselves",
        tags=args.tags,
        opts=child,
    )
    for client, client_group_id in sorted(args.client_security_group_ids.items()):
        vpc.SecurityGroupIngressRule(
            f"{name}-from-{client}",
            security_group_id=group.id,
            referenced_security_group_id=client_group_id,
            ip_protocol="tcp",
            from_port=KAFKA_PORT,
            to_port=KAFKA_PORT,
            description=f"Kafka from {client}",
            tags=args.tags,
            opts=child,
        )
    return group
