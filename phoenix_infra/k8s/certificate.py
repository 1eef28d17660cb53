"""cert-manager objects: issuers and certificates, with the strength and lifetime that the rules ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from phoenix_infra.k8s.custom_resource import present

LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"
INTERNAL_ISSUER = "phoenix-internal"
PUBLIC_ISSUER = "phoenix-public"
LEAF_LIFETIME_HOURS = 720
AUTHORITY_LIFETIME_HOURS = 2160
"""cert-manager's clients hold the authority's certificate for as long as their own lives; with the
authority renewed in its first third and its key kept, a copy never outlives it."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A leaf: ECDSA, a new key with every renewal, renewed when a third of its life is left (X-17)."""

    API_VERSION: ClassVar[str] = "cert-manager.io/v1"
    KIND: ClassVar[str] = "Certificate"

    secret: str
    issuer: str
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...] = ()
    lifetime_hours: int = LEAF_LIFETIME_HOURS
    client: bool = False
    """Whether it also proves a client's identity."""

    def __post_init__(self) -> None:
        """A wildcard would let one leaked key stand for every host."""
        if any("*" in name for name in self.dns_names):
            raise ValueError(f"certificate {self.secret}: name each host, without wildcards")

    def spec(self) -> Mapping[str, object]:
        """The certificate as cert-manager reads it."""
        usages = ["digital signature", "key encipherment", "server auth"]
        return present(
            secretName=self.secret,
            issuerRef={"group": "cert-manager.io", "kind": "ClusterIssuer", "name": self.issuer},
            dnsNames=list(self.dns_names),
            ipAddresses=list(self.ip_addresses) or None,
            duration=f"{self.lifetime_hours}h0m0s",
            renewBefore=f"{self.lifetime_hours // 3}h0m0s",
            privateKey={"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            usages=[*usages, "client auth"] if self.client else usages,
            revisionHistoryLimit=3,
        )


@dataclass(frozen=True, kw_only=True)
class AuthorityCertificate:
    """The internal authority, signed by itself; its key stays, so that a renewal breaks no trust."""

    API_VERSION: ClassVar[str] = "cert-manager.io/v1"
    KIND: ClassVar[str] = "Certificate"

    secret: str
    common_name: str
    issuer: str

    def spec(self) -> Mapping[str, object]:
        """Renewed in the first third of its life, so every copy of it outlives its holder's certificate."""
        return {
            "isCA": True,
            "commonName": self.common_name,
            "secretName": self.secret,
            "issuerRef": {
                "group": "cert-manager.io",
                "kind": "ClusterIssuer",
                "name": self.issuer,
            },
            "duration": f"{AUTHORITY_LIFETIME_HOURS}h0m0s",
            "renewBefore": f"{AUTHORITY_LIFETIME_HOURS * 2 // 3}h0m0s",
            "privateKey": {"algorithm": "ECDSA", "size": 384, "rotationPolicy": "Never"},
            "usages": ["cert sign", "crl sign", "digital signature"],
            "revisionHistoryLimit": 3,
        }


@dataclass(frozen=True, kw_only=True)
class SelfSignedIssuer:
    """Signs the internal authority once; nothing else refers to it."""

    API_VERSION: ClassVar[str] = "cert-manager.io/v1"
    KIND: ClassVar[str] = "ClusterIssuer"

    def spec(self) -> Mapping[str, object]:
        """It has no settings."""
        return {"selfSigned": {}}


@dataclass(frozen=True, kw_only=True)
class AuthorityIssuer:
    """Signs with the internal authority."""

    API_VERSION: ClassVar[str] = "cert-manager.io/v1"
    KIND: ClassVar[str] = "ClusterIssuer"

    secret: str

    def spec(self) -> Mapping[str, object]:
        """The Secret lies in cert-manager's own namespace."""
        return {"ca": {"secretName": self.secret}}


@dataclass(frozen=True, kw_only=True)
class Route53Issuer:
    """Let's Encrypt over DNS-01, which HTTP-01 behind a closed edge cannot replace (X-14)."""

    API_VERSION: ClassVar[str] = "cert-manager.io/v1"
    KIND: ClassVar[str] = "ClusterIssuer"

    email: str
    region: str
    dns_zones: tuple[str, ...]

    def spec(self) -> Mapping[str, object]:
        """Credentials come from Pod Identity; the zone is found by its name."""
        return {
            "acme": {
                "server": LETS_ENCRYPT,
                "email": self.email,
                "privateKeySecretRef": {"name": "letsencrypt-account"},
                "solvers": [
                    {
                        "selector": {"dnsZones": list(self.dns_zones)},
                        "dns01": {"route53": {"region": self.region}},
                    }
                ],
            }
        }
