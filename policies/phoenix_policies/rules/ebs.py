"""Block storage: encryption of volumes and snapshots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some, truth

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(2)(ii)")

BY_DEFAULT: Final = "aws:ebs/encryptionByDefault:EncryptionByDefault"
VOLUME_USERS: Final = (
    "aws:ebs/volume:Volume",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/instance:Instance",
    "aws:eks/nodeGroup:NodeGroup",
)


@rule(
    "ebs-volume-encrypted",
    "aws:ebs/volume:Volume",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy="Set encrypted=True and kms_key_id of the data key.",
    sources=(
        "cdk_nag:AwsSolutions-EC26",
        "config:ENCRYPTED_VOLUMES",
        "prowler:ec2_ebs_volume_encryption",
        "checkov:CKV_AWS_3",
        "checkov:CKV2_AWS_2",
        "compliance_policies:aws-ebs-volume-disallow-unencrypted-volume",
        "awsguard:encrypted-volumes",
    ),
)
def ebs_volume_encrypted(volume: Resource) -> Iterable[Clause]:
    """EBS volumes are encrypted."""
    yield volume["encrypted"].is_true.otherwise("is not encrypted")


@rule(
    "ebs-volume-cmk",
    "aws:ebs/volume:Volume",
    hipaa=("164.312(a)(2)(iv)",),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set kms_key_id of the data key.",
    sources=(
        "checkov:CKV_AWS_189",
        "compliance_policies:aws-ebs-volume-configure-customer-managed-key",
    ),
)
def ebs_volume_cmk(volume: Resource) -> Iterable[Clause]:
    """EBS volumes use a customer managed key."""
    key = volume["kmsKeyId"]
    yield (key.is_set & ~key.matches(r"alias/aws/ebs$")).otherwise("uses the AWS managed key")


@stack_rule(
    "ebs-encryption-by-default",
    "aws:ebs/encryptionByDefault:EncryptionByDefault",
    *VOLUME_USERS,
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add an aws.ebs.EncryptionByDefault under the provider of the region.",
    sources=(
        "config:EC2_EBS_ENCRYPTION_BY_DEFAULT",
        "prowler:ec2_ebs_default_encryption",
        "checkov:CKV_AWS_106",
    ),
)
def ebs_encryption_by_default(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Account EBS default encryption is on in every used region."""
    for setting in stack.of(BY_DEFAULT):
        yield setting, (~setting["enabled"].is_false).otherwise("turns default encryption off")
    first: dict[str, Resource] = {}
    for user in stack.of(*VOLUME_USERS):
        first.setdefault(user.region, user)
    for region, user in first.items():
        here = some(truth(one.region == region) for one in stack.of(BY_DEFAULT))
        yield user, here.otherwise(f"{region or 'its region'} encrypts new volumes only when asked")


@rule(
    "ebs-snapshot-copy-encrypted",
    "aws:ebs/snapshotCopy:SnapshotCopy",
    "aws:ebs/snapshotImport:SnapshotImport",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
        "164.312(a)(2)(iv)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("A1.2", "C1.1", "CC6.1", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Set encrypted=True and kms_key_id of a key in the destination region.",
    sources=("prowler:ec2_ebs_snapshots_encrypted", "checkov:CKV_AWS_183"),
)
def ebs_snapshot_copy_encrypted(copy: Resource) -> Iterable[Clause]:
    """Copied EBS snapshots stay encrypted."""
    yield copy["encrypted"].is_true.otherwise("the copy is not encrypted")
    source = copy["sourceRegion"]
    local = truth(bool(copy.region)) & source.equals(copy.region)
    yield (source.is_empty | local | copy["kmsKeyId"].is_set).otherwise(
        "the copy in another region names no key of that region"
    )
