"""Certificates that cert-manager issues."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Severity
from phoenix_policies.predicates.pods import namespace, object_name
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, unknown

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")

CERTIFICATE: Final = "kubernetes:cert-manager.io/v1:Certificate"
PKI_NAMESPACE: Final = "cert-manager"
LONGEST_HOURS: Final = 2160
_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def hours(duration: object) -> float | None:
    """Hours of a Go duration such as 2160h0m0s; None when it is none."""
    match = _DURATION.fullmatch(duration) if isinstance(duration, str) and duration else None
    if match is None:
        return None
    parts = [int(part or 0) for part in match.groups()]
    return parts[0] + parts[1] / 60 + parts[2] / 3600


@rule(
    "certmanager-certificate-strength",
    "kubernetes:cert-manager.io/v1:Certificate",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Use ECDSA 256 or RSA 3072, rotationPolicy Always, and name each host.",
)
def certificate_strength(one: Resource) -> Iterable[Clause]:
    """Certificates use strong keys and rotate them."""
    spec = one["spec"]
    key = spec["privateKey"]
    algorithm, size = key["algorithm"], key["size"]
    rsa = algorithm.equals(None, "RSA") & (size.is_empty | size.at_least(2048))
    ecdsa = algorithm.equals("ECDSA") & (size.is_empty | size.at_least(256))
    yield (rsa | ecdsa | algorithm.equals("Ed25519")).otherwise("its key is weak")
    rotation = key["rotationPolicy"]
    ours = spec["isCA"].is_true & namespace(one).equals(PKI_NAMESPACE)
    # an authority with a new key would disown every certificate it has signed
    yield (rotation.equals("Always") | ours).otherwise("its key outlives the certificate")
    authority = spec["isCA"].is_true & ~namespace(one).equals(PKI_NAMESPACE)
    yield (~authority).otherwise("is a certificate authority outside the PKI namespace")
    for name in spec["dnsNames"].each():
        wildcard = name.satisfies(lambda v: isinstance(v, str) and v.startswith("*"))
        yield (~wildcard).otherwise(f"stands for every host of {name.shown}")


@rule(
    "certmanager-certificate-lifetime",
    "kubernetes:cert-manager.io/v1:Certificate",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.MEDIUM,
    remedy="Set duration to 2160h or less and renewBefore to a third of it.",
)
def certificate_lifetime(one: Resource) -> Iterable[Clause]:
    """Certificates are short lived and renewed early."""
    spec = one["spec"]
    duration, renew = spec["duration"], spec["renewBefore"]
    authority = spec["isCA"].is_true
    short = duration.satisfies(
        lambda v: v is None or (hours(v) or LONGEST_HOURS + 1) <= LONGEST_HOURS
    )
    yield (short | authority).otherwise(f"lives {duration.shown}")
    total = hours(duration.text) or LONGEST_HOURS
    early = renew.satisfies(lambda v: v is not None and (hours(v) or 0) * 3 >= total)
    if duration.is_unknown:
        early = renew.is_set & unknown(duration.path)
    share = spec["renewBeforePercentage"].at_least(33)
    yield (early | share | renew.is_empty & duration.is_empty).otherwise("is renewed too late")


@rule(
    "certmanager-issuer-trusted",
    "kubernetes:cert-manager.io/v1:Issuer",
    "kubernetes:cert-manager.io/v1:ClusterIssuer",
    "kubernetes:cert-manager.io/v1:Certificate",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Use the internal CA or a production ACME server; a self-signed issuer only signs that CA.",
)
def issuer_trusted(one: Resource) -> Iterable[Clause]:
    """Issuers are trusted ones."""
    spec = one["spec"]
    if one.type == CERTIFICATE:
        self_signed = spec["issuerRef"]["name"].matches("self-?signed")
        yield (~self_signed | spec["isCA"].is_true).otherwise("is signed by itself")
        return
    acme = spec["acme"]
    if not acme.is_missing:
        server = acme["server"]
        production = server.matches("^https://") & ~server.matches("staging")
        yield production.otherwise(f"asks {server.shown}")
        yield (~acme["skipTLSVerify"].is_true).otherwise("does not verify the ACME server")
    bootstrap = spec["selfSigned"].satisfies(lambda v: v is not None) & ~object_name(one).matches(
        "boot|root|self"
    )
    yield (~bootstrap).otherwise("signs certificates by themselves")
