"""The real program of a project is run for a stack file; stacks read each other's exports."""

import re
from pathlib import Path

import pytest

from phoenix_infra.preview import Mode, PreviewError, record
from phoenix_infra.settings.problem import SettingsError

_PROGRAM = """
import pulumi, pulumi_aws as aws, pulumi_random as random
config = pulumi.Config("phoenix").require_object("stack")
cloud = pulumi.ResourceOptions(provider=aws.Provider("aws", region=config["region"]))
topic = aws.sns.Topic("alarms", tags={"hospitals": str(config.get("hospitals", 1))}, opts=cloud)
pulumi.export("topic", topic.arn)
if config["kind"] == "primary":
    word = random.RandomPassword("word", length=20, opts=pulumi.ResourceOptions(provider=random.Provider("r")))
    pulumi.export("word", word.result)
else:
    other = pulumi.StackReference("primary", stack_name=config["reads"])
    aws.ssm.Parameter("copy", type="String", value=other.require_output("topic"), opts=cloud)
    aws.ssm.Parameter("word", type="String", value=other.require_output("word"), opts=cloud)
"""


def _stack_file(kind: str, region: str, reads: str = "organization/demo/production") -> str:
    return (
        'config:\n  pulumi:disable-default-providers: ["*"]\n  phoenix:stack:\n'
        f"    kind: {kind}\n    region: {region}\n    reads: {reads}\n"
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "__main__.py").write_text(_PROGRAM)
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (tmp_path / "Pulumi.production.yaml").write_text(_stack_file("primary", "us-east-1"))
    (tmp_path / "Pulumi.dr.yaml").write_text(_stack_file("recovery", "us-west-2"))
    return tmp_path


def test_a_stack_is_built_from_its_file(project: Path):
    graph = record("production", root=project)
    assert (graph.project, graph.stack) == ("demo", "production")
    assert graph.exports["topic"].startswith("arn:aws:sns:us-east-1:")
    assert graph.named("aws:sns/topic:Topic", "alarms").source == "__main__.py:5"


@pytest.mark.parametrize("mode", list(Mode))
def test_a_stack_reference_is_fed_the_other_stack_s_exports(project: Path, mode: Mode):
    topic = record("production", root=project).exports["topic"]
    graph = record("dr", root=project, mode=mode)
    copied = graph.named("aws:ssm/parameter:Parameter", "copy").inputs["value"]
    assert copied["value"] == topic  # the SDK marks every parameter's value as secret
    (read,) = graph.of_type("pulumi:pulumi:StackReference")
    assert read.kind == "read"
    assert read.outputs["secretOutputNames"] == ["word"]


def test_a_secret_of_the_other_stack_stays_secret(project: Path):
    word = record("production", root=project).exports["word"]
    copied = record("dr", root=project).named("aws:ssm/parameter:Parameter", "word").inputs["value"]
    assert copied == word
    assert set(word) == {"4dabf18193072939515e22adb298388d", "value"}


def test_an_override_is_merged_into_its_section(project: Path):
    graph = record("production", root=project, overrides={"phoenix:stack": {"hospitals": 500}})
    topic = graph.named("aws:sns/topic:Topic", "alarms")
    assert topic.inputs["tags"] == {"hospitals": "500"}
    assert topic.region == "us-east-1"


def test_an_unknown_stack_lists_the_known_ones(project: Path):
    with pytest.raises(PreviewError, match="no stack 'staging'; choose one of: dr, production"):
        record("staging", root=project)


def test_stacks_that_read_each_other_are_refused(project: Path):
    (project / "Pulumi.production.yaml").write_text(
        _stack_file("recovery", "us-east-1", "organization/demo/dr")
    )
    with pytest.raises(PreviewError, match=re.escape("in a circle: dr -> production -> dr")):
        record("dr", root=project)


def test_a_stack_of_another_project_cannot_be_read(project: Path):
    (project / "Pulumi.dr.yaml").write_text(
        _stack_file("recovery", "us-west-2", "organization/other/production")
    )
    with pytest.raises(PreviewError, match="of another project"):
        record("dr", root=project)


def test_a_stack_file_that_readers_disagree_on_is_refused(project: Path):
    (project / "Pulumi.dr.yaml").write_text(_stack_file("recovery", "off"))
    with pytest.raises(SettingsError, match=r"phoenix:stack\.region"):
        record("dr", root=project)
