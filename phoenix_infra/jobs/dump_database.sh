#!/usr/bin/env bash
# Logical dump with an integrity manifest, uploaded under SSE-KMS (G-098, X-39). Any failure fails the Job:
# the dump goes to a file first, so a half-written one is never uploaded, and the manifest comes last.
set -euo pipefail
umask 077

scripts="${SCRIPT_DIRECTORY:-/scripts}"
scratch="${SCRATCH_DIRECTORY:-/scratch}"
prefix="${BACKUP_PREFIX:-database}"
: "${BACKUP_BUCKET:?the bucket for dumps}"
set -a
# shellcheck source=/dev/null
. "${DATABASE_CREDENTIALS_FILE:-/vault/secrets/database.env}"
# On a site without pod identities the object store has a key pair of its own.
if [[ -f "${OBJECT_STORE_CREDENTIALS_FILE:-/vault/secrets/object-store.env}" ]]; then
    # shellcheck source=/dev/null
    . "${OBJECT_STORE_CREDENTIALS_FILE:-/vault/secrets/object-store.env}"
fi
set +a

started="$(date -u +%Y%m%dT%H%M%SZ)"
dump="${scratch}/phoenix-${started}.dump"
manifest="${scratch}/phoenix-${started}.manifest.json"
trap 'rm -f "${dump}" "${manifest}"' EXIT

query() {
    psql "${DATABASE_URL}" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --command "$1"
}

# Row-level security binds this role too: without its policy a dump would be empty, and look healthy.
readable="$(query "SELECT count(*) FROM pg_policies WHERE policyname = 'dump_reads_all' AND schemaname = 'public'")"
if [[ "${readable}" != 5 ]]; then
    echo "dump_reads_all covers ${readable} of 5 tables; run the row-level-security Job first" >&2
    exit 1
fi

# One snapshot for the counts and the dump, held open by a session of its own.
coproc SNAPSHOT {
    psql "${DATABASE_URL}" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1
}
snapshot_pid="${SNAPSHOT_PID}"
exec 3>&"${SNAPSHOT[1]}" 4<&"${SNAPSHOT[0]}"
echo "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();" >&3
read -r -t 60 snapshot <&4
echo "SELECT json_build_object(
    'patients', (SELECT count(*) FROM public.patients),
    'encounters', (SELECT count(*) FROM public.encounters),
    'transcriptions', (SELECT count(*) FROM public.transcriptions),
    'soap_notes', (SELECT count(*) FROM public.soap_notes),
    'audit_logs', (SELECT count(*) FROM public.audit_logs));" >&3
read -r -t 600 counts <&4

pg_dump "${DATABASE_URL}" --format=custom --no-owner --no-privileges --enable-row-security \
    --snapshot="${snapshot}" --lock-wait-timeout=60s --file="${dump}"
printf 'COMMIT;\n\\q\n' >&3
exec 3>&- 4<&-
wait "${snapshot_pid}"

# A dump that cannot be listed cannot be restored.
pg_restore --list "${dump}" > /dev/null
checksum="$(sha256sum "${dump}" | cut -d ' ' -f 1)"
bytes="$(stat --format %s "${dump}")"
printf '{"format":"phoenix-dump","version":1,"key":"%s","created":"%s","release":"%s","sha256":"%s","bytes":%s,"rows":%s}\n' \
    "${prefix}/phoenix-${started}.dump" "${started}" "${RELEASE:-unknown}" "${checksum}" "${bytes}" "${counts}" \
    > "${manifest}"

python3 "${scripts}/object_store.py" put "${dump}" "${prefix}/phoenix-${started}.dump"
python3 "${scripts}/object_store.py" put "${manifest}" "${prefix}/phoenix-${started}.manifest.json"
python3 "${scripts}/report_freshness.py" phoenix_database_dump_completed_timestamp_seconds "$(date -u +%s)"
echo "dumped ${bytes} bytes to ${prefix}/phoenix-${started}.dump"
