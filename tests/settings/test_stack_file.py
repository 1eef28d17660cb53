"""A stack file is read as the Pulumi CLI hands it over, and refused where it would surprise."""

import json
from pathlib import Path

import pytest

from phoenix_infra.settings.problem import StackFileError
from phoenix_infra.settings.stack_file import open_stack_file, read_stack_file

HEAD = 'config:\n  pulumi:disable-default-providers: ["*"]\n'


def written(tmp_path: Path, body: str, head: str = HEAD) -> Path:
    path = tmp_path / "Pulumi.test.yaml"
    path.write_text(head + body, encoding="utf-8")
    return path


def refusals(tmp_path: Path, body: str, head: str = HEAD) -> list[str]:
    with pytest.raises(StackFileError) as caught:
        read_stack_file(written(tmp_path, body, head))
    return [str(problem) for problem in caught.value.problems]


def test_objects_arrive_as_json_with_sorted_keys_and_go_escapes(tmp_path: Path) -> None:
    body = (
        "  phoenix:workloads:\n    release: 5.0.0\n    images: {b: <x&y>, a: [1, true, 0.5, é]}\n"
    )
    config = read_stack_file(written(tmp_path, body))
    assert config["pulumi:disable-default-providers"] == '["*"]'
    assert config["phoenix:workloads"] == (
        '{"images":{"a":[1,true,0.5,"é"],"b":"\\u003cx\\u0026y\\u003e"},"release":"5.0.0"}'
    )


def test_quoted_scalars_stay_texts(tmp_path: Path) -> None:
    body = '  phoenix:cluster: {a: "1.30", b: \'yes\', c: "2027-03-31", d: "007"}\n'
    config = read_stack_file(written(tmp_path, body))
    assert json.loads(config["phoenix:cluster"]) == {
        "a": "1.30",
        "b": "yes",
        "c": "2027-03-31",
        "d": "007",
    }


def test_a_scalar_section_arrives_as_its_text(tmp_path: Path) -> None:
    assert read_stack_file(written(tmp_path, "  phoenix:network: 7\n"))["phoenix:network"] == "7"


def test_an_ambiguous_scalar_names_file_line_key_and_what_to_write(tmp_path: Path) -> None:
    (message,) = refusals(tmp_path, "  phoenix:cluster:\n    kubernetes_version: 1.30\n")
    assert message.startswith("Pulumi.test.yaml:4: phoenix:cluster.kubernetes_version is 1.30:")
    assert 'Write the quoted text "1.30"' in message


def test_every_ambiguous_scalar_is_told_at_once(tmp_path: Path) -> None:
    messages = refusals(tmp_path, "  phoenix:edge: {a: yes, b: [off, 1e3], c: {d: 12:30:45}}\n")
    assert [message.split(" is ")[0].split(": ")[1] for message in messages] == [
        "phoenix:edge.a",
        "phoenix:edge.b[0]",
        "phoenix:edge.b[1]",
        "phoenix:edge.c.d",
    ]


def test_a_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (message,) = refusals(tmp_path, "  phoenix:edge: {password: {secure: AAABcipher}}\n")
    assert "phoenix:edge.password" in message
    assert "Secrets Manager" in message
    assert "AAABcipher" not in message


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("  phoenix:edge: {a: 1, a: 2}\n", "phoenix:edge.a: the key stands here a second time"),
        ("  phoenix:edge: {}\n  phoenix:edge: {}\n", "phoenix:edge: the key stands here a second"),
        ("  phoenix:databse: {}\n", "Did you mean phoenix:database?"),
        ("  aws:region: us-east-1\n", "aws:region: only keys of the namespace phoenix"),
        ("  database: {}\n", "Did you mean phoenix:database?"),
        ("  phoenix-infra:database: {}\n", "Did you mean phoenix:database?"),
        ("  phoenix:edge: {<<: {a: b}}\n", "merge keys are not part of YAML 1.2"),
        ("  phoenix:edge: {a: !!str 5}\n", "does not read tags"),
        ("  phoenix:edge: {a: !secret b}\n", "does not read tags"),
        ("  phoenix:edge: {a: [b}\n", "this is not YAML"),
        ("  phoenix:edge: {yes: 1}\n", "is not a text for every reader"),
        ("phoenix:edge: {}\n", "Move it under config"),
        ("environment: [prod]\n", "cannot be checked or previewed offline"),
        ("confg: {}\n", "Did you mean config?"),
    ],
)
def test_what_would_surprise_is_refused(tmp_path: Path, body: str, expected: str) -> None:
    messages = refusals(tmp_path, body)
    assert any(expected in message for message in messages), messages


def test_default_providers_must_be_disabled(tmp_path: Path) -> None:
    (message,) = refusals(tmp_path, "  phoenix:edge: {}\n", head="config:\n")
    assert 'Write pulumi:disable-default-providers: ["*"]' in message


def test_what_stack_init_writes_beside_the_settings_is_accepted(tmp_path: Path) -> None:
    head = "secretsprovider: awskms://alias/phoenix\nencryptedkey: AQICAHg=\n" + HEAD
    assert read_stack_file(written(tmp_path, "  phoenix:edge: {}\n", head))["phoenix:edge"] == "{}"


def test_a_missing_file_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match="cannot be read"):
        read_stack_file(tmp_path / "Pulumi.nowhere.yaml")


def test_every_setting_knows_its_line(tmp_path: Path) -> None:
    body = "  phoenix:network:\n    cidr: 10.0.0.0/16\n    peer_cidrs:\n      - 10.1.0.0/16\n"
    lines = open_stack_file(written(tmp_path, body)).lines
    assert lines["phoenix:network.cidr"] == 4
    assert lines["phoenix:network.peer_cidrs[0]"] == 6
