"""What rule writers rely on: three-valued truth, values, joins, secrets kept, and no crash on any input."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_policies import Outcome, resources_from, resources_from_list, resources_from_state
from phoenix_policies.inputs import InputError
from phoenix_policies.redaction import MASK, redacted, secrets_of
from phoenix_policies.resource import resource
from phoenix_policies.stack import Stack
from phoenix_policies.tokens import canonical
from phoenix_policies.truth import FALSE, TRUE, Truth, every, some, unknown
from phoenix_policies.values import Value
from phoenix_policies.wire import SECRET, SIGNATURE_KEY, UNKNOWN, UNKNOWN_SENTINELS, Unknown, decode
from tests.policies.cases import AS_OF, whole_pack

_U = unknown("x")
_STRING = UNKNOWN_SENTINELS["string"]


def test_truth_is_strong_kleene_logic() -> None:
    order = {False: 0, None: 1, True: 2}
    for a, b in itertools.product((TRUE, FALSE, _U), repeat=2):
        assert (a & b).value == min(a.value, b.value, key=lambda v: order[v])
        assert (a | b).value == max(a.value, b.value, key=lambda v: order[v])
    assert ((~TRUE).value, (~FALSE).value, (~_U).value) == (False, True, None)
    assert every([]).value is True
    assert some([]).value is False


def test_a_truth_cannot_be_used_as_a_boolean_by_mistake() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(Truth(None))


@pytest.mark.parametrize("sentinel", UNKNOWN_SENTINELS.values())
def test_all_sentinels_are_unknown_also_inside_a_longer_string(sentinel: str) -> None:
    assert isinstance(decode(sentinel), Unknown)
    assert isinstance(decode(f"arn:aws:iam::{sentinel}:root"), Unknown)


def test_an_unknown_value_is_unknown_all_the_way_down_and_hides_no_neighbour() -> None:
    value = Value(decode({"list": [{"a": 1}, _STRING, {"a": 3}], "map": _STRING}))
    assert [v.raw for v in value.each("list", "a")] == [1, UNKNOWN, 3]
    assert value.at("map", "deep", 0).is_unknown
    assert value["map"].is_set.value is None
    assert value["list"].contains(7).value is None or value["list"].contains({"a": 1}).value is True
    assert value["absent"].is_missing


def test_booleans_also_come_as_strings_and_absence_is_neither_true_nor_false() -> None:
    value = Value({"yes": "true", "no": "false", "one": 1})
    assert value["yes"].is_true.value is True
    assert value["no"].is_false.value is True
    assert value["one"].is_true.value is False
    assert (value["absent"].is_true.value, value["absent"].is_false.value) == (False, False)


def test_output_values_and_references_are_decoded() -> None:
    output = {SIGNATURE_KEY: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
    assert isinstance(decode(output), Unknown)
    assert Value(decode({**output, "value": "x", "secret": True})).shown == MASK
    reference = {SIGNATURE_KEY: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": ""}
    assert Value(decode(reference)).is_unknown


@pytest.mark.parametrize(
    ("declared", "read_as"),
    [
        ("aws:alb/listener:Listener", "aws:lb/listener:Listener"),
        ("aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket"),
        ("aws:s3/bucketAclV2:BucketAclV2", "aws:s3/bucketAcl:BucketAcl"),
        ("kubernetes:apps/v1beta2:Deployment", "kubernetes:apps/v1:Deployment"),
        ("kubernetes:extensions/v1beta1:DaemonSet", "kubernetes:apps/v1:DaemonSet"),
        ("kubernetes:apps/v1:DeploymentPatch", "kubernetes:apps/v1:Deployment"),
        ("kubernetes:autoscaling/v1:HorizontalPodAutoscaler",) * 2,
    ],
)
def test_twins_and_old_versions_are_judged_as_one_type(declared: str, read_as: str) -> None:
    assert canonical(declared) == read_as


def test_the_objects_of_a_list_are_judged_one_by_one() -> None:
    items = [{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}]
    found = resources_from_list(
        [{"name": "all", "type": "kubernetes:apps/v1:DeploymentList", "props": {"items": items}}]
    )
    assert [(r.type, r.name) for r in found] == [
        ("kubernetes:apps/v1:Deployment", "a"),
        ("kubernetes:apps/v1:Deployment", "b"),
    ]


def _joined(value: object, depends: list[str]) -> tuple[list[str], list[str]]:
    listed = [
        {"name": "a", "type": "aws:ec2/vpc:Vpc", "props": {}, "outputs": {"id": "vpc-a"}},
        {"name": "b", "type": "aws:ec2/vpc:Vpc", "props": {}, "outputs": {"id": _STRING}},
        {"name": "s", "type": "aws:ec2/subnet:Subnet", "props": {"vpcId": value},
         "property_dependencies": {"vpcId": depends}},
    ]  # fmt: skip
    stack = Stack(resources_from_list(listed))
    subnet = next(stack.of("aws:ec2/subnet:Subnet"))
    found = stack.referents(subnet, "aws:ec2/vpc:Vpc", "vpcId")
    return [r.name for r in found.sure], [r.name for r in found.maybe]


@pytest.mark.parametrize(
    ("value", "depends", "sure", "maybe"),
    [
        (_STRING, ["a"], ["a"], []),
        (_STRING, ["b"], ["b"], []),
        ("vpc-a", [], ["a"], []),
        ("vpc-a", ["a"], ["a"], []),
        ("vpc-other", [], [], []),
        (_STRING, [], [], ["a", "b"]),
        (None, [], [], []),
        ("vpc-a", ["a", "b"], ["a"], []),
    ],
)
def test_joins_use_dependencies_first_and_identifiers_second(
    value: object, depends: list[str], sure: list[str], maybe: list[str]
) -> None:
    assert _joined(value, depends) == (sure, maybe)


@pytest.mark.parametrize(
    ("type_", "props", "arn"),
    [
        ("aws:s3/bucket:Bucket", {"bucket": "logs"}, "arn:aws:s3:::logs"),
        ("aws:s3/bucket:Bucket", {"bucket": "logs"}, "arn:aws:s3:::logs/*"),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "/a"}, "arn:aws:logs:r:1:log-group:/a:*"),
        ("aws:iam/role:Role", {"name": "x"}, "arn:aws:iam::1:role/x"),
    ],
)
def test_a_literal_arn_finds_a_resource_known_by_its_name(
    type_: str, props: dict[str, str], arn: str
) -> None:
    target = resource(urn="t", type_=type_, name="t", props=props)
    source = resource(urn="s", type_="aws:x/y:Y", name="s", props={"target": arn})
    assert Stack([target, source]).refers(source, target, "target").value is True


def test_no_message_carries_a_marked_value_or_a_part_of_a_marked_document() -> None:
    document = json.dumps({"password": "correcthorsebattery"})
    props = {
        "policy": {SIGNATURE_KEY: SECRET, "value": document},
        "pin": {SIGNATURE_KEY: SECRET, "value": "ab1"},
    }
    secrets = secrets_of([resource(urn="u", type_="t", name="n", props=props)])
    for leak in (document, "correcthorsebattery", "pin is ab1"):
        assert "correcthorse" not in redacted(f"bad: {leak}", secrets)
        assert "ab1" not in redacted(f"bad: {leak}", secrets).split()
    assert redacted("cab1net stays", secrets) == "cab1net stays"


@pytest.mark.parametrize(
    "credential",
    [
        "AKIAIOSFODNN7EXAMPLE", "postgres://app:s3cr3tpw@db/phi", "password=Pr0d-9fQ2zLx7",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "-----BEGIN RSA PRIVATE KEY-----",
    ],
)  # fmt: skip
def test_no_message_carries_text_that_looks_like_a_credential(credential: str) -> None:
    assert credential not in redacted(f"found {credential} here", frozenset())


@pytest.mark.parametrize(
    "text", ["uses ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "arn:aws:iam::111111111111:role/node"]
)
def test_ordinary_names_stay_readable_in_messages(text: str) -> None:
    assert redacted(text, frozenset()) == text


@pytest.mark.parametrize(
    "document", [None, 7, {}, {"format": "phoenix-graph", "version": 2}, [1], [{}]]
)
def test_an_unknown_input_form_is_one_clear_error(document: Any) -> None:
    with pytest.raises(InputError):
        resources_from(document)


def test_an_exported_state_is_read_without_what_is_pending_deletion() -> None:
    urn = "urn:pulumi:production::p::aws:ec2/flowLog:FlowLog::"
    provider = "urn:pulumi:production::p::pulumi:providers:aws::main"
    state: dict[str, Any] = {"version": 3, "deployment": {"resources": [
        {"urn": provider, "type": "pulumi:providers:aws", "id": "1", "inputs": {"region": "us-east-1"}},
        {"urn": f"{urn}log", "type": "aws:ec2/flowLog:FlowLog", "id": "fl-1", "custom": True,
         "inputs": {"trafficType": "ACCEPT"}, "outputs": {}, "provider": f"{provider}::1", "protect": True},
        {"urn": f"{urn}old", "type": "aws:ec2/flowLog:FlowLog", "delete": True, "inputs": {}},
    ]}}  # fmt: skip
    found = resources_from(state)
    log = next(r for r in found if r.name == "log")
    assert [r.name for r in found] == ["main", "log"]
    assert (log.region, log.options["protect"], log.outputs["id"].text) == (
        "us-east-1",
        True,
        "fl-1",
    )
    verdict = whole_pack().judge(resources_from_state(state), as_of=AS_OF)
    assert ("vpc-flow-log-traffic-all", f"{urn}log") in {
        (f.rule, f.resource) for f in verdict.findings
    }


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(
        [
            _STRING,
            "*",
            "0.0.0.0/0",
            "::/0",
            "{",
            '{"Statement": [{"Effect": "Allow", "Action": 7}]}',
        ]
    )
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["policy", "ingress", "spec", "template", "containers", "metadata", "labels", "Statement", "Action",
             "rules", "tags", "vpcId", "cidrBlocks", SIGNATURE_KEY, "value", "securityContext", "Principal"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


def _types() -> list[str]:
    return sorted({t for r in whole_pack().rules for t in r.types if not t.endswith("*")})


def _properties() -> list[str]:
    """Names that rules read, so that what is made up lands where they look."""
    return ["policy", "ingress", "egress", "spec", "metadata", "vpcId", "trafficType", "metadataOptions",
            "tags", "assumeRolePolicy", "rules", "data", "values", "items", "type", "engine", "name"]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_a_resource_holds_no_rule_breaks(data: st.DataObject) -> None:
    props = data.draw(st.dictionaries(st.sampled_from(_properties()), _TREES, max_size=5) | _TREES)
    listed = [
        {"name": f"r{n}", "type": t, "props": props, "outputs": props}
        for n, t in enumerate(_types())
    ]
    verdict = whole_pack().judge(resources_from_list(listed), as_of=AS_OF)
    assert verdict.of(Outcome.ERROR) == ()


def test_deep_and_huge_documents_are_judged() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"spec": deep, "policy": [deep] if deep == {} else "x"}
    huge = {
        "policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject"}] * 200})
    }
    nested = {"policy": "[" * 100_000}
    for props in (deep, huge, nested):
        listed = [{"name": t, "type": t, "props": props} for t in _types()]
        verdict = whole_pack().judge(resources_from_list(listed), as_of=AS_OF)
        assert verdict.of(Outcome.ERROR) == ()
