"""The network of a region: address plan, closed defaults, fences with a way back, hospitals side by side."""

from collections import Counter
from collections.abc import Callable
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest

from phoenix_infra.layers.network_acls import tier_acls
from phoenix_infra.settings.subnets import SubnetTier, subnet_cidrs

REGIONAL = ("production", "dr")
ZONES = [f"us-east-1{letter}" for letter in "abcdef"]
SUBNET = "aws:ec2/subnet:Subnet"


def test_no_two_subnets_overlap_and_all_lie_in_the_vpc() -> None:
    ranges = [
        IPv4Network(cidr)
        for by_zone in subnet_cidrs("10.0.0.0/16", ZONES).values()
        for cidr in by_zone.values()
    ]
    assert len(ranges) == len(SubnetTier) * len(ZONES)
    assert all(r.subnet_of(IPv4Network("10.0.0.0/16")) for r in ranges)
    assert not [(a, b) for a, b in combinations(ranges, 2) if a.overlaps(b)]


def test_a_zone_added_behind_leaves_every_range_where_it_was() -> None:
    three, four = (subnet_cidrs("10.0.0.0/16", ZONES[:n]) for n in (3, 4))
    assert all(four[tier][zone] == cidr for tier in three for zone, cidr in three[tier].items())


def test_a_vpc_that_is_too_small_is_refused_with_the_setting_named() -> None:
    with pytest.raises(ValueError, match=r"network\.cidr: 10\.0\.0\.0/24 is too small"):
        subnet_cidrs("10.0.0.0/24", ZONES)


@pytest.mark.parametrize("tier", list(SubnetTier))
def test_whoever_an_acl_lets_in_gets_an_answer_out(tier: SubnetTier) -> None:
    """Linux clients answer from 32768 up, so that range must be open towards every source."""
    acl = tier_acls("10.0.0.0/16", subnet_cidrs("10.0.0.0/16", ZONES[:3]))[tier]
    for way_in in acl.ingress:
        if way_in.protocol == "1":
            continue
        answers = [
            out
            for out in acl.egress
            if IPv4Network(way_in.cidr).subnet_of(IPv4Network(out.cidr))
            and (out.protocol == "-1" or (out.first_port <= 32768 and out.last_port == 65535))
        ]
        reply_only = way_in.first_port >= 1024 and way_in.last_port == 65535
        assert answers or reply_only, f"{tier}: nothing answers {way_in}"


def test_an_acl_stays_within_the_quota() -> None:
    acls = tier_acls("10.0.0.0/16", subnet_cidrs("10.0.0.0/16", ZONES))
    assert all(len(a.ingress) <= 20 and len(a.egress) <= 20 for a in acls.values())


@pytest.mark.parametrize("stack", REGIONAL)
def test_the_default_security_group_lets_nothing_through(
    reading: Callable[[str], Any], stack: str
) -> None:
    group = reading(stack).inputs("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert group["ingress"] == []
    assert group["egress"] == []


@pytest.mark.parametrize("stack", REGIONAL)
def test_every_zone_has_its_own_way_out(reading: Callable[[str], Any], stack: str) -> None:
    read = reading(stack)
    zones = {n.inputs["availabilityZone"] for n in read.of(SUBNET)}
    assert len(zones) == 3
    assert len(read.of("aws:ec2/natGateway:NatGateway")) == len(zones)


@pytest.mark.parametrize("stack", REGIONAL)
def test_only_public_subnets_can_be_reached_from_the_internet(
    reading: Callable[[str], Any], stack: str
) -> None:
    read = reading(stack)
    internet = [r for r in read.of("aws:ec2/route:Route") if r.inputs.get("gatewayId")]
    assert len(internet) == 1
    table = set(internet[0].property_dependencies["routeTableId"])
    associations = [
        a
        for a in read.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
        if set(a.property_dependencies["routeTableId"]) & table
    ]
    assert len(associations) == 3
    assert all("-public-" in a.name for a in associations)


@pytest.mark.parametrize("stack", REGIONAL)
def test_every_security_group_rule_says_who_calls(
    reading: Callable[[str], Any], stack: str
) -> None:
    read = reading(stack)
    rules = [
        *read.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
        *read.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
    ]
    assert rules
    assert [r.name for r in rules if not r.inputs.get("description")] == []


@pytest.mark.parametrize("stack", REGIONAL)
def test_both_tunnels_of_a_hospital_take_strong_proposals_only(
    reading: Callable[[str], Any], stack: str
) -> None:
    connections = reading(stack).of("aws:ec2/vpnConnection:VpnConnection")
    assert connections
    for connection in connections:
        for tunnel in ("tunnel1", "tunnel2"):
            inputs = connection.inputs
            assert inputs[f"{tunnel}IkeVersions"] == ["ikev2"]
            for phase in ("Phase1", "Phase2"):
                assert inputs[f"{tunnel}{phase}EncryptionAlgorithms"] == ["AES256-GCM-16"]
                assert min(inputs[f"{tunnel}{phase}DhGroupNumbers"]) >= 19
            assert inputs[f"{tunnel}LogOptions"]["cloudwatchLogOptions"]["logEnabled"] is True


@pytest.mark.parametrize("stack", REGIONAL)
def test_every_log_group_has_a_key_and_an_end(reading: Callable[[str], Any], stack: str) -> None:
    groups = reading(stack).of("aws:cloudwatch/logGroup:LogGroup")
    assert groups
    assert [g.name for g in groups if not g.inputs.get("kmsKeyId")] == []
    assert [g.name for g in groups if not g.inputs.get("retentionInDays")] == []


def test_each_further_hospital_costs_the_same_few_resources(
    network_counts: Callable[[int], Counter[str]],
) -> None:
    two, four, eight = (network_counts(count).total() for count in (2, 4, 8))
    assert eight - four == 2 * (four - two)
    assert four > two
