"""What judging costs: our analyzer against the stock one with the same rules, and checkov, as ratios of one run.

python benchmarks/policy_pack.py [--stack production | --resources FILE] [--repeat 3]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy
from pulumi_policy import policy as stock

from phoenix_policies import Pack, load_pack, resources_from
from phoenix_policies.analyzer import Analyzer
from phoenix_policies.judge import judge_resource, judge_stack
from phoenix_policies.resource import resource
from phoenix_policies.rule import Rule
from phoenix_policies.stack import Stack

_AS_OF = date(2026, 11, 21)
Node = Mapping[str, Any]
Requests = tuple[list[wire.AnalyzeRequest], wire.AnalyzeStackRequest]


def requests_of(nodes: Sequence[Node]) -> Requests:
    """The requests that the engine would send for these resources."""
    single = [
        wire.AnalyzeRequest(
            type=n["type"], urn=n["urn"], name=n["name"], properties=_struct(n["inputs"])
        )
        for n in nodes
    ]
    whole = wire.AnalyzeStackRequest(
        resources=[
            wire.AnalyzerResource(
                type=n["type"], urn=n["urn"], name=n["name"], properties=_struct(n["outputs"]),
                propertyDependencies={
                    key: wire.AnalyzerPropertyDependencies(urns=urns)
                    for key, urns in n["propertyDependencies"].items()
                },
            )
            for n in nodes
        ]
    )  # fmt: skip
    return single, whole


def _struct(value: Any) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(value or {})
    return made


def ask(servicer: Any, requests: Requests) -> int:
    """Every resource, then the stack; the number of diagnostics."""
    single, whole = requests
    found = sum(len(servicer.Analyze(r, None).diagnostics) for r in single)
    return found + len(servicer.AnalyzeStack(whole, None).diagnostics)


def stock_analyzer(pack: Pack) -> Any:
    """The same rules as policies of pulumi_policy, behind its own servicer."""
    servicer = cast("Any", stock)._PolicyAnalyzerServicer  # noqa: SLF001 it has no public constructor
    return servicer(
        "stock", "1.0.0", [to_policy(r) for r in pack.rules], EnforcementLevel.MANDATORY
    )


def to_policy(rule: Rule) -> Any:
    """One rule as a policy of pulumi_policy: its own proxies, our check."""
    types = Pack([rule])

    def one(args: Any, report: Callable[[str], None]) -> None:
        if not types.rules_for(args.resource_type):
            return
        judged = resource(
            urn=args.urn, type_=args.resource_type, name=args.name, props=_plain(args.props)
        )
        for answer in judge_resource(rule, judged):
            if answer.outcome.value == "fail":
                report(answer.message)

    def all_(args: Any, report: Callable[..., None]) -> None:
        judged = [
            resource(
                urn=r.urn, type_=r.resource_type, name=r.name, props=_plain(r.props),
                property_dependencies={
                    key: tuple(d.urn for d in deps) for key, deps in r.property_dependencies.items()
                },
            )
            for r in args.resources
        ]  # fmt: skip
        for answer in judge_stack(rule, Stack(judged)):
            if answer.outcome.value == "fail" and answer.resource is not None:
                report(answer.message, answer.resource.urn)

    make = cast("Any", StackValidationPolicy if rule.over_stack else ResourceValidationPolicy)
    return make(rule.id, rule.title, all_ if rule.over_stack else one)


def _plain(value: Any) -> Any:
    """The stock proxies as plain data."""
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in cast("Mapping[str, Any]", value).items()}
    return [_plain(item) for item in value]


def checkov_seconds(nodes: Sequence[Node]) -> float | None:
    """checkov over the Kubernetes manifests of the same resources; None where it is not installed."""
    tool = shutil.which("checkov")
    manifests = [
        n["inputs"]
        for n in nodes
        if n["type"].startswith("kubernetes:") and n["inputs"].get("kind")
    ]
    if tool is None or not manifests:
        return None
    with tempfile.TemporaryDirectory() as directory:
        text = "\n".join(f"---\n{json.dumps(m)}" for m in manifests)
        (Path(directory) / "all.yaml").write_text(text, encoding="utf-8")
        started = time.perf_counter()
        subprocess.run(
            [tool, "-d", directory, "--framework", "kubernetes", "--quiet", "-o", "json"],
            check=False,
            capture_output=True,
        )
        return time.perf_counter() - started


def median_seconds(work: Callable[[], object], repeat: int) -> float:
    taken: list[float] = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def load_nodes(stack: str, file: Path | None) -> list[Node]:
    """The recorded graph of a stack, or a saved one."""
    if file is not None:
        return list(json.loads(file.read_text(encoding="utf-8"))["resources"])
    from phoenix_infra.preview import record
    from phoenix_infra.preview.graph_file import graph_document

    return list(cast("Any", graph_document(record(stack)))["resources"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stack", default="production")
    parser.add_argument("--resources", type=Path, help="a graph file (phoenix preview --json)")
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    nodes = load_nodes(asked.stack, asked.resources)
    pack = load_pack()
    requests = requests_of(nodes)
    graph = {"format": "phoenix-graph", "version": 1, "resources": nodes}

    in_process = median_seconds(
        lambda: pack.judge(resources_from(graph), as_of=_AS_OF), asked.repeat
    )
    ours = median_seconds(
        lambda: ask(Analyzer(pack, version="1", as_of=_AS_OF), requests), asked.repeat
    )
    theirs = median_seconds(lambda: ask(stock_analyzer(pack), requests), 1)
    print(f"{len(pack.rules)} rules over {len(nodes)} resources; our analyzer is 1.0")
    print(f"  in process                    {in_process / ours:8.2f}   ({in_process:.2f} s)")
    print(f"  our analyzer                  {1.0:8.2f}   ({ours:.2f} s)")
    print(f"  stock analyzer, same rules    {theirs / ours:8.2f}   ({theirs:.2f} s)")
    checkov = checkov_seconds(nodes)
    if checkov is None:
        print("  checkov                       not on PATH, or no manifests")
    else:
        print(f"  checkov, Kubernetes part      {checkov / ours:8.2f}   ({checkov:.2f} s)")


if __name__ == "__main__":
    main()
