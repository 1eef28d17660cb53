"""A shared file system for models: encrypted, TLS only, one access point for the inference services (X-28)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, efs, vpc

NFS_PORT = 2049


@dataclass(frozen=True, kw_only=True)
class SharedFilesArgs:
    """Where the file system is mounted and as whom."""

    account_id: str
    vpc_id: pulumi.Input[str]
    subnet_ids: Mapping[str, pulumi.Input[str]]
    """Zone to data subnet: one mount target each."""
    client_security_group_ids: Mapping[str, pulumi.Input[str]]
    data_key_arn: pulumi.Input[str]
    directory: str
    user_id: int
    """POSIX owner that the access point enforces, equal to the pods' runAsUser."""
    tags: Mapping[str, str]


class SharedFiles(pulumi.ComponentResource):
    """ReadWriteMany storage for the EFS CSI driver."""

    file_system_id: pulumi.Output[str]
    file_system_arn: pulumi.Output[str]
    access_point_id: pulumi.Output[str]
    access_point_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: SharedFilesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:SharedFiles", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        security_group = ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args.vpc_id,
            description="NFS over TLS from the cluster nodes; nothing goes out",
            tags=args.tags,
            opts=child,
        )
        for client, client_group_id in sorted(args.client_security_group_ids.items()):
            vpc.SecurityGroupIngressRule(
                f"{name}-from-{client}",
                security_group_id=security_group.id,
                referenced_security_group_id=client_group_id,
                ip_protocol="tcp",
                from_port=NFS_PORT,
                to_port=NFS_PORT,
                description=f"NFS from {client}",
                tags=args.tags,
                opts=child,
            )
        file_system = efs.FileSystem(
            name,
            encrypted=True,
            kms_key_id=args.data_key_arn,
            performance_mode="generalPurpose",
            throughput_mode="elastic",
            lifecycle_policies=[
                efs.FileSystemLifecyclePolicyArgs(transition_to_ia="AFTER_30_DAYS"),
                efs.FileSystemLifecyclePolicyArgs(
                    transition_to_primary_storage_class="AFTER_1_ACCESS"
                ),
            ],
            tags={**args.tags, "Name": name},
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        efs.BackupPolicy(
            f"{name}-backup",
            file_system_id=file_system.id,
            backup_policy=efs.BackupPolicyBackupPolicyArgs(status="ENABLED"),
            opts=child,
        )
        access_point = _access_point(name, args, file_system, child)
        efs.FileSystemPolicy(
            f"{name}-policy",
            file_system_id=file_system.id,
            policy=_policy(args.account_id, file_system.arn, access_point.arn),
            bypass_policy_lockout_safety_check=False,
            opts=child,
        )
        for zone, subnet_id in sorted(args.subnet_ids.items()):
            efs.MountTarget(
                f"{name}-{zone}",
                file_system_id=file_system.id,
                subnet_id=subnet_id,
                security_groups=[security_group.id],
                opts=child,
            )
        self.file_system_id = file_system.id
        self.file_system_arn = file_system.arn
        self.access_point_id = access_point.id
        self.access_point_arn = access_point.arn
        self.register_outputs({"file_system_id": self.file_system_id})


def _access_point(
    name: str, args: SharedFilesArgs, file_system: efs.FileSystem, child: pulumi.ResourceOptions
) -> efs.AccessPoint:
    return efs.AccessPoint(
        f"{name}-access-point",
        file_system_id=file_system.id,
        posix_user=efs.AccessPointPosixUserArgs(uid=args.user_id, gid=args.user_id),
        root_directory=efs.AccessPointRootDirectoryArgs(
            path=args.directory,
            creation_info=efs.AccessPointRootDirectoryCreationInfoArgs(
                owner_uid=args.user_id, owner_gid=args.user_id, permissions="0750"
            ),
        ),
        tags=args.tags,
        opts=child,
    )


def _policy(
    account_id: str, file_system_arn: pulumi.Input[str], access_point_arn: pulumi.Input[str]
) -> pulumi.Output[str]:
    """TLS for all; mounting only by this account's roles and only through the access point."""
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyPlaintextTransport",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "*",
                "Resource": file_system_arn,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Sid": "MountThroughAccessPoint",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
                "Action": [
                    "elasticfilesystem:ClientMount",
                    "elasticfilesystem:ClientWrite",
                ],
                "Resource": file_system_arn,
                "Condition": {
                    "StringEquals": {"elasticfilesystem:AccessPointArn": access_point_arn}
                },
            },
        ],
    }
    return pulumi.Output.json_dumps(document)
