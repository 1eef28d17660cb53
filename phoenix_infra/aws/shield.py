"""Shield Advanced, for those who committed to it (X-68)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import shield


@dataclass(frozen=True, kw_only=True)
class ShieldProtectionArgs:
    """What is protected."""

    subscribes: bool
    """One subscription per account."""
    protected_arns: Mapping[str, pulumi.Input[str]]
    tags: Mapping[str, str]


class ShieldProtection(pulumi.ComponentResource):
    """Subscription and protections; the standard level needs no resource."""

    def __init__(
        self, name: str, args: ShieldProtectionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:ShieldProtection", name, None, opts)
        barrier: list[pulumi.Resource] = []
        if args.subscribes:
            barrier.append(
                shield.Subscription(
                    f"{name}-subscription",
                    auto_renew="ENABLED",
                    opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
                )
            )
        for role, arn in sorted(args.protected_arns.items()):
            shield.Protection(
                f"{name}-{role}",
                name=role,
                resource_arn=arn,
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self, depends_on=barrier),
            )
        self.register_outputs({})
