"""The permissions boundary: the most that any role of the program may ever do, whatever its policies say (X-77)."""

import json
from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import iam

from phoenix_infra.naming import PRODUCT, boundary_name

REGIONAL_ACTIONS: Mapping[str, Sequence[str]] = {
    "autoscaling": ("Describe*", "SetDesiredCapacity", "TerminateInstanceInAutoScalingGroup"),
    "backup": ("Describe*", "Get*", "List*", "StartCopyJob", "StartRestoreJob"),
    "backup-storage": ("MountCapsule", "StartObject", "PutChunk", "NotifyObjectComplete"),
    "cloudwatch": ("GetMetric*", "ListMetrics", "PutMetricData"),
    "codebuild": ("BatchPutTestCases", "CreateReport", "CreateReportGroup", "UpdateReport"),
    "codeconnections": ("GetConnection*", "UseConnection"),
    "ec2": (
        "AssignPrivateIpAddresses",
        "AttachNetworkInterface",
        "AttachVolume",
        "CreateNetworkInterface*",
        "CreateSnapshot*",
        "CreateTags",
        "CreateVolume",
        "CopySnapshot",
        "DeleteNetworkInterface",
        "DeleteSnapshot",
        "DeleteVolume",
        "Describe*",
        "DetachNetworkInterface",
        "DetachVolume",
        "EnableFastSnapshotRestores",
        "GetInstanceTypesFromInstanceRequirements",
        "ModifyNetworkInterfaceAttribute",
        "ModifyVolume",
        "UnassignPrivateIpAddresses",
    ),
    "ec2messages": ("AcknowledgeMessage", "GetEndpoint", "GetMessages", "SendReply"),
    "ecr": (
        "BatchCheck*",
        "BatchGetImage",
        "CreateRepository",
        "Describe*",
        "GetAuthorizationToken",
        "GetDownload*",
        "PutLifecyclePolicy",
        "ReplicateImage",
        "SetRepositoryPolicy",
        "TagResource",
    ),
    "eks": ("Describe*", "List*"),
    "eks-auth": ("AssumeRoleForPodIdentity",),
    "elasticfilesystem": (
        "Backup",
        "ClientMount",
        "ClientWrite",
        "CreateAccessPoint",
        "DeleteAccessPoint",
        "Describe*",
        "Restore",
        "TagResource",
    ),
    "elasticloadbalancing": ("Deregister*", "Describe*", "Register*"),
    "events": ("Describe*", "InvokeApiDestination", "List*", "PutEvents"),
    "kafka-cluster": ("Connect", "Describe*", "ReadData", "WriteData", "AlterGroup"),
    "logs": ("CreateLogGroup", "CreateLogStream", "Describe*", "PutLogEvents"),
    # A list over all zones: no resource can be named.
    "route53": ("ListHostedZonesByName",),
    "rds": ("CreateDB*Snapshot", "CopyDB*Snapshot", "Describe*", "ListTagsForResource"),
    "sns": ("Publish",),
    "sqs": ("DeleteMessage", "GetQueue*", "ReceiveMessage", "SendMessage"),
    "ssm": ("Describe*", "GetDeployable*", "GetDocument", "ListAssociations", "PutInventory"),
    "ssmmessages": ("CreateControlChannel", "CreateDataChannel", "Open*"),
    "tag": ("GetResources",),
    "wafv2": ("GetIPSet", "UpdateIPSet"),
}
"""Services and what our roles call there; anything else needs a change here, which is the point."""
NEVER = (
    "iam:*",
    "organizations:*",
    "account:*",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "s3:BypassGovernanceRetention",
)


def boundary_document(account_id: str, regions: Sequence[str]) -> str:
    """Allowed services within the two regions; secrets, keys and buckets of this product only."""
    statements: list[Mapping[str, object]] = [
        {
            "Sid": "ServicesInOurRegions",
            "Effect": "Allow",
            "Action": [
                f"{service}:{action}"
                for service, actions in REGIONAL_ACTIONS.items()
                for action in actions
            ],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": list(regions)}},
        },
        {
            "Sid": "OurBuckets",
            "Effect": "Allow",
            "Action": [
                "s3:Abort*",
                "s3:DeleteObject*",
                "s3:Get*",
                "s3:List*",
                "s3:ObjectOwnerOverrideToBucketOwner",
                "s3:PutBucketNotification",
                "s3:PutInventoryConfiguration",
                "s3:PutObject*",
                "s3:Replicate*",
                "s3:RestoreObject",
            ],
            "Resource": [f"arn:aws:s3:::{PRODUCT}-*"],
        },
        {
            "Sid": "OurKeys",
            "Effect": "Allow",
            "Action": [
                "kms:CreateGrant",
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:GetPublicKey",
                "kms:ListGrants",
                "kms:ReEncrypt*",
                "kms:RetireGrant",
                "kms:Sign",
            ],
            "Resource": [f"arn:aws:kms:*:{account_id}:key/*"],
        },
        {
            "Sid": "OurSecrets",
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": [f"arn:aws:secretsmanager:*:{account_id}:secret:{PRODUCT}/*"],
        },
        {
            "Sid": "Dns01Challenges",
            "Effect": "Allow",
            "Action": [
                "route53:ChangeResourceRecordSets",
                "route53:GetChange",
                "route53:ListResourceRecordSets",
            ],
            "Resource": ["arn:aws:route53:::hostedzone/*", "arn:aws:route53:::change/*"],
        },
        {"Sid": "Never", "Effect": "Deny", "Action": list(NEVER), "Resource": "*"},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def permissions_boundary(
    *,
    environment: str,
    account_id: str,
    regions: Sequence[str],
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> iam.Policy:
    """Declares the boundary under its well-known name; roles of every stack refer to it."""
    return iam.Policy(
        "permissions-boundary",
        name=boundary_name(environment),
        path=f"/{PRODUCT}/",
        description="The most that any role of Phoenix Guardian may do",
        policy=boundary_document(account_id, regions),
        tags=tags,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=True)),
    )
