"""Flux objects for the add-ons that a stack hands to Flux; without such an add-on there are none (X-09, X-12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.custom_resource import custom_resource, present
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.addon import Addon, Owner

SOURCE_INTERVAL = "1h"


@dataclass(frozen=True, kw_only=True)
class HelmRepository:
    """The chart's own repository; the documents name one that nobody declares (X-12)."""

    API_VERSION: ClassVar[str] = "source.toolkit.fluxcd.io/v1"
    KIND: ClassVar[str] = "HelmRepository"

    url: str

    def spec(self) -> Mapping[str, object]:
        """OCI registries need their type said."""
        return present(
            url=self.url,
            interval=SOURCE_INTERVAL,
            type="oci" if self.url.startswith("oci://") else None,
        )


@dataclass(frozen=True, kw_only=True)
class HelmRelease:
    """One add-on at its exact version, in the served API version (X-12)."""

    API_VERSION: ClassVar[str] = "helm.toolkit.fluxcd.io/v2"
    KIND: ClassVar[str] = "HelmRelease"

    addon: Addon

    def spec(self) -> Mapping[str, object]:
        """Drift is corrected; a failed upgrade rolls back."""
        addon = self.addon
        return {
            "interval": SOURCE_INTERVAL,
            "releaseName": addon.name,
            "targetNamespace": addon.namespace,
            "chart": {
                "spec": {
                    "chart": addon.chart.name,
                    "version": addon.chart.version,
                    "sourceRef": {"kind": "HelmRepository", "name": addon.name},
                }
            },
            "install": {"createNamespace": False, "remediation": {"retries": 3}},
            "upgrade": {"cleanupOnFail": True, "remediation": {"strategy": "rollback"}},
            "driftDetection": {"mode": "enabled"},
            "values": dict(addon.values),
        }


@dataclass(frozen=True, kw_only=True)
class FluxAddonArgs:
    """An add-on whose owner is Flux."""

    addon: Addon
    after: Sequence[pulumi.Resource] = ()


class FluxAddon(pulumi.ComponentResource):
    """Source and release of one add-on that Flux owns; Flux's controllers are the cluster's own."""

    release: pulumi.Resource

    def __init__(
        self, name: str, args: FluxAddonArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:FluxAddon", name, None, opts)
        addon = args.addon
        if addon.owner is not Owner.FLUX:
            raise ValueError(f"{addon.name} is owned by {addon.owner}, not by Flux")
        labels = recommended_labels(addon.name, component="delivery")
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        custom_resource(
            f"{name}-repository",
            HelmRepository(url=addon.chart.repository),
            name=addon.name,
            namespace=addon.namespace,
            labels=labels,
            opts=child,
        )
        self.release = custom_resource(
            f"{name}-release",
            HelmRelease(addon=addon),
            name=addon.name,
            namespace=addon.namespace,
            labels=labels,
            opts=child,
        )
        self.register_outputs({})
