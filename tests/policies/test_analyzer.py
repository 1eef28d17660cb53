"""The pack answers the Analyzer protocol over gRPC as it answers in process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc as service

from phoenix_policies import Pack, Waivers
from phoenix_policies.analyzer import Analyzer, start
from phoenix_policies.waivers import Waiver
from tests.policies.cases import AS_OF, flow_log_pack, only, struct

_POLICIES = Path(__file__).parents[2] / "policies"
_RULE = "vpc-flow-log-traffic-all"
_FLOW_LOG = "aws:ec2/flowLog:FlowLog"
_URN = f"urn:pulumi:production::phoenix::{_FLOW_LOG}::log"


def _request(**props: object) -> wire.AnalyzeRequest:
    return wire.AnalyzeRequest(type=_FLOW_LOG, urn=_URN, name="log", properties=struct(props))


@pytest.fixture
def analyzer() -> Analyzer:
    return Analyzer(flow_log_pack(), version="1.2.3", as_of=AS_OF)


@pytest.fixture
def client(analyzer: Analyzer) -> Iterator[Any]:
    server, port = start(analyzer)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield service.AnalyzerStub(channel)
    server.stop(None)


def test_the_engine_starts_the_pack_and_reads_its_port_from_the_first_line() -> None:
    process = subprocess.Popen(
        [sys.executable, str(_POLICIES)], stdout=subprocess.PIPE, text=True, cwd=_POLICIES
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = cast("Any", service.AnalyzerStub(channel))
            info = stub.GetAnalyzerInfo(empty_pb2.Empty())
        assert info.name == "phoenix-guardian"
    finally:
        process.terminate()
        process.wait()


def test_every_rule_is_shown_under_its_own_name_with_severity_remedy_and_controls(
    client: Any,
) -> None:
    info = client.GetAnalyzerInfo(empty_pb2.Empty())
    shown = {p.name: p for p in info.policies}
    assert set(shown) == {r.id for r in flow_log_pack().rules if not r.in_process_only}
    policy = shown[_RULE]
    assert policy.severity == wire.POLICY_SEVERITY_MEDIUM
    assert policy.enforcementLevel == wire.MANDATORY
    assert policy.remediation_steps == 'Set traffic_type="ALL".'
    assert "hipaa:164.312(b)" in policy.tags
    assert "soc2:CC7.2" in policy.tags
    assert "frameworks" in policy.configSchema.properties


def test_a_violation_carries_remedy_and_control_ids_in_its_message(
    client: Any,
) -> None:
    (found,) = client.Analyze(_request(trafficType="ACCEPT")).diagnostics
    assert found.policyName == _RULE
    assert found.urn == _URN
    assert found.enforcementLevel == wire.MANDATORY
    assert "captures ACCEPT traffic" in found.message
    assert 'Set traffic_type="ALL".' in found.message
    assert "HIPAA 164.312(b)" in found.message
    assert "SOC 2 CC7.2" in found.message


def test_what_is_unknown_is_reported_and_does_not_block(client: Any) -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    (found,) = client.Analyze(_request(trafficType=unknown)).diagnostics
    assert found.message.startswith("not evaluated: not known before deployment: trafficType")
    assert found.enforcementLevel == wire.ADVISORY


def test_stack_rules_see_the_inputs_that_came_with_analyze(client: Any) -> None:
    vpc = "urn:pulumi:production::phoenix::aws:ec2/vpc:Vpc::main"
    client.Analyze(wire.AnalyzeRequest(type="aws:ec2/vpc:Vpc", urn=vpc, name="main"))
    client.Analyze(_request(trafficType="ALL", vpcId="vpc-7"))
    stack = wire.AnalyzeStackRequest(
        resources=[
            wire.AnalyzerResource(
                type="aws:ec2/vpc:Vpc", urn=vpc, name="main", properties=struct({"id": "vpc-7"})
            ),
            wire.AnalyzerResource(type=_FLOW_LOG, urn=_URN, name="log"),
        ]
    )
    assert list(client.AnalyzeStack(stack).diagnostics) == []
    del stack.resources[1]
    (found,) = client.AnalyzeStack(stack).diagnostics
    assert (found.policyName, found.urn) == ("vpc-flow-logs-enabled", vpc)


@pytest.mark.parametrize(
    ("level", "expected"),
    [(wire.ADVISORY, [wire.ADVISORY]), (wire.MANDATORY, [wire.MANDATORY]), (wire.DISABLED, [])],
)
def test_enforcement_is_overridden_per_rule(client: Any, level: Any, expected: list[int]) -> None:
    client.Configure(
        wire.ConfigureAnalyzerRequest(
            policyConfig={_RULE: wire.PolicyConfig(enforcementLevel=level)}
        )
    )
    found = client.Analyze(_request(trafficType="ACCEPT")).diagnostics
    assert [d.enforcementLevel for d in found] == expected


@pytest.mark.parametrize(
    ("stack", "frameworks", "expected"),
    [
        ("production", ["hipaa"], [wire.MANDATORY]),
        ("production", ["hipaa", "soc2"], []),
        ("development", ["hipaa"], []),
    ],
)
def test_a_framework_that_is_configured_away_in_production_is_a_violation(
    stack: str, frameworks: list[str], expected: list[int]
) -> None:
    analyzer = Analyzer(only("production-frameworks-complete"), version="0", as_of=AS_OF)
    analyzer.Configure(
        wire.ConfigureAnalyzerRequest(
            policyConfig={
                "all": wire.PolicyConfig(
                    enforcementLevel=wire.MANDATORY, properties=struct({"frameworks": frameworks})
                )
            }
        ),
        None,
    )
    urn = f"urn:pulumi:{stack}::phoenix::{_FLOW_LOG}::log"
    request = wire.AnalyzeStackRequest(
        resources=[wire.AnalyzerResource(type=_FLOW_LOG, urn=urn, name="log")]
    )
    found = analyzer.AnalyzeStack(request, None).diagnostics
    assert [d.enforcementLevel for d in found] == expected


def test_a_rule_that_throws_is_its_own_error_and_the_others_still_run() -> None:
    def broken(_: object) -> list[object]:
        message = "quotes hunter2hunter2"
        raise ValueError(message)

    good = flow_log_pack().by_id[_RULE]
    bad = replace(good, id="broken", check=broken)  # pyright: ignore[reportArgumentType]
    analyzer = Analyzer(Pack([bad, good]), version="1", as_of=AS_OF)
    found = {
        d.policyName: d.message
        for d in analyzer.Analyze(_request(trafficType="ACCEPT"), None).diagnostics
    }
    assert set(found) == {"broken", _RULE}
    assert found["broken"].startswith("rule error: rule broken broke with ValueError")
    assert "hunter2" not in found["broken"]


def test_a_waived_violation_is_shown_as_waived_and_does_not_block() -> None:
    waiver = Waiver(
        rule=_RULE, resource="*::log", reason="The vendor's appliance logs the rest.", owner="net",
        ticket="SEC-1", expires=date(2027, 1, 1),
    )  # fmt: skip
    analyzer = Analyzer(
        flow_log_pack(), version="1", as_of=AS_OF, waivers=Waivers(entries=(waiver,))
    )
    (found,) = analyzer.Analyze(_request(trafficType="ACCEPT"), None).diagnostics
    assert found.message.startswith("waived: ")
    assert found.enforcementLevel == wire.ADVISORY
