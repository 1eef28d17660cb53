"""A real PostgreSQL server, an S3 emulator and an OTLP receiver, for the scripts as they are."""

import json
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

sys.path.insert(0, str(Path(__file__).parent))
from ground import (
    BUCKET,
    SCHEMA,
    TABLES,
    TENANTS,
    Collector,
    Server,
    credentials_file,
    embedded_server,
    run_script,
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the session, stopped at its end."""
    running = embedded_server(tmp_path_factory.mktemp("pg") / "data")
    try:
        yield Server(running.get_uri())
    finally:
        running.cleanup()


@pytest.fixture
def database(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database with the five tables, owned by the migration role, and rows of two tenants."""
    name = f"test_{abs(hash(request.node.nodeid))}"
    with server.as_role("postgres", "postgres") as admin:
        for role in ("phoenix_migration", "phoenix_application", "phoenix_dump", "phoenix_auditor"):
            admin.execute(
                f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
                f"CREATE ROLE {role} LOGIN; ELSE ALTER ROLE {role} LOGIN; END IF; END $$"
            )
        admin.execute(f"CREATE DATABASE {name} OWNER phoenix_migration")
    with server.as_role("phoenix_migration", name) as owner:
        owner.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        for table in TABLES:
            owner.execute(SCHEMA.format(table=table))
            for tenant in TENANTS:
                owner.execute(
                    f"INSERT INTO {table} SELECT %s, n, %s || n FROM generate_series(1, 20) AS n",  # noqa: S608 - a constant table name
                    (tenant, f"{table} of {tenant} "),
                )
    yield name
    with server.as_role("postgres", "postgres") as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def credentials(server: Server, database: str, tmp_path: Path) -> Path:
    """What the Vault agent writes, for the migration role."""
    return credentials_file(server, "phoenix_migration", database, tmp_path)


@pytest.fixture
def protected(server: Server, database: str, credentials: Path) -> str:
    """A database on which the policies were applied and proven, by the script."""
    # Creating roles needs more than the migration role has on a shared server; they exist already.
    done = run_script(
        "apply_row_level_security.sh", {"DATABASE_CREDENTIALS_FILE": str(credentials)}
    )
    assert done.returncode == 0, done.stderr
    return database


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """Endpoint of an S3 emulator on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    emulator = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    emulator.start()
    yield f"http://127.0.0.1:{port}"
    emulator.stop()


@pytest.fixture
def bucket(object_store: str) -> Iterator[Any]:
    """An empty bucket, as a client of it."""
    session: Any = boto3.Session(
        aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1"
    )
    client = session.client("s3", endpoint_url=object_store)
    client.create_bucket(Bucket=BUCKET)
    yield client
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def collector() -> Iterator[Collector]:
    """An OTLP/HTTP receiver."""
    kept = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            kept.received.append(json.loads(self.rfile.read(length)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
            pass

    web = HTTPServer(("127.0.0.1", 0), Handler)
    kept.endpoint = f"http://127.0.0.1:{web.server_port}"
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    yield kept
    web.shutdown()
    web.server_close()
    thread.join()
