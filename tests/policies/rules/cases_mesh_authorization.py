"""Cases of the rules on who may call whom in the mesh."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    given,
    having,
    lacking,
    together,
    without,
)

_NAMESPACE = given(
    "commerce",
    "kubernetes:core/v1:Namespace",
    {"metadata": {"name": "commerce", "labels": {"istio.io/rev": "stable"}}},
)
_POLICY_TYPE = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
_NOTHING = given(
    "nothing", _POLICY_TYPE, {"metadata": {"name": "nothing", "namespace": "commerce"}, "spec": {}}
)
_GATEWAY_CALLER = "cluster.local/ns/istio-ingress/sa/istio-ingress"
_ALLOW = given(
    "orders",
    _POLICY_TYPE,
    {
        "metadata": {"name": "orders", "namespace": "commerce"},
        "spec": {
            "selector": {"matchLabels": {"app": "orders"}},
            "action": "ALLOW",
            "rules": [
                {
                    "from": [{"source": {"principals": [_GATEWAY_CALLER]}}],
                    "to": [{"operation": {"methods": ["GET"], "paths": ["/orders/*"]}}],
                }
            ],
        },
    },
)
_SOURCE = "spec.rules.0.from.0.source"
_ENTRY = given(
    "entry",
    "kubernetes:networking.istio.io/v1:Gateway",
    {"spec": {"servers": [{"port": {"protocol": "HTTPS"}, "tls": {"mode": "SIMPLE"}}]}},
)
_TOKENS = given(
    "tokens",
    "kubernetes:security.istio.io/v1:RequestAuthentication",
    {
        "spec": {
            "jwtRules": [
                {
                    "issuer": "https://login.phoenix-guardian.com",
                    "jwksUri": "https://login.phoenix-guardian.com/keys",
                }
            ]
        }
    },
)
_USERS = given(
    "users",
    _POLICY_TYPE,
    {
        "spec": {
            "rules": [
                {
                    "from": [
                        {"source": {"requestPrincipals": ["https://login.phoenix-guardian.com/*"]}}
                    ]
                }
            ]
        }
    },
)


def _source(**stated: Any) -> Bend:
    return having(_SOURCE, stated)


def _only(path: str) -> Bend:
    return having("spec.rules.0", {"to": [{"operation": {"paths": [path]}}]})


CASES = [
    Cases(
        rule="istio-authorization-default-deny",
        compliant=[_NAMESPACE, _NOTHING],
        passes={
            "for the whole mesh": having("metadata.namespace", "istio-system", on="nothing"),
            "denies everything": having("spec", {"action": "DENY", "rules": [{}]}, on="nothing"),
            "not in the mesh": together(lacking("metadata.labels"), without("nothing")),
        },
        fails={
            "none": without("nothing"),
            "of another namespace": having("metadata.namespace", "billing", on="nothing"),
            "for some pods alone": having(
                "spec.selector", {"matchLabels": {"app": "orders"}}, on="nothing"
            ),
            "for a gateway alone": having("spec.targetRefs", [{"kind": "Gateway"}], on="nothing"),
            "denies nothing": having("spec", {"action": "DENY"}, on="nothing"),
            "denies something": having(
                "spec",
                {"action": "DENY", "rules": [{"to": [{"operation": {"paths": ["/admin"]}}]}]},
                on="nothing",
            ),
            "allows something": having("spec.rules", [{}], on="nothing"),
            "by the older label": together(
                having("metadata.labels", {"istio-injection": "enabled"}), without("nothing")
            ),
        },
        unknown={
            "the policy's namespace is not known": having(
                "metadata.namespace", UNKNOWN, on="nothing"
            ),
            "neither name is known": together(
                having("metadata.name", UNKNOWN),
                having("metadata.namespace", UNKNOWN, on="nothing"),
            ),
            "whether it is in the mesh is not known": together(
                without("nothing"), having("metadata.labels", UNKNOWN)
            ),
        },
    ),
    Cases(
        rule="istio-authorization-not-open",
        compliant=[_ALLOW],
        passes={
            "everyone may ask whether it lives": _only("/healthz"),
            "everyone but the gateway is denied": together(
                having("spec.action", "DENY"), _source(notPrincipals=[_GATEWAY_CALLER])
            ),
            "everyone is denied": together(
                having("spec.action", "DENY"), having("spec.rules", [{}])
            ),
            "any user of the gateway": _source(
                requestPrincipals=["*"], principals=[_GATEWAY_CALLER], namespaces=["istio-ingress"]
            ),
        },
        fails={
            "an empty rule": having("spec.rules", [{}]),
            "no caller named": lacking("spec.rules.0.from"),
            "no caller named for a path of users": _only("/orders/*"),
            "a path that begins like a probe": _only("/healthz*"),
            "no caller and no path named": having(
                "spec.rules.0", {"to": [{"operation": {"methods": ["GET"]}}]}
            ),
            "any token from anywhere": _source(requestPrincipals=["*"]),
            "every principal": _source(principals=["*"]),
            "every namespace": _source(namespaces=["*"]),
            "every address": _source(ipBlocks=["0.0.0.0/0"]),
            "a source that names nobody": _source(),
            "the action left out": together(lacking("spec.action"), _source(principals=["*"])),
        },
        unknown={
            "rules not known": having("spec.rules", UNKNOWN),
            "callers not known": _source(principals=UNKNOWN),
            "action not known": together(having("spec.action", UNKNOWN), _source(principals=["*"])),
        },
    ),
    Cases(
        rule="istio-ingress-jwt",
        compliant=[_ENTRY, _TOKENS, _USERS],
        passes={
            "whoever shows none is refused": having(
                "spec.rules",
                [{"from": [{"source": {"notRequestPrincipals": ["*"]}}]}],
                on="users",
            ),
            "an egress gateway passes connections on": together(
                having("spec.servers.0.tls.mode", "PASSTHROUGH"), without("tokens", "users")
            ),
        },
        fails={
            "no issuer is known": without("tokens"),
            "any issuer": lacking("spec.jwtRules.0.issuer", on="tokens"),
            "nobody must show one": without("users"),
            "keys by plain HTTP": having(
                "spec.jwtRules.0.jwksUri", "http://login.phoenix-guardian.com/keys", on="tokens"
            ),
        },
        unknown={
            "keys not known": having("spec.jwtRules.0.jwksUri", UNKNOWN, on="tokens"),
            "rules not known": having("spec.rules", UNKNOWN, on="users"),
        },
    ),
]
