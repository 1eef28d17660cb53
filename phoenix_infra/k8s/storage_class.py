"""Storage classes: encrypted with our key, bound where the pod lands, kept where data lives (X-86)."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import meta, storage

BLOCK_CLASS = "gp3-encrypted"
DATA_CLASS = "gp3-encrypted-retain"
SHARED_CLASS = "efs-encrypted"
EBS_DRIVER = "ebs.csi.aws.com"
EFS_DRIVER = "efs.csi.aws.com"


@dataclass(frozen=True, kw_only=True)
class StorageClassesArgs:
    """The key and the file system behind the classes."""

    data_key_arn: pulumi.Input[str]
    file_system_id: pulumi.Input[str]
    cluster_name: str


class StorageClasses(pulumi.ComponentResource):
    """gp3 for one node at a time, in two reclaim policies, and EFS for many."""

    def __init__(
        self, name: str, args: StorageClassesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:StorageClasses", name, None, opts)
        for class_name, reclaim in ((BLOCK_CLASS, "Delete"), (DATA_CLASS, "Retain")):
            storage.v1.StorageClass(
                f"{name}-{class_name}",
                metadata=meta.v1.ObjectMetaArgs(name=class_name),
                provisioner=EBS_DRIVER,
                parameters={
                    "type": "gp3",
                    "encrypted": "true",
                    "kmsKeyId": args.data_key_arn,
                    "csi.storage.k8s.io/fstype": "ext4",
                    # AWS Backup selects volumes by this tag (k8s-volumes-backed-up).
                    "tagSpecification_1": "Backup=daily",
                    "tagSpecification_2": f"Cluster={args.cluster_name}",
                    "tagSpecification_3": "DataClassification=phi",
                },
                reclaim_policy=reclaim,
                volume_binding_mode="WaitForFirstConsumer",
                allow_volume_expansion=True,
                opts=pulumi.ResourceOptions(parent=self),
            )
        storage.v1.StorageClass(
            f"{name}-{SHARED_CLASS}",
            metadata=meta.v1.ObjectMetaArgs(name=SHARED_CLASS),
            provisioner=EFS_DRIVER,
            parameters={
                "provisioningMode": "efs-ap",
                "fileSystemId": args.file_system_id,
                "directoryPerms": "750",
                "uid": "1000",
                "gid": "1000",
                "basePath": "/dynamic",
            },
            mount_options=["tls"],
            reclaim_policy="Retain",
            volume_binding_mode="WaitForFirstConsumer",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
