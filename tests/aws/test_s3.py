"""Buckets: each has its full set, each of the six has a replica, and no replica is weaker than its source."""

import json
from typing import Any, Protocol

import pytest

BUCKET = "aws:s3/bucket:Bucket"
PURPOSES = ("audio", "audit", "backups", "evidence", "logs", "models")


class Reading(Protocol):
    """What the fixtures give."""

    def of(self, token: str) -> Any: ...
    def only(self, token: str, name: str | None = None) -> Any: ...
    def inputs(self, token: str, name: str | None = None) -> dict[str, Any]: ...


def _of(reading: Reading, kind: str, bucket: str) -> Any:
    """The one resource of a kind that hangs on a bucket."""
    found = [
        n
        for n in reading.of(f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}")
        if n.name.startswith(f"{bucket}-") and n.parent.endswith(f"Bucket::{bucket}")
    ]
    assert len(found) == 1, f"{bucket} has {len(found)} of {kind}"
    return found[0].inputs


def _names(reading: Reading) -> list[str]:
    return [n.name for n in reading.of(BUCKET)]


def test_production_owns_every_bucket_in_both_regions(production: Reading, dr: Reading) -> None:
    expected = {f"{p}{s}" for p in (*PURPOSES, "access-logs") for s in ("", "-replica")}
    assert set(_names(production)) == expected
    assert not dr.of(BUCKET), "a bucket of dr would be missing at production's first deployment"


def test_every_bucket_has_its_full_set(production: Reading) -> None:
    for name in _names(production):
        block = _of(production, "BucketPublicAccessBlock", name)
        assert all(
            block[key] is True
            for key in (
                "blockPublicAcls",
                "blockPublicPolicy",
                "ignorePublicAcls",
                "restrictPublicBuckets",
            )
        ), name
        ownership = _of(production, "BucketOwnershipControls", name)
        assert ownership["rule"]["objectOwnership"] == "BucketOwnerEnforced", name
        versioning = _of(production, "BucketVersioning", name)
        assert versioning["versioningConfiguration"]["status"] == "Enabled", name
        rules = _of(production, "BucketLifecycleConfiguration", name)["rules"]
        assert rules[0]["abortIncompleteMultipartUpload"]["daysAfterInitiation"] <= 7, name
        assert rules[0]["noncurrentVersionExpiration"], name
        assert _of(production, "BucketNotification", name)["eventbridge"] is True, name


def test_every_bucket_but_the_access_log_targets_uses_our_key(production: Reading) -> None:
    for name in _names(production):
        rule = _of(production, "BucketServerSideEncryptionConfiguration", name)["rules"][0]
        default = rule["applyServerSideEncryptionByDefault"]
        if name.startswith("access-logs"):
            assert default["sseAlgorithm"] == "AES256", "S3 and ALB logs know no other"
        else:
            assert default["sseAlgorithm"] == "aws:kms", name
            assert default["kmsMasterKeyId"], name
            assert rule["bucketKeyEnabled"] is True, name


def test_every_bucket_but_the_access_log_targets_logs_its_access_in_its_region(
    production: Reading,
) -> None:
    buckets = {n.name: n for n in production.of(BUCKET)}
    for name, node in buckets.items():
        if name.startswith("access-logs"):
            continue
        target = _of(production, "BucketLogging", name)["targetBucket"]
        owner = next(n for n in buckets.values() if n.inputs["bucket"] == target)
        assert owner.region == node.region, f"{name} logs into another region"


def test_every_policy_refuses_plaintext_and_old_tls(production: Reading) -> None:
    for name in _names(production):
        statements = json.loads(_of(production, "BucketPolicy", name)["policy"])["Statement"]
        denied = {s["Sid"]: s for s in statements if s["Effect"] == "Deny"}
        plaintext = denied["DenyPlaintextTransport"]
        assert plaintext["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert len(plaintext["Resource"]) == 2, "the bucket and its objects"
        assert denied["DenyOldTls"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}


def test_no_policy_allows_anybody_but_services_of_this_account(production: Reading) -> None:
    for name in _names(production):
        statements = json.loads(_of(production, "BucketPolicy", name)["policy"])["Statement"]
        for statement in statements:
            if statement["Effect"] == "Allow":
                assert set(statement["Principal"]) == {"Service"}, name
                assert "aws:Source" in json.dumps(statement["Condition"]), name


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_bucket_is_replicated_both_ways_with_time_control(
    production: Reading, purpose: str
) -> None:
    buckets = {n.name: n for n in production.of(BUCKET)}
    for suffix, source, target in (
        ("", purpose, f"{purpose}-replica"),
        ("-back", f"{purpose}-replica", purpose),
    ):
        node = production.only(
            "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
            f"{purpose}-replication{suffix}",
        )
        rule = node.inputs["rules"][0]
        destination = rule["destination"]
        assert node.inputs["bucket"] == buckets[source].inputs["bucket"]
        assert destination["bucket"].endswith(str(buckets[target].inputs["bucket"]))
        assert buckets[source].region != buckets[target].region
        assert destination["replicationTime"]["status"] == "Enabled"
        assert destination["metrics"]["status"] == "Enabled"
        assert destination["encryptionConfiguration"]["replicaKmsKeyId"]
        assert rule["sourceSelectionCriteria"]["sseKmsEncryptedObjects"]["status"] == "Enabled"
        key = _of(production, "BucketServerSideEncryptionConfiguration", target)["rules"][0]
        assert (
            destination["encryptionConfiguration"]["replicaKmsKeyId"]
            == key["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"]
        )


def test_audit_records_are_locked_for_seven_years_and_expire_later(production: Reading) -> None:
    for name in ("audit", "audit-replica"):
        retention = _of(production, "BucketObjectLockConfiguration", name)["rule"][
            "defaultRetention"
        ]
        assert retention["mode"] == "COMPLIANCE"
        assert retention["days"] >= 7 * 365
        rules = _of(production, "BucketLifecycleConfiguration", name)["rules"]
        assert rules[0]["expiration"]["days"] > retention["days"]


def test_audio_is_kept_for_seven_years_and_grows_cold_meanwhile(production: Reading) -> None:
    rule = _of(production, "BucketLifecycleConfiguration", "audio")["rules"][0]
    assert rule["expiration"]["days"] >= 7 * 365
    assert [t["storageClass"] for t in rule["transitions"]] == ["STANDARD_IA", "GLACIER_IR"]


def test_application_logs_are_hot_warm_and_gone_after_a_year(production: Reading) -> None:
    rule = _of(production, "BucketLifecycleConfiguration", "logs")["rules"][0]
    assert [t["days"] for t in rule["transitions"]] == [30, 120]
    assert rule["expiration"]["days"] == 365


def test_no_bucket_can_be_lost_by_a_deployment(production: Reading) -> None:
    for node in production.of(BUCKET):
        assert node.inputs.get("forceDestroy") is False, node.name
        assert node.options["protect"] is True, node.name
        assert node.options["retainOnDelete"] is True, node.name


def test_the_account_refuses_public_buckets(production: Reading, dr: Reading) -> None:
    assert len(production.of("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock")) == 1
    assert not dr.of("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock")
