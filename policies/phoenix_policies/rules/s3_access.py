"""Buckets: who may reach them, and how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.buckets import (
    BUCKET,
    publicly_blocked,
    tls_only,
)
from phoenix_policies.predicates.iam import root_only, statements
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, every, some, truth, unknown

HIPAA_1: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.312(e)(1)",
)
HIPAA_2: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(3)(ii)(B)",
    "164.308(a)(4)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
)

ACCOUNT_BLOCK: Final = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ACCESS_POINT: Final = "aws:s3/accessPoint:AccessPoint"
RESOURCE_POLICIES: Final = (
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
)
SWITCHES: Final = (
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
)
CALLER_KEYS: Final = (
    "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceArn", "aws:SourceAccount", "aws:SourceVpce",
    "aws:SourceVpc", "aws:PrincipalArn", "aws:PrincipalAccount",
)  # fmt: skip


@stack_rule(
    "s3-public-access-block",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Add a BucketPublicAccessBlock of this bucket.",
    sources=(
        "cdk_nag:HIPAA.Security-S3BucketLevelPublicAccessProhibited",
        "cdk_nag:AwsSolutions-S2",
        "cdk_nag:HIPAA.Security-S3BucketPublicReadProhibited",
        "cdk_nag:HIPAA.Security-S3BucketPublicWriteProhibited",
        "config:S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "prowler:s3_bucket_level_public_access_block",
        "prowler:s3_bucket_public_access",
        "checkov:CKV2_AWS_6",
    ),
)
def public_access_block(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Every bucket has a public access block."""
    for bucket in stack.of(BUCKET):
        yield bucket, publicly_blocked(bucket, stack).otherwise("has no public access block")


@rule(
    "s3-public-access-block-complete",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "aws:s3/accessPoint:AccessPoint",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Set all four switches to true; an absent one is off.",
    sources=(
        "cdk_nag:HIPAA.Security-S3BucketLevelPublicAccessProhibited",
        "cdk_nag:AwsSolutions-S2",
        "config:S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "config:S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
        "config:S3_ACCESS_POINT_PUBLIC_ACCESS_BLOCKS",
        "prowler:s3_bucket_level_public_access_block",
        "prowler:s3_account_level_public_access_blocks",
        "prowler:s3_access_point_public_access_block",
        "checkov:CKV_AWS_53",
        "checkov:CKV_AWS_54",
        "checkov:CKV_AWS_55",
        "checkov:CKV_AWS_56",
        "checkov:CKV_AWS_392",
    ),
)
def public_access_block_complete(one: Resource) -> Iterable[Clause]:
    """Public access blocks enable all four switches."""
    block = one["publicAccessBlockConfiguration"] if one.type == ACCESS_POINT else one.props
    for switch in SWITCHES:
        yield block[switch].is_true.otherwise(f"{switch} is off")


