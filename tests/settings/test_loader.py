"""A wrong stack is one clear list of mistakes with exit code 2, never a traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextvars import copy_context
from datetime import date
from pathlib import Path
from typing import Any

import pulumi
import pytest

from phoenix_infra.settings.check import check_stack
from phoenix_infra.settings.loader import SettingsExit, load, parse
from phoenix_infra.settings.models import PrimarySettings
from phoenix_infra.settings.problem import SettingsError

Bend = Callable[[str, Mapping[str, Any]], dict[str, str]]

TEN_FAULTS = """\
config:
  pulumi:disable-default-providers: ["*"]
  phoenix:stack:
    kind: primary
    account_id: "48151623429"
    region: us-east-1
    recovery_region: us-east-1
    domain: phoenix.example.com
    contacts:
      on_call: sre@phoenix-guardian.health
      security: security@phoenix-guardian.health
      database: dba@phoenix-guardian.health
  phoenix:hospitals:
    count: 50
    connections:
      - name: st-mary
        customer_gateway_ip: 203.0.113.11
        cidr: 10.0.128.0/20
  phoenix:network:
    cidr: 10.0.0.0/16
    availability_zones: [us-east-1a, us-west-2b, us-east-1c]
  phoenix:cluster:
    kubernetes_version: "1.28"
    gpu:
      instance_type: g4dn.2xlarge
      maximum: 6
  phoenix:database:
    backend: aurora-global
    backup_retention_days: 3
  phoenix:cache:
    backend: elasticache-global
    node_tipe: cache.r6g.xlarge
  phoenix:edge:
    traffic:
      mode: pilot
  phoenix:platform:
    gitops:
      repository_url: https://github.com/phoenix-guardian/manifests.git
      revision: v3.0.0
    siem_host: collector.siem.phoenix-guardian.health
    consortium_host: aggregator.federated-consortium.org
  phoenix:workloads:
    release: 1.30
    images: {}
"""
EXPECTED = {
    5: ("phoenix:stack.account_id", "twelve digits"),
    7: ("phoenix:stack.recovery_region", "must be another region than stack.region"),
    8: ("phoenix:stack.domain", "documentation domain"),
    18: ("phoenix:hospitals.connections[0].cidr", "a free range, for instance 100.64.0.0/20"),
    21: ("phoenix:network.availability_zones[1]", "must be a zone of us-east-1"),
    23: ("phoenix:cluster.kubernetes_version", "the support calendar of EKS knows"),
    26: ("phoenix:cluster.gpu.maximum", "need 8 GPUs, and the nodes have 6"),
    29: ("phoenix:database.backup_retention_days", "must be at least 7"),
    32: ("phoenix:cache.node_tipe", "Did you mean node_type?"),
    34: ("phoenix:edge.traffic.pilot_cidrs", "name at least one network"),
    43: ("phoenix:workloads.release", 'Write the quoted text "1.30"'),
}


def test_a_file_with_ten_faults_and_one_more_yields_a_message_for_each(
    tmp_path: Path, as_of: date
) -> None:
    path = tmp_path / "Pulumi.bad.yaml"
    path.write_text(TEN_FAULTS, encoding="utf-8")
    problems = check_stack(path, as_of)
    found = {problem.line: (problem.setting, str(problem)) for problem in problems}
    assert {line: setting for line, (setting, _) in found.items()} == {
        line: setting for line, (setting, _) in EXPECTED.items()
    }
    for line, (_, phrase) in EXPECTED.items():
        assert phrase.lower() in found[line][1].lower()
    assert len(problems) == len(EXPECTED)


def run_load(config: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """As the engine starts a program: the configuration comes in the environment."""
    environment = {**os.environ, "PULUMI_CONFIG": json.dumps(config), "PULUMI_STACK": "production"}
    code = "from phoenix_infra.settings.loader import load; print(type(load()).__name__)"
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=False, env=environment,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def test_a_program_with_bad_settings_prints_all_of_them_and_exits_with_two(bend: Bend) -> None:
    bad = bend(
        "production", {"hospitals.count": 0, "network.nat": "single", "edge.traffic.mode": 7}
    )
    ran = run_load(bad)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""
    for setting in ("phoenix:hospitals.count", "phoenix:network.nat", "phoenix:edge.traffic.mode"):
        assert setting in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 3


def test_a_program_with_good_settings_gets_them(bend: Bend) -> None:
    ran = run_load(bend("production", {}))
    assert (ran.returncode, ran.stdout.strip()) == (0, "PrimarySettings"), ran.stderr


def test_settings_are_read_from_the_configuration_of_the_running_program(bend: Bend) -> None:
    def program(config: dict[str, str]) -> object:
        pulumi.runtime.set_all_config(config)
        return load()

    settings = copy_context().run(program, bend("production", {}))
    assert isinstance(settings, PrimarySettings)
    with pytest.raises(SettingsExit) as caught:
        copy_context().run(program, bend("production", {"network.nat": "none"}))
    assert caught.value.code == 2
    assert [problem.setting for problem in caught.value.error.problems] == ["phoenix:network.nat"]


def test_other_namespaces_are_not_read(bend: Bend) -> None:
    config = {**bend("production", {}), "aws:region": "eu-west-1"}
    assert isinstance(parse(config, "production"), PrimarySettings)


@pytest.mark.parametrize(
    ("stack", "changes", "setting", "phrase"),
    [
        ("production", {"stack.kind": "tertiary"}, "phoenix:stack.kind", "must be one of primary"),
        ("production", {"stack.kind": "primry"}, "phoenix:stack.kind", "Did you mean primary?"),
        ("production", {"stack": None}, "phoenix:stack.kind", "must be one of primary"),
        ("production", {"network": None}, "phoenix:network", "this section is required"),
        ("production", {"state_backend.bucket_name": "abc"}, "phoenix:state_backend", "has only"),
        ("production", {"database.backend": "cnp"}, "phoenix:database.backend", "mean cnpg?"),
        ("production", {"hospitals.count": True}, "phoenix:hospitals.count", "whole number"),
        ("production", {"hospitals.count": "50"}, "phoenix:hospitals.count", "whole number"),
        ("production", {"hospitals.count": 501}, "phoenix:hospitals.count", "at most 500"),
        (
            "production",
            {"cluster.kubernetes_version": 1.35},
            "phoenix:cluster.kubernetes_version",
            'quoted text "1.35"',
        ),
        (
            "production",
            {"workloads.images.api-gateway": {"version": "1", "digest": "latest"}},
            "phoenix:workloads.images.api-gateway.digest",
            "an image digest",
        ),
        ("production", {"network.cidr": "10.0.0.1/16"}, "phoenix:network.cidr", "host bits"),
        ("onprem", {"network.cidr": "10.0.0.0/16"}, "phoenix:network", "has only the sections"),
        ("production", {"stack.region": "me-central-1"}, "phoenix:stack.region", "'us-east-1'"),
    ],
)
def test_a_wrong_value_names_setting_and_what_is_allowed(
    bend: Bend, stack: str, changes: dict[str, Any], setting: str, phrase: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(bend(stack, changes), stack)
    messages = {problem.setting: str(problem) for problem in caught.value.problems}
    assert phrase in messages[setting], messages


def test_a_section_that_is_no_object_is_a_message(bend: Bend) -> None:
    config = {**bend("production", {}), "phoenix:network": "10.0.0.0/16"}
    with pytest.raises(SettingsError, match="a section is an object of keys and values"):
        parse(config, "production")
