"""Tenant isolation on a real server: ten thousand hostile statements, and a verifier that sees every hole."""

# ruff: noqa: S608 - statements are what is tested here
import random
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ground import TABLES, TENANTS, Server, run_script
from hostile_statements import SECRET, hostile_statement

MINE, THEIRS = TENANTS
STATEMENTS_PER_ATTACKER = 2500
"""Four attackers: ten thousand statements."""


@pytest.fixture
def arena(server: Server, protected: str) -> str:
    """A protected database with views and functions as applications write them, and a marked victim."""
    with server.as_role("phoenix_migration", protected) as owner:
        owner.execute("SELECT set_config('app.current_tenant', %s, false)", (THEIRS,))
        for table in TABLES:
            owner.execute(f"UPDATE {table} SET body = %s || id WHERE id <= 20", (SECRET,))
        owner.execute("SELECT set_config('app.current_tenant', '', false)")
        owner.execute("CREATE VIEW patient_view AS SELECT * FROM patients")
        owner.execute(
            "CREATE VIEW invoker_view WITH (security_invoker = true) AS SELECT * FROM patients"
        )
        owner.execute(
            "CREATE FUNCTION count_patients() RETURNS bigint LANGUAGE sql SECURITY DEFINER "
            "SET search_path = public AS 'SELECT count(*) FROM patients'"
        )
        owner.execute(
            "CREATE FUNCTION all_bodies() RETURNS SETOF text LANGUAGE plpgsql AS "
            "'BEGIN RETURN QUERY EXECUTE ''SELECT body FROM patients''; END'"
        )
        owner.execute("GRANT SELECT ON patient_view, invoker_view TO phoenix_application")
        owner.execute("GRANT CREATE ON SCHEMA public TO phoenix_application")
    return protected


def _victim_state(server: Server, database: str) -> list[Any]:
    """Every row of the other tenant, as a superuser sees it."""
    with server.as_role("postgres", database) as admin:
        return [
            admin.execute(
                f"SELECT id, body FROM {table} WHERE tenant_id = %s ORDER BY id",
                (THEIRS,),
            ).fetchall()
            for table in TABLES
        ]


class Witness:
    """Everything that an attacker gets to see."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.notices: list[str] = []
        session.add_notice_handler(self.notice)

    def notice(self, notice: psycopg.errors.Diagnostic) -> None:
        """Keeps what the server said beside the rows."""
        self.notices.append(f"{notice.message_primary} {notice.context}")

    def attempt(self, statement: str) -> str:
        """Runs a statement and answers all that came back, errors included."""
        self.notices.clear()
        seen = ""
        try:
            if statement.startswith("COPY"):
                with self.session.cursor().copy(statement) as copy:
                    seen = b"".join(bytes(part) for part in copy).decode()
            else:
                cursor = self.session.execute(statement)
                seen = str(cursor.fetchall()) if cursor.description else ""
        except psycopg.Error as error:
            diagnosis = error.diag
            seen = (
                f"{error} {diagnosis.message_detail} {diagnosis.message_hint} {diagnosis.context}"
            )
        return f"{seen} {self.notices}"


@pytest.mark.parametrize("tenant", [MINE, None], ids=["with a tenant", "without a tenant"])
@pytest.mark.parametrize("role", ["phoenix_application", "phoenix_migration"])
def test_hostile_statements_neither_see_nor_touch_another_tenants_rows(
    role: str, tenant: str | None, server: Server, arena: str
) -> None:
    before = _victim_state(server, arena)
    chance = random.Random(f"{role} {tenant}")  # noqa: S311 - reproducible, not secret
    owner = role == "phoenix_migration"
    with server.as_role(role, arena) as session:
        witness = Witness(session)
        session.execute(
            "CREATE FUNCTION pg_temp.peek(text, int) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
            "$$ BEGIN RAISE NOTICE 'peeked %', $1; RETURN true; END $$"
        )
        for _ in range(STATEMENTS_PER_ATTACKER):
            statement = hostile_statement(chance, owner=owner).replace("peek(", "pg_temp.peek(")
            session.execute("RESET ALL")
            # The attacker's own temporary copies would stand before the real tables.
            session.execute("DISCARD TEMP")
            session.execute("SET statement_timeout = '5s'")
            session.execute("SELECT set_config('app.current_tenant', %s, false)", (tenant or "",))
            seen = witness.attempt("BEGIN") + witness.attempt(statement)
            # A second statement under whatever the first one changed.
            seen += witness.attempt(f"SELECT * FROM {chance.choice(TABLES)}")
            witness.attempt(chance.choice(["COMMIT", "ROLLBACK"]))
            assert SECRET + "1" not in seen.replace(statement, ""), (
                f"{statement!r} showed another tenant's row"
            )
            assert _victim_tenant_rows(seen) == 0, f"{statement!r} showed another tenant's row"
    assert _victim_state(server, arena) == before, "another tenant's rows were written"


def _victim_tenant_rows(seen: str) -> int:
    """Rows that carry the other tenant's id next to a body, as psycopg prints a uuid."""
    return seen.count(f"UUID('{THEIRS}'), ")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", ["phoenix_application", "phoenix_migration"])
