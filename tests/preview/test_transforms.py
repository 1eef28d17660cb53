"""Transforms are applied as the engine applies them."""

from collections.abc import Callable
from typing import cast

import pulumi
import pulumi_aws as aws
import pytest
from program import Vault, cloud

from phoenix_infra.preview import PreviewError, record_program

Transform = Callable[[pulumi.ResourceTransformArgs], pulumi.ResourceTransformResult | None]


def _tagging(value: str) -> Transform:
    def tag(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != "aws:s3/bucket:Bucket":
            return None
        given = cast(dict[str, object], args.props.get("tags", {}))
        tags = {**given, "Tagged": value}
        return pulumi.ResourceTransformResult({**args.props, "tags": tags}, args.opts)

    return tag


def _bucket_tags(program: Callable[[], object]) -> dict[str, str]:
    return record_program(program).named("aws:s3/bucket:Bucket", "records-bucket").inputs["tags"]


def test_a_component_s_transform_reaches_its_children():
    def program() -> None:
        Vault(
            "records",
            pulumi.ResourceOptions(providers=[cloud()], transforms=[_tagging("component")]),
        )

    assert _bucket_tags(program) == {"Owner": "data", "Tagged": "component"}


def test_the_stack_s_transform_comes_last():
    def program() -> None:
        pulumi.runtime.register_resource_transform(_tagging("stack"))
        Vault(
            "records",
            pulumi.ResourceOptions(providers=[cloud()], transforms=[_tagging("component")]),
        )

    assert _bucket_tags(program)["Tagged"] == "stack"


def test_the_program_sees_what_a_transform_changed():
    def program() -> None:
        vault = Vault(
            "records", pulumi.ResourceOptions(providers=[cloud()], transforms=[_tagging("x")])
        )
        pulumi.export("tags", vault.bucket.tags)

    assert record_program(program).exports["tags"]["Tagged"] == "x"


def test_a_transform_may_change_options():
    def protect(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        args.opts.protect = True
        args.opts.ignore_changes = ["tags"]
        return pulumi.ResourceTransformResult(args.props, args.opts)

    def program() -> None:
        aws.sns.Topic("t", opts=pulumi.ResourceOptions(provider=cloud(), transforms=[protect]))

    options = record_program(program).named("aws:sns/topic:Topic", "t").options
    assert options["protect"] is True
    assert options["ignoreChanges"] == ["tags"]


def test_a_transform_that_sets_an_output_is_refused():
    def wrong(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult(
            {**args.props, "name": pulumi.Output.from_input("x")}, args.opts
        )

    def program() -> None:
        aws.sns.Topic("t", opts=pulumi.ResourceOptions(provider=cloud(), transforms=[wrong]))

    with pytest.raises(PreviewError, match="set name to an Output"):
        record_program(program)
