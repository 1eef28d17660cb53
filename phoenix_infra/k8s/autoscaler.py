"""One autoscaler per service, never two: a HorizontalPodAutoscaler, or KEDA where a query decides (X-33)."""

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.scaled_object import ScaledObject
from phoenix_infra.workloads.spec import ScaleStep, Scaling, WorkloadSpec

autoscaling = kubernetes.autoscaling.v2


def autoscaler_kind(scaling: Scaling) -> str | None:
    """Which object scales a service; none when its bounds are equal."""
    if scaling.minimum == scaling.maximum:
        return None
    return ScaledObject.KIND if scaling.metrics else "HorizontalPodAutoscaler"


def autoscaler(
    resource_name: str, spec: WorkloadSpec, scaling: Scaling, opts: pulumi.ResourceOptions
) -> None:
    """Registers the one autoscaler of a service, if it has any."""
    kind = autoscaler_kind(scaling)
    labels = recommended_labels(spec.name, component="autoscaler", owner=spec.owner)
    if kind == ScaledObject.KIND:
        custom_resource(
            resource_name,
            ScaledObject(deployment=spec.name, scaling=scaling),
            name=spec.name,
            namespace=spec.namespace,
            labels=labels,
            opts=opts,
        )
    elif kind is not None:
        _horizontal(resource_name, spec, scaling, labels, opts)


def _horizontal(
    resource_name: str,
    spec: WorkloadSpec,
    scaling: Scaling,
    labels: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    autoscaling.HorizontalPodAutoscaler(
        resource_name,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=spec.name, namespace=spec.namespace, labels=labels
        ),
        spec=autoscaling.HorizontalPodAutoscalerSpecArgs(
            scale_target_ref=autoscaling.CrossVersionObjectReferenceArgs(
                api_version="apps/v1", kind="Deployment", name=spec.name
            ),
            min_replicas=scaling.minimum,
            max_replicas=scaling.maximum,
            metrics=[
                _container_metric(spec.name, resource, percent)
                for resource, percent in (
                    ("cpu", scaling.cpu_percent),
                    ("memory", scaling.memory_percent),
                )
                if percent is not None
            ],
            behavior=autoscaling.HorizontalPodAutoscalerBehaviorArgs(
                scale_up=_rules(scaling.behaviour.up_window_seconds, scaling.behaviour.up),
                scale_down=_rules(scaling.behaviour.down_window_seconds, scaling.behaviour.down),
            ),
        ),
        opts=opts,
    )


def _container_metric(
    container: str, resource: str, percent: int
) -> kubernetes.autoscaling.v2.MetricSpecArgs:
    """The service's own container: sidecars neither dilute the ratio nor break it (X-30)."""
    return autoscaling.MetricSpecArgs(
        type="ContainerResource",
        container_resource=autoscaling.ContainerResourceMetricSourceArgs(
            container=container,
            name=resource,
            target=autoscaling.MetricTargetArgs(type="Utilization", average_utilization=percent),
        ),
    )


def _rules(
    window_seconds: int, steps: tuple[ScaleStep, ...]
) -> kubernetes.autoscaling.v2.HPAScalingRulesArgs:
    return autoscaling.HPAScalingRulesArgs(
        stabilization_window_seconds=window_seconds,
        select_policy="Max",
        policies=[
            autoscaling.HPAScalingPolicyArgs(
                type="Percent" if step.percent is not None else "Pods",
                value=step.percent or step.pods or 0,
                period_seconds=step.period_seconds,
            )
            for step in steps
        ],
    )
