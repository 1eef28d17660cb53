"""The shared model store: one read-only claim per namespace, on a file system that many nodes mount (X-28)."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.pod_template import MODEL_CLAIM

core = kubernetes.core.v1
EFS_DRIVER = "efs.csi.aws.com"
SIZE = "100Gi"
"""EFS ignores it, Kubernetes demands it; a site's class may hold it."""


@dataclass(frozen=True, kw_only=True)
class SharedModels:
    """Where the models are: an EFS access point, or a ReadWriteMany class of the site."""

    storage_class: str
    volume_handle: pulumi.Input[str] | None = None
    """`file-system::access-point` of EFS; none lets the class provision a volume."""


@dataclass(frozen=True, kw_only=True)
class ModelStoreArgs:
    """One namespace's claim."""

    namespace: str
    models: SharedModels
    after: tuple[pulumi.Resource, ...] = ()


class ModelStore(pulumi.ComponentResource):
    """The claim, and on AWS the volume behind it."""

    def __init__(
        self, name: str, args: ModelStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Every node may mount the volume at once; pods mount it read-only."""
        super().__init__("phoenix:k8s:ModelStore", name, None, opts)
        labels = recommended_labels(MODEL_CLAIM, component="model-store", owner="clinical-ai")
        volume_name: str | None = None
        if args.models.volume_handle is not None:
            volume_name = f"{MODEL_CLAIM}-{args.namespace}"
            core.PersistentVolume(
                f"{name}-volume",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=volume_name, labels=labels),
                spec=core.PersistentVolumeSpecArgs(
                    capacity={"storage": SIZE},
                    access_modes=["ReadWriteMany"],
                    persistent_volume_reclaim_policy="Retain",
                    storage_class_name=args.models.storage_class,
                    mount_options=["tls"],
                    csi=core.CSIPersistentVolumeSourceArgs(
                        driver=EFS_DRIVER, volume_handle=args.models.volume_handle
                    ),
                    claim_ref=core.ObjectReferenceArgs(
                        api_version="v1",
                        kind="PersistentVolumeClaim",
                        name=MODEL_CLAIM,
                        namespace=args.namespace,
                    ),
                ),
                opts=pulumi.ResourceOptions(parent=self, protect=True),
            )
        core.PersistentVolumeClaim(
            name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=MODEL_CLAIM, namespace=args.namespace, labels=labels
            ),
            spec=core.PersistentVolumeClaimSpecArgs(
                access_modes=["ReadWriteMany"],
                storage_class_name=args.models.storage_class,
                volume_name=volume_name,
                resources=core.VolumeResourceRequirementsArgs(requests={"storage": SIZE}),
            ),
            opts=pulumi.ResourceOptions(parent=self, protect=True, depends_on=list(args.after)),
        )
        self.register_outputs({})
