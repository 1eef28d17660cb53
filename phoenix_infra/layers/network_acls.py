"""Which flows each tier's network ACL lets through: data that the network layer declares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phoenix_infra.aws.network_acl import AclEntry, everything, path_mtu, tcp
from phoenix_infra.settings.subnets import SubnetTier, summary

ANYWHERE = "0.0.0.0/0"
HTTPS = 443
SYSLOG_TLS = 6514
REMOTE_DESKTOP = 3389
UNPRIVILEGED = 1024
LAST_PORT = 65535
LINUX_EPHEMERAL = 32768
DATA_PORTS = ((5432, 5432), (6379, 6379), (2049, 2049), (9094, 9098), (11001, 11002))
"""PostgreSQL, Redis, NFS, Kafka and its metrics."""
HOSPITAL_RANGES = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
"""Where hospitals' effective ranges lie; the VPN's own selectors and security groups name each of them."""


@dataclass(frozen=True, kw_only=True)
class TierAcl:
    """Both directions of one tier."""

    ingress: Sequence[AclEntry]
    egress: Sequence[AclEntry]


def tier_acls(
    vpc_cidr: str, cidrs: Mapping[SubnetTier, Mapping[str, str]]
) -> Mapping[SubnetTier, TierAcl]:
    """Every tier's entries; each way in has its return way in the other direction."""
    private = summary(list(cidrs[SubnetTier.PRIVATE].values()))
    data = summary(list(cidrs[SubnetTier.DATA].values()))
    internal = everything(vpc_cidr)
    return {
        SubnetTier.PUBLIC: _public(internal),
        SubnetTier.PRIVATE: _private(internal),
        SubnetTier.DATA: TierAcl(
            ingress=[
                *(tcp(cidr, first, last) for cidr in private for first, last in DATA_PORTS),
                *(everything(cidr) for cidr in data),
            ],
            egress=[
                *(tcp(cidr, UNPRIVILEGED, LAST_PORT) for cidr in private),
                *(everything(cidr) for cidr in data),
            ],
        ),
        SubnetTier.ENDPOINT: TierAcl(
            ingress=[tcp(vpc_cidr, HTTPS)],
            egress=[tcp(vpc_cidr, UNPRIVILEGED, LAST_PORT)],
        ),
        SubnetTier.CONTROL_PLANE: TierAcl(
            ingress=[tcp(vpc_cidr, HTTPS), tcp(vpc_cidr, UNPRIVILEGED, LAST_PORT)],
            egress=[tcp(vpc_cidr, HTTPS), tcp(vpc_cidr, UNPRIVILEGED, LAST_PORT)],
        ),
        SubnetTier.TRANSIT: TierAcl(
            ingress=[everything(cidr) for cidr in HOSPITAL_RANGES],
            egress=[everything(cidr) for cidr in HOSPITAL_RANGES],
        ),
    }


def _public(internal: AclEntry) -> TierAcl:
    return TierAcl(
        ingress=[
            internal,
            tcp(ANYWHERE, HTTPS),
            # Replies to the NAT gateways and load balancers, which use any port from 1024. Remote desktop is left
            # out as audits ask: one NAT source port of 64 512 is lost, and a client's retry takes another.
            tcp(ANYWHERE, UNPRIVILEGED, REMOTE_DESKTOP - 1),
            tcp(ANYWHERE, REMOTE_DESKTOP + 1, LAST_PORT),
            path_mtu(ANYWHERE),
        ],
        egress=[
            internal,
            tcp(ANYWHERE, HTTPS),
            tcp(ANYWHERE, UNPRIVILEGED, LAST_PORT),
            path_mtu(ANYWHERE),
        ],
    )


def _private(internal: AclEntry) -> TierAcl:
    return TierAcl(
        ingress=[
            internal,
            *(tcp(cidr, HTTPS) for cidr in HOSPITAL_RANGES),
            tcp(ANYWHERE, LINUX_EPHEMERAL, LAST_PORT),
            path_mtu(ANYWHERE),
        ],
        egress=[
            internal,
            tcp(ANYWHERE, HTTPS),
            tcp(ANYWHERE, SYSLOG_TLS),
            *(tcp(cidr, UNPRIVILEGED, LAST_PORT) for cidr in HOSPITAL_RANGES),
            path_mtu(ANYWHERE),
        ],
    )
