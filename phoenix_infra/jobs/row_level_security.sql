-- Tenant isolation of the five PHI tables (G-060, G-061; defects of the documents' version: X-40). Idempotent.
--
-- The application names the tenant of each transaction: SET LOCAL app.current_tenant = '<uuid>'. Nothing else
-- widens what it sees: no second setting, no ownership (FORCE), no missing tenant (the policy is then null, so no row).
-- Whoever may read more does so as a role: phoenix_auditor (audit_logs only) and phoenix_dump (backups).
-- The trust boundary is that setting: a service must take it from a verified token, never from a request's text.

\set ON_ERROR_STOP on
BEGIN;

DO $roles$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'phoenix_application', 'phoenix_migration', 'phoenix_dump', 'phoenix_auditor'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS', role_name);
        END IF;
    END LOOP;
END
$roles$;

CREATE SCHEMA IF NOT EXISTS tenancy;
REVOKE ALL ON SCHEMA tenancy FROM PUBLIC;

-- TRUNCATE knows no row-level security: it is refused to everyone, the owner included.
CREATE OR REPLACE FUNCTION tenancy.refuse_truncate() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
BEGIN
    RAISE EXCEPTION 'TRUNCATE removes the rows of every tenant; delete by tenant instead'
        USING ERRCODE = 'insufficient_privilege';
END
$body$;
REVOKE ALL ON FUNCTION tenancy.refuse_truncate() FROM PUBLIC;

DO $tables$
DECLARE
    table_name text;
    policy_name text;
    -- Missing and empty settings are null, and null is no tenant. The cast happens once per statement, not once per row.
    tenant constant text :=
        '(SELECT nullif(pg_catalog.current_setting(''app.current_tenant'', true), '''')::uuid)';
BEGIN
    FOREACH table_name IN ARRAY ARRAY[
        'patients', 'encounters', 'transcriptions', 'soap_notes', 'audit_logs'
    ] LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', table_name);

        -- Policies add up, so one left over from an earlier version would widen access.
        FOR policy_name IN
            SELECT policyname FROM pg_catalog.pg_policies
            WHERE schemaname = 'public' AND tablename = table_name
        LOOP
            EXECUTE format('DROP POLICY %I ON public.%I', policy_name, table_name);
        END LOOP;

        EXECUTE format(
            'CREATE POLICY tenant_isolation ON public.%1$I FOR ALL TO PUBLIC '
            'USING (tenant_id = %2$s) WITH CHECK (tenant_id = %2$s)',
            table_name, tenant
        );
        EXECUTE format(
            'CREATE POLICY dump_reads_all ON public.%I FOR SELECT TO phoenix_dump USING (true)',
            table_name
        );

        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', table_name);
        EXECUTE format(
            'REVOKE TRUNCATE, REFERENCES, TRIGGER ON public.%I FROM phoenix_application, phoenix_dump, phoenix_auditor',
            table_name
        );
        EXECUTE format('GRANT SELECT ON public.%I TO phoenix_dump', table_name);
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO phoenix_application', table_name
        );
        EXECUTE format('DROP TRIGGER IF EXISTS refuse_truncate ON public.%I', table_name);
        EXECUTE format(
            'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_truncate()',
            table_name
        );
        EXECUTE format(
            'ALTER TABLE public.%I ENABLE ALWAYS TRIGGER refuse_truncate', table_name
        );
    END LOOP;
END
$tables$;

-- The auditor is a role that people are made members of, not a setting that a session can claim (X-40).
CREATE POLICY auditor_reads_all ON public.audit_logs FOR SELECT TO phoenix_auditor USING (true);
GRANT SELECT ON public.audit_logs TO phoenix_auditor;

-- An audit trail is added to and never changed (164.312(b)).
REVOKE UPDATE, DELETE ON public.audit_logs FROM phoenix_application;

COMMIT;
