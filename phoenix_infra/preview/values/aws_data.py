"""Computed values: databases, caches, streams, buckets, file systems and backups."""

from collections.abc import Mapping

from phoenix_infra.preview.values.facts import Subject, Taught
from phoenix_infra.preview.wire import Value, reveal

_RDS = "arn:aws:rds:{region}:{account}:"
_CACHE = "arn:aws:elasticache:{region}:{account}:"
_S3_ZONE = "Z3AQBSTGFYJSTF"  # S3 website endpoint, us-east-1 (AWS General Reference)


def _major_version(subject: Subject) -> Value:
    return subject.text("engineVersion")


def _port(default: int):
    def port(subject: Subject) -> Value:
        return reveal(subject.inputs.get("port")) or default

    return port


_BUCKET = Taught(
    name="bucket",
    id="{name}",
    arn="arn:aws:s3:::{name}",
    outputs={
        "bucketDomainName": "{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": "{name}.s3.{region}.amazonaws.com",
        "bucketRegion": "{region}",
        "hostedZoneId": _S3_ZONE,
    },
)
_OF_BUCKET = Taught(id="{in[bucket]}")

DATA: Mapping[str, Taught] = {
    # Relational databases
    "aws:rds/globalCluster:GlobalCluster": Taught(
        name="globalClusterIdentifier",
        id="{name}",
        arn="arn:aws:rds::{account}:global-cluster:{name}",
        outputs={
            "globalClusterResourceId": "cluster-{hex26}",
            "engineVersionActual": _major_version,
            "endpoint": "{name}.global-{hex12}.global.rds.amazonaws.com",
        },
    ),
    "aws:rds/cluster:Cluster": Taught(
        name="clusterIdentifier",
        id="{name}",
        arn=_RDS + "cluster:{name}",
        outputs={
            "clusterResourceId": "cluster-{hex26}",
            "endpoint": "{name}.cluster-{hex12}.{region}.rds.amazonaws.com",
            "readerEndpoint": "{name}.cluster-ro-{hex12}.{region}.rds.amazonaws.com",
            "hostedZoneId": "Z2R2ITUGPM61AM",
            "port": _port(5432),
            "engineVersionActual": _major_version,
            "masterUserSecrets": [
                {
                    "kmsKeyId": "arn:aws:kms:{region}:{account}:key/{uuid}",
                    "secretArn": "arn:aws:secretsmanager:{region}:{account}:secret:rds!cluster-{uuid}-{hex6}",
                    "secretStatus": "active",
                }
            ],
        },
    ),
    "aws:rds/clusterInstance:ClusterInstance": Taught(
        name="identifier",
        id="{name}",
        arn=_RDS + "db:{name}",
        outputs={
            "dbiResourceId": "db-{hex26}",
            "endpoint": "{name}.{hex12}.{region}.rds.amazonaws.com",
            "port": 5432,
            "writer": False,
        },
    ),
    "aws:rds/instance:Instance": Taught(
        name="identifier",
        id="db-{hex26}",
        arn=_RDS + "db:{name}",
        outputs={
            "address": "{name}.{hex12}.{region}.rds.amazonaws.com",
            "endpoint": "{name}.{hex12}.{region}.rds.amazonaws.com:5432",
            "resourceId": "db-{hex26}",
            "port": _port(5432),
        },
    ),
    "aws:rds/subnetGroup:SubnetGroup": Taught(id="{name}", arn=_RDS + "subgrp:{name}"),
    "aws:rds/parameterGroup:ParameterGroup": Taught(id="{name}", arn=_RDS + "pg:{name}"),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": Taught(
        id="{name}", arn=_RDS + "cluster-pg:{name}"
    ),
    "aws:rds/proxy:Proxy": Taught(
        id="{name}",
        arn=_RDS + "db-proxy:prx-{hex17}",
        outputs={"endpoint": "{name}.proxy-{hex12}.{region}.rds.amazonaws.com"},
    ),
    "aws:rds/eventSubscription:EventSubscription": Taught(id="{name}", arn=_RDS + "es:{name}"),
    # Caches
    "aws:elasticache/replicationGroup:ReplicationGroup": Taught(
        name="replicationGroupId",
        id="{name}",
        arn=_CACHE + "replicationgroup:{name}",
        outputs={
            "primaryEndpointAddress": "master.{name}.{hex6}.use1.cache.amazonaws.com",
            "readerEndpointAddress": "replica.{name}.{hex6}.use1.cache.amazonaws.com",
            "configurationEndpointAddress": "clustercfg.{name}.{hex6}.use1.cache.amazonaws.com",
            "engineVersionActual": _major_version,
            "memberClusters": ["{name}-001", "{name}-002", "{name}-003"],
            "port": _port(6379),
        },
    ),
    "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": Taught(
        id="ldgnf-{in[globalReplicationGroupIdSuffix]}",
        arn="arn:aws:elasticache::{account}:globalreplicationgroup:{id}",
        outputs={
            "globalReplicationGroupId": "{id}",
            "engineVersionActual": _major_version,
            "atRestEncryptionEnabled": True,
            "transitEncryptionEnabled": True,
        },
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": Taught(
        id="{name}", arn=_CACHE + "subnetgroup:{name}"
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": Taught(
        id="{name}", arn=_CACHE + "parametergroup:{name}"
    ),
    "aws:elasticache/user:User": Taught(id="{in[userId]}", arn=_CACHE + "user:{in[userId]}"),
    "aws:elasticache/userGroup:UserGroup": Taught(
        id="{in[userGroupId]}", arn=_CACHE + "usergroup:{in[userGroupId]}"
    ),
    # Streams
    "aws:msk/cluster:Cluster": Taught(
        name="clusterName",
        id="{arn}",
        arn="arn:aws:kafka:{region}:{account}:cluster/{name}/{uuid}-2",
        outputs={
            "bootstrapBrokersTls": "b-1.{name}.{hex6}.c2.kafka.{region}.amazonaws.com:9094",
            "bootstrapBrokersSaslIam": "b-1.{name}.{hex6}.c2.kafka.{region}.amazonaws.com:9098",
            "bootstrapBrokersSaslScram": "b-1.{name}.{hex6}.c2.kafka.{region}.amazonaws.com:9096",
            "clusterUuid": "{uuid}-2",
            "currentVersion": "K3AEGXETSR30VB",
            "zookeeperConnectString": "",
        },
    ),
    "aws:msk/configuration:Configuration": Taught(
        id="{arn}",
        arn="arn:aws:kafka:{region}:{account}:configuration/{name}/{uuid}-2",
        outputs={"latestRevision": 1},
    ),
    "aws:dynamodb/table:Table": Taught(
        id="{name}",
        arn="arn:aws:dynamodb:{region}:{account}:table/{name}",
        outputs={
            "streamArn": "arn:aws:dynamodb:{region}:{account}:table/{name}/stream/2026-01-01T00:00:00.000"
        },
    ),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": Taught(
        id="{arn}", arn="arn:aws:firehose:{region}:{account}:deliverystream/{name}"
    ),
    # Buckets; the resources split off a bucket have the bucket's name as id
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    **{
        f"aws:s3/{name[0].lower()}{name[1:]}:{name}": _OF_BUCKET
        for name in (
            "BucketPolicy",
            "BucketVersioning",
            "BucketPublicAccessBlock",
            "BucketServerSideEncryptionConfiguration",
            "BucketLifecycleConfiguration",
            "BucketLogging",
            "BucketObjectLockConfiguration",
            "BucketOwnershipControls",
            "BucketReplicationConfig",
            "BucketNotification",
            "BucketCorsConfiguration",
            "BucketRequestPaymentConfiguration",
        )
    },
    "aws:s3/inventory:Inventory": Taught(id="{in[bucket]}:{name}"),
    "aws:s3/bucketMetric:BucketMetric": Taught(id="{in[bucket]}:{name}"),
    "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": Taught(
        id="{in[bucket]}:{name}"
    ),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": Taught(id="{account}"),
    # File systems, images, backups
    "aws:efs/fileSystem:FileSystem": Taught(
        id="fs-{hex17}",
        arn="arn:aws:elasticfilesystem:{region}:{account}:file-system/{id}",
        outputs={"dnsName": "{id}.efs.{region}.amazonaws.com"},
    ),
    "aws:efs/accessPoint:AccessPoint": Taught(
        id="fsap-{hex17}", arn="arn:aws:elasticfilesystem:{region}:{account}:access-point/{id}"
    ),
    "aws:efs/mountTarget:MountTarget": Taught(id="fsmt-{hex17}"),
    "aws:ecr/repository:Repository": Taught(
        id="{name}",
        arn="arn:aws:ecr:{region}:{account}:repository/{name}",
        outputs={
            "registryId": "{account}",
            "repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
        },
    ),
    "aws:backup/vault:Vault": Taught(
        id="{name}",
        arn="arn:aws:backup:{region}:{account}:backup-vault:{name}",
        outputs={"recoveryPoints": 0},
    ),
    "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault": Taught(
        id="{name}", arn="arn:aws:backup:{region}:{account}:backup-vault:{name}"
    ),
    "aws:backup/plan:Plan": Taught(
        id="{uuid}",
        arn="arn:aws:backup:{region}:{account}:backup-plan:{uuid}",
        outputs={"version": "{hex32}"},
    ),
    "aws:backup/selection:Selection": Taught(id="{uuid}"),
    "aws:backup/framework:Framework": Taught(
        id="{name}", arn="arn:aws:backup:{region}:{account}:framework:{name}-{uuid}"
    ),
    "aws:backup/reportPlan:ReportPlan": Taught(
        id="{name}", arn="arn:aws:backup:{region}:{account}:report-plan:{name}-{uuid}"
    ),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": Taught(
        id="{name}", arn="arn:aws:backup:{region}:{account}:restore-testing-plan:{name}-{uuid}"
    ),
}
