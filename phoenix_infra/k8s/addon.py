"""One add-on of the catalogue as a Helm release: exact version, atomic, in a namespace that exists.

A Release rather than a rendered Chart: most of these charts need their hooks (webhook certificates,
CRD upgrades), and rendering would fetch from the network during a preview. What the release hides,
the catalogue entry declares: pods, ports, images, privileges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_kubernetes.helm import v3 as helm

from phoenix_infra.workloads.addon import Addon, Owner

HISTORY_LENGTH = 5


@dataclass(frozen=True, kw_only=True)
class HelmAddonArgs:
    """The catalogue entry, and the few values that exist only once other resources do."""

    addon: Addon
    wired_values: Mapping[str, pulumi.Input[str]] = field(
        default_factory=dict[str, pulumi.Input[str]]
    )
    """Top-level values that are Outputs of other resources."""
    after: Sequence[pulumi.Resource] = ()
    """Its namespace, and the releases whose CRDs or webhooks it needs; plain resources, no components."""


class HelmAddon(pulumi.ComponentResource):
    """A chart that this program owns."""

    release: helm.Release

    def __init__(
        self, name: str, args: HelmAddonArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:HelmAddon", name, None, opts)
        addon = args.addon
        if addon.owner is not Owner.PULUMI:
            raise ValueError(f"{addon.name} is owned by {addon.owner}; only its owner installs it")
        self.release = helm.Release(
            name,
            name=addon.name,
            chart=addon.chart.name
            if addon.chart.repository.startswith("https://")
            else f"{addon.chart.repository}/{addon.chart.name}",
            version=addon.chart.version,
            repository_opts=helm.RepositoryOptsArgs(repo=addon.chart.repository)
            if addon.chart.repository.startswith("https://")
            else None,
            namespace=addon.namespace,
            create_namespace=False,
            values={**addon.values, **args.wired_values},
            atomic=addon.awaited,
            cleanup_on_fail=addon.awaited,
            wait_for_jobs=addon.awaited,
            skip_await=not addon.awaited,
            timeout=addon.timeout_seconds,
            max_history=HISTORY_LENGTH,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )
        self.register_outputs({"release": self.release.name})
