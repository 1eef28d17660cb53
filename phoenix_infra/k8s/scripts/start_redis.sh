#!/bin/sh
# Writes the configuration of one member into memory: who is primary now, asked of the sentinels first.
set -eu

: "${MEMBERS:?}" "${GROUP:?}" "${QUORUM:?}" "${MEMORY_POLICY:?}" "${MAXIMUM_MEMORY:?}"
name=$(hostname)
self="$name.$MEMBERS"
first="${name%-*}-0.$MEMBERS"
password=$(cat /credentials/password)
export REDISCLI_AUTH="$password"

ask() {
  timeout 3 redis-cli --tls --cacert /tls/ca.crt --cert /tls/tls.crt --key /tls/tls.key \
    -h "$1" -p 26379 sentinel get-master-addr-by-name "$GROUP" 2>/dev/null | head -n 1
}

primary=""
for ordinal in 0 1 2; do
  primary=$(ask "${name%-*}-$ordinal.$MEMBERS" || true)
  [ -z "$primary" ] || break
done
[ -n "$primary" ] || primary="$first"

tls() {
  cat <<CONFIG
tls-cert-file /tls/tls.crt
tls-key-file /tls/tls.key
tls-ca-cert-file /tls/ca.crt
tls-auth-clients optional
tls-replication yes
tls-protocols TLSv1.3
CONFIG
}

umask 077
{
  tls
  cat <<CONFIG
port 0
tls-port 6379
dir /data
appendonly yes
appendfsync everysec
maxmemory $MAXIMUM_MEMORY
maxmemory-policy $MEMORY_POLICY
min-replicas-to-write 1
min-replicas-max-lag 10
requirepass $password
masterauth $password
replica-announce-ip $self
replica-announce-port 6379
CONFIG
  [ "$primary" = "$self" ] || echo "replicaof $primary 6379"
} >/configuration/redis.conf
{
  tls
  cat <<CONFIG
port 0
tls-port 26379
dir /tmp
requirepass $password
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $self
sentinel announce-port 26379
sentinel monitor $GROUP $primary 6379 $QUORUM
sentinel auth-pass $GROUP $password
sentinel sentinel-pass $password
sentinel down-after-milliseconds $GROUP 5000
sentinel failover-timeout $GROUP 60000
sentinel parallel-syncs $GROUP 1
CONFIG
} >/configuration/sentinel.conf
