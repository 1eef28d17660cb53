"""The phoenix command: what it prints where, and how it ends."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from phoenix_infra.cli.application import run
from phoenix_infra.preview import PROJECT_ROOT

_HEAD = """
import pulumi, pulumi_aws as aws, pulumi_random as random
cloud = pulumi.ResourceOptions(provider=aws.Provider("aws", region="us-east-1", allowed_account_ids=["111122223333"]))
"""
_CLEAN = """
word = random.RandomPassword("word", length=31, opts=pulumi.ResourceOptions(provider=random.Provider("random")))
pulumi.export("word", word.result)
"""
_WITHOUT_FLOW_LOG = """
class Network(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("phoenix:aws:Network", "network")
        aws.ec2.Vpc("network-vpc", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions.merge(cloud, pulumi.ResourceOptions(parent=self)))
        self.register_outputs({})
Network()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(PROJECT_ROOT / "Pulumi.production.yaml", tmp_path / "Pulumi.demo.yaml")
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(_HEAD + _CLEAN)
    return tmp_path


def _network_without_flow_log() -> list[dict[str, Any]]:
    return [
        {
            "name": "network",
            "type": "aws:ec2/vpc:Vpc",
            "props": {"cidrBlock": "10.0.0.0/16"},
            "outputs": {"id": "vpc-1"},
            "property_dependencies": {},
        }
    ]


def test_a_clean_stack_ends_with_0_and_one_summary_line(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    assert run(["preview", "demo", "--root", str(project), "--as-of", "2026-11-21"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"demo: clean - \d+ resources, \d+ rules, \d+ passed, 0 failed \(0 blocking\), .*",
        lines[-1],
    )


def test_a_violation_ends_with_1_and_names_rule_resource_controls_and_remedy(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    (project / "__main__.py").write_text(_HEAD + _WITHOUT_FLOW_LOG)
    assert run(["preview", "demo", "--root", str(project), "--as-of", "2026-11-21"]) == 1
    out = capsys.readouterr().out
    assert "vpc-flow-logs-enabled [high, mandatory]" in out
    assert "aws:ec2/vpc:Vpc network-vpc: no flow log refers to this VPC (__main__.py:" in out
    assert "controls: 164." in out
    assert "remedy: " in out
    assert "demo: BLOCKED" in out
    assert "network  aws.Network  1" in out


def test_the_saved_graph_holds_the_verdict_and_no_secret(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    saved = tmp_path / "graph.json"
    assert run(["preview", "demo", "--root", str(project), "--json", str(saved), "--all"]) == 0
    shown = "".join(capsys.readouterr())
    document = json.loads(saved.read_text())
    assert document["verdict"]["summary"]["blocking"] == 0
    assert document["exports"]["word"]["value"] == "[secret]"
    from phoenix_infra.preview import record

    secret = record("demo", root=project).exports["word"]["value"]
    assert len(secret) == 31
    assert secret not in saved.read_text()
    assert secret not in shown


def test_json_goes_to_standard_output_alone(project: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["preview", "demo", "--root", str(project), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == "phoenix-graph"


def test_a_saved_graph_is_judged_like_the_stack_itself(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (project / "__main__.py").write_text(_HEAD + _WITHOUT_FLOW_LOG)
    saved = tmp_path / "graph.json"
    assert (
        run(
            [
                "preview",
                "demo",
                "--root",
                str(project),
                "--json",
                str(saved),
                "--as-of",
                "2026-11-21",
            ]
        )
        == 1
    )
    capsys.readouterr()
    assert (
        run(["check", "--resources", str(saved), "--format", "json", "--as-of", "2026-11-21"]) == 1
    )
    printed = json.loads(capsys.readouterr().out)
    assert printed["findings"] == json.loads(saved.read_text())["verdict"]["findings"]


def test_check_prints_exactly_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "resources.json"
    file.write_text(json.dumps(_network_without_flow_log()))
    assert run(["check", "--resources", str(file), "--format", "json"]) == 1
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert set(document) == {"findings", "summary"}
    finding = next(f for f in document["findings"] if f["rule"] == "vpc-flow-logs-enabled")
    assert finding["outcome"] == "fail"
    assert finding["enforcement"] == "mandatory"
    assert finding["hipaa"]
    assert finding["remedy"]
    assert "violations" in printed.err


def test_an_empty_list_of_resources_is_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "resources.json"
    file.write_text("[]")
    assert run(["check", "--resources", str(file), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []


@pytest.mark.parametrize(
    "content",
    ["", "{", "[1]", '{"format": "other"}', "nul", '{"deployment": 5}', '[{"type": 3}]', "[[]]"],
)
def test_a_file_that_cannot_be_judged_ends_with_2_and_one_message(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "resources.json"
    file.write_text(content)
    assert run(["check", "--resources", str(file), "--format", "json"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "resources.json" in printed.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--resources", "absent.json"],
        ["preview", "staging"],
        ["preview", "demo", "--as-of", "yesterday"],
        ["preview", "demo", "--mode", "guess"],
        ["preview"],
        ["rules", "no-such-rule"],
        ["config", "check", "staging"],
        ["graph", "diff", "absent.json", "absent.json"],
        ["fly"],
    ],
)
def test_wrong_usage_ends_with_2_and_words_on_standard_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
):
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err
    assert "Traceback" not in printed.err


def test_bad_settings_are_all_reported_before_anything_is_built(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    file = project / "Pulumi.demo.yaml"
    file.write_text(
        file.read_text()
        .replace("kind: primary", "kind: primary\n    colour: blue")
        .replace("count: 50", "count: many")
    )
    assert run(["preview", "demo", "--root", str(project)]) == 2
    printed = capsys.readouterr()
    assert "phoenix:stack.colour" in printed.err
    assert "phoenix:hospitals.count" in printed.err
    assert printed.out == ""
    assert run(["config", "check", "demo", "--root", str(project)]) == 2


def test_a_failing_program_is_one_message_with_its_place(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    (project / "__main__.py").write_text("raise ValueError('no nodes')\n")
    assert run(["preview", "demo", "--root", str(project)]) == 2
    err = capsys.readouterr().err
    assert "ValueError: no nodes (at __main__.py:1)" in err
    assert "Traceback" not in err


def test_rules_can_be_listed_filtered_and_explained(capsys: pytest.CaptureFixture[str]):
    assert run(["rules", "--type", "aws:ec2/vpc:Vpc", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert "vpc-flow-logs-enabled" in {rule["id"] for rule in listed}
    assert all("aws:ec2/vpc:Vpc" in rule["types"] for rule in listed)
    assert run(["rules", "vpc-flow-logs-enabled"]) == 0
    assert "remedy" in capsys.readouterr().out


def test_coverage_names_the_rules_of_each_control(capsys: pytest.CaptureFixture[str]):
    assert run(["rules", "--coverage", "--json"]) == 0
    coverage = json.loads(capsys.readouterr().out)
    assert "vpc-flow-logs-enabled" in {rule for rules in coverage.values() for rule in rules}
    assert all(coverage.values())


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]):
    assert run(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].startswith("https://json-schema.org/")


def test_two_saved_graphs_are_compared(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    run(["preview", "demo", "--root", str(project), "--json", str(before)])
    (project / "__main__.py").write_text(_HEAD + _WITHOUT_FLOW_LOG)
    run(["preview", "demo", "--root", str(project), "--json", str(after)])
    capsys.readouterr()
    assert run(["graph", "diff", str(before), str(after)]) == 0
    out = capsys.readouterr().out
    assert "+ urn:pulumi:demo::demo::phoenix:aws:Network::network" in out
    assert "- urn:pulumi:demo::demo::random:index/randomPassword:RandomPassword::word" in out


@pytest.mark.parametrize(
    ("format_", "opening"),
    [("sarif", "{"), ("junit", "<testsuites"), ("oscal", "{"), ("html", "<!doctype html>")],
)
def test_every_report_goes_to_the_file_that_was_named(
    format_: str, opening: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file, report = tmp_path / "resources.json", tmp_path / "report"
    file.write_text(json.dumps(_network_without_flow_log()))
    assert (
        run(["check", "--resources", str(file), "--format", format_, "--output", str(report)]) == 1
    )
    text = report.read_text()
    assert text.lower().startswith(opening)
    assert "vpc-flow-logs-enabled" in text
    assert capsys.readouterr().out == ""
