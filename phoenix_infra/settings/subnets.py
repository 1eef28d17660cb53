"""How a VPC's range is split over tiers and zones: arithmetic only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, collapse_addresses

MAXIMUM_ZONES = 6


class SubnetTier(StrEnum):
    """What a subnet is for; each tier has its own network ACL."""

    PUBLIC = "public"
    """Load balancers and NAT gateways; the only tier with a route to the internet gateway."""
    PRIVATE = "private"
    """Nodes and pods; out through NAT."""
    DATA = "data"
    """Databases, caches and file systems; no way out."""
    ENDPOINT = "endpoint"
    """Interface endpoints, so that a policy can name their addresses."""
    CONTROL_PLANE = "control-plane"
    """The interfaces of the EKS control plane, so that a policy can name the API's addresses."""
    TRANSIT = "transit"
    """Attachments of the transit gateway."""


@dataclass(frozen=True, kw_only=True)
class _Share:
    """A tier's subnets: this many bits longer than the VPC's prefix, counted from `first`."""

    extra_bits: int
    first: int


_SHARES: Mapping[SubnetTier, _Share] = {
    # Prefix delegation takes /28 blocks, so pods get three quarters of the range. Sizes for a /16:
    SubnetTier.PRIVATE: _Share(extra_bits=3, first=0),  # /19
    SubnetTier.PUBLIC: _Share(extra_bits=6, first=48),  # /22
    SubnetTier.DATA: _Share(extra_bits=6, first=54),  # /22
    SubnetTier.ENDPOINT: _Share(extra_bits=8, first=240),  # /24
    SubnetTier.CONTROL_PLANE: _Share(extra_bits=12, first=3968),  # /28
    SubnetTier.TRANSIT: _Share(extra_bits=12, first=3984),  # /28
}
SMALLEST_VPC_PREFIX = 16
"""A /28 is the smallest subnet of AWS, and the smallest tiers take twelve bits."""


def subnet_cidrs(vpc_cidr: str, zones: Sequence[str]) -> dict[SubnetTier, dict[str, str]]:
    """The range of each tier in each zone; a zone keeps its range when another is added behind it."""
    network = IPv4Network(vpc_cidr)
    if network.prefixlen > SMALLEST_VPC_PREFIX:
        raise ValueError(f"network.cidr: {vpc_cidr} is too small; give a /{SMALLEST_VPC_PREFIX}")
    if len(zones) > MAXIMUM_ZONES:
        raise ValueError(f"network.availability_zones: at most {MAXIMUM_ZONES}, not {len(zones)}")
    return {
        tier: {zone: _subnet(network, share, index) for index, zone in enumerate(zones)}
        for tier, share in _SHARES.items()
    }


def _subnet(network: IPv4Network, share: _Share, index: int) -> str:
    prefix = network.prefixlen + share.extra_bits
    size = 1 << (32 - prefix)
    start = int(network.network_address) + (share.first + index) * size
    return str(IPv4Network((start, prefix)))


def summary(cidrs: Sequence[str]) -> list[str]:
    """The fewest ranges that are exactly these, for rules with a small quota."""
    return [str(n) for n in collapse_addresses(IPv4Network(c) for c in cidrs)]
