"""Replication of one bucket to another region, with replication time control and the replica's own key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam, s3

from phoenix_infra.naming import role_path

REPLICATION_TIME_MINUTES = 15
"""The service level of S3 replication time control; S3 accepts no other value."""


@dataclass(frozen=True, kw_only=True)
class BucketReplicationArgs:
    """From where to where, and with which keys."""

    source_bucket: pulumi.Input[str]
    """Name of the source once it has versions."""
    source_bucket_name: str
    source_region: str
    source_key_arn: pulumi.Input[str]
    destination_bucket: pulumi.Input[str]
    """Name of the destination once it has versions."""
    destination_bucket_name: str
    destination_region: str
    destination_key_arn: pulumi.Input[str]
    account_id: str
    object_locked: bool
    permissions_boundary_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class BucketReplication(pulumi.ComponentResource):
    """A role of its own for each direction: it may read one bucket and write one other."""

    def __init__(
        self, name: str, args: BucketReplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:BucketReplication", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            path=role_path("service"),
            assume_role_policy=_trust(args),
            permissions_boundary=args.permissions_boundary_arn,
            description=f"Replicates {args.source_bucket_name} to {args.destination_region}",
            tags=args.tags,
            opts=child,
        )
        policy = iam.Policy(
            f"{name}-policy",
            path=role_path("service"),
            policy=_permissions(args),
            tags=args.tags,
            opts=child,
        )
        attachment = iam.RolePolicyAttachment(
            f"{name}-attachment", role=role.name, policy_arn=policy.arn, opts=child
        )
        s3.BucketReplicationConfig(
            name,
            bucket=args.source_bucket,
            role=role.arn,
            rules=[_rule(args)],
            # S3 checks at once that the role may do its work.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[attachment]),
        )
        self.register_outputs({})


def _rule(args: BucketReplicationArgs) -> s3.BucketReplicationConfigRuleArgs:
    destination = s3.BucketReplicationConfigRuleDestinationArgs(
        bucket=pulumi.Output.concat("arn:aws:s3:::", args.destination_bucket),
        encryption_configuration=s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
            replica_kms_key_id=args.destination_key_arn
        ),
        metrics=s3.BucketReplicationConfigRuleDestinationMetricsArgs(
            status="Enabled",
            event_threshold=s3.BucketReplicationConfigRuleDestinationMetricsEventThresholdArgs(
                minutes=REPLICATION_TIME_MINUTES
            ),
        ),
        replication_time=s3.BucketReplicationConfigRuleDestinationReplicationTimeArgs(
            status="Enabled",
            time=s3.BucketReplicationConfigRuleDestinationReplicationTimeTimeArgs(
                minutes=REPLICATION_TIME_MINUTES
            ),
        ),
    )
    return s3.BucketReplicationConfigRuleArgs(
        id=f"to-{args.destination_region}",
        status="Enabled",
        priority=1,
        filter=s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
        destination=destination,
        # A deletion by mistake or by an intruder stays in one region.
        delete_marker_replication=s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(
            status="Disabled"
        ),
        source_selection_criteria=s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
            sse_kms_encrypted_objects=s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(
                status="Enabled"
            ),
            replica_modifications=s3.BucketReplicationConfigRuleSourceSelectionCriteriaReplicaModificationsArgs(
                status="Enabled"
            ),
        ),
    )


def _trust(args: BucketReplicationArgs) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "s3.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"aws:SourceAccount": args.account_id}},
                }
            ],
        }
    )


def _permissions(args: BucketReplicationArgs) -> pulumi.Output[str]:
    source = f"arn:aws:s3:::{args.source_bucket_name}"
    destination = f"arn:aws:s3:::{args.destination_bucket_name}"
    lock = ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] if args.object_locked else []
    return pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                    "Resource": source,
                },
                {
                    "Effect": "Allow",
                    "Action": [
                        "s3:GetObjectVersionForReplication",
                        "s3:GetObjectVersionAcl",
                        "s3:GetObjectVersionTagging",
                        *lock,
                    ],
                    "Resource": f"{source}/*",
                },
                {
                    "Effect": "Allow",
                    "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
                    "Resource": f"{destination}/*",
                },
                _key_use("kms:Decrypt", args.source_key_arn, args.source_region),
                _key_use("kms:Encrypt", args.destination_key_arn, args.destination_region),
            ],
        }
    )


def _key_use(action: str, key_arn: pulumi.Input[str], region: str) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Action": action,
        "Resource": key_arn,
        "Condition": {"StringLike": {"kms:ViaService": f"s3.{region}.amazonaws.com"}},
    }
