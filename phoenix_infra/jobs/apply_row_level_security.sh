#!/usr/bin/env bash
# Applies the tenant policies and proves them; the Job fails when either fails, and no service starts before it.
set -euo pipefail

scripts="${SCRIPT_DIRECTORY:-/scripts}"
set -a
# shellcheck source=/dev/null
. "${DATABASE_CREDENTIALS_FILE:-/vault/secrets/database.env}"
set +a

# Notices about what is not there yet would hide the errors.
export PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning"
for file in row_level_security.sql verify_row_level_security.sql; do
    psql "${DATABASE_URL}" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file "${scripts}/${file}"
done
