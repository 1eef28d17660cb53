"""Cases of the block storage rules."""

from tests.policies.cases import UNKNOWN, Cases, given, having, in_region, lacking, without

_KEY = "arn:aws:kms:us-east-1:481516234299:key/data"
_VOLUME = given("disk", "aws:ebs/volume:Volume", {"encrypted": True, "kmsKeyId": _KEY})
_BY_DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"

CASES = [
    Cases(
        rule="ebs-volume-encrypted",
        compliant=[_VOLUME],
        fails={"off": having("encrypted", False), "nothing said": lacking("encrypted")},
        unknown={"unknown": having("encrypted", UNKNOWN)},
    ),
    Cases(
        rule="ebs-volume-cmk",
        compliant=[_VOLUME],
        fails={
            "no key": lacking("kmsKeyId"),
            "the AWS managed key": having("kmsKeyId", "alias/aws/ebs"),
        },
        unknown={"key unknown": having("kmsKeyId", UNKNOWN)},
    ),
    Cases(
        rule="ebs-encryption-by-default",
        compliant=[_VOLUME, given("default", _BY_DEFAULT, {"enabled": True})],
        passes={"on when nothing is said": lacking("enabled", on="default")},
        fails={
            "turned off": having("enabled", False, on="default"),
            "never turned on": without("default"),
            "on in another region": in_region("us-west-2", on="default"),
        },
        unknown={"unknown": having("enabled", UNKNOWN, on="default")},
    ),
    Cases(
        rule="ebs-snapshot-copy-encrypted",
        compliant=[
            given(
                "copy",
                "aws:ebs/snapshotCopy:SnapshotCopy",
                {"encrypted": True, "kmsKeyId": _KEY, "sourceRegion": "us-east-1"},
                region="us-west-2",
            )
        ],
        passes={"within the region": having("sourceRegion", "us-west-2")},
        fails={
            "in clear": having("encrypted", False),
            "nothing said": lacking("encrypted"),
            "no key of the new region": lacking("kmsKeyId"),
        },
        unknown={"encryption unknown": having("encrypted", UNKNOWN)},
    ),
]
