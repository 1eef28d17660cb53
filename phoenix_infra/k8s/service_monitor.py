"""prometheus-operator ServiceMonitor: one per service; annotations alone are read by nobody (X-43)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class ServiceMonitor:
    """Scrapes one named port of the selected Service."""

    API_VERSION: ClassVar[str] = "monitoring.coreos.com/v1"
    KIND: ClassVar[str] = "ServiceMonitor"

    selector: Mapping[str, str]
    port: str
    path: str
    interval_seconds: int = 15
    """The applications' metrics every 15 seconds (M-021, N-008)."""

    def spec(self) -> Mapping[str, object]:
        """The pods' workload label becomes a metric label, equal on Flagger's copies (X-37)."""
        return {
            "selector": {"matchLabels": dict(self.selector)},
            "podTargetLabels": ["phoenix.health/workload", "app.kubernetes.io/version"],
            "endpoints": [
                {
                    "port": self.port,
                    "path": self.path,
                    "interval": f"{self.interval_seconds}s",
                    "scrapeTimeout": "10s",
                }
            ],
        }
