"""A graph file holds everything but secrets, and the same graph gives the same bytes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest
from program import Vault, cloud, password

from phoenix_infra.preview import (
    PROJECT_ROOT,
    Mode,
    PreviewError,
    graph_document,
    read_graph,
    record_program,
    write_graph,
)
from phoenix_infra.preview.difference import Change, differences


def _secretive() -> None:
    """A secret in an input, in an output, inside a list and inside a JSON document."""
    master = password().result
    provider = pulumi.ResourceOptions(provider=cloud())
    aws.ssm.Parameter("plain", type="SecureString", value=master, opts=provider)
    aws.ssm.Parameter(
        "document", type="String", value=pulumi.Output.json_dumps({"p": master}), opts=provider
    )
    aws.sns.Topic("tagged", tags={"p": master}, opts=provider)
    kubernetes.core.v1.Secret(
        "database",
        string_data={"password": master},
        opts=pulumi.ResourceOptions(provider=kubernetes.Provider("cluster", kubeconfig=master)),
    )
    Vault("records", pulumi.ResourceOptions(providers=[cloud(name="second")]))
    pulumi.export("password", master)
    pulumi.export("nested", {"list": [master]})


@pytest.mark.parametrize("mode", list(Mode))
def test_no_secret_is_written(tmp_path: Path, mode: Mode):
    graph = record_program(_secretive, mode=mode)
    known = record_program(_secretive).of_type("random:index/randomPassword:RandomPassword")[0]
    result = known.outputs["result"]["value"]
    assert len(result) == 24
    write_graph(tmp_path / "graph.json", graph)
    written = (tmp_path / "graph.json").read_text()
    assert result not in written
    assert json.dumps(result)[1:-1] not in written
    assert "[secret]" in written


def test_in_memory_the_secret_is_still_there_for_rules_to_judge():
    graph = record_program(_secretive)
    parameter = graph.named("aws:ssm/parameter:Parameter", "plain")
    assert len(parameter.inputs["value"]["value"]) == 24


def test_a_graph_survives_being_written_and_read(tmp_path: Path):
    graph = record_program(_secretive)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    write_graph(first, graph)
    write_graph(second, read_graph(first))
    assert first.read_bytes() == second.read_bytes()
    assert read_graph(first).deployment_order == graph.deployment_order


def test_the_documented_fields_are_the_written_ones():
    document = graph_document(record_program(_secretive), {"findings": []})
    documented = (PROJECT_ROOT / "docs" / "graph-format.md").read_text()
    for field in [*document, *document["resources"][0]]:
        assert f"`{field}`" in documented, field


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no JSON"),
        ("[]", "must hold one JSON object"),
        ('{"format": "other"}', "`format` must be 'phoenix-graph'"),
        ('{"format": "phoenix-graph", "version": 9}', "has version 9"),
        ('{"format": "phoenix-graph", "version": 1}', "the field 'stack' is missing"),
        (
            '{"format": "phoenix-graph", "version": 1, "stack": "s", "project": "p", "mode": "guess", "resources": []}',
            "is no graph of version 1",
        ),
    ],
)
def test_a_file_that_is_no_graph_is_one_clear_error(tmp_path: Path, content: str, message: str):
    path = tmp_path / "graph.json"
    path.write_text(content)
    with pytest.raises(PreviewError, match=message):
        read_graph(path)


_CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
import test_graph_file as t
from phoenix_infra.preview import graph_document, record_program
import json
print(json.dumps([graph_document(record_program(t._secretive, mode=m)) for m in t.Mode], sort_keys=True))
"""


def test_two_processes_with_other_hash_seeds_write_the_same_bytes():
    def recorded(seed: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-c", _CHILD, str(Path(__file__).parent)],
            cwd=PROJECT_ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout

    first = recorded("1")
    assert len(first) > 10_000
    assert first == recorded("4242")


def test_a_difference_names_resources_and_paths_but_no_values():
    def other() -> None:
        Vault(
            "records",
            pulumi.ResourceOptions(providers=[cloud("us-east-1", "second")], protect=True),
        )

    found = differences(record_program(_secretive), record_program(other))
    by_name = {difference.urn.rsplit("::", 1)[1]: difference for difference in found}
    assert by_name["tagged"].change is Change.REMOVED
    assert by_name["records-bucket"].paths == ("options.protect",)
    assert "inputs.region" in by_name["second"].paths
    assert "eu-west-1" not in " ".join(map(str, found))
