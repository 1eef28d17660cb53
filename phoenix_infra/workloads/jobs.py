"""The jobs around the services: migration, row-level security, dumps, restore tests, smoke and load tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from phoenix_infra.workloads.external_peers import BACKUP_BUCKET
from phoenix_infra.workloads.namespaces import DATA, DELIVERY
from phoenix_infra.workloads.platform_endpoints import LOAD_TESTER
from phoenix_infra.workloads.spec import (
    AwsResource,
    AwsStatement,
    Call,
    MemoryVolume,
    Resources,
    StaticSecret,
    calls,
)

DATABASE_TOOLS = "database-tools"
"""PostgreSQL and S3 clients; the scripts come from ConfigMaps of this program."""
MIGRATIONS = "migrations"
GATEWAY_URL = "http://api-gateway.phoenix-api.svc.cluster.local:8080"
TEST_RUNNER = "test-runner"
"""Smoke tests (pytest) and k6."""
DUMP_PREFIX = "database"
"""Folder of the backup bucket; identities are bound to it."""
JOB_IMAGES: tuple[str, ...] = (DATABASE_TOOLS, MIGRATIONS, TEST_RUNNER)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a CronJob runs; a run that is late by more than the deadline is skipped and alerted."""

    cron: str
    """Five fields, UTC."""
    starting_deadline_seconds: int = 600
    successful_history: int = 3
    failed_history: int = 5


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    """A task that ends: once per release, or on a schedule."""

    name: str
    namespace: str
    owner: str
    description: str
    image: str
    command: tuple[str, ...]
    resources: Resources
    deadline_seconds: int
    schedule: Schedule | None = None
    suspended: bool = False
    """A template that people start (`kubectl create job --from`), never by itself."""
    retries: int = 2
    keep_seconds: int = 86400
    calls: tuple[Call, ...] = ()
    external_peers: tuple[str, ...] = ()
    identity: tuple[AwsStatement, ...] = ()
    secrets: tuple[StaticSecret, ...] = ()
    database_role: str | None = None
    """Vault database role; each job has the least one that does its work."""
    scripts: tuple[str, ...] = ()
    """Files of `phoenix_infra/jobs`, mounted read-only at /scripts."""
    config: Mapping[str, str] = field(default_factory=dict[str, str])
    memory_volumes: tuple[MemoryVolume, ...] = ()
    reports_metrics: bool = False
    """Sends its freshness to the telemetry collector over OTLP/HTTP."""
    runs_as: str | None = None
    """Identity and policies of another pod group; its own when absent."""
    runs_in_standby: bool = False
    """Whether it makes sense while the region's database is a read-only copy."""
    scratch_gib: int = 0
    """Encrypted ephemeral volume at /scratch, deleted with the pod."""

    @property
    def needs_vault(self) -> bool:
        """Whether a Vault agent runs before it."""
        return bool(self.secrets) or self.database_role is not None


_AS_MIGRATION = {"PGOPTIONS": "-c role=phoenix_migration"}
"""What the Job creates belongs to the group, not to a user that Vault drops an hour later."""
_AS_DUMP = {"PGOPTIONS": "-c role=phoenix_dump", "BACKUP_PREFIX": DUMP_PREFIX}
_SMALL = Resources(
    cpu_request_millicores=250,
    memory_request_mib=256,
    cpu_limit_millicores=1000,
    memory_limit_mib=512,
)
_DUMP = Resources(
    cpu_request_millicores=1000,
    memory_request_mib=1024,
    cpu_limit_millicores=2000,
    memory_limit_mib=2048,
)
_WRITE_DUMPS = (
    AwsStatement(
        sid="WriteDumps",
        actions=("s3:PutObject", "s3:AbortMultipartUpload"),
        resources=(AwsResource.BACKUP_OBJECTS,),
    ),
    AwsStatement(
        sid="EncryptDumps",
        actions=("kms:GenerateDataKey", "kms:Decrypt"),
        resources=(AwsResource.BACKUP_KEY,),
    ),
)
_READ_DUMPS = (
    AwsStatement(
        sid="ReadDumps", actions=("s3:GetObject",), resources=(AwsResource.BACKUP_OBJECTS,)
    ),
    AwsStatement(
        sid="ListDumps", actions=("s3:ListBucket",), resources=(AwsResource.BACKUP_BUCKET,)
    ),
    AwsStatement(sid="DecryptDumps", actions=("kms:Decrypt",), resources=(AwsResource.BACKUP_KEY,)),
)

