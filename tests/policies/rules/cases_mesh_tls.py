"""Cases of the rules on encryption and egress in the mesh."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    alone,
    given,
    having,
    lacking,
    together,
    without,
)

_STRICT = given(
    "strict",
    "kubernetes:security.istio.io/v1:PeerAuthentication",
    {
        "metadata": {"name": "default", "namespace": "istio-system"},
        "spec": {"mtls": {"mode": "STRICT"}},
    },
)
_ROOT = given("root", "kubernetes:core/v1:Namespace", {"metadata": {"name": "istio-system"}})
_RULE = given(
    "orders",
    "kubernetes:networking.istio.io/v1:DestinationRule",
    {
        "metadata": {"name": "orders", "namespace": "commerce"},
        "spec": {
            "host": "orders.commerce.svc.cluster.local",
            "trafficPolicy": {
                "tls": {"mode": "ISTIO_MUTUAL"},
                "portLevelSettings": [{"port": {"number": 8080}, "tls": {"mode": "ISTIO_MUTUAL"}}],
            },
            "subsets": [{"name": "v1"}],
        },
    },
)
_MODE = "spec.trafficPolicy.tls"
_GATEWAY = given(
    "gateway",
    "kubernetes:networking.istio.io/v1:Gateway",
    {
        "metadata": {"name": "gateway", "namespace": "istio-ingress"},
        "spec": {
            "servers": [
                {
                    "port": {"number": 443, "name": "https", "protocol": "HTTPS"},
                    "hosts": ["api.phoenix-guardian.com"],
                    "tls": {
                        "mode": "SIMPLE",
                        "credentialName": "api",
                        "minProtocolVersion": "TLSV1_3",
                    },
                }
            ]
        },
    },
)
_TLS = "spec.servers.0.tls"
_SIDECAR = given(
    "sidecar",
    "kubernetes:networking.istio.io/v1:Sidecar",
    {"spec": {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}}},
)
_ENTRY = given(
    "pager",
    "kubernetes:networking.istio.io/v1:ServiceEntry",
    {
        "spec": {
            "hosts": ["events.pagerduty.com"],
            "location": "MESH_EXTERNAL",
            "ports": [{"number": 443, "name": "tls", "protocol": "TLS"}],
        }
    },
)
_ROUTE: dict[str, Any] = {
    "timeout": "5s",
    "retries": {"attempts": 2},
    "corsPolicy": {"allowOrigins": [{"exact": "https://app.phoenix-guardian.com"}]},
}
_ORIGIN = "spec.http.0.corsPolicy.allowOrigins.0"
_TELEMETRY = given(
    "telemetry",
    "kubernetes:telemetry.istio.io/v1:Telemetry",
    {
        "metadata": {"name": "mesh", "namespace": "istio-system"},
        "spec": {"accessLogging": [{"providers": [{"name": "otel"}]}]},
    },
)

CASES = [
    Cases(
        rule="istio-mtls-strict",
        compliant=[_STRICT],
        passes={
            "the token of an older version": alone(
                given(
                    "older",
                    "kubernetes:security.istio.io/v1beta1:PeerAuthentication",
                    {"spec": {"mtls": {"mode": "STRICT"}}},
                )
            ),
            "strict on a port": having("spec.portLevelMtls", {"8080": {"mode": "STRICT"}}),
        },
        fails={
            "permissive": having("spec.mtls.mode", "PERMISSIVE"),
            "off": having("spec.mtls.mode", "DISABLE"),
            "left out": lacking("spec.mtls"),
            "off on one port": having(
                "spec", {"mtls": {"mode": "STRICT"}, "portLevelMtls": {"9090": {"mode": "DISABLE"}}}
            ),
            "permissive in an older version": alone(
                given(
                    "older",
                    "kubernetes:security.istio.io/v1beta1:PeerAuthentication",
                    {"spec": {"mtls": {"mode": "PERMISSIVE"}}},
                )
            ),
        },
        unknown={
            "mode not known": having("spec.mtls.mode", UNKNOWN),
            "ports not known": having("spec.portLevelMtls", UNKNOWN),
        },
    ),
    Cases(
        rule="istio-mesh-wide-strict",
        compliant=[_STRICT, _ROOT],
        passes={"the root namespace is another program's": without("root")},
        fails={
            "none": without("strict"),
            "the mode left out": lacking("spec.mtls"),
            "for some pods alone": having("spec.selector", {"matchLabels": {"app": "orders"}}),
            "for another namespace alone": together(
                without("root"), having("metadata.namespace", "commerce")
            ),
            "a namespace relaxes it": adding(
                given(
                    "loose",
                    _STRICT.type,
                    {
                        "metadata": {"name": "default", "namespace": "commerce"},
                        "spec": {"mtls": {"mode": "PERMISSIVE"}},
                    },
                )
            ),
        },
        unknown={
            "its namespace is not known": having("metadata.namespace", UNKNOWN),
            "mode not known": having("spec.mtls.mode", UNKNOWN),
        },
    ),
    Cases(
        rule="istio-destination-rule-tls",
        compliant=[_RULE],
        passes={
            "left to the mesh": lacking(_MODE),
            "an outside host whose CA is known": having(
                _MODE, {"mode": "SIMPLE", "caCertificates": "/etc/certificates/ca.pem"}
            ),
            "an outside host whose CA is in a secret": having(
                _MODE, {"mode": "SIMPLE", "credentialName": "pager-ca"}
            ),
            "an outside host whose name is checked": having(
                _MODE, {"mode": "SIMPLE", "subjectAltNames": ["events.pagerduty.com"]}
            ),
        },
        fails={
            "off": having(_MODE, {"mode": "DISABLE"}),
            "off, with a name that nobody checks": having(
                _MODE, {"mode": "DISABLE", "subjectAltNames": ["events.pagerduty.com"]}
            ),
            "nobody is checked": having(_MODE, {"mode": "SIMPLE"}),
            "certificates are not verified": having(
                _MODE, {"mode": "MUTUAL", "insecureSkipVerify": True}
            ),
            "off on one port": having("spec.trafficPolicy.portLevelSettings.0.tls.mode", "DISABLE"),
            "off for a subset": having(
                "spec.subsets.0.trafficPolicy", {"tls": {"mode": "DISABLE"}}
            ),
        },
        unknown={
            "mode not known": having(f"{_MODE}.mode", UNKNOWN),
            "subsets not known": having("spec.subsets", UNKNOWN),
        },
    ),
    Cases(
        rule="istio-gateway-tls",
        compliant=[_GATEWAY],
        passes={
            "HTTP that is redirected": having(
                "spec.servers.1",
                {
                    "port": {"number": 80, "protocol": "HTTP"},
                    "hosts": ["api.phoenix-guardian.com"],
                    "tls": {"httpsRedirect": True},
                },
            ),
            "passed through": having(_TLS, {"mode": "PASSTHROUGH"}),
        },
        fails={
            "plain HTTP": having("spec.servers.0.port.protocol", "HTTP"),
            "TLS 1.0": having(f"{_TLS}.minProtocolVersion", "TLSV1_0"),
            "the version left out": lacking(f"{_TLS}.minProtocolVersion"),
            "no certificate": lacking(f"{_TLS}.credentialName"),
            "no mode": lacking(f"{_TLS}.mode"),
            "no TLS": lacking(_TLS),
            "every host": having("spec.servers.0.hosts", ["*"]),
            "every host of a namespace": having("spec.servers.0.hosts", ["commerce/*"]),
        },
        unknown={
            "version not known": having(f"{_TLS}.minProtocolVersion", UNKNOWN),
            "servers not known": having("spec.servers", UNKNOWN),
        },
    ),
    Cases(
        rule="istio-egress-registry-only",
        compliant=[_SIDECAR, _ENTRY],
        passes={
            "a database that speaks TLS by itself": having(
                "spec.ports.0", {"number": 5432, "protocol": "TCP"}, on="pager"
            ),
            "plain text inside the mesh": together(
                having("spec.location", "MESH_INTERNAL", on="pager"),
                having("spec.ports.0.protocol", "HTTP", on="pager"),
            ),
        },
        fails={
            "any host": having("spec.outboundTrafficPolicy.mode", "ALLOW_ANY"),
            "the mesh's default": lacking("spec.outboundTrafficPolicy"),
            "an entry for every host": having("spec.hosts", ["*"], on="pager"),
            "plain text": having("spec.ports.0", {"number": 80, "protocol": "HTTP"}, on="pager"),
        },
        unknown={
            "mode not known": having("spec.outboundTrafficPolicy.mode", UNKNOWN),
            "ports not known": having("spec.ports", UNKNOWN, on="pager"),
        },
    ),
    Cases(
        rule="istio-virtualservice-cors",
        compliant=[
            given(
                "orders",
                "kubernetes:networking.istio.io/v1:VirtualService",
                {"spec": {"hosts": ["orders"], "http": [_ROUTE]}},
            )
        ],
        fails={
            "any origin": having(_ORIGIN, {"exact": "*"}),
            "any origin by its beginning": having(_ORIGIN, {"prefix": "*"}),
            "any origin by an expression": having(_ORIGIN, {"regex": ".*"}),
            "any origin by an anchored expression": having(_ORIGIN, {"regex": "^.+$"}),
            "no time limit": lacking("spec.http.0.timeout"),
            "no retries": lacking("spec.http.0.retries"),
        },
        unknown={
            "origin not known": having(_ORIGIN, {"exact": UNKNOWN}),
            "routes not known": having("spec.http", UNKNOWN),
        },
    ),
    Cases(
        rule="istio-access-logging",
        compliant=[_TELEMETRY, _ROOT],
        fails={
            "none": without("telemetry"),
            "off": having("spec.accessLogging.0.disabled", True),
            "no provider": lacking("spec.accessLogging.0.providers"),
            "for one namespace alone": having("metadata.namespace", "commerce"),
        },
        unknown={
            "provider not known": having("spec.accessLogging", UNKNOWN),
            "namespace not known": having("metadata.namespace", UNKNOWN),
        },
    ),
]
