"""Flagger MetricTemplates: the documents' rollback triggers as queries (L-040, O-007)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from phoenix_infra.k8s.scaled_object import PROMETHEUS_ADDRESS

_REQUESTS = (
    'istio_requests_total{{reporter="destination",'
    'destination_workload_namespace="{{{{ namespace }}}}",'
    'destination_workload="{{{{ target }}}}"{extra}}}[{{{{ interval }}}}]'
)


_SERVER_ERROR = ',response_code=~"5.*"'
_NO_SERVER_ERROR = ',response_code!~"5.*"'


@dataclass(frozen=True, kw_only=True)
class RollbackTrigger:
    """One query and the bound beyond which Flagger takes the new version back."""

    name: str
    query: str
    minimum: float | None = None
    maximum: float | None = None
    interval: str = "1m"


def _requests(extra: str = "") -> str:
    return _REQUESTS.format(extra=extra)


TRIGGERS: tuple[RollbackTrigger, ...] = (
    RollbackTrigger(
        name="success-rate",
        query=(f"100 * sum(rate({_requests(_NO_SERVER_ERROR)})) / sum(rate({_requests()}))"),
        minimum=99,
    ),
    RollbackTrigger(
        name="latency-p95",
        query=(
            "histogram_quantile(0.95, sum(rate(istio_request_duration_milliseconds_bucket{"
            'reporter="destination",destination_workload_namespace="{{ namespace }}",'
            'destination_workload="{{ target }}"}[{{ interval }}])) by (le))'
        ),
        maximum=500,
    ),
    RollbackTrigger(
        name="error-rate",
        query=(f"100 * sum(rate({_requests(_SERVER_ERROR)})) / sum(rate({_requests()}))"),
        maximum=5,
        interval="5m",
    ),
    RollbackTrigger(
        name="restarts",
        query=(
            'sum(increase(kube_pod_container_status_restarts_total{namespace="{{ namespace }}",'
            'pod=~"{{ target }}-[a-z0-9]+-[a-z0-9]+"}[{{ interval }}])) or vector(0)'
        ),
        maximum=10,
        interval="5m",
    ),
)
"""Success >= 99 % and p95 <= 500 ms each minute; errors > 5 % or more than 10 restarts in five minutes."""


@dataclass(frozen=True, kw_only=True)
class MetricTemplate:
    """The query of one trigger, against the stack's Prometheus."""

    API_VERSION: ClassVar[str] = "flagger.app/v1beta1"
    KIND: ClassVar[str] = "MetricTemplate"

    trigger: RollbackTrigger

    def spec(self) -> Mapping[str, object]:
        """Provider and query."""
        return {
            "provider": {"type": "prometheus", "address": PROMETHEUS_ADDRESS},
            "query": self.trigger.query,
        }
