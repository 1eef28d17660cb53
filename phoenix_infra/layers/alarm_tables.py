"""Alarms as data: what is measured, from which value on somebody must know, and why."""

from collections.abc import Mapping, Sequence

import pulumi

from phoenix_infra.aws.alarms import AlarmSpec, QuotaSpec
from phoenix_infra.aws.s3_replication import REPLICATION_TIME_MINUTES

GIB = 1024**3
CONNECTIONS_PERCENT = 90
"""Of max_connections (G-096)."""
CACHE_MEMORY_PERCENT = 75
"""Keys without expiry are never evicted, so memory must not fill up (X-64)."""
CERTIFICATE_DAYS = 30
"""ACM renews 60 days before the end; at 30 the renewal has failed (X-17)."""
QUOTAS: tuple[QuotaSpec, ...] = (
    QuotaSpec(
        name="quota-general-vcpu", service="EC2", resource="vCPU", usage_class="Standard/OnDemand"
    ),
    QuotaSpec(name="quota-gpu-vcpu", service="EC2", resource="vCPU", usage_class="G/OnDemand"),
)


def database_alarms(cluster: str, max_connections: int) -> tuple[AlarmSpec, ...]:
    """Load, connections, memory and local storage of a regional Aurora cluster."""
    dimensions = {"DBClusterIdentifier": cluster}
    return (
        AlarmSpec(
            name="database-cpu",
            description="Database CPU above 80 percent for ten minutes",
            namespace="AWS/RDS",
            metric="CPUUtilization",
            statistic="Average",
            comparison="GreaterThanThreshold",
            threshold=80,
            periods=10,
            dimensions=dimensions,
        ),
        AlarmSpec(
            name="database-connections",
            description="Connections above 90 percent of max_connections (G-096)",
            namespace="AWS/RDS",
            metric="DatabaseConnections",
            statistic="Maximum",
            comparison="GreaterThanThreshold",
            threshold=max_connections * CONNECTIONS_PERCENT // 100,
            dimensions=dimensions,
        ),
        AlarmSpec(
            name="database-memory",
            description="Less than 4 GiB of memory left on an instance",
            namespace="AWS/RDS",
            metric="FreeableMemory",
            statistic="Minimum",
            comparison="LessThanThreshold",
            threshold=4 * GIB,
            dimensions=dimensions,
        ),
        AlarmSpec(
            name="database-local-storage",
            description="Less than 10 GiB of temporary storage left on an instance",
            namespace="AWS/RDS",
            metric="FreeLocalStorage",
            statistic="Minimum",
            comparison="LessThanThreshold",
            threshold=10 * GIB,
            dimensions=dimensions,
        ),
        AlarmSpec(
            name="database-volume",
            description="The cluster volume holds more than 100 TiB of its 128",
            namespace="AWS/RDS",
            metric="VolumeBytesUsed",
            statistic="Maximum",
            comparison="GreaterThanThreshold",
            threshold=100 * 1024 * GIB,
            period_seconds=3600,
            periods=1,
            dimensions=dimensions,
        ),
        AlarmSpec(
            name="database-reader-lag",
            description="A reader is more than two seconds behind its writer",
            namespace="AWS/RDS",
            metric="AuroraReplicaLagMaximum",
            statistic="Maximum",
            comparison="GreaterThanThreshold",
            threshold=2_000,
            dimensions=dimensions,
        ),
    )


def database_replication_alarms(cluster: str, lag_seconds: int) -> tuple[AlarmSpec, ...]:
    """How far the recovery region is behind; no number is not a good number."""
    return tuple(
        AlarmSpec(
            name=name,
            description=description,
            namespace="AWS/RDS",
            metric=metric,
            statistic="Maximum",
            comparison="GreaterThanThreshold",
            threshold=lag_seconds * 1_000,
            periods=3,
            missing_data="breaching",
            dimensions={"DBClusterIdentifier": cluster},
        )
        for name, metric, description in (
            (
                "database-replication-lag",
                "AuroraGlobalDBReplicationLag",
                "The recovery region's database is behind by more than the RPO",
            ),
            (
                "database-rpo-lag",
                "AuroraGlobalDBRPOLag",
                "Transactions that a failover would lose exceed the RPO",
            ),
        )
    )


def cache_alarms(replication_group: pulumi.Input[str], node_count: int) -> tuple[AlarmSpec, ...]:
    """Memory, CPU and evictions of each node."""
    specs: list[AlarmSpec] = []
    for number in range(1, node_count + 1):
        node = pulumi.Output.concat(replication_group, f"-{number:03d}")
        specs += [
            AlarmSpec(
                name=f"cache-{number:03d}-{role}",
                description=description,
                namespace="AWS/ElastiCache",
                metric=metric,
                statistic="Maximum",
                comparison="GreaterThanThreshold",
                threshold=threshold,
                dimensions={"CacheClusterId": node},
            )
            for role, metric, threshold, description in (
                (
                    "memory",
                    "DatabaseMemoryUsagePercentage",
                    CACHE_MEMORY_PERCENT,
                    "Cache memory nearly full: writes will fail before keys are evicted",
                ),
                ("cpu", "EngineCPUUtilization", 80, "The cache's one engine thread is busy"),
                ("evictions", "Evictions", 0, "Keys were evicted before they expired"),
            )
        ]
    return tuple(specs)


