"""The issuers of a cluster: an internal authority for what stays inside, DNS-01 for what people see."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from phoenix_infra.k8s.certificate import (
    INTERNAL_ISSUER,
    PUBLIC_ISSUER,
    AuthorityCertificate,
    AuthorityIssuer,
    Route53Issuer,
    SelfSignedIssuer,
)
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.addon_namespaces import CERT_MANAGER

BOOTSTRAP_ISSUER = "phoenix-bootstrap"
AUTHORITY_SECRET = "phoenix-internal-ca"  # noqa: S105  a Secret's name, not a secret


@dataclass(frozen=True, kw_only=True)
class IssuersArgs:
    """Where public certificates come from; none on a site without Route 53."""

    public: Route53Issuer | None
    after: Sequence[pulumi.Resource] = ()
    """cert-manager: its CRDs and its webhook."""


class Issuers(pulumi.ComponentResource):
    """Self-signed bootstrap, internal authority, and the public issuer where there is one."""

    public_issuer: str
    """The issuer of certificates that browsers and hospitals see; the internal one on a site."""

    def __init__(
        self, name: str, args: IssuersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:Issuers", name, None, opts)
        labels = recommended_labels("issuers", component="certificates")
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        custom_resource(
            f"{name}-bootstrap",
            SelfSignedIssuer(),
            name=BOOTSTRAP_ISSUER,
            labels=labels,
            opts=child,
        )
        custom_resource(
            f"{name}-authority",
            AuthorityCertificate(
                secret=AUTHORITY_SECRET,
                common_name="Phoenix Guardian internal authority",
                issuer=BOOTSTRAP_ISSUER,
            ),
            name=AUTHORITY_SECRET,
            namespace=CERT_MANAGER,
            labels=labels,
            opts=child,
        )
        custom_resource(
            f"{name}-internal",
            AuthorityIssuer(secret=AUTHORITY_SECRET),
            name=INTERNAL_ISSUER,
            labels=labels,
            opts=child,
        )
        if args.public is not None:
            custom_resource(
                f"{name}-public", args.public, name=PUBLIC_ISSUER, labels=labels, opts=child
            )
        self.public_issuer = PUBLIC_ISSUER if args.public else INTERNAL_ISSUER
        self.register_outputs({"public_issuer": self.public_issuer})