def test_the_same_statement_answers_the_same_whether_another_tenants_row_exists(
    role: str, table: str, server: Server, arena: str
) -> None:
    with server.as_role(role, arena) as session:
        session.execute("SELECT set_config('app.current_tenant', %s, false)", (MINE,))
        witness = Witness(session)
        for template in (
            "INSERT INTO {table} VALUES ('{theirs}', {id}, 'x')",
            "INSERT INTO {table} VALUES ('{theirs}', {id}, 'x') ON CONFLICT DO NOTHING",
            "UPDATE {table} SET body = 'x' WHERE tenant_id = '{theirs}' AND id = {id}",
            "DELETE FROM {table} WHERE tenant_id = '{theirs}' AND id = {id}",
            "SELECT count(*) FROM {table} WHERE tenant_id = '{theirs}' AND id = {id}",
        ):
            answers = {
                witness.attempt(template.format(table=table, theirs=THEIRS, id=number)).replace(
                    str(number), "N"
                )
                for number in (5, 987654)
            }
            assert len(answers) == 1, f"{template} tells whether the row exists: {answers}"


@pytest.mark.parametrize("table", TABLES)
def test_each_tenant_works_with_its_own_rows(table: str, server: Server, arena: str) -> None:
    with server.as_role("phoenix_application", arena) as session:
        session.execute("SELECT set_config('app.current_tenant', %s, false)", (MINE,))
        assert session.execute(f"SELECT count(*) FROM {table}").fetchone() == (20,)
        session.execute(f"INSERT INTO {table} VALUES (%s, 900, 'new')", (MINE,))
        assert session.execute(f"SELECT count(*) FROM {table}").fetchone() == (21,)


