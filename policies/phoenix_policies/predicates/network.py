"""CIDR arithmetic, and the one record for a security group rule wherever it was written."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from phoenix_policies.resource import Resource
from phoenix_policies.truth import FALSE, Truth, some, truth, unknown
from phoenix_policies.values import Value

SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_SECURITY_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
SECURITY_GROUP_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE: Final = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
SECURITY_GROUP_TYPES: Final = (
    SECURITY_GROUP, DEFAULT_SECURITY_GROUP, SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE,
)  # fmt: skip

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Direction = Literal["ingress", "egress"]

# nobody owns more than a /8 of public IPv4 or a /16 of IPv6: a wider range stands for everybody
_WIDEST_IPV4: Final = 8
_WIDEST_IPV6: Final = 16
_ALL_PROTOCOLS: Final = {"-1", "all"}
_LAST_PORT: Final = 65535


def network(text: object) -> Network | None:
    """The network of a CIDR or a bare address; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def is_internet(cidr: object) -> bool:
    """A range that stands for everybody: /0, one half of it, or anything wider than an organisation can own."""
    one = network(cidr)
    if one is None:
        return False
    widest = _WIDEST_IPV4 if one.version == 4 else _WIDEST_IPV6
    return one.prefixlen < widest


def are_internet(cidrs: Iterable[object]) -> bool:
    """Whether these ranges together stand for everybody, in however many pieces."""
    found = [n for n in map(network, cidrs) if n is not None]
    v4 = ipaddress.collapse_addresses([n for n in found if isinstance(n, ipaddress.IPv4Network)])
    v6 = ipaddress.collapse_addresses([n for n in found if isinstance(n, ipaddress.IPv6Network)])
    return any(is_internet(str(n)) for n in (*v4, *v6))


def is_private(cidr: object) -> bool:
    """Wholly inside address space that is not routed on the internet."""
    one = network(cidr)
    return one is not None and one.is_private


def overlap(first: object, second: object) -> bool:
    """Whether two ranges share an address."""
    a, b = network(first), network(second)
    return a is not None and b is not None and a.version == b.version and a.overlaps(b)


def is_within(inner: object, outer: object) -> bool:
    """Whether the first range lies in the second."""
    a, b = network(inner), network(outer)
    if isinstance(a, ipaddress.IPv4Network) and isinstance(b, ipaddress.IPv4Network):
        return a.subnet_of(b)
    if isinstance(a, ipaddress.IPv6Network) and isinstance(b, ipaddress.IPv6Network):
        return a.subnet_of(b)
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityRule:
    """One permission of a security group: inline, SecurityGroupRule or one of the two `aws:vpc` types."""

    owner: Resource
    direction: Direction
    protocol: Value
    from_port: Value
    to_port: Value
    cidrs: tuple[Value, ...]
    groups: tuple[Value, ...]  # security groups allowed by id
    prefix_lists: tuple[Value, ...]
    self: Value
    description: Value
    path: str  # of the rule inside its resource; empty for a resource of its own

    @property
    def from_internet(self) -> Truth:
        """Whether the peer is everybody, whatever else (a group, itself) the rule names too."""
        known = [v.raw for v in self.cidrs if not v.is_unknown]
        if are_internet(known):
            return truth(True)
        return some(unknown(v.path) for v in self.cidrs if v.is_unknown)

    @property
    def all_protocols(self) -> Truth:
        """All protocols, and with them all ports."""
        return self.protocol.satisfies(lambda p: p is None or str(p).lower() in _ALL_PROTOCOLS)

    @property
    def all_ports(self) -> Truth:
        """Every TCP or UDP port."""
        return self.all_protocols | (
            (self.from_port.at_most(1) | self.from_port.satisfies(lambda p: p is None))
            & (self.to_port.at_least(_LAST_PORT) | self.to_port.satisfies(lambda p: p is None))
            & self._carries_ports
        )

    @property
    def _carries_ports(self) -> Truth:
        return self.protocol.satisfies(lambda p: str(p).lower() in {"tcp", "udp", "6", "17"})

    def opens(self, port: int) -> Truth:
        """Whether the rule lets traffic to this port through."""
        inside = (self.from_port.at_most(port) | self.from_port.satisfies(lambda p: p is None)) & (
            self.to_port.at_least(port) | self.to_port.satisfies(lambda p: p is None)
        )
        return self.all_protocols | (inside & self._carries_ports)

    def opens_only(self, *ports: int) -> Truth:
        """Whether single ports out of these are all that the rule lets through."""
        first, last = self.from_port, self.to_port
        if first.is_unknown or last.is_unknown:
            return ~self.all_protocols & unknown(first.path, last.path)
        one_port = first.number is not None and first.number == last.number
        return ~self.all_protocols & truth(one_port and first.number in ports)

    @property
    def place(self) -> str:
        """How a message names the rule."""
        return self.path or "the rule"

    @property
    def ports_shown(self) -> str:
        if self.all_protocols.value is True:
            return "all ports"
        if self.from_port.raw == self.to_port.raw:
            return f"port {self.from_port.shown}"
        return f"ports {self.from_port.shown}-{self.to_port.shown}"


