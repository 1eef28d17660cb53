#!/usr/bin/env bash
# Restores the newest dump into a server of its own and compares it with its manifest (L-019, M-047).
set -euo pipefail
umask 077

scripts="${SCRIPT_DIRECTORY:-/scripts}"
scratch="${SCRATCH_DIRECTORY:-/scratch}"
prefix="${BACKUP_PREFIX:-database}"
maximum_age_seconds="${MAXIMUM_DUMP_AGE_SECONDS:-18000}"
: "${BACKUP_BUCKET:?the bucket with the dumps}"
set -a
# shellcheck source=/dev/null
. "${DATABASE_CREDENTIALS_FILE:-/vault/secrets/database.env}"
# On a site without pod identities the object store has a key pair of its own.
if [[ -f "${OBJECT_STORE_CREDENTIALS_FILE:-/vault/secrets/object-store.env}" ]]; then
    # shellcheck source=/dev/null
    . "${OBJECT_STORE_CREDENTIALS_FILE:-/vault/secrets/object-store.env}"
fi
set +a

# Those options are for the live database; the test server does not know the role.
live_options="${PGOPTIONS:-}"
unset PGOPTIONS

work="$(mktemp --directory "${scratch}/restore.XXXXXX")"
stop() {
    if [[ -f "${work}/data/postmaster.pid" ]]; then
        pg_ctl --pgdata "${work}/data" --mode immediate --silent stop || true
    fi
    rm -rf "${work}"
}
trap stop EXIT

field() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "${work}/manifest.json" "$1"
}

key="$(python3 "${scripts}/object_store.py" newest "${prefix}/" .manifest.json)"
python3 "${scripts}/object_store.py" get "${key}" "${work}/manifest.json"
created="$(field created)"
age=$(($(date -u +%s) - $(date -u --date "${created:0:4}-${created:4:2}-${created:6:2}T${created:9:2}:${created:11:2}:${created:13:2}Z" +%s)))
if ((age > maximum_age_seconds)); then
    echo "the newest dump is ${age} seconds old; at most ${maximum_age_seconds} are allowed" >&2
    exit 1
fi

python3 "${scripts}/object_store.py" get "$(field key)" "${work}/dump"
if [[ "$(sha256sum "${work}/dump" | cut -d ' ' -f 1)" != "$(field sha256)" ]]; then
    echo "the dump does not have the checksum of its manifest" >&2
    exit 1
fi

initdb --pgdata "${work}/data" --username restore --auth-local trust --encoding UTF8 > /dev/null
pg_ctl --pgdata "${work}/data" --wait --timeout 60 --silent --log "${work}/server.log" \
    --options "-c listen_addresses='' -c unix_socket_directories=${work} -c fsync=off" start
target=(--host "${work}" --username restore --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1)
# The policies name these roles.
psql "${target[@]}" --dbname postgres --command \
    "CREATE ROLE phoenix_application; CREATE ROLE phoenix_migration; CREATE ROLE phoenix_dump; CREATE ROLE phoenix_auditor" \
    --command "CREATE DATABASE restored"
pg_restore --host "${work}" --username restore --dbname restored --no-owner --no-privileges --exit-on-error "${work}/dump"

restored="$(psql "${target[@]}" --dbname restored --command "
    SELECT concat_ws(',',
        'audit_logs=' || (SELECT count(*) FROM public.audit_logs),
        'encounters=' || (SELECT count(*) FROM public.encounters),
        'patients=' || (SELECT count(*) FROM public.patients),
        'soap_notes=' || (SELECT count(*) FROM public.soap_notes),
        'transcriptions=' || (SELECT count(*) FROM public.transcriptions))")"
expected="$(python3 -c 'import json, sys
print(",".join(f"{k}={v}" for k, v in sorted(json.load(open(sys.argv[1]))["rows"].items())))' "${work}/manifest.json")"
if [[ "${restored}" != "${expected}" ]]; then
    echo "restored rows ${restored}, the manifest says ${expected}" >&2
    exit 1
fi

# The live schema has no table that the restore lacks: a dump of an older schema would not save today's service.
tables="SELECT string_agg(tablename, ',' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'"
live="$(PGOPTIONS="${live_options}" psql "${DATABASE_URL}" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --command "${tables}")"
copy="$(psql "${target[@]}" --dbname restored --command "${tables}")"
if [[ "${live}" != "${copy}" ]]; then
    echo "the restore has tables ${copy}, the live database ${live}" >&2
    exit 1
fi

python3 "${scripts}/report_freshness.py" phoenix_database_restore_test_succeeded_timestamp_seconds "$(date -u +%s)"
echo "restored $(field key): ${restored}"