def test_the_auditor_reads_every_tenants_trail_and_nothing_else(server: Server, arena: str) -> None:
    with server.as_role("phoenix_auditor", arena) as session:
        assert session.execute("SELECT count(*) FROM audit_logs").fetchone() == (40,)
        for table in TABLES:
            if table != "audit_logs":
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(f"SELECT * FROM {table}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("DELETE FROM audit_logs")


def test_the_audit_trail_is_only_added_to(server: Server, arena: str) -> None:
    with server.as_role("phoenix_application", arena) as session:
        session.execute("SELECT set_config('app.current_tenant', %s, false)", (MINE,))
        for statement in ("DELETE FROM audit_logs", "UPDATE audit_logs SET body = ''"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)


DOCUMENTED = """
ALTER TABLE patients NO FORCE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON audit_logs;
CREATE POLICY audit_tenant_isolation ON audit_logs USING (
    tenant_id = nullif(current_setting('app.current_tenant', true), '')::uuid
    OR current_setting('app.security_admin', true)::boolean = true);
"""
"""What 000 section 5.2 writes, and why it is corrected (X-40)."""


def test_the_documents_version_is_broken_by_the_same_witness(server: Server, arena: str) -> None:
    with server.as_role("phoenix_migration", arena) as owner:
        owner.execute(DOCUMENTED)
        assert SECRET in Witness(owner).attempt("SELECT * FROM patients"), "the owner sees all"
    with server.as_role("phoenix_application", arena) as session:
        witness = Witness(session)
        assert SECRET not in witness.attempt("SELECT * FROM audit_logs")
        session.execute("SET app.security_admin = true")
        assert SECRET in witness.attempt("SELECT * FROM audit_logs"), "anyone may claim to be it"


HOLES = {
    "row-level security is off": "ALTER TABLE patients DISABLE ROW LEVEL SECURITY",
    "not forced": "ALTER TABLE encounters NO FORCE ROW LEVEL SECURITY",
    "no tenant_isolation policy": "DROP POLICY tenant_isolation ON soap_notes",
    "unexpected policy": "CREATE POLICY open ON patients USING (true)",
    "reads another setting": "CREATE POLICY admin ON audit_logs "
    "USING (current_setting('app.security_admin', true)::boolean)",
    "backups would be silently partial": "DROP POLICY dump_reads_all ON transcriptions",
    "is not a uuid that is never null": "ALTER TABLE patients DROP CONSTRAINT patients_pkey; "
    "ALTER TABLE patients ALTER tenant_id DROP NOT NULL",
    "leaves out tenant_id, so a clash": "CREATE UNIQUE INDEX ON patients (id, md5(body))",
    "leaves out tenant_id, so it answers": "ALTER TABLE patients ADD COLUMN n bigint UNIQUE; "
    "CREATE TABLE visits (n bigint REFERENCES patients (n))",
    "TRUNCATE is not refused": "DROP TRIGGER refuse_truncate ON patients",
    "may TRUNCATE": "GRANT TRUNCATE ON patients TO phoenix_application",
    "child table": "CREATE TABLE patients_copy () INHERITS (patients)",
    "materialised view": "CREATE MATERIALIZED VIEW frozen AS SELECT * FROM patients",
    "table is missing": "DROP TABLE soap_notes",
}
ADMINISTRATOR_HOLES = {
    "bypasses row-level security": "ALTER TABLE patients OWNER TO postgres",
    "create it with security_invoker": "CREATE VIEW leak AS SELECT * FROM patients",
    "function leak() runs as": "CREATE FUNCTION leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER "
    "AS 'SELECT count(*) FROM patients'",
}


def _verify(uri: str, folder: Path) -> tuple[int, str]:
    credentials = folder / "verifier.env"
    credentials.write_text(f"DATABASE_URL='{uri}'\n")
    scripts = folder / "scripts"
    scripts.mkdir(exist_ok=True)
    source = Path(__file__).resolve().parents[2] / "phoenix_infra" / "jobs"
    # The verifier alone: the policies are not put right first.
    (scripts / "row_level_security.sql").write_text("")
    (scripts / "verify_row_level_security.sql").write_text(
        (source / "verify_row_level_security.sql").read_text()
    )
    done = run_script(
        "apply_row_level_security.sh",
        {"DATABASE_CREDENTIALS_FILE": str(credentials), "SCRIPT_DIRECTORY": str(scripts)},
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(("complaint", "change"), [*HOLES.items(), *ADMINISTRATOR_HOLES.items()])
def test_the_verifier_sees(
    complaint: str, change: str, server: Server, protected: str, tmp_path: Path
) -> None:
    role = "postgres" if complaint in ADMINISTRATOR_HOLES else "phoenix_migration"
    with server.as_role(role, protected) as session:
        session.execute(change)

    code, message = _verify(server.database(protected), tmp_path)

    assert code != 0
    assert complaint in message, message


def test_the_verifier_sees_a_service_that_may_become_the_auditor(
    server: Server, protected: str, tmp_path: Path
) -> None:
    with server.as_role("postgres", "postgres") as admin:
        admin.execute("GRANT phoenix_auditor TO phoenix_application")
        try:
            code, message = _verify(server.database(protected), tmp_path)
        finally:
            admin.execute("REVOKE phoenix_auditor FROM phoenix_application")
    assert code != 0
    assert "phoenix_application is a member of phoenix_auditor" in message
