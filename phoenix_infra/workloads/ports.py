"""The one registry of ports: Services, policies and security groups read it (G-119)."""

from dataclasses import dataclass
from enum import StrEnum


class Protocol(StrEnum):
    """What is spoken on a port; the mesh wants to know, the network only asks for TCP or UDP."""

    HTTP = "http"
    GRPC = "grpc"
    TLS = "tls"
    """TLS that the mesh passes through unopened."""
    TCP = "tcp"
    UDP = "udp"

    @property
    def transport(self) -> str:
        """The protocol field of Services and NetworkPolicies."""
        return "UDP" if self is Protocol.UDP else "TCP"


@dataclass(frozen=True, kw_only=True)
class Port:
    """A port that pods listen on."""

    name: str
    number: int
    protocol: Protocol = Protocol.HTTP


HTTP = Port(name="http", number=8080)
METRICS = Port(name="metrics", number=9090)
"""Prometheus metrics of a service (G-069)."""
MERGED_METRICS = Port(name="metrics", number=15020)
"""The mesh agent's port: Envoy's and the service's metrics together, outside mutual TLS (X-74)."""
DATABASE = Port(name="postgresql", number=5432, protocol=Protocol.TCP)
CACHE = Port(name="redis", number=6379, protocol=Protocol.TCP)
SENTINEL = Port(name="sentinel", number=26379, protocol=Protocol.TCP)
KAFKA_STRIMZI = Port(name="kafka-tls", number=9094, protocol=Protocol.TLS)
"""Mutual TLS; the documents' plaintext 9092 is not opened (X-62)."""
KAFKA_MSK = Port(name="kafka-iam", number=9098, protocol=Protocol.TLS)
VAULT = Port(name="vault", number=8200, protocol=Protocol.TLS)
TELEMETRY = Port(name="otlp-grpc", number=4317, protocol=Protocol.GRPC)
TELEMETRY_HTTP = Port(name="otlp-http", number=4318)
"""For scripts: OTLP as JSON over HTTP."""
MESH_CONTROL = Port(name="grpc-xds", number=15012, protocol=Protocol.TLS)
DNS_UDP = Port(name="dns", number=53, protocol=Protocol.UDP)
DNS_TCP = Port(name="dns-tcp", number=53, protocol=Protocol.TCP)
POD_IDENTITY = Port(name="pod-identity", number=80, protocol=Protocol.HTTP)
"""The agent on each node, at a link-local address (docs.aws.amazon.com/eks, Pod Identity)."""
AWS_ENDPOINT = Port(name="https", number=443, protocol=Protocol.TLS)
EXTERNAL_TLS = Port(name="tls", number=443, protocol=Protocol.TLS)
EXTERNAL_SYSLOG = Port(name="tls-syslog", number=6514, protocol=Protocol.TLS)
GATEWAY_HTTPS = Port(name="https", number=8443, protocol=Protocol.TLS)
EGRESS_TLS = Port(name="tls-443", number=8443, protocol=Protocol.TLS)
"""Behind the egress gateway's service port 443."""
EGRESS_SYSLOG = Port(name="tls-6514", number=6514, protocol=Protocol.TLS)
PROMETHEUS = Port(name="prometheus", number=9090)
GRAFANA = Port(name="grafana", number=3000)
ALERTMANAGER = Port(name="alertmanager", number=9093)
LOKI = Port(name="loki", number=3100)
TEMPO = Port(name="tempo", number=3200)
