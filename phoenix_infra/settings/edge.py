"""CloudFront, WAF, load balancers and DNS."""

from typing import Annotated, Literal

from pydantic import Field

from phoenix_infra.settings.section import Cidr, IsoDate, Section


class TlsException(Section, frozen=True):
    """One listener that must accept an older protocol, until a date (X-52)."""

    listener: Literal["cloudfront", "alb"]
    minimum_tls_version: Literal["TLSv1.2"]
    reason: str
    owner: str
    expires: IsoDate


class RateLimit(Section, frozen=True):
    """The client limit of L-027; both the WAF rule and the overload protection derive from it (X-60)."""

    requests_per_minute: Annotated[int, Field(ge=10)] = 100
    burst: Annotated[int, Field(ge=0)] = 20
    overload_requests_per_second_per_pod: Annotated[int, Field(ge=50)] = 200


class TrafficSettings(Section, frozen=True):
    """How open the edge is (X-54): closed, the pilot's addresses only, or open."""

    mode: Literal["closed", "pilot", "open"]
    pilot_cidrs: tuple[Cidr, ...] = ()


class ShieldSettings(Section, frozen=True):
    """Shield Advanced is a yearly commitment and needs the written acknowledgement (X-68)."""

    level: Literal["standard", "advanced"] = "standard"
    acknowledge_yearly_commitment: bool = False


class EdgeSettings(Section, frozen=True):
    """Everything between a client and the mesh gateway (A7.3)."""

    traffic: TrafficSettings
    rate_limit: RateLimit = RateLimit()
    shield: ShieldSettings = ShieldSettings()
    tls_exceptions: tuple[TlsException, ...] = ()
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_100"
    hosted_zone_id: str | None = None
    """An existing public zone; created by the primary stack when absent."""
    decoy_hosts: tuple[str, ...] = ("admin-legacy", "ftp")
    """Host names, below the domain, that lead to the honeypots (A8)."""

    def minimum_tls_version(self, listener: Literal["cloudfront", "alb"]) -> str:
        """TLS 1.3 unless a dated exception of that listener says otherwise (X-52)."""
        for exception in self.tls_exceptions:
            if exception.listener == listener:
                return exception.minimum_tls_version
        return "TLSv1.3"
