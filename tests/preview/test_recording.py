"""What a recorded registration says is what the engine would have been told."""

import json

import pulumi
import pulumi_aws as aws
import pytest
from program import ACCOUNT, Vault, cloud, in_cluster, password

from phoenix_infra.preview import Mode, PreviewError, record_program, unknown_inputs


def _vault() -> None:
    vault = Vault(
        "records", pulumi.ResourceOptions(providers=[cloud()], protect=True, retain_on_delete=True)
    )
    pulumi.export("arn", vault.bucket.arn)


def test_a_urn_names_parent_types_without_the_stack_type():
    bucket = record_program(_vault).named("aws:s3/bucket:Bucket", "records-bucket")
    assert bucket.urn == (
        "urn:pulumi:test::phoenix-infra::phoenix:aws:Vault$aws:s3/bucket:Bucket::records-bucket"
    )
    assert bucket.parent == "urn:pulumi:test::phoenix-infra::phoenix:aws:Vault::records"


def test_a_resource_knows_its_provider_and_region():
    def program() -> None:
        aws.sns.Topic("here", opts=pulumi.ResourceOptions(provider=cloud("us-west-2")))
        aws.sns.Topic(
            "there",
            region="us-east-1",
            opts=pulumi.ResourceOptions(provider=cloud("us-west-2", "b")),
        )

    graph = record_program(program)
    here, there = (graph.named("aws:sns/topic:Topic", name) for name in ("here", "there"))
    assert here.region == "us-west-2"
    assert there.region == "us-east-1"
    assert here.provider.startswith("urn:pulumi:test::phoenix-infra::pulumi:providers:aws::aws::")
    assert here.outputs["arn"].startswith(f"arn:aws:sns:us-west-2:{ACCOUNT}:here")


def test_protection_and_retention_reach_the_children():
    bucket = record_program(_vault).named("aws:s3/bucket:Bucket", "records-bucket")
    assert bucket.options["protect"] is True
    assert bucket.options["retainOnDelete"] is True


def test_every_other_option_is_recorded():
    def program() -> None:
        aws.sns.Topic(
            "alarms",
            opts=pulumi.ResourceOptions(
                provider=cloud(),
                ignore_changes=["tags"],
                aliases=[pulumi.Alias(name="alerts")],
                additional_secret_outputs=["owner"],
                custom_timeouts=pulumi.CustomTimeouts(create="30m"),
                replace_on_changes=["name"],
                delete_before_replace=True,
            ),
        )

    options = record_program(program).named("aws:sns/topic:Topic", "alarms").options
    assert options["ignoreChanges"] == ["tags"]
    assert [alias["name"] for alias in options["aliases"]] == ["alerts"]
    assert options["additionalSecretOutputs"] == ["owner"]
    assert options["customTimeouts"] == {"create": "30m"}
    assert options["replaceOnChanges"] == ["name"]
    assert options["deleteBeforeReplace"] is True


def test_dependencies_are_kept_for_the_resource_and_for_each_property():
    versioning = record_program(_vault).named(
        "aws:s3/bucketVersioning:BucketVersioning", "records-versioning"
    )
    (bucket,) = versioning.property_dependencies["bucket"]
    assert bucket.endswith("::records-bucket")
    assert versioning.property_dependencies["versioningConfiguration"] == ()
    assert bucket in versioning.dependencies


