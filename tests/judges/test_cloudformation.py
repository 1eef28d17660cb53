"""AWS resources held against the CloudFormation registry's schemas and cfn-lint's own rules."""

import dataclasses
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phoenix_infra.preview import Graph
from tests.judges.accepted import split
from tests.judges.cloudformation import Translation, table, translate
from tests.judges.report import note
from tests.judges.stacks import graph
from tests.judges.tools import python

CLOUD_STACKS = ("bootstrap", "production", "dr")
PLANTED_REGION = "us-east-1"


def lint(region: str, template: Mapping[str, Any], directory: Path) -> list[dict[str, Any]]:
    """What cfn-lint says about a template in its region."""
    path = directory / "template.json"
    path.write_text(json.dumps(template, indent=1, sort_keys=True))
    program = python("aws").with_name("cfn-lint")
    result = subprocess.run(
        [str(program), "--format", "json", "--regions", region, "--", str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=directory,
    )
    # Bits of the exit code: 2 errors, 4 warnings, 8 informational; 1 and above 14 is a failure of the tool.
    assert result.returncode % 2 == 0, result.stderr[-2000:]
    assert result.stdout, result.stderr[-2000:]
    return json.loads(result.stdout)


def findings(translated: Translation, directory: Path) -> list[str]:
    """One line for each finding; required properties of what is only a part of a resource are no question."""
    found: list[str] = []
    for region, template in translated.templates():
        for match in lint(region, template, directory):
            path: list[Any] = match["Location"]["Path"] or []
            node = translated.names.get(str(path[1])) if len(path) > 1 else None
            where = ".".join(str(step) for step in path[3:] if not isinstance(step, int))
            rule = match["Rule"]["Id"]
            if node is None:
                found.append(f"{rule} template: {match['Message']}")
            elif not (rule == "E3003" and not where and table().types[node.type].part):
                kind = node.type.removeprefix("aws:").split("/")[0] + ":" + node.type.split(":")[-1]
                found.append(f"{rule} {kind} {node.name} {where}: {match['Message']}")
    return found


def test_every_resource_keeps_its_cloudformation_schema(tmp_path: Path) -> None:
    lines: list[str] = []
    for stack in CLOUD_STACKS:
        translated = translate(graph(stack))
        of_stack = findings(translated, tmp_path)
        left, _ = split("cfn-lint", of_stack)
        lines += of_stack
        note(
            "cfn-lint",
            version="1.58.0",
            judged=f"{stack}: resources with a CloudFormation type; {translated.properties} properties, {translated.not_judged} without counterpart",
            objects=translated.judged,
            findings=len(left),
        )
        assert translated.judged
    left, stale = split("cfn-lint", lines)
    assert not left, f"{len(left)} findings:\n" + "\n".join(left)
    assert not stale, f"accepted, but found no more: {[entry.match for entry in stale]}"


def test_the_table_says_something_about_every_type_and_property() -> None:
    translations = [translate(graph(stack)) for stack in CLOUD_STACKS]
    types = set[str]().union(*(t.unmapped_types for t in translations))
    assert not types, f"name their CloudFormation type, or why there is none: {sorted(types)}"
    unmapped = set[tuple[str, str]]().union(*(t.unmapped for t in translations))
    assert not unmapped, f"no CloudFormation property of that name: {sorted(unmapped)}"


def test_no_entry_of_the_table_is_left_over() -> None:
    used = set[tuple[str, str]]().union(*(translate(graph(s)).used for s in CLOUD_STACKS))
    listed = {(token, "") for token in (*table().types, *table().absent)}
    for token, mapped in table().types.items():
        listed |= {(token, p) for p in (*mapped.rename, *mapped.differs, *mapped.values)}
    assert not listed - used, f"remove from the table: {sorted(listed - used)}"


def _planted(kind: str, **inputs: Any) -> Graph:
    recorded = graph("production")
    node = recorded.of_type(kind)[0]
    bent = dataclasses.replace(node, inputs={**node.inputs, **inputs})
    return dataclasses.replace(recorded, resources=(bent,))


def test_a_wrong_enumeration_is_found(tmp_path: Path) -> None:
    bent = translate(_planted("aws:cloudwatch/metricAlarm:MetricAlarm", comparisonOperator="Above"))
    assert any("Above" in line and line.startswith("E3030") for line in findings(bent, tmp_path))


def test_a_value_out_of_range_is_found(tmp_path: Path) -> None:
    bent = translate(_planted("aws:kms/key:Key", deletionWindowInDays=5))
    assert any("PendingWindowInDays" in line for line in findings(bent, tmp_path))


def test_an_unknown_property_is_found() -> None:
    bent = translate(_planted("aws:sqs/queue:Queue", retention=5))
    assert bent.unmapped == {("aws:sqs/queue:Queue", "retention")}
