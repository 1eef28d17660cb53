"""The hospitals a stack serves, and how each is connected."""

from typing import Annotated

from pydantic import Field

from phoenix_infra.settings.section import Cidr, DomainName, KubernetesName, Section
from phoenix_infra.settings.tiers import MAXIMUM_HOSPITALS


class HospitalConnection(Section, frozen=True):
    """One hospital's site-to-site VPN and EHR systems (G-017, G-027)."""

    name: KubernetesName
    customer_gateway_ip: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}$")]
    bgp_asn: Annotated[int, Field(ge=1, le=4294967294)] = 65000
    cidr: Cidr
    """The hospital's own network."""
    translated_cidr: Cidr | None = None
    """A range out of 100.64.0.0/10 that stands for `cidr` where hospitals share RFC 1918 ranges (A7.13)."""
    ehr_hosts: tuple[DomainName, ...] = ()
    """EHR systems reached on 443 through the transit gateway (A8)."""

    @property
    def effective_cidr(self) -> str:
        """The range that our routes and rules use."""
        return self.translated_cidr or self.cidr


class HospitalsSettings(Section, frozen=True):
    """How many hospitals the capacity is for, and the ones with a private connection."""

    count: Annotated[int, Field(ge=1, le=MAXIMUM_HOSPITALS)]
    connections: tuple[HospitalConnection, ...] = ()
