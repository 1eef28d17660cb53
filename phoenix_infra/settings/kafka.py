"""The event log: none, or Strimzi in the cluster, or MSK (X-62)."""

from typing import Annotated, Literal

from pydantic import Field

from phoenix_infra.settings.section import Section


class NoKafka(Section, frozen=True):
    """Services exchange no events; the edges to kafka do not exist (A8)."""

    backend: Literal["none"] = "none"


class MskKafka(Section, frozen=True):
    """Amazon MSK, TLS and IAM on 9098."""

    backend: Literal["msk"]
    kafka_version: str = "3.9.x"
    instance_type: str = "kafka.m7g.large"
    brokers: Annotated[int, Field(ge=3)] = 3
    volume_gib: Annotated[int, Field(ge=50)] = 200


class StrimziKafka(Section, frozen=True):
    """Strimzi brokers in the cluster, mutual TLS on 9094 (G-030)."""

    backend: Literal["strimzi"]
    version: str = "4.2.0"
    brokers: Annotated[int, Field(ge=3)] = 3
    volume_gib: Annotated[int, Field(ge=10)] = 50


KafkaSettings = Annotated[NoKafka | MskKafka | StrimziKafka, Field(discriminator="backend")]
