"""Whole-program tests over every stack file: what must hold whatever a stack declares."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from phoenix_infra.cli.judging import judge_graph
from phoenix_infra.preview import Graph, Mode, unknown_inputs
from phoenix_infra.preview.stack_config import peers_of

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = Path(__file__).parent / "golden"
AS_OF = date(2026, 11, 21)

GraphOf = Callable[..., Graph]


def test_both_modes_register_the_same_resources(graph_of: GraphOf, stack: str) -> None:
    known = {node.urn for node in graph_of(stack, Mode.KNOWN).resources}
    unknown = {node.urn for node in graph_of(stack, Mode.UNKNOWN).resources}
    assert known == unknown, "something is created only when an output is known"


def test_every_input_is_known_once_the_outputs_are(graph_of: GraphOf, stack: str) -> None:
    assert unknown_inputs(graph_of(stack, Mode.KNOWN)) == [], "an output that nobody taught"


def test_every_component_registers_its_outputs(graph_of: GraphOf, stack: str) -> None:
    silent = [
        node.urn
        for node in graph_of(stack).resources
        if node.type.startswith("phoenix:") and node.registered_outputs is None
    ]
    assert silent == []


def test_nothing_falls_back_to_a_default_provider(graph_of: GraphOf, stack: str) -> None:
    adrift = [
        node.urn
        for node in graph_of(stack).resources
        if node.kind == "custom"
        and not node.type.startswith("pulumi:providers:")
        and not node.provider
    ]
    assert adrift == []


def test_default_providers_are_disabled_in_the_stack_file(stack: str) -> None:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    assert 'pulumi:disable-default-providers: ["*"]' in text


@pytest.mark.parametrize("mode", list(Mode))
def test_the_stack_obeys_its_own_policies(graph_of: GraphOf, stack: str, mode: Mode) -> None:
    peers = tuple(graph_of(peer, mode) for peer in peers_of(ROOT, stack))
    verdict = judge_graph(graph_of(stack, mode), root=ROOT, as_of=AS_OF, peers=peers)
    broken = [
        f
        for f in verdict.findings
        if f.outcome in {"fail", "error"} and f.enforcement == "mandatory"
    ]
    assert [f"{f.rule} {f.resource}: {f.message}" for f in broken] == []
    if mode is Mode.KNOWN:
        open_questions = [f for f in verdict.findings if f.outcome == "unknown"]
        assert [f"{f.rule} {f.resource}" for f in open_questions] == []


def test_the_urns_are_the_golden_ones(graph_of: GraphOf, stack: str) -> None:
    golden = (GOLDEN / f"{stack}.txt").read_text().splitlines()
    recorded = [node.urn for node in graph_of(stack).resources]
    missing = sorted(set(golden) - set(recorded))
    added = sorted(set(recorded) - set(golden))
    assert not missing, (
        "a resource is gone: that is a deletion; alias it or say why, then `make golden`"
    )
    assert not added, "new resources: review them, then `make golden`"


def test_two_builds_in_two_processes_are_byte_equal(stack: str, tmp_path: Path) -> None:
    files = [_written_graph(stack, seed, tmp_path) for seed in ("1", "4242")]
    assert files[0] == files[1]


def _written_graph(stack: str, hash_seed: str, folder: Path) -> bytes:
    target = folder / f"{stack}-{hash_seed}.json"
    subprocess.run(
        [sys.executable, "-m", "phoenix_infra.preview", stack, str(target)],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    return target.read_bytes()
