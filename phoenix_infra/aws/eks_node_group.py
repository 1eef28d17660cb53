"""A managed node group on a hardened launch template: AL2023, IMDSv2 for the node alone, encrypted roots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import ec2, eks

AmiType = Literal["AL2023_x86_64_STANDARD", "AL2023_x86_64_NVIDIA"]
ROOT_DEVICE = "/dev/xvda"
ROOT_IOPS = 3000
ROOT_THROUGHPUT_MIBPS = 250
"""Images of several GiB are pulled to it; gp3's free 125 MiB/s is what a GPU pod's start waits for."""


@dataclass(frozen=True, kw_only=True)
class NodeTaint:
    """A taint in the spelling of the EKS API."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs:
    """One pool of equal nodes."""

    cluster_name: pulumi.Input[str]
    kubernetes_version: str
    ami_type: AmiType
    instance_type: str
    minimum: int
    desired: int
    maximum: int
    root_volume_gib: int
    kms_key_arn: pulumi.Input[str]
    node_role_arn: pulumi.Input[str]
    node_role_ready: Sequence[pulumi.Resource]
    """Attachments without which a node cannot join."""
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    labels: Mapping[str, str]
    taints: Sequence[NodeTaint] = ()
    capacity_reservation_id: str | None = None
    tags: Mapping[str, str]


class NodeGroup(pulumi.ComponentResource):
    """Nodes of one kind over all zones; the autoscaler moves their number, Pulumi only its bounds (A7.10)."""

    node_group_name: pulumi.Output[str]
    node_group: eks.NodeGroup

    def __init__(
        self, name: str, args: NodeGroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:NodeGroup", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        template = _launch_template(name, args, child)
        group = eks.NodeGroup(
            name,
            cluster_name=args.cluster_name,
            version=args.kubernetes_version,
            ami_type=args.ami_type,
            capacity_type="ON_DEMAND",
            instance_types=[args.instance_type],
            node_role_arn=args.node_role_arn,
            subnet_ids=list(args.subnet_ids),
            scaling_config=eks.NodeGroupScalingConfigArgs(
                min_size=args.minimum, desired_size=args.desired, max_size=args.maximum
            ),
            # A third at a time keeps every service's disruption budget; never all of a small pool.
            update_config=eks.NodeGroupUpdateConfigArgs(max_unavailable_percentage=33),
            node_repair_config=eks.NodeGroupNodeRepairConfigArgs(enabled=True),
            launch_template=eks.NodeGroupLaunchTemplateArgs(
                id=template.id,
                version=template.latest_version.apply(str),
            ),
            labels=args.labels,
            taints=[
                eks.NodeGroupTaintArgs(key=t.key, value=t.value, effect=t.effect)
                for t in args.taints
            ],
            tags={**args.tags, "Name": name},
            opts=pulumi.ResourceOptions.merge(
                child,
                pulumi.ResourceOptions(
                    ignore_changes=["scalingConfig.desiredSize"],
                    depends_on=list(args.node_role_ready),
                ),
            ),
        )
        self.node_group_name = group.node_group_name
        self.node_group = group
        self.register_outputs({"node_group_name": self.node_group_name})


def _launch_template(
    name: str, args: NodeGroupArgs, child: pulumi.ResourceOptions
) -> ec2.LaunchTemplate:
    node_tags = {**args.tags, "Name": name}
    reservation = (
        ec2.LaunchTemplateCapacityReservationSpecificationArgs(
            capacity_reservation_target=ec2.LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs(
                capacity_reservation_id=args.capacity_reservation_id
            )
        )
        if args.capacity_reservation_id
        else None
    )
    return ec2.LaunchTemplate(
        name,
        description=f"Nodes of {name}",
        update_default_version=True,
        vpc_security_group_ids=[args.security_group_id],
        ebs_optimized="true",
        block_device_mappings=[
            ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name=ROOT_DEVICE,
                ebs=ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_type="gp3",
                    volume_size=args.root_volume_gib,
                    iops=ROOT_IOPS,
                    throughput=ROOT_THROUGHPUT_MIBPS,
                    encrypted="true",
                    kms_key_id=args.kms_key_arn,
                    delete_on_termination="true",
                ),
            )
        ],
        # One hop: the node reaches the metadata service, a pod does not.
        metadata_options=ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            http_put_response_hop_limit=1,
            instance_metadata_tags="disabled",
        ),
        monitoring=ec2.LaunchTemplateMonitoringArgs(enabled=True),
        capacity_reservation_specification=reservation,
        tag_specifications=[
            ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=node_tags)
            for kind in ("instance", "volume", "network-interface")
        ],
        tags=args.tags,
        opts=child,
    )
