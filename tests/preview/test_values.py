"""Computed values are realistic and decided by names and places alone."""

import re
import string

import pytest

from phoenix_infra.preview.values import Computed, Place, Subject, compute
from phoenix_infra.preview.wire import UNKNOWN, reveal, secret

US = Place(account="111122223333", region="us-west-2")


def _of(type_: str, logical: str = "thing", place: Place = US, **inputs: object) -> Computed:
    return compute(Subject(type=type_, name=logical, inputs=inputs, place=place))


@pytest.mark.parametrize(
    ("type_", "pattern"),
    [
        ("aws:ec2/vpc:Vpc", r"vpc-[0-9a-f]{17}"),
        ("aws:ec2/subnet:Subnet", r"subnet-[0-9a-f]{17}"),
        ("aws:ec2/securityGroup:SecurityGroup", r"sg-[0-9a-f]{17}"),
        ("aws:kms/key:Key", r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"),
        ("aws:route53/zone:Zone", r"Z\w{20}"),
        ("aws:cloudfront/distribution:Distribution", r"E\w{13}"),
        ("aws:sns/topic:Topic", r"arn:aws:sns:us-west-2:111122223333:thing-[0-9a-f]{7}"),
    ],
)
def test_ids_have_the_form_of_their_service(type_: str, pattern: str):
    assert re.fullmatch(pattern, _of(type_).id)


@pytest.mark.parametrize(
    ("type_", "arn"),
    [
        ("aws:rds/cluster:Cluster", "arn:aws:rds:us-west-2:111122223333:cluster:phoenix"),
        ("aws:s3/bucket:Bucket", "arn:aws:s3:::phoenix"),
        ("aws:iam/role:Role", "arn:aws:iam::111122223333:role/phoenix"),
        (
            "aws:cloudwatch/logGroup:LogGroup",
            "arn:aws:logs:us-west-2:111122223333:log-group:phoenix",
        ),
        ("aws:lambda/function:Function", "arn:aws:lambda:us-west-2:111122223333:function:phoenix"),
        ("aws:sqs/queue:Queue", "arn:aws:sqs:us-west-2:111122223333:phoenix"),
        ("aws:rds/globalCluster:GlobalCluster", "arn:aws:rds::111122223333:global-cluster:phoenix"),
    ],
)
def test_arns_name_service_account_region_and_resource(type_: str, arn: str):
    names = {
        "rds/cluster": "clusterIdentifier",
        "s3/": "bucket",
        "globalCluster": "globalClusterIdentifier",
    }
    key = next((value for part, value in names.items() if part in type_), "name")
    assert _of(type_, "thing", US, **{key: "phoenix"}).outputs["arn"] == arn


def test_a_type_that_nobody_taught_has_an_arn_of_its_service():
    found = _of("aws:appstream/fleet:Fleet", "desk")
    assert re.fullmatch(
        r"arn:aws:appstream:us-west-2:111122223333:fleet/desk-[0-9a-f]{7}",
        str(found.outputs["arn"]),
    )


def test_a_web_acl_for_cloudfront_is_global():
    found = _of("aws:wafv2/webAcl:WebAcl", "edge", scope="CLOUDFRONT")
    regional = _of("aws:wafv2/webAcl:WebAcl", "edge", scope="REGIONAL")
    assert found.outputs["arn"].startswith(
        "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge-"
    )
    assert regional.outputs["arn"].startswith(
        "arn:aws:wafv2:us-west-2:111122223333:regional/webacl/edge-"
    )


def test_values_differ_by_name_account_and_region_and_by_nothing_else():
    base = _of("aws:ec2/vpc:Vpc", "a").id
    assert base == _of("aws:ec2/vpc:Vpc", "a", cidrBlock="10.0.0.0/16").id
    assert base != _of("aws:ec2/vpc:Vpc", "b").id
    assert base != _of("aws:ec2/vpc:Vpc", "a", Place(account="999988887777", region="us-west-2")).id
    assert base != _of("aws:ec2/vpc:Vpc", "a", Place(account="111122223333", region="us-east-1")).id


def test_a_value_made_of_an_unknown_input_stays_untaught():
    found = _of("aws:eks/podIdentityAssociation:PodIdentityAssociation", clusterName=UNKNOWN)
    assert "associationArn" not in found.outputs
    assert "associationId" in found.outputs


def test_a_certificate_has_one_validation_record_for_each_domain():
    found = _of(
        "aws:acm/certificate:Certificate",
        domainName="example.org",
        subjectAlternativeNames=["*.example.org", "example.net"],
    )
    options = found.outputs["domainValidationOptions"]
    assert [option["domainName"] for option in options] == [
        "*.example.org",
        "example.net",
        "example.org",
    ]


def test_a_database_endpoint_lies_in_its_region():
    found = _of("aws:rds/cluster:Cluster", clusterIdentifier="records")
    assert found.outputs["endpoint"].endswith(".us-west-2.rds.amazonaws.com")
    assert ".cluster-ro-" in found.outputs["readerEndpoint"]
    assert found.outputs["port"] == 5432


def test_a_password_is_secret_and_obeys_its_own_rules():
    found = _of(
        "random:index/randomPassword:RandomPassword",
        length=40,
        overrideSpecial="-_",
        minSpecial=3,
        minNumeric=4,
    )
    text = reveal(found.outputs["result"])
    assert found.outputs["result"] == secret(text)
    assert len(text) == 40
    assert set(text) <= set(string.ascii_letters + string.digits + "-_")
    assert sum(c in "-_" for c in text) >= 3
    assert sum(c.isdigit() for c in text) >= 4


def test_a_password_without_special_characters_has_none():
    text = reveal(
        _of("random:index/randomPassword:RandomPassword", length=60, special=False).outputs[
            "result"
        ]
    )
    assert text.isalnum()


@pytest.mark.parametrize(
    ("type_", "metadata", "expected"),
    [
        ("kubernetes:core/v1:Namespace", {"name": "api"}, "api"),
        ("kubernetes:apps/v1:Deployment", {"name": "web", "namespace": "api"}, "api/web"),
        ("kubernetes:apps/v1:Deployment", {"name": "web"}, "default/web"),
        ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", {"name": "reader"}, "reader"),
    ],
)
def test_an_object_s_id_is_namespace_and_name(type_: str, metadata: dict[str, str], expected: str):
    found = _of(type_, metadata=metadata)
    assert found.id == expected
    assert found.outputs["metadata"]["uid"]


def test_a_release_reports_that_it_is_deployed():
    found = _of(
        "kubernetes:helm.sh/v3:Release",
        name="kyverno",
        namespace="kyverno",
        chart="kyverno",
        version="3.5.0",
    )
    assert found.id == "kyverno/kyverno"
    assert found.outputs["status"]["status"] == "deployed"
