"""Certificates that validate and renew themselves through DNS (X-17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import acm, route53

VALIDATION_TTL_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class DnsCertificateArgs:
    """Names of one certificate."""

    host: str
    other_hosts: Sequence[str] = ()
    zone_id: pulumi.Input[str]
    declare_records: bool
    """False where another stack of the account owns them: the record of a name is the same for all certificates."""
    tags: Mapping[str, str]


class DnsCertificate(pulumi.ComponentResource):
    """A public certificate; `arn` is known to be issued."""

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: DnsCertificateArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:DnsCertificate", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        certificate = acm.Certificate(
            name,
            domain_name=args.host,
            subject_alternative_names=list(args.other_hosts),
            validation_method="DNS",
            # CloudFront and load balancers take RSA from every viewer.
            key_algorithm="RSA_2048",
            options=acm.CertificateOptionsArgs(
                certificate_transparency_logging_preference="ENABLED"
            ),
            tags=args.tags,
            opts=child,
        )
        names = [
            _record(name, host, certificate, args.zone_id, child)
            for host in (args.host, *args.other_hosts)
            if args.declare_records
        ]
        validation = acm.CertificateValidation(
            f"{name}-validation",
            certificate_arn=certificate.arn,
            validation_record_fqdns=names or None,
            opts=child,
        )
        self.arn = validation.certificate_arn
        self.register_outputs({"arn": self.arn})


def _record(
    name: str,
    host: str,
    certificate: acm.Certificate,
    zone_id: pulumi.Input[str],
    child: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    option = certificate.domain_validation_options.apply(lambda options: _option_of(options, host))
    record = route53.Record(
        f"{name}-{host}",
        zone_id=zone_id,
        name=option["name"],
        type="CNAME",
        ttl=VALIDATION_TTL_SECONDS,
        records=[option["value"]],
        allow_overwrite=True,
        opts=child,
    )
    return record.fqdn


def _option_of(options: Sequence[object], host: str) -> dict[str, str]:
    """ACM lists the records in no promised order."""
    for option in options:
        if getattr(option, "domain_name", None) == host:
            return {
                "name": str(getattr(option, "resource_record_name", "")),
                "value": str(getattr(option, "resource_record_value", "")),
            }
    raise ValueError(f"ACM offered no validation record for {host}")
