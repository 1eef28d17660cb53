#!/bin/sh
# Brings Vault to the state that the mounted documents describe. Safe to repeat: every step either
# writes the whole of one object or first asks whether it is there.
set -eu

: "${HOME:?}" "${VAULT_ADDR:?}" "${VAULT_CACERT:?}" "${DOCUMENTS:?}" "${IDENTITY_FILE:?}"
: "${STATIC_MOUNT:?}" "${DATABASE_MOUNT:?}" "${CONNECTION:?}" "${DATABASE_URL_TEMPLATE:?}" "${ADMIN:?}"

if ! vault status >/dev/null 2>&1; then
  echo "Vault is sealed or not initialised: run the initialisation ceremony of the runbook first" >&2
  exit 1
fi

# Where the command line looks for it; the directory is in memory.
umask 077
vault write -field=token auth/kubernetes/login \
  role=vault-configuration jwt=@"$IDENTITY_FILE" >"$HOME/.vault-token"

vault audit list -format=json 2>/dev/null | grep -q '"file/"' ||
  vault audit enable file file_path=/vault/audit/audit.log

vault secrets list -format=json | grep -q "\"$STATIC_MOUNT/\"" ||
  vault secrets enable -path="$STATIC_MOUNT" -version=2 kv
vault secrets list -format=json | grep -q "\"$DATABASE_MOUNT/\"" ||
  vault secrets enable -path="$DATABASE_MOUNT" database

vault write auth/kubernetes/config kubernetes_host=https://kubernetes.default.svc:443

allowed=""
for document in "$DOCUMENTS"/policy--*.hcl; do
  name=${document##*/policy--}
  vault policy write "${name%.hcl}" "$document"
done
for document in "$DOCUMENTS"/role--*.json; do
  name=${document##*/role--}
  vault write "auth/kubernetes/role/${name%.json}" @"$document"
done
for document in "$DOCUMENTS"/database--*.json; do
  [ -e "$document" ] || continue
  name=${document##*/database--}
  allowed="$allowed${allowed:+,}${name%.json}"
done
if [ -n "$allowed" ]; then
  vault write "$DATABASE_MOUNT/config/$CONNECTION" plugin_name=postgresql-database-plugin \
    allowed_roles="$allowed" password_authentication=scram-sha-256 \
    connection_url="$DATABASE_URL_TEMPLATE" @"$ADMIN/connection.json"
fi
for document in "$DOCUMENTS"/database--*.json; do
  [ -e "$document" ] || continue
  name=${document##*/database--}
  vault write "$DATABASE_MOUNT/roles/${name%.json}" @"$document"
done

# What the catalogue no longer names must not keep its access.
vault list -format=json auth/kubernetes/role | tr -d '[]", ' | while read -r role; do
  [ -n "$role" ] && [ "$role" != vault-configuration ] || continue
  if [ ! -e "$DOCUMENTS/role--$role.json" ]; then
    vault delete "auth/kubernetes/role/$role"
    vault policy delete "$role"
  fi
done
echo "Vault is configured"
