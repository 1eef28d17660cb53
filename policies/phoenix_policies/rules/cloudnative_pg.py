"""PostgreSQL inside the cluster."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import object_name, same, share_namespace
from phoenix_policies.predicates.storage import class_encrypts
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, every, some, truth

CNPG: Final = "kubernetes:postgresql.cnpg.io/v1:Cluster"
SCHEDULED_BACKUP: Final = "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup"
OBJECT_STORE: Final = "kubernetes:barmancloud.cnpg.io/v1:ObjectStore"
BACKUP_DAYS: Final = 30
CRON_FIELDS: Final = 6
_RETENTION: Final = re.compile(r"^(\d+)([dwm])$")


@rule(
    "cnpg-instances",
    "kubernetes:postgresql.cnpg.io/v1:Cluster",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    soc2=("A1.2",),
    severity=Severity.HIGH,
    remedy="Run three instances over zones with a synchronous replica and the operator's disruption budget.",
)
def cnpg_instances(cluster: Resource) -> Iterable[Clause]:
    """CNPG clusters are highly available."""
    spec = cluster["spec"]
    yield spec["instances"].at_least(3).otherwise(f"runs {spec['instances'].shown} instances")
    synchronous = spec["minSyncReplicas"].at_least(1) | spec["postgresql"]["synchronous"].is_set
    yield synchronous.otherwise("no replica confirms a commit")
    yield (~spec["enablePDB"].is_false).otherwise("has no disruption budget")
    affinity = spec["affinity"]
    apart = ~affinity["enablePodAntiAffinity"].is_false & affinity["topologyKey"].equals(
        "topology.kubernetes.io/zone"
    )
    spread = some(
        constraint["topologyKey"].equals("topology.kubernetes.io/zone")
        for constraint in spec["topologySpreadConstraints"].each()
    )
    yield (apart | spread).otherwise("its instances may share a zone")


def _retention_days(text: object) -> int:
    match = _RETENTION.match(text) if isinstance(text, str) else None
    return int(match[1]) * {"d": 1, "w": 7, "m": 30}[match[2]] if match else 0


def at_least_daily(schedule: object) -> bool:
    """Whether a cron line with seconds (CloudNativePG, "ScheduledBackup") runs on every day."""
    if not isinstance(schedule, str):
        return False
    if schedule in ("@daily", "@midnight", "@hourly"):
        return True
    fields = schedule.split()
    return len(fields) == CRON_FIELDS and all(f in ("*", "?", "*/1") for f in fields[3:])


@stack_rule(
    "cnpg-backup-configured",
    "kubernetes:postgresql.cnpg.io/v1:Cluster",
    "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
    "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(A)",
        "164.308(a)(7)(ii)(B)",
        "164.310(d)(2)(iv)",
        "164.312(a)(2)(iv)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("A1.2", "C1.1", "CC6.1", "CC7.5"),
    severity=Severity.CRITICAL,
    remedy="Add the barman-cloud plugin with an ObjectStore (aws:kms, 30d) and a daily ScheduledBackup.",
)
def cnpg_backup_configured(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """CNPG clusters back up to encrypted object storage."""
    for cluster in stack.of(CNPG):
        backup = cluster["spec"]["backup"]
        plugged = some(p["name"].matches("barman-cloud") for p in cluster["spec"]["plugins"].each())
        stores = [s["spec"] for s in stack.of(OBJECT_STORE)]
        kept = some(
            s["retentionPolicy"].satisfies(lambda v: _retention_days(v) >= BACKUP_DAYS)
            for s in (*stores, backup)
        )
        where = (
            backup["barmanObjectStore"].is_set
            | backup["volumeSnapshot"].is_set
            | (plugged & truth(bool(stores)))
        )
        yield cluster, where.otherwise("has no backup target")
        yield cluster, kept.otherwise(f"keeps backups for less than {BACKUP_DAYS} days")
        for configuration in [*(s["configuration"] for s in stores), backup["barmanObjectStore"]]:
            if configuration.is_missing:
                continue
            sealed = every(
                configuration[part]["encryption"].equals("aws:kms") for part in ("data", "wal")
            )
            # a hospital's own store, which has no AWS key and encrypts by itself (A7.8)
            at_site = configuration["endpointURL"].is_set
            yield cluster, (sealed | at_site).otherwise("backups are not encrypted with a key")
        scheduled = some(
            same(b["spec"]["cluster"]["name"], object_name(cluster))
            & share_namespace(b, cluster)
            & ~b["spec"]["suspend"].is_true
            & b["spec"]["schedule"].satisfies(at_least_daily)
            for b in stack.of(SCHEDULED_BACKUP)
        )
        yield cluster, scheduled.otherwise("no schedule takes a backup every day")


@stack_rule(
    "cnpg-storage-encrypted",
    "kubernetes:postgresql.cnpg.io/v1:Cluster",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Name an encrypted StorageClass for data and WAL.",
)
def cnpg_storage_encrypted(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """CNPG volumes use an encrypted class."""
    for cluster in stack.of(CNPG):
        for key in ("storage", "walStorage"):
            volume = cluster["spec"][key]
            if volume.is_missing and key == "walStorage":
                continue
            name = volume["storageClass"]
            yield (
                cluster,
                class_encrypts(name, stack).otherwise(f"{key} uses the class {name.shown}"),
            )


@stack_rule(
    "cnpg-dr-replica",
    "kubernetes:postgresql.cnpg.io/v1:Cluster",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
    ),
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.MEDIUM,
    remedy="Declare a replica cluster, or an object store from which another site can recover.",
)
def cnpg_dr_replica(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """CNPG clusters have a replica cluster elsewhere."""
    stored = truth(any(True for _ in stack.of(OBJECT_STORE)))
    for cluster in stack.of(CNPG):
        spec = cluster["spec"]
        replicated = spec["replica"]["enabled"].is_true | spec["externalClusters"].is_set
        elsewhere = some(
            other["spec"]["externalClusters"].is_set
            for other in stack.of(CNPG)
            if other is not cluster
        )
        off_site = spec["backup"]["barmanObjectStore"].is_set | (
            stored & some(p["name"].matches("barman-cloud") for p in spec["plugins"].each())
        )
        yield cluster, (replicated | elsewhere | off_site).otherwise("exists in one place only")


def _lets_in(fields: list[str]) -> bool:
    """A pg_hba line that asks for no password, or admits everybody without TLS."""
    if fields[-1:] == ["reject"]:
        # A refusal; before CloudNativePG's own last line it is what keeps clients without TLS out.
        return False
    plain = fields[:1] in (["host"], ["hostnossl"])
    return "trust" in fields[3:] or (plain and bool({"0.0.0.0/0", "::/0", "all"} & set(fields[3:])))


@rule(
    "cnpg-access-hardened",
    "kubernetes:postgresql.cnpg.io/v1:Cluster",
    hipaa=(
        "164.308(a)(1)(ii)(D)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(5)(ii)(D)",
        "164.312(a)(2)(i)",
        "164.312(a)(2)(iv)",
        "164.312(b)",
        "164.312(d)",
        "164.312(e)(1)",
        "164.312(e)(2)(i)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("CC6.1", "CC6.2", "CC6.7", "CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy="Turn superuser access and ALTER SYSTEM off, use hostssl lines, preload pgaudit, log connections, TLS 1.2 or newer.",
)
def cnpg_access_hardened(cluster: Resource) -> Iterable[Clause]:
    """CNPG access is restricted and audited."""
    spec = cluster["spec"]
    yield (~spec["enableSuperuserAccess"].is_true).otherwise("the superuser has a password")
    postgres = spec["postgresql"]
    altering = spec["enableAlterSystem"].is_true | postgres["enableAlterSystem"].is_true
    yield (~altering).otherwise("settings can be changed behind the program's back")
    for line in postgres["pg_hba"].each():
        open_door = line.satisfies(lambda v: isinstance(v, str) and _lets_in(v.split()))
        yield (~open_door).otherwise(f"{line.path} lets clients in without TLS or a password")
    parameters = postgres["parameters"]
    audited = parameters["pgaudit.log"].is_set | postgres["shared_preload_libraries"].contains(
        "pgaudit"
    )
    yield audited.otherwise("pgaudit is not loaded")
    yield (
        parameters["log_connections"]
        .equals("on", "true", "all")
        .otherwise("connections are not logged")
    )
    floor = parameters["ssl_min_protocol_version"]
    # the operator sets TLSv1.3 where nothing is stated (CloudNativePG, "PostgreSQL Configuration")
    yield floor.equals(None, "TLSv1.2", "TLSv1.3").otherwise(f"accepts {floor.shown}")


@rule(
    "cnpg-monitored",
    "kubernetes:postgresql.cnpg.io/v1:Cluster",
    hipaa=("164.308(a)(6)(i)", "164.308(a)(6)(ii)", "164.308(a)(7)(ii)(C)", "164.312(b)"),
    soc2=("A1.1", "CC5.2", "CC7.2", "CC7.3", "CC7.4"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set monitoring.enablePodMonitor (or declare a PodMonitor) and resources.",
)
def cnpg_monitored(cluster: Resource) -> Iterable[Clause]:
    """CNPG clusters are monitored."""
    spec = cluster["spec"]
    yield spec["monitoring"]["enablePodMonitor"].is_true.otherwise("is not scraped")
    for key in ("requests", "limits"):
        yield spec["resources"][key].is_set.otherwise(f"states no {key}")
