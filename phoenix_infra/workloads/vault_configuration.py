"""Vault's policies, roles and engines as documents, derived from the catalogue; a Job applies them (A7.6)."""

import json
from collections.abc import Mapping

from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.vault import DATABASE_MOUNT, STATIC_MOUNT, VaultRole, vault_roles

DATABASE_CONNECTION = "phoenix"
CREDENTIAL_LIFETIME = "1h"
CREDENTIAL_MAXIMUM_LIFETIME = "24h"
LOGIN_LIFETIME = "1h"
EXTERNAL_SECRETS_ROLE = "external-secrets"
CONFIGURATION_ROLE = "vault-configuration"

_CREATE = (
    "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' "
    'IN ROLE "GROUP";'
)
_REVOKE = (
    'REASSIGN OWNED BY "{{name}}" TO CURRENT_USER; DROP OWNED BY "{{name}}"; '
    'DROP ROLE IF EXISTS "{{name}}";'
)


def vault_documents(settings: GuardianSettings) -> Mapping[str, str]:
    """File name to content: `policy--<name>.hcl`, `role--<name>.json`, `database--<name>.json`."""
    files: dict[str, str] = {}
    for role in vault_roles(settings):
        files[f"policy--{role.name}.hcl"] = policy(role)
        files[f"role--{role.name}.json"] = _json(
            _kubernetes_role(role.name, role.namespace, role.service_account)
        )
        if role.database_role is not None:
            files[f"database--{role.database_role}.json"] = _json(_database_role(role))
    if settings.stack.kind == "on-prem":
        # A site has no Secrets Manager: the operator reads the platform's own entries from here.
        files[f"policy--{EXTERNAL_SECRETS_ROLE}.hcl"] = _read(f"{STATIC_MOUNT}/data/platform/*")
        files[f"role--{EXTERNAL_SECRETS_ROLE}.json"] = _json(
            _kubernetes_role(EXTERNAL_SECRETS_ROLE, "external-secrets", "external-secrets")
        )
    return dict(sorted(files.items()))


def policy(role: VaultRole) -> str:
    """Read access to exactly the paths of one role; Vault denies everything else."""
    paths = [f"{STATIC_MOUNT}/data/{path}" for path in role.static_paths]
    if role.database_role is not None:
        paths.append(f"{DATABASE_MOUNT}/creds/{role.database_role}")
    return "".join(_read(path) for path in paths)


def _read(path: str) -> str:
    return f'path "{path}" {{\n  capabilities = ["read"]\n}}\n'


def _kubernetes_role(name: str, namespace: str, service_account: str) -> dict[str, object]:
    return {
        "bound_service_account_names": [service_account],
        "bound_service_account_namespaces": [namespace],
        "audience": "vault",
        "token_policies": [name],
        "token_no_default_policy": True,
        "token_ttl": LOGIN_LIFETIME,
        "token_max_ttl": CREDENTIAL_MAXIMUM_LIFETIME,
    }


def _database_role(role: VaultRole) -> dict[str, object]:
    """A login that lives an hour and belongs to one group role; the group owns the grants."""
    if role.database_privilege is None:
        raise ValueError(f"{role.name} has a database role without a privilege")
    return {
        "db_name": DATABASE_CONNECTION,
        "default_ttl": CREDENTIAL_LIFETIME,
        "max_ttl": CREDENTIAL_MAXIMUM_LIFETIME,
        "creation_statements": [_CREATE.replace("GROUP", role.database_privilege)],
        "renew_statements": ["ALTER ROLE \"{{name}}\" VALID UNTIL '{{expiration}}';"],
        "revocation_statements": [_REVOKE],
    }


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document, indent=2, sort_keys=True)
