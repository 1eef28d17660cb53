"""Pod templates of every workload kind in one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from phoenix_policies.resource import Resource
from phoenix_policies.truth import Truth, truth, unknown
from phoenix_policies.values import Value

_TEMPLATE: Final[Mapping[str, tuple[str, ...]]] = {
    "kubernetes:core/v1:Pod": (),
    "kubernetes:core/v1:PodTemplate": ("template",),
    "kubernetes:core/v1:ReplicationController": ("spec", "template"),
    "kubernetes:apps/v1:Deployment": ("spec", "template"),
    "kubernetes:apps/v1:StatefulSet": ("spec", "template"),
    "kubernetes:apps/v1:DaemonSet": ("spec", "template"),
    "kubernetes:apps/v1:ReplicaSet": ("spec", "template"),
    "kubernetes:batch/v1:Job": ("spec", "template"),
    "kubernetes:batch/v1:CronJob": ("spec", "jobTemplate", "spec", "template"),
}
POD_TYPES: Final = tuple(_TEMPLATE)
"""Every type that carries a pod template."""
SERVING_TYPES: Final = (
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:apps/v1:ReplicaSet",
)
"""Kinds that run until told otherwise: probes and disruption budgets are about these."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a template; `kind` is the list that it stands in."""

    value: Value
    kind: str
    pod: Value

    @property
    def name(self) -> str:
        return self.value["name"].shown

    def __getitem__(self, key: str) -> Value:
        return self.value[key]

    @property
    def security(self) -> Value:
        return self.value["securityContext"]

    def effective(self, key: str) -> Value:
        """A field of the security context: the container's own, or else the pod's."""
        own = self.security[key]
        return self.pod["securityContext"][key] if own.is_missing else own

    @property
    def is_sidecar(self) -> bool:
        """An init container that keeps running beside the main ones."""
        return self.kind == "initContainers" and self.value["restartPolicy"].text == "Always"


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """The pod that a workload starts."""

    metadata: Value
    spec: Value

    @property
    def containers(self) -> list[Container]:
        """All of them: main, init and ephemeral; an unknown list is one unknown container."""
        return [
            Container(value, kind, self.spec)
            for kind in ("containers", "initContainers", "ephemeralContainers")
            for value in self.spec[kind].each()
        ]

    @property
    def main_containers(self) -> list[Container]:
        return [c for c in self.containers if c.kind == "containers"]

    @property
    def labels(self) -> Value:
        return self.metadata["labels"]

    @property
    def annotations(self) -> Value:
        return self.metadata["annotations"]


def pod_template(workload: Resource) -> PodTemplate | None:
    """The pod template of a workload; None for every other type."""
    path = _TEMPLATE.get(workload.type)
    if path is None:
        return None
    template = workload.props.at(*path)
    return PodTemplate(template["metadata"], template["spec"])


def namespace(one: Resource) -> Value:
    """The namespace that the object states; missing means `default`."""
    return one.props.at("metadata", "namespace")


def lives_in(one: Resource, name: Value) -> Truth:
    """Whether the object stands in the namespace of this name; none stated is `default`."""
    return same(_or_default(namespace(one)), _or_default(name))


def share_namespace(first: Resource, second: Resource) -> Truth:
    """Whether two objects stand in one namespace."""
    return lives_in(first, namespace(second))


def same(first: Value, second: Value) -> Truth:
    """Whether two values are equal; two unknown ones need not be."""
    if first.is_unknown or second.is_unknown:
        return unknown(first.path if first.is_unknown else second.path)
    return truth(first.raw == second.raw)


def _or_default(name: Value) -> Value:
    return Value("default", name.path) if name.is_missing else name


def object_name(one: Resource) -> Value:
    """The name in the cluster: stated, or given at deployment."""
    stated = one.props.at("metadata", "name")
    return one.outputs.at("metadata", "name") if stated.is_missing else stated
