"""Computed values: the tls provider; PEM texts have the right frame and no key inside."""

from phoenix_infra.preview.values.facts import Computed, Subject
from phoenix_infra.preview.wire import secret


def compute_tls(subject: Subject) -> Computed:
    """The id and computed outputs of a tls resource."""
    return Computed(
        id=subject.digest(40),
        outputs={
            "privateKeyPem": secret(_pem(subject, "PRIVATE KEY")),
            "publicKeyPem": _pem(subject, "PUBLIC KEY"),
            "certPem": _pem(subject, "CERTIFICATE"),
            "certRequestPem": _pem(subject, "CERTIFICATE REQUEST"),
            "validityStartTime": "2026-01-01T00:00:00Z",
            "validityEndTime": "2027-01-01T00:00:00Z",
        },
    )


def _pem(subject: Subject, label: str) -> str:
    return f"-----BEGIN {label}-----\n{subject.digest(64, label)}\n-----END {label}-----\n"
