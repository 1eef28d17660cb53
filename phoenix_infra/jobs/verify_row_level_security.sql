-- Proves on the live catalogue that tenant isolation holds; fails with every violation in one message (X-40).

\set ON_ERROR_STOP on

DO $verify$
DECLARE
    violations text[];
BEGIN
    WITH protected (name) AS (
        VALUES ('patients'), ('encounters'), ('transcriptions'), ('soap_notes'), ('audit_logs')
    ),
    tables AS (
        SELECT protected.name, class.oid AS table_oid, class.relowner, class.relrowsecurity,
               class.relforcerowsecurity
        FROM protected
        LEFT JOIN pg_catalog.pg_class AS class
            ON class.oid = to_regclass(format('public.%I', protected.name))
    ),
    policies AS (
        SELECT policy.* FROM pg_catalog.pg_policies AS policy
        JOIN protected ON protected.name = policy.tablename
        WHERE policy.schemaname = 'public'
    ),
    -- Tables that hold the same rows: partitions and children are reachable by their own names.
    heirs AS (
        SELECT class.relname, tables.name FROM pg_catalog.pg_inherits AS inherits
        JOIN tables ON tables.table_oid = inherits.inhparent
        JOIN pg_catalog.pg_class AS class ON class.oid = inherits.inhrelid
        WHERE NOT (class.relrowsecurity AND class.relforcerowsecurity)
    ),
    -- Views and materialised views that read a protected table.
    readers AS (
        SELECT DISTINCT viewing.oid, viewing.relname, viewing.relkind, viewing.reloptions,
               viewing.relowner, tables.name
        FROM tables
        JOIN pg_catalog.pg_depend AS depend
            ON depend.refobjid = tables.table_oid AND depend.refclassid = 'pg_class'::regclass
        JOIN pg_catalog.pg_rewrite AS rewrite
            ON rewrite.oid = depend.objid AND depend.classid = 'pg_rewrite'::regclass
        JOIN pg_catalog.pg_class AS viewing
            ON viewing.oid = rewrite.ev_class AND viewing.oid <> tables.table_oid
    ),
    found (violation) AS (
        SELECT format('%s: table is missing', name) FROM tables WHERE table_oid IS NULL
        UNION ALL
        SELECT format('%s: row-level security is off', name) FROM tables
        WHERE table_oid IS NOT NULL AND NOT relrowsecurity
        UNION ALL
        SELECT format('%s: not forced, so its owner sees every tenant', name) FROM tables
        WHERE table_oid IS NOT NULL AND NOT relforcerowsecurity
        UNION ALL
        SELECT format('%s: no tenant_isolation policy with USING and WITH CHECK on app.current_tenant', name)
        FROM tables
        WHERE NOT EXISTS (
            SELECT FROM policies
            WHERE tablename = name AND policyname = 'tenant_isolation' AND cmd = 'ALL'
              AND qual LIKE '%tenant_id =%app.current_tenant%, true)%'
              AND with_check LIKE '%tenant_id =%app.current_tenant%, true)%'
        )
        UNION ALL
        SELECT format('%s: unexpected policy %s for %s widens access', tablename, policyname, roles)
        FROM policies
        WHERE permissive = 'PERMISSIVE'
          AND policyname <> 'tenant_isolation'
          AND NOT (policyname = 'dump_reads_all' AND roles = '{phoenix_dump}' AND cmd = 'SELECT')
          AND NOT (policyname = 'auditor_reads_all' AND roles = '{phoenix_auditor}'
                   AND cmd = 'SELECT' AND tablename = 'audit_logs')
        UNION ALL
        SELECT format('%s: no policy lets the dump read every row, so backups would be silently partial', name)
        FROM tables
        WHERE NOT EXISTS (
            SELECT FROM policies WHERE tablename = name AND policyname = 'dump_reads_all' AND qual = 'true'
        )
        UNION ALL
        SELECT format('%s: policy %s reads another setting than app.current_tenant', tablename, policyname)
        FROM policies
        WHERE replace(coalesce(qual, '') || coalesce(with_check, ''),
                      'current_setting(''app.current_tenant''', '') LIKE '%current_setting(%'
        UNION ALL
        SELECT format('%s: tenant_id is not a uuid that is never null', name) FROM tables
        WHERE table_oid IS NOT NULL AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_attribute
            WHERE attrelid = table_oid AND attname = 'tenant_id' AND atttypid = 'uuid'::regtype AND attnotnull
        )
        UNION ALL
        -- A clash with a hidden row answers whether it exists.
        SELECT format('%s: unique index %s leaves out tenant_id, so a clash tells of another tenant''s row',
                      name, index.indexrelid::regclass)
        FROM tables JOIN pg_catalog.pg_index AS index ON index.indrelid = table_oid
        WHERE index.indisunique AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_attribute
            WHERE attrelid = table_oid AND attname = 'tenant_id' AND attnum = ANY (index.indkey)
        )
        UNION ALL
        -- Foreign keys are checked without row-level security.
        SELECT format('%s: foreign key %s leaves out tenant_id, so it answers whether another tenant''s row exists',
                      name, conname)
        FROM tables JOIN pg_catalog.pg_constraint AS foreign_key
            ON foreign_key.contype = 'f' AND foreign_key.confrelid = table_oid
        WHERE NOT EXISTS (
            SELECT FROM pg_catalog.pg_attribute
            WHERE attrelid = table_oid AND attname = 'tenant_id' AND attnum = ANY (foreign_key.confkey)
        )
        UNION ALL
        SELECT format('%s: owner %s bypasses row-level security', name, rolname)
        FROM tables JOIN pg_catalog.pg_roles AS owner ON owner.oid = relowner
        WHERE owner.rolsuper OR owner.rolbypassrls
        UNION ALL
        SELECT format('role %s bypasses row-level security', rolname) FROM pg_catalog.pg_roles
        WHERE rolbypassrls AND NOT rolsuper AND rolname NOT LIKE 'rds%'
        UNION ALL
        SELECT format('role phoenix_application is a member of %s', wide)
        FROM unnest(ARRAY['phoenix_auditor', 'phoenix_dump', 'phoenix_migration']) AS wide
        WHERE pg_has_role('phoenix_application', wide, 'MEMBER')
        UNION ALL
        SELECT format('role %s may %s %s', role_name, privilege, name)
        FROM tables,
             unnest(ARRAY['phoenix_application', 'phoenix_auditor', 'phoenix_dump']) AS role_name,
             unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
        WHERE table_oid IS NOT NULL AND has_table_privilege(role_name, table_oid, privilege)
        UNION ALL
        SELECT format('%s: TRUNCATE is not refused', name) FROM tables
        WHERE table_oid IS NOT NULL AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_trigger
            WHERE tgrelid = table_oid AND tgname = 'refuse_truncate' AND tgenabled = 'A'
        )
        UNION ALL
        SELECT format('%s: child table %s is not protected under its own name', name, relname) FROM heirs
        UNION ALL
        SELECT format('%s: materialised view %s keeps rows of every tenant', name, relname) FROM readers
        WHERE relkind = 'm'
        UNION ALL
        SELECT format('%s: view %s is run as %s, which bypasses row-level security; create it with security_invoker',
                      name, relname, owner.rolname)
        FROM readers JOIN pg_catalog.pg_roles AS owner ON owner.oid = relowner
        WHERE relkind = 'v' AND (owner.rolsuper OR owner.rolbypassrls)
          AND NOT coalesce(reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false)
        UNION ALL
        SELECT format('function %s runs as %s, which bypasses row-level security', routine.oid::regprocedure,
                      owner.rolname)
        FROM pg_catalog.pg_proc AS routine
        JOIN pg_catalog.pg_roles AS owner ON owner.oid = routine.proowner
        JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = routine.pronamespace
        WHERE routine.prosecdef AND (owner.rolsuper OR owner.rolbypassrls)
          AND namespace.nspname NOT IN ('pg_catalog', 'information_schema')
          AND namespace.nspname NOT LIKE 'rds%' AND namespace.nspname NOT LIKE 'aws%'
          AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend AS extension_member
              WHERE extension_member.objid = routine.oid AND extension_member.deptype = 'e'
          )
    )
    SELECT array_agg(violation ORDER BY violation) INTO violations FROM found;

    IF violations IS NOT NULL THEN
        RAISE EXCEPTION 'row-level security does not hold:%', E'\n' || array_to_string(violations, E'\n');
    END IF;
    RAISE NOTICE 'row-level security holds on all five tables';
END
$verify$;
