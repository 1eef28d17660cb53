"""Certificates of AWS Certificate Manager."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")

STRONG_KEYS: Final = (
    None,
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)


@rule(
    "acm-dns-validated",
    "aws:acm/certificate:Certificate",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Set validation_method to DNS.",
    sources=(
        "config:ACM_CERTIFICATE_EXPIRATION_CHECK",
        "prowler:acm_certificates_expiration_check",
        "awsguard:acm-certificate-expiration",
    ),
)
def acm_dns_validated(one: Resource) -> Iterable[Clause]:
    """Certificates renew automatically."""
    issued = one["validationMethod"].equals("DNS") | one["certificateAuthorityArn"].is_set
    yield issued.otherwise("does not renew by itself")
    for key in ("privateKey", "certificateBody"):
        yield one[key].is_empty.otherwise("is imported")


@rule(
    "acm-key-algorithm",
    "aws:acm/certificate:Certificate",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Use RSA 2048 or stronger, or an elliptic curve.",
    sources=(
        "config:ACM_CERTIFICATE_RSA_CHECK",
        "prowler:acm_certificates_with_secure_key_algorithms",
    ),
)
def acm_key_algorithm(one: Resource) -> Iterable[Clause]:
    """Certificates use strong keys."""
    algorithm = one["keyAlgorithm"]
    yield algorithm.equals(*STRONG_KEYS).otherwise(f"its key is {algorithm.shown}")
    yield (~one["options"]["export"].equals("ENABLED")).otherwise("its private key can be exported")


@rule(
    "acm-transparency-logging",
    "aws:acm/certificate:Certificate",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Leave the preference out.",
    sources=("prowler:acm_certificates_transparency_logs_enabled", "checkov:CKV_AWS_234"),
)
def acm_transparency_logging(one: Resource) -> Iterable[Clause]:
    """Certificates are transparency logged."""
    preference = one["options"]["certificateTransparencyLoggingPreference"]
    yield (~preference.equals("DISABLED")).otherwise("is hidden from transparency logs")