def security_rules(one: Resource, direction: Direction | None = None) -> list[SecurityRule]:
    """The rules that a resource of any of the five types states; other types state none."""
    if one.type in (SECURITY_GROUP, DEFAULT_SECURITY_GROUP):
        sides: Sequence[Direction] = ("ingress", "egress")
        found = [_inline(one, side, block) for side in sides for block in one[side].each()]
    elif one.type == SECURITY_GROUP_RULE:
        found = _standalone(one)
    elif one.type in (INGRESS_RULE, EGRESS_RULE):
        found = [_vpc_rule(one, "ingress" if one.type == INGRESS_RULE else "egress")]
    else:
        found = []
    return [r for r in found if direction is None or r.direction == direction]


def _inline(owner: Resource, side: Direction, block: Value) -> SecurityRule:
    if block.is_unknown:  # an unknown block: each of its fields is unknown, so each question is
        cidrs, groups, lists = (
            (block["cidrBlocks"],),
            (block["securityGroups"],),
            (block["prefixListIds"],),
        )
    else:
        cidrs = (*block.each("cidrBlocks"), *block.each("ipv6CidrBlocks"))
        groups, lists = tuple(block.each("securityGroups")), tuple(block.each("prefixListIds"))
    return SecurityRule(
        owner=owner, direction=side, protocol=block["protocol"], from_port=block["fromPort"],
        to_port=block["toPort"], cidrs=cidrs, groups=groups, prefix_lists=lists,
        self=block["self"], description=block["description"], path=block.path,
    )  # fmt: skip


def _standalone(one: Resource) -> list[SecurityRule]:
    kind = one["type"]
    sides: tuple[Direction, ...] = ("ingress", "egress")
    if not kind.is_unknown:
        sides = ("egress",) if kind.text == "egress" else ("ingress",)
    source = one["sourceSecurityGroupId"]
    return [
        SecurityRule(
            owner=one, direction=side, protocol=one["protocol"], from_port=one["fromPort"],
            to_port=one["toPort"],
            cidrs=(*one["cidrBlocks"].each(), *one["ipv6CidrBlocks"].each()),
            groups=() if source.is_missing else (source,),
            prefix_lists=tuple(one["prefixListIds"].each()), self=one["self"],
            description=one["description"], path="",
        )
        for side in sides
    ]  # fmt: skip


def _vpc_rule(one: Resource, side: Direction) -> SecurityRule:
    def given(*keys: str) -> tuple[Value, ...]:
        return tuple(one[key] for key in keys if not one[key].is_missing)

    return SecurityRule(
        owner=one, direction=side, protocol=one["ipProtocol"], from_port=one["fromPort"],
        to_port=one["toPort"], cidrs=given("cidrIpv4", "cidrIpv6"),
        groups=given("referencedSecurityGroupId"), prefix_lists=given("prefixListId"),
        self=Value(None, "self"), description=one["description"], path="",
    )  # fmt: skip


def widely_open(rules: Iterable[SecurityRule]) -> Truth:
    """Whether rules that are each narrow stand for everybody together (one range per rule, many rules)."""
    listed = list(rules)
    known = [v.raw for r in listed for v in r.cidrs if not v.is_unknown]
    if are_internet(known):
        return truth(True)
    return some(r.from_internet for r in listed) if listed else FALSE
