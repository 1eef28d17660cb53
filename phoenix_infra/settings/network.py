"""The VPC of a region."""

from typing import Annotated, Literal

from pydantic import Field

from phoenix_infra.settings.section import Cidr, Section


class NetworkSettings(Section, frozen=True):
    """Address space and its split over availability zones (G-036, X-87, X-88)."""

    cidr: Cidr
    availability_zones: Annotated[tuple[str, ...], Field(min_length=2, max_length=6)]
    nat: Literal["per-zone", "single"] = "per-zone"
    """A single NAT gateway is allowed only outside production (X-88)."""
    flow_log_retention_days: Annotated[int, Field(ge=1)] = 2557
    """Audit logs: seven years (A6); CloudWatch's nearest step above 7 x 365."""
    peer_cidrs: tuple[Cidr, ...] = ()
    """Ranges of our other regions, for the overlap check and routing."""
    transit_gateway_asn: Annotated[int, Field(ge=64512, le=65534)] = 64512
