"""Objects of CustomResourceDefinitions, from typed bodies rather than free dictionaries (house 4.12)."""

from collections.abc import Mapping
from typing import ClassVar, Protocol

import pulumi
import pulumi_kubernetes as kubernetes


class CustomBody(Protocol):
    """A typed body: it knows its kind and how to write its spec."""

    API_VERSION: ClassVar[str]
    KIND: ClassVar[str]

    def spec(self) -> Mapping[str, object]:
        """The spec in the API's own camelCase."""
        ...


def custom_resource(
    resource_name: str,
    body: CustomBody,
    *,
    name: str,
    labels: Mapping[str, str],
    opts: pulumi.ResourceOptions,
    namespace: str | None = None,
    annotations: Mapping[str, str] | None = None,
) -> kubernetes.apiextensions.CustomResource:
    """Registers one object; a cluster-scoped kind has no namespace."""
    return kubernetes.apiextensions.CustomResource(
        resource_name,
        api_version=body.API_VERSION,
        kind=body.KIND,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=name,
            namespace=namespace,
            labels=dict(labels),
            annotations=dict(annotations) if annotations else None,
        ),
        spec=dict(body.spec()),
        opts=opts,
    )


def present(**fields: object) -> dict[str, object]:
    """The fields that are set; an absent field is not written as null."""
    return {name: value for name, value in fields.items() if value is not None}
