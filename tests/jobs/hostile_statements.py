"""Statements of an attacker who holds a database session: reads, writes, escapes and changes of definitions."""

# ruff: noqa: S608 - statements are what is made here
import random

from ground import TABLES, TENANTS

MINE, THEIRS = TENANTS
SECRET = "canary-of-another-tenant"
"""In every row of the other tenant, and nowhere else: it must never come back, in a row or in an error."""


def _conditions(chance: random.Random) -> str:
    number = chance.randint(-5, 45)
    return chance.choice(
        [
            "true",
            "1 = 1 OR tenant_id IS NOT NULL",
            f"tenant_id = '{THEIRS}'",
            f"tenant_id::text LIKE '{THEIRS[:8]}%'",
            f"tenant_id <> '{MINE}'",
            f"id = {number}",
            f"body LIKE '%{SECRET}%'",
            f"peek(body, {number})",
            f"tenant_id IN (SELECT tenant_id FROM {chance.choice(TABLES)})",
            f"EXISTS (SELECT FROM {chance.choice(TABLES)} AS other WHERE other.tenant_id = '{THEIRS}')",
            f"1 / (CASE WHEN tenant_id = '{THEIRS}' THEN 0 ELSE 1 END) = 1",
            f"(body || 'x')::int = {number}",
            "row_security_active('patients') IS NOT NULL",
            f"length(body) > {number}",
        ]
    )


def hostile_statement(chance: random.Random, *, owner: bool) -> str:
    """One statement, drawn at random from every kind."""
    table = chance.choice(TABLES)
    condition = _conditions(chance)
    other = chance.choice(TABLES)
    number = chance.randint(1, 10_000_000)
    reads = [
        f"SELECT * FROM {table} WHERE {condition}",
        f"SELECT tenant_id, body FROM {table} WHERE {condition} ORDER BY random() LIMIT 50",
        f"SELECT string_agg(body, ',') FROM {table} WHERE {condition}",
        f"SELECT count(*) FILTER (WHERE tenant_id = '{THEIRS}') FROM {table}",
        f"WITH x AS MATERIALIZED (SELECT * FROM {table}) SELECT * FROM x WHERE {condition}",
        f"SELECT a.body FROM {table} a LEFT JOIN {other} b ON b.tenant_id <> a.tenant_id WHERE b.body IS NOT NULL",
        f"SELECT body FROM {table} UNION ALL SELECT body FROM {other}",
        f"SELECT x.body FROM {table}, LATERAL (SELECT body FROM {other} WHERE {condition.replace('tenant_id', other + '.tenant_id').replace('body', other + '.body') if 'FROM' not in condition else 'true'}) x",
        f"TABLE {table}",
        f"COPY (SELECT * FROM {table}) TO STDOUT",
        f"SELECT * FROM patient_view WHERE {condition}",
        f"SELECT * FROM invoker_view WHERE {condition}",
        "SELECT count_patients()",
        "SELECT * FROM all_bodies()",
        f"SELECT * FROM {table} FOR UPDATE",
        f"EXPLAIN (ANALYZE, VERBOSE, TIMING OFF) SELECT * FROM {table} WHERE {condition}",
        f"SELECT query_to_json('SELECT * FROM {table}')",
        f"SELECT most_common_vals::text FROM pg_stats WHERE tablename = '{table}'",
        f"DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM {table} LOOP RAISE NOTICE '%', r; END LOOP; END $$",
        f"DECLARE c CURSOR FOR SELECT * FROM {table}",
        f"SELECT body::int FROM {table} WHERE {condition}",
    ]
    writes = [
        f"UPDATE {table} SET body = 'owned' WHERE {condition}",
        f"UPDATE {table} SET tenant_id = '{THEIRS}' WHERE {condition}",
        f"UPDATE {table} SET tenant_id = '{MINE}' WHERE tenant_id = '{THEIRS}'",
        f"DELETE FROM {table} WHERE tenant_id = '{THEIRS}' OR ({condition})",
        f"INSERT INTO {table} VALUES ('{THEIRS}', {number}, 'planted')",
        f"INSERT INTO {table} VALUES ('{THEIRS}', {chance.randint(1, 20)}, 'planted')",
        f"INSERT INTO {table} VALUES ('{THEIRS}', {chance.randint(1, 20)}, 'x') ON CONFLICT DO NOTHING",
        f"INSERT INTO {table} VALUES ('{THEIRS}', {chance.randint(1, 20)}, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET body = 'owned' RETURNING body",
        f"INSERT INTO {table} SELECT '{THEIRS}', id + {number}, body FROM {other} RETURNING *",
        f"MERGE INTO {table} t USING {other} s ON t.id = s.id AND t.tenant_id = '{THEIRS}' WHEN MATCHED THEN UPDATE SET body = 'owned'",
        f"TRUNCATE {table}",
        f"TRUNCATE {', '.join(TABLES)} CASCADE",
        f"UPDATE patient_view SET body = 'owned' WHERE {condition}",
        f"DELETE FROM invoker_view WHERE tenant_id = '{THEIRS}'",
        f"LOCK TABLE {table} IN ACCESS SHARE MODE",
    ]
    escapes = [
        "SET row_security = off",
        "SET app.security_admin = true",
        "SET app.bypass_rls = 'on'",
        "SET is_superuser = on",
        "SET SESSION AUTHORIZATION postgres",
        "SET ROLE phoenix_auditor",
        "SET ROLE phoenix_dump",
        "SET ROLE postgres",
        "RESET SESSION AUTHORIZATION",
        "SET search_path = pg_temp, public",
        f"CREATE TEMP TABLE {table} AS SELECT * FROM public.{table}",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "SELECT set_config('row_security', 'off', false)",
        "SELECT lo_import('/etc/passwd')",
        f"GRANT phoenix_auditor TO {'phoenix_migration' if owner else 'phoenix_application'}",
    ]
    definitions = [
        f"CREATE POLICY open ON {table} USING (true)",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"DROP POLICY tenant_isolation ON {table}",
        f"CREATE TABLE child_{number} () INHERITS ({table})",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"CREATE TABLE stolen_{number} (tenant_id uuid, id bigint, FOREIGN KEY (tenant_id, id) REFERENCES {table})",
    ]
    kinds = [reads, reads, writes, escapes]
    if not owner:
        # Changing a table's definition is what ownership means; the owner is the migration Job alone.
        kinds.append(definitions)
    return chance.choice(chance.choice(kinds))
