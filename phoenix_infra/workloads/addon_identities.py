"""What add-ons may do in AWS through EKS Pod Identity: one role for each service account that needs one."""

from dataclasses import dataclass
from enum import StrEnum

from phoenix_infra.workloads.addon_namespaces import (
    CERT_MANAGER,
    CLUSTER_AUTOSCALER,
    EXTERNAL_SECRETS,
    LOAD_BALANCER_CONTROLLER,
    VAULT,
    VELERO,
)
from phoenix_infra.workloads.namespaces import MONITOR


class AddonResource(StrEnum):
    """What a statement may name; the layer turns each into ARNs of its stack."""

    HOSTED_ZONE = "hosted-zone"
    ROUTE53_CHANGES = "route53-changes"
    PLATFORM_SECRETS = "platform-secrets"
    SECRETS_KEY = "secrets-key"
    VAULT_KEY = "vault-key"
    LOG_BUCKET = "log-bucket"
    LOG_OBJECTS = "log-objects"
    """Below `loki/` and `tempo/`."""
    LOGS_KEY = "logs-key"
    BACKUP_BUCKET = "backup-bucket"
    BACKUP_OBJECTS = "backup-objects"
    """Below `velero/`."""
    BACKUP_KEY = "backup-key"
    DATA_KEY = "data-key"
    TARGET_GROUPS = "target-groups"
    CLUSTER_SCALING_GROUPS = "cluster-scaling-groups"
    """Scaling groups tagged for this cluster; the statement carries the tag as a condition."""
    VOLUMES = "volumes"
    """Volumes and snapshots tagged for this cluster."""
    ANY = "any"
    """Describe and list actions that AWS cannot bind to a resource."""


@dataclass(frozen=True, kw_only=True)
class AddonStatement:
    """Actions on one kind of resource."""

    sid: str
    actions: tuple[str, ...]
    resource: AddonResource


@dataclass(frozen=True, kw_only=True)
class AddonIdentity:
    """One service account and its permissions."""

    addon: str
    namespace: str
    service_account: str
    statements: tuple[AddonStatement, ...]


def _statement(sid: str, resource: AddonResource, *actions: str) -> AddonStatement:
    return AddonStatement(sid=sid, actions=actions, resource=resource)


def _log_writer(addon: str) -> AddonIdentity:
    return AddonIdentity(
        addon=addon,
        namespace=MONITOR,
        service_account=addon,
        statements=(
            _statement("List", AddonResource.LOG_BUCKET, "s3:ListBucket"),
            _statement(
                "Objects",
                AddonResource.LOG_OBJECTS,
                "s3:GetObject",
                "s3:PutObject",
                "s3:DeleteObject",
            ),
            _statement("Key", AddonResource.LOGS_KEY, "kms:Decrypt", "kms:GenerateDataKey"),
        ),
    )


ADDON_IDENTITIES: tuple[AddonIdentity, ...] = (
    AddonIdentity(
        addon="cert-manager",
        namespace=CERT_MANAGER,
        service_account="cert-manager",
        statements=(
            _statement(
                "Records",
                AddonResource.HOSTED_ZONE,
                "route53:ChangeResourceRecordSets",
                "route53:ListResourceRecordSets",
            ),
            _statement("Progress", AddonResource.ROUTE53_CHANGES, "route53:GetChange"),
            _statement("Zones", AddonResource.ANY, "route53:ListHostedZonesByName"),
        ),
    ),
    AddonIdentity(
        addon="external-secrets",
        namespace=EXTERNAL_SECRETS,
        service_account="external-secrets",
        statements=(
            _statement(
                "Read",
                AddonResource.PLATFORM_SECRETS,
                "secretsmanager:GetSecretValue",
                "secretsmanager:DescribeSecret",
            ),
            _statement("Key", AddonResource.SECRETS_KEY, "kms:Decrypt"),
        ),
    ),
    AddonIdentity(
        addon="vault",
        namespace=VAULT,
        service_account="vault",
        statements=(
            _statement(
                "Unseal",
                AddonResource.VAULT_KEY,
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:DescribeKey",
            ),
        ),
    ),
    _log_writer("loki"),
    _log_writer("tempo"),
    AddonIdentity(
        addon="velero",
        namespace=VELERO,
        service_account="velero-server",
        statements=(
            _statement("List", AddonResource.BACKUP_BUCKET, "s3:ListBucket"),
            _statement(
                "Objects",
                AddonResource.BACKUP_OBJECTS,
                "s3:GetObject",
                "s3:PutObject",
                "s3:DeleteObject",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
            ),
            _statement("Key", AddonResource.BACKUP_KEY, "kms:Decrypt", "kms:GenerateDataKey"),
            _statement(
                "Snapshots",
                AddonResource.VOLUMES,
                "ec2:CreateSnapshot",
                "ec2:CreateVolume",
                "ec2:CreateTags",
                "ec2:DeleteSnapshot",
            ),
            _statement("See", AddonResource.ANY, "ec2:DescribeVolumes", "ec2:DescribeSnapshots"),
        ),
    ),
    AddonIdentity(
        addon="aws-load-balancer-controller",
        namespace=LOAD_BALANCER_CONTROLLER,
        service_account="aws-load-balancer-controller",
        statements=(
            _statement(
                "Targets",
                AddonResource.TARGET_GROUPS,
                "elasticloadbalancing:RegisterTargets",
                "elasticloadbalancing:DeregisterTargets",
            ),
            _statement(
                "See",
                AddonResource.ANY,
                "elasticloadbalancing:DescribeTargetGroups",
                "elasticloadbalancing:DescribeTargetHealth",
                "elasticloadbalancing:DescribeTags",
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstances",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ),
        ),
    ),
    AddonIdentity(
        addon="cluster-autoscaler",
        namespace=CLUSTER_AUTOSCALER,
        service_account="cluster-autoscaler",
        statements=(
            _statement(
                "Scale",
                AddonResource.CLUSTER_SCALING_GROUPS,
                "autoscaling:SetDesiredCapacity",
                "autoscaling:TerminateInstanceInAutoScalingGroup",
            ),
            _statement(
                "See",
                AddonResource.ANY,
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
                "eks:DescribeNodegroup",
            ),
        ),
    ),
)
"""One entry for each service account of an add-on that talks to AWS; those of EKS add-ons are theirs."""
