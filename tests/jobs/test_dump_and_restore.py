"""The dump, its manifest and the restore test, run as files against a real server and an S3 emulator."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ground import (
    AWS_ENVIRONMENT,
    BINARIES,
    BUCKET,
    TABLES,
    Collector,
    Server,
    credentials_file,
    run_script,
    unprivileged_tools,
)


@pytest.fixture
def environment(
    server: Server, protected: str, object_store: str, collector: Collector, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """What the CronJob's pod sees."""
    scratch = Path(tempfile.mkdtemp(prefix="phoenix-scratch-"))
    scratch.chmod(0o755)
    yield {
        **AWS_ENVIRONMENT,
        "DATABASE_CREDENTIALS_FILE": str(
            credentials_file(server, "phoenix_dump", protected, tmp_path)
        ),
        "SCRATCH_DIRECTORY": str(scratch),
        "BACKUP_BUCKET": BUCKET,
        "BACKUP_KEY_ALIAS": "alias/backup",
        "S3_ENDPOINT_URL": object_store,
        "OTLP_HTTP_ENDPOINT": collector.endpoint,
        "RELEASE": "5.0.0",
        "PGOPTIONS": "-c role=phoenix_dump",
        "EXTRA_PATH": unprivileged_tools(tmp_path / "tools"),
    }
    shutil.rmtree(scratch)


def _keys(bucket: Any) -> list[str]:
    return [item["Key"] for item in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_a_dump_is_uploaded_encrypted_with_a_manifest_that_matches_it(
    environment: dict[str, str], bucket: Any, collector: Collector
) -> None:
    done = run_script("dump_database.sh", dict(environment))

    assert done.returncode == 0, done.stderr
    dump_key, manifest_key = sorted(_keys(bucket))
    manifest = json.loads(bucket.get_object(Bucket=BUCKET, Key=manifest_key)["Body"].read())
    stored = bucket.get_object(Bucket=BUCKET, Key=dump_key)
    content = stored["Body"].read()
    assert manifest["key"] == dump_key
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["bytes"] == len(content)
    assert manifest["rows"] == dict.fromkeys(TABLES, 40), "rows of both tenants are in the dump"
    assert stored["ServerSideEncryption"] == "aws:kms"
    assert stored["SSEKMSKeyId"].endswith("alias/backup")
    assert collector.names() == ["phoenix_database_dump_completed_timestamp_seconds"]
    assert list(Path(environment["SCRATCH_DIRECTORY"]).iterdir()) == [], (
        "no PHI stays on the volume"
    )


def test_a_dump_that_dies_half_way_fails_the_job_and_uploads_nothing(
    environment: dict[str, str], bucket: Any, collector: Collector, tmp_path: Path
) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    real = BINARIES / "pg_dump"
    tool = broken / "pg_dump"
    tool.write_text(
        "#!/usr/bin/env bash\n"
        f'"{real}" "$@"\n'
        'for argument in "$@"; do case "$argument" in --file=*) truncate --size 100 "${argument#--file=}";; esac; done\n'
        "kill -KILL $$\n"
    )
    tool.chmod(0o755)

    done = run_script("dump_database.sh", {**environment, "EXTRA_PATH": f"{broken}:"})

    assert done.returncode != 0
    assert _keys(bucket) == []
    assert collector.received == [], "freshness must not move"


def test_a_truncated_dump_fails_even_when_the_tool_reports_success(
    environment: dict[str, str], bucket: Any, tmp_path: Path
) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    tool = broken / "pg_dump"
    tool.write_text(
        "#!/usr/bin/env bash\n"
        f'"{BINARIES / "pg_dump"}" "$@"\n'
        'for argument in "$@"; do case "$argument" in --file=*) truncate --size 100 "${argument#--file=}";; esac; done\n'
    )
    tool.chmod(0o755)

    done = run_script("dump_database.sh", {**environment, "EXTRA_PATH": f"{broken}:"})

    assert done.returncode != 0
    assert _keys(bucket) == []


def test_without_its_policy_the_dump_refuses_instead_of_saving_nothing(
    environment: dict[str, str], bucket: Any, server: Server, protected: str
) -> None:
    with server.as_role("phoenix_migration", protected) as owner:
        owner.execute("DROP POLICY dump_reads_all ON patients")

    done = run_script("dump_database.sh", dict(environment))

    assert done.returncode != 0
    assert "covers 4 of 5 tables" in done.stderr
    assert _keys(bucket) == []


def test_a_store_that_refuses_the_upload_fails_the_job(
    environment: dict[str, str], collector: Collector
) -> None:
    done = run_script("dump_database.sh", {**environment, "BACKUP_BUCKET": "no-such-bucket"})

    assert done.returncode != 0
    assert collector.received == []


def test_the_newest_dump_restores_and_its_rows_are_compared(
    environment: dict[str, str], bucket: Any, collector: Collector
) -> None:
    assert run_script("dump_database.sh", dict(environment)).returncode == 0

    done = run_script("restore_test.sh", dict(environment))

    assert done.returncode == 0, done.stderr
    assert "patients=40" in done.stdout
    assert collector.names()[-1] == "phoenix_database_restore_test_succeeded_timestamp_seconds"
    assert list(Path(environment["SCRATCH_DIRECTORY"]).iterdir()) == []


def _rewrite_manifest(bucket: Any, **changes: object) -> None:
    key = next(key for key in _keys(bucket) if key.endswith(".manifest.json"))
    manifest = json.loads(bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    bucket.put_object(Bucket=BUCKET, Key=key, Body=json.dumps({**manifest, **changes}).encode())


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sha256": "0" * 64}, "does not have the checksum"),
        ({"rows": dict.fromkeys(TABLES, 41)}, "the manifest says"),
        ({"created": "20200101T000000Z"}, "seconds old"),
    ],
)
def test_a_restore_test_fails_on(
    change: dict[str, object],
    complaint: str,
    environment: dict[str, str],
    bucket: Any,
    collector: Collector,
) -> None:
    assert run_script("dump_database.sh", dict(environment)).returncode == 0
    _rewrite_manifest(bucket, **change)

    done = run_script("restore_test.sh", dict(environment))

    assert done.returncode != 0
    assert complaint in done.stderr
    assert "phoenix_database_restore_test_succeeded_timestamp_seconds" not in collector.names()


def test_a_restore_test_fails_when_the_live_schema_has_moved_on(
    environment: dict[str, str], bucket: Any, server: Server, protected: str
) -> None:
    assert run_script("dump_database.sh", dict(environment)).returncode == 0
    with server.as_role("phoenix_migration", protected) as owner:
        owner.execute("CREATE TABLE invoices (id bigint)")

    done = run_script("restore_test.sh", dict(environment))

    assert done.returncode != 0
    assert "invoices" in done.stderr


def test_a_restore_test_without_any_dump_fails(environment: dict[str, str], bucket: Any) -> None:
    done = run_script("restore_test.sh", dict(environment))

    assert done.returncode != 0
    assert "no object" in done.stderr


def test_applying_the_policies_twice_changes_nothing(
    server: Server, protected: str, credentials: Path
) -> None:
    def policies() -> list[Any]:
        with psycopg.connect(server.database(protected)) as session:
            return session.execute(
                "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
            ).fetchall()

    before = policies()
    again = run_script(
        "apply_row_level_security.sh", {"DATABASE_CREDENTIALS_FILE": str(credentials)}
    )

    assert again.returncode == 0, again.stderr
    assert policies() == before
    assert len(before) == 11
