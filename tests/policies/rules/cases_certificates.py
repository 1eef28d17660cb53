"""Cases of the rules on certificates."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    alone,
    given,
    having,
    lacking,
    of_type,
    together,
)

_CERTIFICATE = given(
    "api",
    "kubernetes:cert-manager.io/v1:Certificate",
    {
        "metadata": {"name": "api", "namespace": "istio-ingress"},
        "spec": {
            "secretName": "api",
            "dnsNames": ["api.phoenix-guardian.com"],
            "duration": "2160h",
            "renewBefore": "720h",
            "issuerRef": {"kind": "ClusterIssuer", "name": "phoenix-internal"},
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        },
    },
)
_ISSUER = given(
    "public",
    "kubernetes:cert-manager.io/v1:ClusterIssuer",
    {
        "metadata": {"name": "letsencrypt"},
        "spec": {"acme": {"server": "https://acme-v02.api.letsencrypt.org/directory"}},
    },
)
_KEY = "spec.privateKey"

CASES = [
    Cases(
        rule="certmanager-certificate-strength",
        compliant=[_CERTIFICATE],
        passes={
            "RSA 3072": having(
                _KEY, {"algorithm": "RSA", "size": 3072, "rotationPolicy": "Always"}
            ),
            "RSA of cert-manager's own size": having(
                _KEY, {"algorithm": "RSA", "rotationPolicy": "Always"}
            ),
            "ECDSA of cert-manager's own size": lacking(f"{_KEY}.size"),
            "the internal CA keeps its key": together(
                having("spec.isCA", True),
                having("metadata.namespace", "cert-manager"),
                having(f"{_KEY}.rotationPolicy", "Never"),
            ),
            "Ed25519": having(_KEY, {"algorithm": "Ed25519", "rotationPolicy": "Always"}),
            "the internal CA": together(
                having("spec.isCA", True), having("metadata.namespace", "cert-manager")
            ),
        },
        fails={
            "RSA 1024": having(
                _KEY, {"algorithm": "RSA", "size": 1024, "rotationPolicy": "Always"}
            ),
            "another algorithm": having(
                _KEY, {"algorithm": "DSA", "size": 3072, "rotationPolicy": "Always"}
            ),
            "a key that is kept beside the CA's": together(
                having("metadata.namespace", "cert-manager"),
                having(f"{_KEY}.rotationPolicy", "Never"),
            ),
            "ECDSA 224": having(f"{_KEY}.size", 224),
            "the key is kept": having(f"{_KEY}.rotationPolicy", "Never"),
            "rotation left out": lacking(f"{_KEY}.rotationPolicy"),
            "an authority elsewhere": having("spec.isCA", True),
            "a wildcard": having("spec.dnsNames.1", "*.phoenix-guardian.com"),
        },
        unknown={
            "key not known": having(_KEY, UNKNOWN),
            "size not known": having(f"{_KEY}.size", UNKNOWN),
            "a host not known": having("spec.dnsNames.0", UNKNOWN),
        },
    ),
    Cases(
        rule="certmanager-certificate-lifetime",
        compliant=[_CERTIFICATE],
        passes={
            "a share": together(
                lacking("spec.renewBefore"), having("spec.renewBeforePercentage", 34)
            ),
            "cert-manager's own defaults": together(
                lacking("spec.duration"), lacking("spec.renewBefore")
            ),
            "minutes and seconds": together(
                having("spec.duration", "24h0m0s"), having("spec.renewBefore", "8h30m")
            ),
            "an authority lives longer": together(
                having("spec.isCA", True),
                having("spec.duration", "87600h"),
                having("spec.renewBefore", "29200h"),
            ),
        },
        fails={
            "a year": together(
                having("spec.duration", "8760h"), having("spec.renewBefore", "2920h")
            ),
            "renewed in the last week": having("spec.renewBefore", "168h"),
            "renewed on the last of ninety days": together(
                lacking("spec.duration"), having("spec.renewBefore", "24h")
            ),
            "renewal left out": lacking("spec.renewBefore"),
            "no duration at all": having("spec.duration", "90d"),
        },
        unknown={
            "duration not known": having("spec.duration", UNKNOWN),
            "renewal not known": having("spec.renewBefore", UNKNOWN),
        },
    ),
    Cases(
        rule="certmanager-issuer-trusted",
        compliant=[_ISSUER],
        passes={
            "the issuer that signs the internal CA": alone(
                given(
                    "bootstrap",
                    _ISSUER.type,
                    {"metadata": {"name": "phoenix-bootstrap"}, "spec": {"selfSigned": {}}},
                )
            ),
            "the certificate of the internal CA": alone(
                given(
                    "ca",
                    _CERTIFICATE.type,
                    {"spec": {"isCA": True, "issuerRef": {"name": "selfsigned"}}},
                )
            ),
            "a certificate of the internal CA": alone(_CERTIFICATE),
        },
        fails={
            "a staging server": having(
                "spec.acme.server", "https://acme-staging-v02.api.letsencrypt.org/directory"
            ),
            "plain HTTP": having("spec.acme.server", "http://acme.internal/directory"),
            "an unverified server": having("spec.acme.skipTLSVerify", True),
            "signs by itself": having("spec", {"selfSigned": {}}),
            "an issuer of one namespace": together(
                of_type("kubernetes:cert-manager.io/v1:Issuer"),
                having("spec", {"selfSigned": {}}),
            ),
            "a certificate signed by itself": alone(
                given(
                    "api",
                    _CERTIFICATE.type,
                    {"spec": {"issuerRef": {"name": "selfsigned"}, "dnsNames": ["a.b"]}},
                )
            ),
        },
        unknown={
            "server not known": having("spec.acme.server", UNKNOWN),
            "the whole issuer not known": having("spec", UNKNOWN),
        },
    ),
]
