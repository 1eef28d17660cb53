"""A bucket with everything that its protection is split over."""

from tests.policies.cases import given
from tests.policies.rules.fixtures_policies import CLEAR_TEXT, ROLE_PRINCIPAL, allow, deny, policy

BUCKET = "aws:s3/bucket:Bucket"
ARN = "arn:aws:s3:::records"
EAST_KEY = "arn:aws:kms:us-east-1:481516234299:key/1"
TLS_ONLY = deny("s3:*", [ARN, f"{ARN}/*"], condition=CLEAR_TEXT)
READERS = allow("s3:GetObject", f"{ARN}/*", ROLE_PRINCIPAL)
OF_RECORDS = {"bucket": ["records"]}

RECORDS = given(
    "records",
    BUCKET,
    {
        "bucket": "records",
        "tags": {"DataClassification": "phi"},
        "objectLockEnabled": True,
        "forceDestroy": False,
    },
    outputs={"id": "records", "arn": ARN},
    region="us-east-1",
)
POLICY = given(
    "policy",
    "aws:s3/bucketPolicy:BucketPolicy",
    {"bucket": "records", "policy": policy(READERS, TLS_ONLY)},
    depends=OF_RECORDS,
)
VERSIONING = given(
    "versioning",
    "aws:s3/bucketVersioning:BucketVersioning",
    {"bucket": "records", "versioningConfiguration": {"status": "Enabled"}},
    depends=OF_RECORDS,
)
ENCRYPTION = given(
    "encryption",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    {
        "bucket": "records",
        "rules": [
            {
                "bucketKeyEnabled": True,
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": EAST_KEY,
                },
            }
        ],
    },
    depends=OF_RECORDS,
)
BLOCK = given(
    "block",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    {
        "bucket": "records",
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    },
    depends=OF_RECORDS,
)
OWNERSHIP = given(
    "ownership",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    {"bucket": "records", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
    depends=OF_RECORDS,
)
LOGGING = given(
    "logging",
    "aws:s3/bucketLogging:BucketLogging",
    {"bucket": "records", "targetBucket": "logs"},
    depends=OF_RECORDS,
)
LOCK = given(
    "lock",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    {
        "bucket": "records",
        "rule": {"defaultRetention": {"mode": "COMPLIANCE", "years": 6}},
    },
    depends=OF_RECORDS,
)
