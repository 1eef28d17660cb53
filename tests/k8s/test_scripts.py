"""The scripts that configure Vault and Redis, run for real against recording stand-ins of their command lines."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "phoenix_infra" / "k8s" / "scripts"

VAULT = """#!/bin/sh
echo "vault $*" >>"$RECORD"
case "$*" in
  status) exit "${SEALED:-0}" ;;
  "write -field=token"*) echo token-of-the-job ;;
  "audit list"*) [ -e "$STATE/audit" ] && echo '{"file/":{}}' || exit 2 ;;
  "audit enable"*) touch "$STATE/audit" ;;
  "secrets list"*) cat "$STATE/secrets" 2>/dev/null || echo '{}' ;;
  "secrets enable"*) echo '{"kv/":{},"database/":{}}' >"$STATE/secrets" ;;
  "list -format=json auth/kubernetes/role") printf '["api-gateway",\\n"retired",\\n"vault-configuration"]' ;;
esac
"""
REDIS = """#!/bin/sh
[ -n "${PRIMARY:-}" ] && printf '%s\\n6379\\n' "$PRIMARY"
exit 0
"""


def _command(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def vault(tmp_path: Path) -> dict[str, str]:
    """An environment in which `vault` records what it is asked."""
    for name in ("bin", "documents", "admin", "state", "home"):
        (tmp_path / name).mkdir()
    _command(tmp_path / "bin", "vault", VAULT)
    documents = tmp_path / "documents"
    (documents / "policy--api-gateway.hcl").write_text("")
    (documents / "role--api-gateway.json").write_text("{}")
    (documents / "database--api-gateway.json").write_text("{}")
    (tmp_path / "admin" / "connection.json").write_text("{}")
    return {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
        "RECORD": str(tmp_path / "record"),
        "STATE": str(tmp_path / "state"),
        "VAULT_ADDR": "https://vault:8200",
        "VAULT_CACERT": "/tls/ca.crt",
        "DOCUMENTS": str(documents),
        "IDENTITY_FILE": "/identity/token",
        "STATIC_MOUNT": "kv",
        "DATABASE_MOUNT": "database",
        "CONNECTION": "phoenix",
        "DATABASE_URL_TEMPLATE": "postgresql://{{username}}:{{password}}@db/phoenix",
        "ADMIN": str(tmp_path / "admin"),
    }


def _run(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(SCRIPTS / script)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _asked(environment: dict[str, str]) -> list[str]:
    record = Path(environment["RECORD"])
    lines = record.read_text().splitlines()
    record.unlink()
    return lines


def test_vault_gets_every_document_and_loses_what_the_catalogue_no_longer_names(
    vault: dict[str, str],
) -> None:
    result = _run("configure_vault.sh", vault)
    assert result.returncode == 0, result.stderr
    asked = _asked(vault)
    documents = vault["DOCUMENTS"]
    assert f"vault policy write api-gateway {documents}/policy--api-gateway.hcl" in asked
    assert (
        f"vault write auth/kubernetes/role/api-gateway @{documents}/role--api-gateway.json" in asked
    )
    assert (
        f"vault write database/roles/api-gateway @{documents}/database--api-gateway.json" in asked
    )
    assert any("allowed_roles=api-gateway" in line for line in asked)
    assert "vault delete auth/kubernetes/role/retired" in asked
    assert "vault policy delete retired" in asked
    assert not any("delete auth/kubernetes/role/vault-configuration" in line for line in asked)
    assert not any("delete auth/kubernetes/role/api-gateway" in line for line in asked)


def test_the_audit_device_comes_before_any_secret_engine_and_a_second_run_enables_nothing(
    vault: dict[str, str],
) -> None:
    assert _run("configure_vault.sh", vault).returncode == 0
    first = _asked(vault)
    audit = next(i for i, line in enumerate(first) if "audit enable" in line)
    engine = next(i for i, line in enumerate(first) if "secrets enable" in line)
    assert audit < engine
    assert _run("configure_vault.sh", vault).returncode == 0
    assert not any(" enable " in line for line in _asked(vault))


def test_a_sealed_vault_is_said_plainly_and_nothing_is_written(vault: dict[str, str]) -> None:
    result = _run("configure_vault.sh", {**vault, "SEALED": "2"})
    assert result.returncode == 1
    assert "initialisation ceremony" in result.stderr
    assert not any("write" in line for line in _asked(vault))


def test_the_jobs_token_is_readable_by_itself_alone(vault: dict[str, str]) -> None:
    assert _run("configure_vault.sh", vault).returncode == 0
    token = Path(vault["HOME"]) / ".vault-token"
    assert token.read_text().strip() == "token-of-the-job"
    assert token.stat().st_mode & 0o077 == 0


@pytest.fixture
def redis(tmp_path: Path) -> dict[str, str]:
    """An environment in which the sentinels answer what the test says; paths are moved below the test's own."""
    for name in ("bin", "configuration", "credentials"):
        (tmp_path / name).mkdir()
    _command(tmp_path / "bin", "redis-cli", REDIS)
    _command(tmp_path / "bin", "hostname", "#!/bin/sh\necho redis-1\n")
    (tmp_path / "credentials" / "password").write_text("p4ss")
    script = (SCRIPTS / "start_redis.sh").read_text()
    moved = script.replace("/credentials/", f"{tmp_path}/credentials/").replace(
        "/configuration/", f"{tmp_path}/configuration/"
    )
    (tmp_path / "start.sh").write_text(moved)
    return {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "MEMBERS": "redis-members.phoenix-data.svc.cluster.local",
        "GROUP": "phoenix",
        "QUORUM": "2",
        "MEMORY_POLICY": "volatile-lru",
        "MAXIMUM_MEMORY": "6144mb",
        "SCRIPT": str(tmp_path / "start.sh"),
    }


def _configure(environment: dict[str, str]) -> tuple[str, str]:
    script = environment["SCRIPT"]
    subprocess.run(["/bin/sh", script], env=environment, check=True, capture_output=True)
    folder = Path(script).parent / "configuration"
    return (folder / "redis.conf").read_text(), (folder / "sentinel.conf").read_text()


def test_at_first_start_every_member_follows_the_first(redis: dict[str, str]) -> None:
    server, sentinel = _configure(redis)
    first = f"redis-0.{redis['MEMBERS']}"
    assert f"replicaof {first} 6379" in server
    assert f"sentinel monitor phoenix {first} 6379 2" in sentinel


def test_after_a_failover_a_restarted_member_follows_the_one_that_was_elected(
    redis: dict[str, str],
) -> None:
    elected = f"redis-2.{redis['MEMBERS']}"
    server, sentinel = _configure({**redis, "PRIMARY": elected})
    assert f"replicaof {elected} 6379" in server
    assert f"sentinel monitor phoenix {elected} 6379 2" in sentinel


def test_the_elected_member_follows_nobody(redis: dict[str, str]) -> None:
    server, _ = _configure({**redis, "PRIMARY": f"redis-1.{redis['MEMBERS']}"})
    assert "replicaof" not in server


def test_nothing_listens_without_tls_or_password(redis: dict[str, str]) -> None:
    for text in _configure(redis):
        assert "\nport 0\n" in text
        assert "requirepass p4ss" in text
        assert "tls-protocols TLSv1.3" in text
