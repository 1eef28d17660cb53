"""What services reach beyond the cluster, and by which way (A8, G-027)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.storage import CompatibleStorage
from phoenix_infra.workloads.ports import EXTERNAL_SYSLOG, EXTERNAL_TLS, Port


class Way(StrEnum):
    """How a connection leaves its pod."""

    EGRESS_GATEWAY = "egress-gateway"
    """By name through the mesh's egress gateway: the only pods that may reach the internet."""
    OBJECT_STORE = "object-store"
    """S3 through the VPC's endpoint, or the site's own S3-compatible store."""
    AWS_ENDPOINT = "aws-endpoint"
    """An AWS service through the VPC's interface endpoint; does not exist on a hospital's own site."""
    SHARED_FILES = "shared-files"
    """A mounted file system: the node connects, not the pod."""


@dataclass(frozen=True, kw_only=True)
class ExternalPeer:
    """One system outside the cluster."""

    name: str
    description: str
    way: Way
    port: Port = EXTERNAL_TLS


EHR = ExternalPeer(
    name="ehr",
    description="EHR systems of the listed hospitals, through the transit gateway",
    way=Way.EGRESS_GATEWAY,
)
ENTRA_ID = ExternalPeer(
    name="entra-id", description="Single sign-on of hospital staff", way=Way.EGRESS_GATEWAY
)
PAGERDUTY = ExternalPeer(name="pagerduty", description="Incident events", way=Way.EGRESS_GATEWAY)
SIEM_COLLECTOR = ExternalPeer(
    name="siem",
    description="Syslog over TLS to the SIEM",
    way=Way.EGRESS_GATEWAY,
    port=EXTERNAL_SYSLOG,
)
CONSORTIUM = ExternalPeer(
    name="consortium",
    description="Federated-learning consortium, mutual TLS end to end",
    way=Way.EGRESS_GATEWAY,
)
AUDIO_BUCKET = ExternalPeer(
    name="audio-bucket", description="Encounter recordings", way=Way.OBJECT_STORE
)
BACKUP_BUCKET = ExternalPeer(
    name="backup-bucket", description="Logical dumps of the database", way=Way.OBJECT_STORE
)
MODELS = ExternalPeer(
    name="models", description="Model files on the shared file system", way=Way.SHARED_FILES
)
KMS = ExternalPeer(name="kms", description="Signing keys", way=Way.AWS_ENDPOINT)
WAF = ExternalPeer(name="waf", description="IP sets of the web ACL", way=Way.AWS_ENDPOINT)

EXTERNAL_PEERS: Mapping[str, ExternalPeer] = {
    peer.name: peer
    for peer in (
        EHR,
        ENTRA_ID,
        PAGERDUTY,
        SIEM_COLLECTOR,
        CONSORTIUM,
        AUDIO_BUCKET,
        BACKUP_BUCKET,
        MODELS,
        KMS,
        WAF,
    )
}

_FIXED_HOSTS: Mapping[str, tuple[str, ...]] = {
    ENTRA_ID.name: ("login.microsoftonline.com", "graph.microsoft.com"),
    PAGERDUTY.name: ("events.pagerduty.com",),
}
_SETTINGS_HOSTS: Mapping[str, Callable[[GuardianSettings], tuple[str, ...]]] = {
    EHR.name: lambda settings: tuple(
        sorted({host for site in settings.hospitals.connections for host in site.ehr_hosts})
    ),
    SIEM_COLLECTOR.name: lambda settings: (settings.platform.siem_host,),
    CONSORTIUM.name: lambda settings: (settings.platform.consortium_host,),
}
_AWS_SERVICE: Mapping[str, str] = {KMS.name: "kms", WAF.name: "wafv2"}
"""Interface endpoints' service names (docs.aws.amazon.com/vpc, AWS services that integrate)."""


def hosts_of(peer: ExternalPeer, settings: GuardianSettings) -> tuple[str, ...]:
    """The names of a peer in this stack; empty when it does not exist there."""
    if peer.way is Way.SHARED_FILES:
        return ()
    if peer.way is Way.OBJECT_STORE:
        return _object_store_hosts(settings)
    if peer.way is Way.AWS_ENDPOINT:
        return _aws_hosts(peer, settings)
    return _FIXED_HOSTS.get(peer.name) or _SETTINGS_HOSTS[peer.name](settings)


def _aws_hosts(peer: ExternalPeer, settings: GuardianSettings) -> tuple[str, ...]:
    if isinstance(settings, RegionalSettings):
        return (f"{_AWS_SERVICE[peer.name]}.{settings.identity.region}.amazonaws.com",)
    return ()


def _object_store_hosts(settings: GuardianSettings) -> tuple[str, ...]:
    storage = settings.storage
    if isinstance(storage, CompatibleStorage):
        return (storage.endpoint_host,)
    if isinstance(settings, RegionalSettings):
        host = f"s3.{settings.identity.region}.amazonaws.com"
        return (host, f"*.{host}")
    raise ValueError(
        "storage.backend s3 needs a stack in an AWS region; use s3-compatible on a site"
    )
