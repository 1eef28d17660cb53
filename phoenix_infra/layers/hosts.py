"""Host names of the edge; pure, derived from the domain."""

from dataclasses import dataclass
from typing import Self

from phoenix_infra.settings.models import RegionalSettings

PUBLIC_LABELS = ("api", "app")


@dataclass(frozen=True, kw_only=True)
class EdgeHosts:
    """Every name that leads in."""

    public: tuple[str, ...]
    """Names on the content delivery network: the domain, its services and the decoys."""
    origin: str
    """The one origin; failover records lead it to the active region's load balancer."""
    hospitals: str
    """The private entry's name."""
    hospital_zone: str

    @classmethod
    def of(cls, settings: RegionalSettings) -> Self:
        """The names of one product."""
        domain = settings.identity.domain
        labels = (*PUBLIC_LABELS, *settings.edge.decoy_hosts)
        zone = f"hospitals.{domain}"
        return cls(
            public=(domain, *(f"{label}.{domain}" for label in labels)),
            origin=f"origin.{domain}",
            hospitals=f"gateway.{zone}",
            hospital_zone=zone,
        )
