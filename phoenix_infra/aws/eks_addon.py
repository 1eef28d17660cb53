"""An EKS add-on, pinned and configured; what it may do in AWS comes from Pod Identity."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks


@dataclass(frozen=True, kw_only=True)
class AddonRole:
    """The service account of an add-on and its role."""

    service_account: str
    role_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class EksAddonArgs:
    """One add-on."""

    cluster_name: pulumi.Input[str]
    addon_name: str
    version: str
    configuration: Mapping[str, object]
    role: AddonRole | None = None
    after: Sequence[pulumi.Resource] = ()
    """Nodes, for what needs one to become active: a component does not hand `depends_on` down."""
    tags: Mapping[str, str]


class EksAddon(pulumi.ComponentResource):
    """Conflicts are overwritten at creation, kept at update: what an operator tuned in an incident stays visible."""

    addon: eks.Addon

    def __init__(
        self, name: str, args: EksAddonArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:EksAddon", name, None, opts)
        self.addon = eks.Addon(
            name,
            cluster_name=args.cluster_name,
            addon_name=args.addon_name,
            addon_version=args.version,
            configuration_values=json.dumps(args.configuration, sort_keys=True)
            if args.configuration
            else None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="PRESERVE",
            pod_identity_associations=[
                eks.AddonPodIdentityAssociationArgs(
                    service_account=args.role.service_account, role_arn=args.role.role_arn
                )
            ]
            if args.role
            else None,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )
        self.register_outputs({"arn": self.addon.arn})