@stack_rule(
    "s3-account-public-access-block",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Declare one AccountPublicAccessBlock in the account.",
    sources=(
        "config:S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
        "prowler:s3_account_level_public_access_blocks",
    ),
)
def account_public_access_block(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Account level public access block exists."""
    blocked = truth(any(True for _ in stack.of(ACCOUNT_BLOCK)))
    first = next(stack.of(BUCKET), None)
    if first is not None:
        yield first, blocked.otherwise("the account has no public access block")


@stack_rule(
    "s3-tls-only",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketPolicy:BucketPolicy",
    hipaa=(
        "164.312(a)(2)(iv)",
        "164.312(c)(2)",
        "164.312(e)(1)",
        "164.312(e)(2)(i)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Add a Deny of s3:* for everybody on the bucket and its objects when aws:SecureTransport is false.",
    sources=(
        "cdk_nag:HIPAA.Security-S3BucketSSLRequestsOnly",
        "cdk_nag:AwsSolutions-S10",
        "config:S3_BUCKET_SSL_REQUESTS_ONLY",
        "prowler:s3_bucket_secure_transport_policy",
        "checkov:CKV_AWS_379",
    ),
)
def bucket_tls_only(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Every bucket policy refuses clear-text requests."""
    for bucket in stack.of(BUCKET):
        yield bucket, tls_only(bucket, stack).otherwise("answers requests without TLS")


@rule(
    "s3-tls-min-version",
    "aws:s3/bucketPolicy:BucketPolicy",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a Deny with NumericLessThan s3:TlsVersion 1.2.",
)
def tls_min_version(policy: Resource) -> Iterable[Clause]:
    """Bucket policy refuses old TLS."""
    floor = some(
        one.denies
        & some(
            truth(c.key == "s3:tlsversion" and c.operator.startswith("numericlessthan"))
            & every(v.at_least(1.2) for v in c.values)
            for c in one.conditions
        )
        for one in statements(policy["policy"])
    )
    document = policy["policy"].parsed()
    if document.is_unknown:
        floor = document.is_set
    yield floor.otherwise("accepts TLS 1.0 and 1.1")


@rule(
    "s3-policy-no-public-principal",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucket:Bucket",
    "aws:s3/accessPoint:AccessPoint",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Name the principals, or bind the statement to an organisation, account, source ARN or VPC endpoint.",
    sources=(
        "cdk_nag:AwsSolutions-S5",
        "config:S3_BUCKET_POLICY_GRANTEE_CHECK",
        "config:S3_BUCKET_PUBLIC_READ_PROHIBITED",
        "config:S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
        "prowler:s3_bucket_policy_public_write_access",
        "prowler:s3_bucket_public_access",
        "checkov:CKV_AWS_70",
    ),
)
def policy_no_public_principal(one: Resource) -> Iterable[Clause]:
    """Bucket policies do not allow everyone."""
    for statement in statements(one["policy"]):
        open_door = statement.allows & statement.any_principal & ~statement.bound_to(CALLER_KEYS)
        yield (~open_door).otherwise(f"{statement.place} lets anyone in")


@rule(
    "s3-policy-no-wildcard-action",
    "aws:s3/bucketPolicy:BucketPolicy",
    hipaa=HIPAA_2,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Name the actions.",
    sources=(
        "config:S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED",
        "prowler:s3_bucket_cross_account_access",
        "checkov:CKV_AWS_93",
    ),
)
def policy_no_wildcard_action(policy: Resource) -> Iterable[Clause]:
    """Bucket policies avoid s3:* grants."""
    for statement in statements(policy["policy"]):
        wide = statement.allows & statement.whole_service
        yield (~wide | root_only(statement)).otherwise(f"{statement.place} allows every action")


@stack_rule(
    "s3-cross-account-allowlist",
    *RESOURCE_POLICIES,
    hipaa=HIPAA_2,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Remove the account, or add it to the trusted ones.",
    sources=("prowler:s3_bucket_cross_account_access", "checkov:CKV_AWS_385"),
)
def cross_account_allowlist(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Cross-account access is limited to trusted accounts."""
    own = _own_accounts(stack)
    for one in stack.of(*RESOURCE_POLICIES):
        for statement in statements(one["policy"]):
            for principal in statement.principals("AWS"):
                named = ~principal.satisfies(lambda v: _account(v) == "")
                trusted = principal.satisfies(lambda v: _account(v) in own)
                if not own:
                    trusted = unknown("the own account")
                yield (
                    one,
                    (~(statement.allows & named) | trusted).otherwise(
                        f"{statement.place} lets another account in"
                    ),
                )


def _own_accounts(stack: Stack) -> set[str]:
    """The accounts that providers are held to, else those in the ARNs of what the stack made.

    The engine hands a provider's lists on as JSON strings.
    """
    held = {
        account.text
        for provider in stack.of("pulumi:providers:aws")
        for account in provider["allowedAccountIds"].parsed().each()
    } - {""}
    made = {
        arn.text.split(":")[4]
        for one in stack.resources
        if (arn := one.outputs["arn"]).text.count(":") >= 5
    }
    return held or (made - {"", "aws"})


def _account(principal: object) -> str:
    text = str(principal)
    return text if text.isdigit() else (text.split(":")[4] if text.count(":") >= 5 else "")


@rule(
    "s3-cors-not-wildcard",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Name the origins.",
)
def cors_not_wildcard(one: Resource) -> Iterable[Clause]:
    """CORS is scoped."""
    for each in one["corsRules"].each():
        yield (~each["allowedOrigins"].contains("*")).otherwise("every origin may call")
