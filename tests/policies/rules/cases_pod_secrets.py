"""Cases of the rules on secrets on their way into containers."""

from typing import Any

from tests.policies.cases import UNKNOWN, Bend, Cases, adding, given, having
from tests.policies.rules.fixtures_pods import CONTAINER, CONTAINER_PATH, DEPLOYMENT, POD_PATH

_ENV = f"{CONTAINER_PATH}.env"
_CONFIG = given(
    "settings",
    "kubernetes:core/v1:ConfigMap",
    {
        "metadata": {"name": "settings", "namespace": "commerce"},
        "data": {
            "LOG_LEVEL": "INFO",
            "DB_HOST": "db.commerce.svc",
            "DB_PASSWORD_FILE": "/vault/secrets/database",
            "TOKEN_TTL": "900s",
            "application.yaml": "server:\n  port: 8080\ndatabase:\n  passwordFile: /vault/db\n",
        },
    },
)
_SECRET = given(
    "issued",
    "kubernetes:core/v1:Secret",
    {"metadata": {"name": "issued", "namespace": "commerce"}, "type": "Opaque", "data": {}},
)
_JDBC = "jdbc:postgresql://app:Yk7rT2wq@db.commerce.svc:5432/orders"
_KEY = "AKIA" + "Q3EXAMPLE7ORDERS"


def _env(name: str, value: Any) -> Bend:
    return having(_ENV, [{"name": name, "value": value}])


CASES = [
    Cases(
        rule="k8s-no-literal-secret-env",
        compliant=[DEPLOYMENT],
        passes={
            "the path of a file": _env("DB_PASSWORD_FILE", "/vault/secrets/database"),
            "a secret's name": _env("DB_SECRET_NAME", "orders-database"),
            "read from a secret": having(
                _ENV,
                [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "d", "key": "p"}}}],
            ),
        },
        fails={
            "a password": _env("DB_PASSWORD", "Yk7rT2wq9Lm"),
            "a placeholder": _env("API_TOKEN", "changeme-please"),
            "a password in an address": _env("ORDERS_STORE", "postgres://app:Yk7rT2wq@db/orders"),
            "a cloud key under a harmless name": _env("REGION_HINT", _KEY),
            "in an init container": having(
                f"{POD_PATH}.initContainers",
                [
                    {
                        **CONTAINER,
                        "name": "init",
                        "env": [{"name": "PGPASSWORD", "value": "Yk7rT2wq9Lm"}],
                    }
                ],
            ),
        },
        unknown={
            "value not known": _env("DB_PASSWORD", UNKNOWN),
            "variables not known": having(_ENV, UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-secrets-as-files",
        compliant=[DEPLOYMENT],
        passes={
            "a field of the pod": having(
                _ENV, [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
            ),
            "a whole config map": having(
                f"{CONTAINER_PATH}.envFrom", [{"configMapRef": {"name": "settings"}}]
            ),
        },
        fails={
            "one key": having(
                _ENV, [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "d", "key": "p"}}}]
            ),
            "a whole secret": having(
                f"{CONTAINER_PATH}.envFrom", [{"secretRef": {"name": "database"}}]
            ),
        },
        unknown={
            "variables not known": having(_ENV, UNKNOWN),
            "sources not known": having(f"{CONTAINER_PATH}.envFrom", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-configmap-no-secrets",
        compliant=[_CONFIG],
        fails={
            "a password": having("data.DB_PASSWORD", "Yk7rT2wq9Lm"),
            "in YAML": having(["data", "application.yaml"], "database:\n  password: Yk7rT2wq9Lm\n"),
            "in INI": having(
                ["data", "client.ini"], "[client]\nuser=app\npassword = Yk7rT2wq9Lm\n"
            ),
            "in JSON": having("data.settings", '{"user": "app", "apiToken": "Yk7rT2wq9Lm"}'),
            "in a JDBC address": having("data.STORE", _JDBC),
            "a private key": having("data.ca", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n"),
        },
        unknown={
            "a value not known": having("data.DB_PASSWORD", UNKNOWN),
            "all of it not known": having("data", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-secret-from-store",
        compliant=[_SECRET],
        passes={"immutable": having("immutable", True)},
        fails={
            "a literal": having("stringData.password", "Yk7rT2wq9Lm"),
            "a placeholder": having("data.password", "Y2hhbmdlbWU="),
            "a token that never ends": having("type", "kubernetes.io/service-account-token"),
            "mutable in so many words": having("immutable", False),
            "beside another one": adding(
                given(
                    "second",
                    _SECRET.type,
                    {"metadata": {"name": "second"}, "stringData": {"key": "Yk7rT2wq9Lm"}},
                )
            ),
        },
        unknown={
            "a value not known": having("data.password", UNKNOWN),
            "all of it not known": having("data", UNKNOWN),
        },
        secret_is_compliant=("a literal", "a placeholder", "beside another one"),
    ),
]
