"""Flagger Canary: canary weights or blue-green iterations; Flagger alone owns the Services of its target (X-57)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from phoenix_infra.k8s.custom_resource import present
from phoenix_infra.k8s.http_route import GATEWAY_REFERENCE
from phoenix_infra.k8s.metric_template import TRIGGERS
from phoenix_infra.workloads.spec import Scaling, WorkloadSpec

LOAD_TESTER_URL = "http://loadtester.phoenix-delivery.svc.cluster.local/"


@dataclass(frozen=True, kw_only=True)
class Canary:
    """Progressive delivery of one service."""

    API_VERSION: ClassVar[str] = "flagger.app/v1beta1"
    KIND: ClassVar[str] = "Canary"

    service: WorkloadSpec
    scaling: Scaling
    autoscaler_kind: str | None
    strategy: Literal["canary", "blue-green"]
    metrics_namespace: str
    hosts: tuple[str, ...] = ()
    """Names at the mesh gateway; none for services that only others call."""
    load_test: bool = False

    def spec(self) -> Mapping[str, object]:
        """Target, autoscaler, route and analysis."""
        return present(
            provider="gatewayapi:v1",
            targetRef={"apiVersion": "apps/v1", "kind": "Deployment", "name": self.service.name},
            autoscalerRef=self._autoscaler(),
            progressDeadlineSeconds=300,
            service=self._service(),
            analysis=self._analysis(),
            revertOnDeletion=True,
        )

    def _autoscaler(self) -> dict[str, object] | None:
        if self.autoscaler_kind is None:
            return None
        if self.autoscaler_kind == "ScaledObject":
            return {
                "apiVersion": "keda.sh/v1alpha1",
                "kind": "ScaledObject",
                "name": self.service.name,
                # The queries cover both copies; Flagger would else rewrite the name inside them.
                "primaryScalerQueries": {
                    metric.name: metric.query for metric in self.scaling.metrics
                },
            }
        return {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "name": self.service.name,
        }

    def _service(self) -> dict[str, object]:
        """Flagger writes the Services and one HTTPRoute, whose parents are the Service itself and the gateway."""
        port = self.service.port
        own: dict[str, object] = {
            "group": "",
            "kind": "Service",
            "name": self.service.name,
            "port": port.number,
        }
        parents: list[dict[str, object]] = [own]
        if self.hosts:
            parents.append(dict(GATEWAY_REFERENCE))
        return present(
            port=port.number,
            targetPort=port.name,
            portName=port.name,
            appProtocol=str(port.protocol),
            timeout="30s",
            hosts=list(self.hosts) or None,
            gatewayRefs=parents,
        )

    def _analysis(self) -> dict[str, object]:
        pace: dict[str, object] = (
            {"maxWeight": 50, "stepWeight": 10} if self.strategy == "canary" else {"iterations": 10}
        )
        return {
            "interval": "1m",
            "threshold": 5,
            **pace,
            "metrics": [
                {
                    "name": trigger.name,
                    "templateRef": {"name": trigger.name, "namespace": self.metrics_namespace},
                    "thresholdRange": present(min=trigger.minimum, max=trigger.maximum),
                    "interval": trigger.interval,
                }
                for trigger in TRIGGERS
            ],
            **({"webhooks": [self._load_test()]} if self.load_test else {}),
        }

    def _load_test(self) -> dict[str, object]:
        """Requests for the new version before people's requests reach it."""
        address = (
            f"http://{self.service.name}-canary.{self.service.namespace}.svc.cluster.local"
            f":{self.service.port.number}{self.service.probes.readiness.path}"
        )
        return {
            "name": "load-test",
            "type": "rollout",
            "url": LOAD_TESTER_URL,
            "timeout": "15s",
            "metadata": {"cmd": f"hey -z 1m -q 10 -c 2 {address}"},
        }
