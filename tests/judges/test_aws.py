"""AWS resources as checkov sees them, and policy documents as parliament reads them."""

import dataclasses
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from phoenix_infra.preview import Graph
from tests.judges.accepted import split
from tests.judges.manifests import plain
from tests.judges.report import note
from tests.judges.stacks import graph
from tests.judges.terraform_plan import plan
from tests.judges.tools import HERE, python

# A resource of every kind, for statements whose resource is the one they hang on.
IMPLIED = "*"
CLOUD_STACKS = ("production", "dr", "bootstrap")


def documents(recorded: Graph) -> Iterator[Mapping[str, str]]:
    """Every JSON string of an AWS resource that is a policy document."""
    for node in recorded.resources:
        if node.type.startswith("aws:") and node.kind == "custom":
            for key, value in plain(node.inputs).items():
                if isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
                    document = json.loads(value)
                    # Trust and repository policies have no Resource; the linter knows identity policies only.
                    is_implied = key == "assumeRolePolicy" or node.type.startswith("aws:ecr/")
                    for statement in document["Statement"] if is_implied else ():
                        statement["Resource"] = IMPLIED
                    name = f"{node.type.removeprefix('aws:').split('/')[0]}:{node.name}.{key}"
                    yield {"name": name, "document": json.dumps(document)}


def parliament(entries: list[Mapping[str, str]]) -> list[str]:
    """Findings of the linter."""
    result = subprocess.run(
        [str(python("aws")), "-W", "ignore", str(HERE / "aws_documents.py")],
        input=json.dumps(entries),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    lines: list[str] = json.loads(result.stdout)
    # We wrote that star ourselves.
    return [
        line
        for line in lines
        if not re.match(r"(ecr:|\S+\.assumeRolePolicy).* RESOURCE_STAR", line)
    ]


def checkov(recorded: Graph, directory: Path) -> tuple[list[str], int]:
    """Failed checks by resource, and how many checks passed."""
    path = directory / "plan.json"
    path.write_text(json.dumps(plan(recorded)))
    result = subprocess.run(
        [
            *(str(python("checkov")), "-m", "checkov.main", "--framework", "terraform_plan"),
            *("-f", str(path), "--compact", "-o", "json", "--skip-download"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=directory,
    )
    report: Any = json.loads(result.stdout)
    results: Any = report["results"]
    assert not results["parsing_errors"], results["parsing_errors"]
    failed = [
        f"{c['check_id']} {c['resource']}: {c['check_name']}" for c in results["failed_checks"]
    ]
    return failed, len(results["passed_checks"])


def test_policy_documents_hold_no_mistake() -> None:
    lines: list[str] = []
    for stack in CLOUD_STACKS:
        entries = list(documents(graph(stack)))
        of_stack = parliament(entries)
        lines += of_stack
        note(
            "parliament",
            version="1.6.4",
            judged=f"{stack}: policy documents",
            objects=len(entries),
            findings=len(split("parliament", of_stack)[0]),
        )
        assert entries
    _assert_reviewed("parliament", lines)


def test_checkov_finds_nothing_that_nobody_accepted(tmp_path: Path) -> None:
    lines: list[str] = []
    for stack in CLOUD_STACKS:
        failed, passed = checkov(graph(stack), tmp_path)
        lines += failed
        note(
            "checkov",
            version="3.3.30",
            judged=f"{stack}: AWS resources as a plan, checks",
            objects=passed + len(failed),
            findings=len(split("checkov", failed)[0]),
        )
        assert passed
    _assert_reviewed("checkov", lines)


def _assert_reviewed(judge: str, lines: list[str]) -> None:
    left, stale = split(judge, lines)
    assert not left, f"{len(left)} findings:\n" + "\n".join(left)
    assert not stale, f"accepted, but found no more: {[entry.match for entry in stale]}"


def test_a_misspelt_action_is_found() -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert parliament([{"name": "planted", "document": document}])


def test_a_wrong_resource_is_found_by_checkov(tmp_path: Path) -> None:
    recorded = graph("production")
    key = next(n for n in recorded.of_type("aws:kms/key:Key") if n.inputs.get("enableKeyRotation"))
    weak = dataclasses.replace(key, inputs={**key.inputs, "enableKeyRotation": False})
    failed, _ = checkov(dataclasses.replace(recorded, resources=(weak,)), tmp_path)
    assert any(line.startswith("CKV_AWS_7 ") for line in failed)
