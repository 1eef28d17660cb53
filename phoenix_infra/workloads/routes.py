"""Which host names lead to which service at the mesh gateway (A8)."""

from collections.abc import Mapping

from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.workloads.catalogue import service

SITE_DECOYS: tuple[str, ...] = ("admin-legacy", "ftp")
"""On a site without an edge section."""


def routes(settings: GuardianSettings) -> dict[str, tuple[str, ...]]:
    """Public hosts of each service that the gateway serves, in a stable order."""
    domain = settings.stack.domain
    decoys = settings.edge.decoy_hosts if isinstance(settings, RegionalSettings) else SITE_DECOYS
    return {
        "api-gateway": (f"api.{domain}",),
        "dashboard-backend": (f"dashboard.{domain}",),
        "mobile-api": (f"mobile.{domain}",),
        "honeypot-controller": tuple(f"{decoy}.{domain}" for decoy in decoys),
    }


def route_namespaces(table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Namespaces whose VirtualServices bind to the gateway."""
    return tuple(sorted({service(name).namespace for name in table}))
