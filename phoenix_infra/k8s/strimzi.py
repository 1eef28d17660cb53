"""Kafka in the cluster: three nodes, mutual TLS on 9094, no plain listener (G-030, X-62)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.settings.kafka import StrimziKafka
from phoenix_infra.workloads.namespaces import DATA
from phoenix_infra.workloads.ports import KAFKA_STRIMZI

CLUSTER_NAME = "phoenix-kafka"
POOL_NAME = "combined"
BOOTSTRAP_HOST = f"{CLUSTER_NAME}-kafka-bootstrap.{DATA}.svc.cluster.local"
HEAP = "2g"


@dataclass(frozen=True, kw_only=True)
class Kafka:
    """The cluster: one listener, authorisation by certificate."""

    API_VERSION: ClassVar[str] = "kafka.strimzi.io/v1"
    KIND: ClassVar[str] = "Kafka"

    kafka: StrimziKafka

    def spec(self) -> Mapping[str, object]:
        """A write is acknowledged by two of three nodes."""
        operator = {
            "resources": {
                "requests": {"cpu": "100m", "memory": "256Mi"},
                "limits": {"cpu": "500m", "memory": "512Mi"},
            }
        }
        return {
            "kafka": {
                "version": self.kafka.version,
                "listeners": [
                    {
                        "name": "tls",
                        "port": KAFKA_STRIMZI.number,
                        "type": "internal",
                        "tls": True,
                        "authentication": {"type": "tls"},
                    }
                ],
                "authorization": {"type": "simple"},
                "config": {
                    "default.replication.factor": 3,
                    "min.insync.replicas": 2,
                    "offsets.topic.replication.factor": 3,
                    "transaction.state.log.replication.factor": 3,
                    "transaction.state.log.min.isr": 2,
                    "auto.create.topics.enable": "false",
                    "ssl.enabled.protocols": "TLSv1.3",
                },
            },
            "entityOperator": {"topicOperator": operator, "userOperator": operator},
        }


@dataclass(frozen=True, kw_only=True)
class KafkaNodePool:
    """Nodes that are broker and controller at once, one in each zone."""

    API_VERSION: ClassVar[str] = "kafka.strimzi.io/v1"
    KIND: ClassVar[str] = "KafkaNodePool"

    kafka: StrimziKafka
    storage_class: str

    def spec(self) -> Mapping[str, object]:
        """Claims outlive the pool."""
        return {
            "replicas": self.kafka.brokers,
            "roles": ["controller", "broker"],
            "storage": {
                "type": "jbod",
                "volumes": [
                    {
                        "id": 0,
                        "type": "persistent-claim",
                        "size": f"{self.kafka.volume_gib}Gi",
                        "class": self.storage_class,
                        "deleteClaim": False,
                    }
                ],
            },
            "resources": {
                "requests": {"cpu": "1", "memory": "4Gi"},
                "limits": {"cpu": "2", "memory": "4Gi"},
            },
            "jvmOptions": {"-Xms": HEAP, "-Xmx": HEAP},
            "template": {
                "pod": {
                    "priorityClassName": "phoenix-platform-critical",
                    "topologySpreadConstraints": [
                        {
                            "maxSkew": 1,
                            "topologyKey": "topology.kubernetes.io/zone",
                            "whenUnsatisfiable": "DoNotSchedule",
                            "labelSelector": {"matchLabels": {"strimzi.io/cluster": CLUSTER_NAME}},
                        }
                    ],
                    "securityContext": {
                        "runAsNonRoot": True,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                }
            },
        }


@dataclass(frozen=True, kw_only=True)
class EventLogArgs:
    """Settings and the class of the claims."""

    kafka: StrimziKafka
    storage_class: str
    after: Sequence[pulumi.Resource] = ()


class EventLog(pulumi.ComponentResource):
    """The Kafka cluster and its nodes."""

    bootstrap: str

    def __init__(
        self, name: str, args: EventLogArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:EventLog", name, None, opts)
        labels = recommended_labels(CLUSTER_NAME, component="events", data_classification="phi")
        kept = pulumi.ResourceOptions(parent=self, depends_on=list(args.after), protect=True)
        pool = KafkaNodePool(kafka=args.kafka, storage_class=args.storage_class)
        custom_resource(
            f"{name}-pool",
            pool,
            name=POOL_NAME,
            namespace=DATA,
            labels={**labels, "strimzi.io/cluster": CLUSTER_NAME},
            opts=kept,
        )
        custom_resource(
            f"{name}-cluster",
            Kafka(kafka=args.kafka),
            name=CLUSTER_NAME,
            namespace=DATA,
            labels=labels,
            opts=kept,
        )
        self.bootstrap = f"{BOOTSTRAP_HOST}:{KAFKA_STRIMZI.number}"
        self.register_outputs({"bootstrap": self.bootstrap})
