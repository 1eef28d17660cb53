"""KEDA ScaledObject: autoscaling on Prometheus queries beside CPU and memory (X-33)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from phoenix_infra.k8s.custom_resource import present
from phoenix_infra.workloads.spec import ScaleBehaviour, ScaleStep, Scaling

PROMETHEUS_ADDRESS = "http://prometheus-operated.phoenix-monitor.svc.cluster.local:9090"


@dataclass(frozen=True, kw_only=True)
class ScaledObject:
    """Scales one Deployment; KEDA makes the HPA, so none is declared beside it."""

    API_VERSION: ClassVar[str] = "keda.sh/v1alpha1"
    KIND: ClassVar[str] = "ScaledObject"

    deployment: str
    scaling: Scaling

    def spec(self) -> Mapping[str, object]:
        """Bounds, triggers, behaviour; without metrics it holds the minimum rather than guessing."""
        scaling = self.scaling
        return {
            "scaleTargetRef": {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "name": self.deployment,
            },
            "minReplicaCount": scaling.minimum,
            "maxReplicaCount": scaling.maximum,
            "pollingInterval": 15,
            "cooldownPeriod": 300,
            "fallback": {"failureThreshold": 3, "replicas": scaling.maximum_fallback},
            "advanced": {
                "horizontalPodAutoscalerConfig": {"behavior": behaviour(scaling.behaviour)}
            },
            "triggers": [*self._resource_triggers(), *self._query_triggers()],
        }

    def _resource_triggers(self) -> Iterator[dict[str, object]]:
        """The service's own container, as in an HPA (X-30)."""
        for resource, percent in (
            ("cpu", self.scaling.cpu_percent),
            ("memory", self.scaling.memory_percent),
        ):
            if percent is not None:
                yield {
                    "type": resource,
                    "name": resource,
                    "metricType": "Utilization",
                    "metadata": {"value": str(percent), "containerName": self.deployment},
                }

    def _query_triggers(self) -> Iterator[dict[str, object]]:
        for metric in self.scaling.metrics:
            yield {
                "type": "prometheus",
                "name": metric.name,
                "metricType": "AverageValue",
                "metadata": {
                    "serverAddress": PROMETHEUS_ADDRESS,
                    "query": metric.query,
                    "threshold": str(metric.target_per_pod),
                    "ignoreNullValues": "false",
                },
            }


def behaviour(rule: ScaleBehaviour) -> dict[str, object]:
    """The `behavior` block that KEDA hands to its HPA."""
    return {
        "scaleUp": {
            "stabilizationWindowSeconds": rule.up_window_seconds,
            "selectPolicy": "Max",
            "policies": [_step(step) for step in rule.up],
        },
        "scaleDown": {
            "stabilizationWindowSeconds": rule.down_window_seconds,
            "selectPolicy": "Max",
            "policies": [_step(step) for step in rule.down],
        },
    }


def _step(step: ScaleStep) -> dict[str, object]:
    return present(
        type="Percent" if step.percent is not None else "Pods",
        value=step.percent if step.percent is not None else step.pods,
        periodSeconds=step.period_seconds,
    )