def test_a_component_keeps_what_it_registered_and_a_forgetful_one_shows():
    class Forgetful(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("phoenix:aws:Forgetful", "forgetful")

    def program() -> None:
        _vault()
        Forgetful()

    graph = record_program(program)
    (vault,) = graph.of_type("phoenix:aws:Vault")
    (forgetful,) = graph.of_type("phoenix:aws:Forgetful")
    assert vault.registered_outputs is not None
    assert vault.registered_outputs["arn"].startswith("arn:aws:s3:::records-bucket-")
    assert forgetful.registered_outputs is None


def test_exports_are_recorded():
    assert record_program(_vault).exports["arn"].startswith("arn:aws:s3:::records-bucket-")


def test_the_source_is_the_first_frame_inside_the_project():
    graph = record_program(_vault)
    (vault,) = graph.of_type("phoenix:aws:Vault")
    assert vault.source.startswith("tests/preview/test_recording.py:")
    assert graph.of_type("aws:s3/bucket:Bucket")[0].source.startswith("tests/preview/program.py:")


def test_a_urn_used_twice_is_an_error_that_names_both_places():
    def program() -> None:
        provider = cloud()
        for _ in range(2):
            aws.sns.Topic("alarms", opts=pulumi.ResourceOptions(provider=provider))

    with pytest.raises(
        PreviewError, match=r"Duplicate resource URN .*::alarms.*test_recording\.py:\d+ and at"
    ):
        record_program(program)


def test_a_look_up_is_refused_with_what_to_do_instead():
    with pytest.raises(PreviewError, match=r"getAvailabilityZones.*stack file instead"):
        record_program(aws.get_availability_zones)


def test_reading_an_existing_resource_is_refused():
    def program() -> None:
        aws.s3.Bucket.get(
            "foreign", "somebody-elses-bucket", opts=pulumi.ResourceOptions(provider=cloud())
        )

    with pytest.raises(PreviewError, match="foreign reads an existing resource"):
        record_program(program)


def test_a_remote_component_that_is_not_modelled_is_refused():
    class Foreign(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("awsx:ec2:Vpc", "network", {}, None, remote=True)

    with pytest.raises(PreviewError, match="awsx:ec2:Vpc network is a remote component"):
        record_program(Foreign)


def test_an_error_of_the_program_names_the_place_in_the_project():
    def program() -> None:
        raise ValueError("the tier has no nodes")

    with pytest.raises(
        PreviewError, match=r"ValueError: the tier has no nodes \(at tests/preview/test_recording"
    ):
        record_program(program)


def test_an_error_of_the_program_never_shows_a_secret():
    def program() -> None:
        def fail(value: str) -> str:
            raise ValueError(f"cannot use {value}")

        pulumi.export("out", password().result.apply(fail))

    secret = (
        record_program(password)
        .of_type("random:index/randomPassword:RandomPassword")[0]
        .outputs["result"]["value"]
    )
    with pytest.raises(PreviewError) as caught:
        record_program(program)
    assert "cannot use [secret]" in str(caught.value)
    assert secret not in str(caught.value)


def test_both_modes_declare_the_same_urns():
    known, unknown = (record_program(_vault, mode=mode) for mode in Mode)
    assert [n.urn for n in known.resources] == [n.urn for n in unknown.resources]


def test_in_unknown_mode_computed_values_stay_unknown_and_inputs_known():
    graph = record_program(_vault, mode=Mode.UNKNOWN)
    assert [str(found) for found in unknown_inputs(graph)] == [
        (
            "aws:s3/bucketVersioning:BucketVersioning records-versioning: input bucket is unknown; "
            "it comes from aws:s3/bucket:Bucket records-bucket"
        )
    ]
    assert "arn" not in graph.of_type("aws:s3/bucket:Bucket")[0].outputs


def test_objects_under_an_unknown_kubeconfig_come_back_empty():
    def program() -> None:
        in_cluster(aws.sns.Topic("any", opts=pulumi.ResourceOptions(provider=cloud())).arn)

    unknown = record_program(program, mode=Mode.UNKNOWN).of_type("kubernetes:core/v1:Namespace")[0]
    known = record_program(program).of_type("kubernetes:core/v1:Namespace")[0]
    assert unknown.inputs["metadata"] == {"name": "phoenix-api"}
    assert unknown.outputs == {}
    assert known.outputs["metadata"]["name"] == "phoenix-api"
    assert known.outputs["id"] == "phoenix-api"


def test_objects_under_a_known_kubeconfig_echo_their_inputs_in_both_modes():
    for mode in Mode:
        graph = record_program(lambda: in_cluster("{}"), mode=mode)
        assert graph.of_type("kubernetes:core/v1:Namespace")[0].outputs["kind"] == "Namespace"


def test_an_output_that_nobody_taught_is_named_in_known_mode():
    def program() -> None:
        provider = cloud()
        table = aws.dynamodb.Table(
            "lock", attributes=[], hash_key="id", opts=pulumi.ResourceOptions(provider=provider)
        )
        aws.sns.Topic(
            "t", tags={"label": table.stream_label}, opts=pulumi.ResourceOptions(provider=provider)
        )

    (found,) = unknown_inputs(record_program(program))
    assert str(found) == (
        "aws:sns/topic:Topic t: input tags.label is unknown; it comes from aws:dynamodb/table:Table lock"
    )


def test_the_environment_does_not_reach_the_program(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"phoenix:stack": "from the environment"}))
    seen: list[str | None] = []
    record_program(lambda: seen.append(pulumi.Config("phoenix").get("stack")))
    assert seen == [None]


def test_two_programs_in_one_process_do_not_see_each_other():
    first = record_program(_vault, stack="first")
    second = record_program(_vault, stack="second")
    assert all(node.urn.startswith("urn:pulumi:second::") for node in second.resources)
    assert len(first.resources) == len(second.resources)


def test_a_failed_program_does_not_disturb_the_next_one():
    with pytest.raises(PreviewError):
        record_program(aws.get_regions)
    assert len(record_program(_vault).resources) == 5
