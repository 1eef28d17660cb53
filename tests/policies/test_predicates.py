"""Shared predicates: the mistakes that checkers are known for are not ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from phoenix_policies.predicates.iam import denies_plain_text, statements
from phoenix_policies.predicates.network import (
    are_internet,
    is_internet,
    is_private,
    is_within,
    overlap,
    security_rules,
    widely_open,
)
from phoenix_policies.predicates.pods import POD_TYPES, pod_template
from phoenix_policies.predicates.secrets import (
    holds_secret,
    is_placeholder,
    looks_secret,
    promises_secret,
)
from phoenix_policies.predicates.selectors import selector_matches
from phoenix_policies.predicates.tls import (
    cloudfront_floor,
    has_weak_suites,
    load_balancer_allows_only,
    load_balancer_floor,
)
from phoenix_policies.resource import Resource, resource
from phoenix_policies.values import Value
from phoenix_policies.wire import UNKNOWN, UNKNOWN_SENTINELS, decode

_U = UNKNOWN_SENTINELS["string"]


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "8000::/1", "2000::/3", "64.0.0.0/2"]
)
def test_whatever_stands_for_everybody_is_the_internet(cidr: str) -> None:
    assert is_internet(cidr)


@pytest.mark.parametrize(
    "cidr",
    ["10.0.0.0/8", "203.0.113.7/32", "2001:db8::/32", "172.16.0.0/12", "nonsense", None, 7, ""],
)
def test_what_an_organisation_can_own_is_not_the_internet(cidr: object) -> None:
    assert not is_internet(cidr)


def test_the_internet_in_pieces_is_the_internet() -> None:
    assert are_internet(["0.0.0.0/1", "128.0.0.0/1"])
    assert are_internet([f"{n}.0.0.0/8" for n in range(256)])
    assert not are_internet(["10.0.0.0/8", "192.168.0.0/16", "junk", None])
    assert not are_internet([])


def test_ranges_are_compared() -> None:
    assert overlap("10.0.0.0/16", "10.0.5.0/24")
    assert not overlap("10.0.0.0/16", "10.1.0.0/16")
    assert is_within("10.0.5.0/24", "10.0.0.0/16")
    assert not is_within("10.0.0.0/16", "10.0.5.0/24")
    assert not is_within("::1", "0.0.0.0/0")
    assert is_private("10.1.2.3/32")
    assert not is_private("8.8.8.8/32")


def _resource(type_: str, props: dict[str, Any]) -> Resource:
    return resource(urn="u", type_=type_, name="n", props=props)


_GROUP = "aws:ec2/securityGroup:SecurityGroup"
_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.mark.parametrize(
    ("type_", "props"),
    [
        (_GROUP, {"ingress": [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]}),
        (_GROUP, {"ingress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "ipv6CidrBlocks": ["::/0"]}]}),
        (_GROUP, {"ingress": [{"protocol": "tcp", "fromPort": 20, "toPort": 30, "self": True, "cidrBlocks": ["0.0.0.0/0"]}]}),
        ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"ingress": [{"protocol": "6", "fromPort": 0, "toPort": 65535, "cidrBlocks": [_U, "::/0", "0.0.0.0/0"]}]}),
        (_RULE, {"type": "ingress", "protocol": "tcp", "fromPort": "22", "toPort": "22", "cidrBlocks": ["0.0.0.0/1", "128.0.0.0/1"]}),
        (_INGRESS, {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv6": "::/0"}),
        (_INGRESS, {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}),
    ],
)  # fmt: skip
def test_ssh_for_everybody_is_seen_wherever_the_rule_is_written(
    type_: str, props: dict[str, Any]
) -> None:
    (rule,) = security_rules(_resource(type_, props), "ingress")
    assert (rule.from_internet & rule.opens(22)).value is True


def test_unknown_parts_of_a_security_rule_stay_open_questions() -> None:
    (rule,) = security_rules(_resource(_GROUP, {"ingress": _U}), "ingress")
    assert (rule.from_internet.value, rule.opens(22).value) == (None, None)
    (both,) = security_rules(
        _resource(
            _INGRESS, {"ipProtocol": "tcp", "fromPort": _U, "toPort": _U, "cidrIpv4": "10.0.0.0/8"}
        )
    )
    assert (both.opens(22).value, both.from_internet.value) == (None, False)
    assert len(security_rules(_resource(_RULE, {"type": _U}))) == 2


def test_many_narrow_rules_stand_for_everybody_together() -> None:
    halves = [_resource(_INGRESS, {"cidrIpv4": f"{n}.0.0.0/8"}) for n in range(256)]
    rules = [r for h in halves for r in security_rules(h)]
    assert all(r.from_internet.value is False for r in rules)
    assert widely_open(rules).value is True
    assert widely_open([]).value is False


def _statement(**elements: Any) -> Any:
    (only,) = statements(Value(decode({"Statement": {"Effect": "Allow", **elements}})))
    return only


_DOCUMENT = {"Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}]}


@pytest.mark.parametrize("given", [_DOCUMENT, json.dumps(_DOCUMENT), _DOCUMENT["Statement"]])
def test_documents_come_as_objects_strings_and_lists(given: Any) -> None:
    (one,) = statements(Value(decode(given)))
    assert (one.allows & one.whole_service & one.any_resource).value is True


def test_key_order_and_case_do_not_matter_and_wildcards_do() -> None:
    assert _statement(Action="S3:getobject").grants("s3:GetObject").value is True
    assert _statement(Action="s3:Get*").grants("s3:GetObject").value is True
    assert _statement(Action=["s3:Put*"]).grants("s3:GetObject").value is False
    assert _statement(Action="*").all_actions.value is True
    assert _statement(Action="*:*").all_actions.value is True
    assert _statement(Action="s3:*").all_actions.value is False


def test_not_action_grants_everything_that_it_does_not_name() -> None:
    one = _statement(NotAction=["iam:*"], Resource="*")
    assert one.all_actions.value is True
    assert one.grants("s3:GetObject").value is True
    assert one.grants("iam:PassRole").value is False


def test_an_unknown_document_or_element_is_an_open_question() -> None:
    (one,) = statements(Value(UNKNOWN, "policy"))
    assert (one.allows.value, one.public.value, one.all_actions.value) == (None, None, None)
    mixed = _statement(Action=[_U, "iam:*"], Resource=_U)
    assert mixed.whole_service.value is True
    assert mixed.any_resource.value is None


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        (None, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-123"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-123"}}, True),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": "1"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": "1"}}, True),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111111111111:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::phi"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}}, True),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
        ({"StringEquals": {"AWS:SOURCEACCOUNT": ["111111111111"]}}, False),
        ({"StringEquals": {"aws:SourceAccount": _U}}, None),
        (_U, None),
    ],
)
def test_a_condition_counts_by_what_it_binds(condition: Any, public: bool | None) -> None:
    elements: dict[str, Any] = {"Principal": "*", "Action": "s3:GetObject"}
    if condition is not None:
        elements["Condition"] = condition
    assert _statement(**elements).public.value is public


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::1:root", "*"]}])
def test_everybody_is_written_in_several_ways(principal: Any) -> None:
    assert _statement(Principal=principal, Action="s3:*").public.value is True


def test_not_principal_with_allow_means_everybody() -> None:
    assert (
        _statement(NotPrincipal={"AWS": "arn:aws:iam::1:root"}, Action="s3:*").public.value is True
    )


@pytest.mark.parametrize(
    ("change", "denied"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}, "Action": "*"}, True),
        ({"Action": "s3:PutObject"}, False),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Effect": "Allow"}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        (
            {
                "Condition": {
                    "Bool": {"aws:SecureTransport": False},
                    "StringEquals": {"aws:SourceVpc": "v"},
                }
            },
            False,
        ),
        ({"Condition": _U}, None),
    ],
)
def test_refusing_plain_text_means_everybody_and_every_request(
    change: dict[str, Any], denied: bool | None
) -> None:
    statement = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}, **change,
    }  # fmt: skip
    assert denies_plain_text(Value(decode({"Statement": [statement]}))).value is denied


@pytest.mark.parametrize(
    ("policy", "floor"),
    [
        ("ELBSecurityPolicy-TLS13-1-0-2021-06", 1.0), ("ELBSecurityPolicy-TLS13-1-1-2021-06", 1.1),
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", 1.2), ("ELBSecurityPolicy-TLS13-1-2-Res-2021-06", 1.2),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", 1.3), ("ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04", 1.0),
        ("ELBSecurityPolicy-FS-2018-06", 1.0), ("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", 1.2),
        (None, 1.0), ("", 1.0), ("my-policy", 0.0), (7, 0.0),
    ],
)  # fmt: skip
def test_listener_policies_are_judged_by_the_lowest_version_they_allow(
    policy: object, floor: float
) -> None:
    assert load_balancer_floor(policy) == floor
    assert load_balancer_allows_only(Value(policy), 1.2).value is (floor >= 1.2)


def test_other_tls_names() -> None:
    assert [
        cloudfront_floor(p) for p in ("TLSv1", "TLSv1.1_2016", "TLSv1.2_2021", "TLSv9", None)
    ] == [1.0, 1.1, 1.2, 0.0, 0.0]
    assert has_weak_suites("ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06")
    assert not has_weak_suites("ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
    assert load_balancer_allows_only(Value(UNKNOWN), 1.2).value is None


@pytest.mark.parametrize("type_", POD_TYPES)
def test_the_pod_of_every_workload_kind_is_found(type_: str) -> None:
    pod: Any = {"spec": {"securityContext": {"runAsNonRoot": True},
           "containers": [{"name": "main", "securityContext": {"runAsNonRoot": False}}], "initContainers": [{"name": "first"}, _U]}}  # fmt: skip
    for key in {
        "kubernetes:core/v1:Pod": [], "kubernetes:core/v1:PodTemplate": ["template"],
        "kubernetes:batch/v1:CronJob": ["template", "spec", "jobTemplate", "spec"],
    }.get(type_, ["template", "spec"]):  # fmt: skip
        pod = {key: pod}
    template = pod_template(_resource(type_, pod))
    assert template is not None
    assert [c.kind for c in template.containers] == [
        "containers",
        "initContainers",
        "initContainers",
    ]
    assert [c.effective("runAsNonRoot").is_true.value for c in template.containers] == [
        False,
        True,
        None,
    ]


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ({}, True), ({"app": "api"}, True), ({"app": "web"}, False), ({"matchLabels": {"app": "api", "tier": "x"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["api", "web"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]}, False),
        ({"matchExpressions": [{"key": "gone", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "gone", "operator": "Exists"}]}, False),
        ({"app": _U}, None), ({"app": _U, "tier": "x"}, False), (_U, None),
    ],
)  # fmt: skip
def test_selectors_select_as_kubernetes_does(selector: Any, selected: bool | None) -> None:
    assert selector_matches(Value(decode(selector)), Value({"app": "api"})).value is selected


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("DB_PASSWORD", "Pr0d-9fQ2!zLx7"), ("password", "changeme"), ("apiToken", "<token>"), ("x", "AKIAIOSFODNN7EXAMPLE"),
        ("application.properties", "url=jdbc:postgresql://db/phi?user=app&password=Pr0d-9fQ2!zLx7"),
        ("DATABASE_URL", "postgres://app:Pr0d9fQ2@db:5432/phi"), ("SECRET_KEY", "password"),
    ],
)  # fmt: skip
def test_literal_secrets_and_placeholders_are_seen(key: str, text: str) -> None:
    assert holds_secret(key, text)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("DB_HOST", "db.phoenix.internal"), ("PASSWORD_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:1:secret:x"),
        ("secretName", "api-tls"), ("TOKEN_TTL_SECONDS", "900"), ("DB_PASSWORD_FILE", "/run/secrets/db"),
        ("password", "${DB_PASSWORD}"), ("LOG_LEVEL", "info"), ("DATABASE_URL", "postgres://db:5432/phi"),
        ("image", "1.dkr.ecr.us-east-1.amazonaws.com/api@sha256:" + "a1" * 32), ("passwordPolicy", "strict"),
    ],
)  # fmt: skip
def test_references_and_ordinary_settings_are_no_secrets(key: str, text: str) -> None:
    assert not holds_secret(key, text)


def test_words_about_secrets() -> None:
    assert is_placeholder("CHANGE_ME")
    assert not is_placeholder("phoenix-api")
    assert promises_secret("clientSecret")
    assert not promises_secret("secretStore")
    assert looks_secret("xK9mPq2vR7tLw4nB8cJ5hY3d")
    assert not looks_secret("phoenix-guardian-production-audio-archive-2026")
