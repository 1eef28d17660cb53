"""Cases of the rules on chart releases."""

from typing import Any

from tests.policies.cases import UNKNOWN, Bend, Cases, Given, alone, given, having, lacking

_RELEASE = given(
    "grafana",
    "kubernetes:helm.sh/v3:Release",
    {
        "chart": "grafana",
        "version": "9.3.2",
        "namespace": "phoenix-monitor",
        "repositoryOpts": {"repo": "https://grafana.github.io/helm-charts"},
        "atomic": True,
        "cleanupOnFail": True,
        "verify": True,
        "values": {
            "admin": {"existingSecret": "grafana-admin", "passwordKey": "password"},
            "service": {"type": "ClusterIP"},
            "securityContext": {"runAsNonRoot": True, "runAsUser": 472},
            "persistence": {"enabled": True},
        },
    },
)
_FLUX_TYPE = "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease"


def _flux(chart: dict[str, Any], values: dict[str, Any] | None = None) -> Given:
    return given("flux", _FLUX_TYPE, {"spec": {"chart": {"spec": chart}, "values": values or {}}})


_FLUX_CHART = {
    "chart": "grafana",
    "version": "9.3.2",
    "sourceRef": {"kind": "HelmRepository", "name": "grafana"},
    "verify": {"provider": "cosign"},
}


def _value(path: str, value: Any) -> Bend:
    return having(f"values.{path}", value)


CASES = [
    Cases(
        rule="helm-chart-pinned",
        compliant=[_RELEASE],
        passes={
            "from an OCI registry": having("chart", "oci://registry.internal/charts/grafana"),
            "a Flux release": alone(_flux(_FLUX_CHART)),
            "a Flux release by reference": alone(
                given("flux", _FLUX_TYPE, {"spec": {"chartRef": {"name": "grafana"}}})
            ),
            "a rendered chart": alone(
                given(
                    "chart",
                    "kubernetes:helm.sh/v3:Chart",
                    {
                        "chart": "grafana",
                        "version": "9.3.2",
                        "fetchOpts": {"repo": "https://grafana.github.io/helm-charts"},
                    },
                )
            ),
        },
        fails={
            "no version": lacking("version"),
            "a range": having("version", "^9.3.0"),
            "a wildcard": having("version", "9.x"),
            "the first part alone": having("version", "9"),
            "development versions": having("devel", True),
            "no repository": lacking("repositoryOpts"),
            "plain HTTP": having("repositoryOpts.repo", "http://charts.example.org"),
            "a range in a Flux release": alone(_flux({**_FLUX_CHART, "version": ">=9.0.0"})),
        },
        unknown={"version not known": having("version", UNKNOWN)},
    ),
    Cases(
        rule="helm-chart-verified",
        compliant=[_RELEASE],
        passes={
            "a signed chart of Flux": alone(_flux(_FLUX_CHART)),
            "a chart of Flux by reference, which its source verifies": alone(
                given("flux", _FLUX_TYPE, {"spec": {"chartRef": {"name": "grafana"}}})
            ),
        },
        fails={
            "left half done": lacking("atomic"),
            "leaves objects": lacking("cleanupOnFail"),
            "nobody waits": having("skipAwait", True),
            "no validation": having("disableOpenapiValidation", True),
            "no hooks": having("disableWebhooks", True),
            "not verified": lacking("verify"),
            "an unsigned chart of Flux": alone(
                _flux({k: v for k, v in _FLUX_CHART.items() if k != "verify"})
            ),
        },
        unknown={"not known": having("atomic", UNKNOWN)},
    ),
    Cases(
        rule="helm-values-no-secrets",
        compliant=[_RELEASE],
        fails={
            "a password": _value("admin.password", "Yk7rT2wq9Lm"),
            "in a list": _value("users", [{"name": "app", "password": "Yk7rT2wq9Lm"}]),
            "in an address": _value("database.url", "postgres://app:Yk7rT2wq@db:5432/grafana"),
            "a placeholder": _value("admin.adminPassword", "changeme"),
            "the repository's": having("repositoryOpts.password", "Yk7rT2wq9Lm"),
            "of a Flux release": alone(_flux(_FLUX_CHART, {"token": "Yk7rT2wq9Lm4Xc"})),
        },
        unknown={
            "a value not known": _value("admin.password", UNKNOWN),
            "values not known": having("values", UNKNOWN),
        },
        secret_is_compliant=True,
    ),
    Cases(
        rule="helm-values-security-defaults",
        compliant=[_RELEASE],
        passes={
            "an internal load balancer": _value(
                "service",
                {
                    "type": "LoadBalancer",
                    "annotations": {
                        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"
                    },
                },
            ),
            "an internal load balancer by the older annotation": _value(
                "service",
                {
                    "type": "LoadBalancer",
                    "annotations": {
                        "service.beta.kubernetes.io/aws-load-balancer-internal": "true"
                    },
                },
            ),
            "a node agent on the list": alone(
                given(
                    "cni",
                    _RELEASE.type,
                    {
                        "chart": "cni",
                        "values": {"privileged": True, "service": {"type": "ClusterIP"}},
                    },
                )
            ),
        },
        fails={
            "privileged": _value("securityContext.privileged", True),
            "on the node's network": _value("hostNetwork", True),
            "user 0": _value("securityContext.runAsUser", 0),
            "may be root": _value("securityContext.runAsNonRoot", False),
            "every verb": _value("rbac.rules", [{"verbs": ["*"], "resources": ["pods"]}]),
            "public": _value("service.type", "LoadBalancer"),
            "without TLS": _value("server.tls.enabled", False),
            "without authentication": _value("auth.enabled", False),
            "without a disk": _value("persistence.enabled", False),
            "as text": _value("securityContext.privileged", "true"),
            "in a Flux release": alone(_flux(_FLUX_CHART, {"auth": {"enabled": False}})),
        },
        unknown={
            "a value not known": _value("securityContext.privileged", UNKNOWN),
            "a whole context not known": _value("securityContext", UNKNOWN),
            "values not known": having("values", UNKNOWN),
        },
    ),
]
