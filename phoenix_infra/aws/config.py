"""AWS Config: everything recorded, delivered under our key, judged by a HIPAA conformance pack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cfg, iam

from phoenix_infra.naming import role_path

HIPAA_RULES: tuple[str, ...] = (
    "ACCESS_KEYS_ROTATED",
    "ALB_HTTP_DROP_INVALID_HEADER_ENABLED",
    "ALB_WAF_ENABLED",
    "AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    "BACKUP_RECOVERY_POINT_ENCRYPTED",
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
    "CLOUD_TRAIL_ENCRYPTION_ENABLED",
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
    "CLOUDTRAIL_S3_DATAEVENTS_ENABLED",
    "CLOUDWATCH_LOG_GROUP_ENCRYPTED",
    "CMK_BACKING_KEY_ROTATION_ENABLED",
    "EC2_EBS_ENCRYPTION_BY_DEFAULT",
    "EC2_IMDSV2_CHECK",
    "EFS_ENCRYPTED_CHECK",
    "EKS_ENDPOINT_NO_PUBLIC_ACCESS",
    "EKS_SECRETS_ENCRYPTED",
    "ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK",
    "ELB_DELETION_PROTECTION_ENABLED",
    "ELB_LOGGING_ENABLED",
    "GUARDDUTY_ENABLED_CENTRALIZED",
    "IAM_NO_INLINE_POLICY_CHECK",
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
    "IAM_ROOT_ACCESS_KEY_CHECK",
    "INCOMING_SSH_DISABLED",
    "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
    "MULTI_REGION_CLOUD_TRAIL_ENABLED",
    "RDS_CLUSTER_DELETION_PROTECTION_ENABLED",
    "RDS_CLUSTER_IAM_AUTHENTICATION_ENABLED",
    "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
    "RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
    "RDS_STORAGE_ENCRYPTED",
    "ROOT_ACCOUNT_MFA_ENABLED",
    "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
    "S3_BUCKET_LOGGING_ENABLED",
    "S3_BUCKET_PUBLIC_READ_PROHIBITED",
    "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
    "S3_BUCKET_REPLICATION_ENABLED",
    "S3_BUCKET_SSL_REQUESTS_ONLY",
    "S3_BUCKET_VERSIONING_ENABLED",
    "S3_DEFAULT_ENCRYPTION_KMS",
    "SECRETSMANAGER_USING_CMK",
    "SECURITYHUB_ENABLED",
    "SNS_ENCRYPTED_KMS",
    "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
    "VPC_FLOW_LOGS_ENABLED",
    "WAFV2_LOGGING_ENABLED",
)
"""Identifiers of AWS managed rules behind the safeguards of 164.308 to 164.312 (AWS Config, list of managed rules)."""


def hipaa_conformance_template() -> str:
    """A conformance pack made of managed rules; JSON is YAML."""
    rules = {
        "".join(word.title() for word in identifier.split("_")): {
            "Type": "AWS::Config::ConfigRule",
            "Properties": {
                "ConfigRuleName": f"hipaa-{identifier.lower().replace('_', '-')}",
                "Source": {"Owner": "AWS", "SourceIdentifier": identifier},
                **_parameters(identifier),
            },
        }
        for identifier in HIPAA_RULES
    }
    return json.dumps({"Resources": rules}, sort_keys=True)


def _parameters(identifier: str) -> dict[str, object]:
    if identifier == "ACCESS_KEYS_ROTATED":
        return {"InputParameters": {"maxAccessKeyAge": "90"}}
    return {}


@dataclass(frozen=True, kw_only=True)
class ConfigurationRecorderArgs:
    """What one region records and where it goes."""

    account_id: str
    records_global_types: bool
    """In the home region only, or every global resource is recorded twice."""
    bucket_name: str
    """In the same region; its policy already lets Config write."""
    key_prefix: str
    logs_key_arn: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    hipaa: bool
    permissions_boundary_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class ConfigurationRecorder(pulumi.ComponentResource):
    """Recorder, delivery channel and the conformance pack of a region."""

    def __init__(
        self,
        name: str,
        args: ConfigurationRecorderArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("phoenix:aws:ConfigurationRecorder", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        recorder = cfg.Recorder(
            name,
            name="default",
            role_arn=_role(name, args, child),
            recording_group=cfg.RecorderRecordingGroupArgs(
                all_supported=True, include_global_resource_types=args.records_global_types
            ),
            opts=child,
        )
        channel = cfg.DeliveryChannel(
            f"{name}-delivery",
            name="default",
            s3_bucket_name=args.bucket_name,
            s3_key_prefix=args.key_prefix,
            s3_kms_key_arn=args.logs_key_arn,
            sns_topic_arn=args.topic_arn,
            snapshot_delivery_properties=cfg.DeliveryChannelSnapshotDeliveryPropertiesArgs(
                delivery_frequency="TwentyFour_Hours"
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[recorder]),
        )
        status = cfg.RecorderStatus(
            f"{name}-status",
            name=recorder.name,
            is_enabled=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[channel]),
        )
        if args.hipaa:
            cfg.ConformancePack(
                f"{name}-hipaa",
                name="hipaa-security-rule",
                template_body=hipaa_conformance_template(),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[status]),
            )
        self.register_outputs({})


def _role(
    name: str, args: ConfigurationRecorderArgs, child: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "config.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": args.account_id}},
            }
        ],
    }
    role = iam.Role(
        f"{name}-role",
        path=role_path("service"),
        description="AWS Config records and delivers",
        assume_role_policy=json.dumps(trust),
        permissions_boundary=args.permissions_boundary_arn,
        tags=args.tags,
        opts=child,
    )
    reading = iam.RolePolicyAttachment(
        f"{name}-reading",
        role=role.name,
        policy_arn="arn:aws:iam::aws:policy/service-role/AWS_ConfigRole",
        opts=child,
    )
    policy = iam.Policy(
        f"{name}-delivering",
        path=role_path("service"),
        policy=_delivery_permissions(args),
        tags=args.tags,
        opts=child,
    )
    delivering = iam.RolePolicyAttachment(
        f"{name}-delivering-attachment", role=role.name, policy_arn=policy.arn, opts=child
    )
    return pulumi.Output.all(role.arn, reading.id, delivering.id).apply(lambda all_: str(all_[0]))


def _delivery_permissions(args: ConfigurationRecorderArgs) -> pulumi.Output[str]:
    bucket = f"arn:aws:s3:::{args.bucket_name}"
    return pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "s3:PutObject",
                    "Resource": f"{bucket}/{args.key_prefix}/AWSLogs/{args.account_id}/*",
                },
                {"Effect": "Allow", "Action": "s3:GetBucketAcl", "Resource": bucket},
                {
                    "Effect": "Allow",
                    "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                    "Resource": args.logs_key_arn,
                },
                {"Effect": "Allow", "Action": "sns:Publish", "Resource": args.topic_arn},
            ],
        }
    )