def cache_replication_alarms(
    replication_group: pulumi.Input[str], node_count: int, lag_seconds: int
) -> tuple[AlarmSpec, ...]:
    """Lag of each node of a secondary behind the datastore's primary."""
    return tuple(
        AlarmSpec(
            name=f"cache-{number:03d}-replication-lag",
            description="The recovery region's cache is behind by more than the RPO",
            namespace="AWS/ElastiCache",
            metric="GlobalDatastoreReplicationLag",
            statistic="Maximum",
            comparison="GreaterThanThreshold",
            threshold=lag_seconds,
            periods=3,
            dimensions={
                "CacheClusterId": pulumi.Output.concat(replication_group, f"-{number:03d}")
            },
        )
        for number in range(1, node_count + 1)
    )


def balancer_alarms(
    role: str,
    namespace: str,
    balancer: pulumi.Input[str],
    target_group: pulumi.Input[str],
) -> tuple[AlarmSpec, ...]:
    """Unhealthy gateway pods behind a load balancer, and its own errors where it speaks HTTP."""
    targets = {"LoadBalancer": balancer, "TargetGroup": target_group}
    specs = [
        AlarmSpec(
            name=f"{role}-unhealthy-targets",
            description="A gateway pod does not answer the load balancer",
            namespace=namespace,
            metric="UnHealthyHostCount",
            statistic="Maximum",
            comparison="GreaterThanThreshold",
            threshold=0,
            dimensions=targets,
        )
    ]
    if namespace == "AWS/ApplicationELB":
        specs += [
            AlarmSpec(
                name=f"{role}-5xx-{origin}",
                description="More than 50 server errors a minute (G-097)",
                namespace=namespace,
                metric=metric,
                statistic="Sum",
                comparison="GreaterThanThreshold",
                threshold=50,
                dimensions=dimensions,
            )
            for origin, metric, dimensions in (
                ("balancer", "HTTPCode_ELB_5XX_Count", {"LoadBalancer": balancer}),
                ("target", "HTTPCode_Target_5XX_Count", targets),
            )
        ]
    return tuple(specs)


def certificate_alarms(certificates: Mapping[str, pulumi.Input[str]]) -> tuple[AlarmSpec, ...]:
    """Days to expiry of each certificate (L-007, X-17)."""
    return tuple(
        AlarmSpec(
            name=f"certificate-{role}",
            description=f"The {role} certificate was not renewed",
            namespace="AWS/CertificateManager",
            metric="DaysToExpiry",
            statistic="Minimum",
            comparison="LessThanThreshold",
            threshold=CERTIFICATE_DAYS,
            period_seconds=86_400,
            periods=1,
            dimensions={"CertificateArn": arn},
        )
        for role, arn in sorted(certificates.items())
    )


def replication_alarms(
    pairs: Sequence[tuple[str, str, str]], rule_id: str
) -> tuple[AlarmSpec, ...]:
    """S3 replication of each bucket: purpose, source, destination."""
    return tuple(
        AlarmSpec(
            name=f"replication-{purpose}-{role}",
            description=f"Replication of the {purpose} bucket: {meaning}",
            namespace="AWS/S3",
            metric=metric,
            statistic="Maximum" if role == "latency" else "Sum",
            comparison="GreaterThanThreshold",
            threshold=threshold,
            period_seconds=300,
            periods=2,
            dimensions={
                "SourceBucket": source,
                "DestinationBucket": destination,
                "RuleId": rule_id,
            },
        )
        for purpose, source, destination in pairs
        for role, metric, threshold, meaning in (
            (
                "latency",
                "ReplicationLatency",
                REPLICATION_TIME_MINUTES * 60,
                "older than its service level",
            ),
            ("failures", "OperationsFailedReplication", 0, "objects were not copied"),
        )
    )


def job_alarms(queue_name: str) -> tuple[AlarmSpec, ...]:
    """Backups that failed, alerts that could not be delivered."""
    return (
        AlarmSpec(
            name="backup-jobs-failed",
            description="A backup job failed",
            namespace="AWS/Backup",
            metric="NumberOfBackupJobsFailed",
            statistic="Sum",
            comparison="GreaterThanThreshold",
            threshold=0,
            period_seconds=3600,
            periods=1,
        ),
        AlarmSpec(
            name="undelivered-alerts",
            description="An alert waits in the dead letter queue",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            statistic="Maximum",
            comparison="GreaterThanThreshold",
            threshold=0,
            periods=1,
            dimensions={"QueueName": queue_name},
        ),
    )


def health_check_alarms(health_check_id: pulumi.Input[str]) -> tuple[AlarmSpec, ...]:
    """Route 53 publishes in us-east-1 only."""
    return (
        AlarmSpec(
            name="traffic-moved",
            description="Route 53 answers with the recovery region",
            namespace="AWS/Route53",
            metric="HealthCheckStatus",
            statistic="Minimum",
            comparison="LessThanThreshold",
            threshold=1,
            periods=1,
            dimensions={"HealthCheckId": health_check_id},
        ),
    )