DATABASE_MIGRATION = JobSpec(
    name="database-migration",
    namespace=DATA,
    owner="platform-data",
    description="Brings the schema to the release's version (G-059)",
    image=MIGRATIONS,
    command=("python", "-m", "alembic", "upgrade", "head"),
    resources=_SMALL,
    deadline_seconds=1800,
    retries=3,
    calls=calls("database"),
    database_role="migration",
    config=_AS_MIGRATION,
)
ROW_LEVEL_SECURITY = JobSpec(
    name="row-level-security",
    namespace=DATA,
    owner="platform-data",
    description="Applies the tenant policies and proves them on the live catalogue (G-060, X-40)",
    image=DATABASE_TOOLS,
    command=("/bin/bash", "/scripts/apply_row_level_security.sh"),
    resources=_SMALL,
    deadline_seconds=600,
    calls=calls("database"),
    database_role="migration",
    config=_AS_MIGRATION,
    scripts=(
        "apply_row_level_security.sh",
        "row_level_security.sql",
        "verify_row_level_security.sql",
    ),
)
DATABASE_DUMP = JobSpec(
    name="database-dump",
    namespace=DATA,
    owner="platform-data",
    description="Logical dump with an integrity manifest, beside the physical backups (G-098, X-39)",
    image=DATABASE_TOOLS,
    command=("/bin/bash", "/scripts/dump_database.sh"),
    resources=_DUMP,
    deadline_seconds=10800,
    schedule=Schedule(cron="0 */4 * * *"),
    retries=1,
    calls=calls("database"),
    external_peers=(BACKUP_BUCKET.name,),
    identity=_WRITE_DUMPS,
    database_role="dump",
    config=_AS_DUMP,
    scripts=("dump_database.sh", "object_store.py", "report_freshness.py"),
    reports_metrics=True,
    scratch_gib=200,
)
RESTORE_TEST = JobSpec(
    name="database-restore-test",
    namespace=DATA,
    owner="platform-data",
    description="Restores the newest dump into a server of its own and compares it (L-019, M-047)",
    image=DATABASE_TOOLS,
    command=("/bin/bash", "/scripts/restore_test.sh"),
    resources=_DUMP,
    deadline_seconds=14400,
    schedule=Schedule(cron="30 5 * * 0"),
    retries=0,
    calls=calls("database"),
    external_peers=(BACKUP_BUCKET.name,),
    identity=_READ_DUMPS,
    runs_in_standby=True,
    database_role="dump",
    config=_AS_DUMP,
    scripts=("restore_test.sh", "object_store.py", "report_freshness.py"),
    reports_metrics=True,
    scratch_gib=400,
)
SMOKE_TEST = JobSpec(
    name="smoke-test",
    namespace=DELIVERY,
    owner="platform-delivery",
    description="Smoke tests after a release (G-112)",
    image=TEST_RUNNER,
    command=("python", "-m", "pytest", "tests/smoke"),
    resources=_SMALL,
    deadline_seconds=900,
    retries=1,
    runs_as=LOAD_TESTER.name,
    config={"TARGET_URL": GATEWAY_URL},
)


def _load_profile(name: str, description: str, minutes: int, **config: str) -> JobSpec:
    return JobSpec(
        name=f"load-{name}",
        namespace=DELIVERY,
        owner="platform-delivery",
        description=description,
        image=TEST_RUNNER,
        command=("k6", "run", "--quiet", "/scripts/load_profile.js"),
        resources=Resources(
            cpu_request_millicores=1000,
            memory_request_mib=2048,
            cpu_limit_millicores=4000,
            memory_limit_mib=4096,
        ),
        deadline_seconds=(minutes + 10) * 60,
        schedule=Schedule(cron="0 0 1 1 *"),
        suspended=True,
        retries=0,
        runs_as=LOAD_TESTER.name,
        scripts=("load_profile.js",),
        config={"TARGET_URL": GATEWAY_URL, "DURATION": f"{minutes}m", **config},
    )


LOAD_PROFILES: tuple[JobSpec, ...] = (
    _load_profile("users", "1000 users for 30 minutes", 30, VIRTUAL_USERS="1000"),
    _load_profile(
        "soap",
        "100 users writing SOAP notes for 10 minutes",
        10,
        VIRTUAL_USERS="100",
        SCENARIO="soap",
    ),
    _load_profile(
        "stress",
        "2000 users at 1000 requests a second for 15 minutes",
        15,
        VIRTUAL_USERS="2000",
        REQUESTS_PER_SECOND="1000",
    ),
)
"""L-031: started by people, with `kubectl create job --from=cronjob/load-...`."""

JOBS: tuple[JobSpec, ...] = (
    DATABASE_MIGRATION,
    ROW_LEVEL_SECURITY,
    DATABASE_DUMP,
    RESTORE_TEST,
)
"""Jobs with an identity of their own."""
TEST_JOBS: tuple[JobSpec, ...] = (SMOKE_TEST, *LOAD_PROFILES)
"""Jobs that run as the load tester."""
