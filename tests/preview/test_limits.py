"""Graphs that the SDK could not build are refused with a way out."""

import pulumi
import pulumi_aws as aws
import pytest
from program import cloud

from phoenix_infra.preview import PreviewError, record_program
from phoenix_infra.preview.depth import LONGEST_PATH, longest_path


def _chain(length: int) -> None:
    provider = cloud()
    previous: aws.sns.Topic | None = None
    for number in range(length):
        options = pulumi.ResourceOptions(
            provider=provider, depends_on=[previous] if previous else None
        )
        previous = aws.sns.Topic(f"topic-{number}", opts=options)


def test_a_path_of_a_hundred_resources_is_allowed():
    # the provider at its end counts only when it is a dependency, and it is not
    graph = record_program(lambda: _chain(LONGEST_PATH))
    assert len(longest_path(graph)) == LONGEST_PATH


def test_a_longer_path_is_refused_naming_both_ends():
    with pytest.raises(
        PreviewError, match=r"has 101 resources, more than 100: from topic-100 to topic-0"
    ):
        record_program(lambda: _chain(LONGEST_PATH + 1))


def test_a_path_too_deep_for_the_sdk_is_refused_without_a_traceback():
    with pytest.raises(PreviewError, match="depends_on"):
        record_program(lambda: _chain(1200))
