"""Address ranges: nothing that routes to each other may overlap (X-87, A7.13)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from itertools import combinations

from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.hospitals import HospitalConnection
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.problem import Problem, setting_path

PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""RFC 1918."""
TRANSLATION = IPv4Network("100.64.0.0/10")
"""RFC 6598: what hospitals' ranges are translated to (A7.13)."""
LARGEST_VPC_PREFIX, SMALLEST_VPC_PREFIX = 16, 19
"""AWS allows /16 to /28; three tiers of subnets in three zones with pod addresses need a /19."""
LARGEST_SERVICE_PREFIX, SMALLEST_SERVICE_PREFIX = 12, 24
"""EKS's bounds of the service range."""
PRODUCTION_ZONES = 3


@dataclass(frozen=True)
class Range:
    """A range in use and the setting that says so."""

    path: tuple[str | int, ...]
    network: IPv4Network


def ranges_of(settings: RegionalSettings) -> list[Range]:
    """Everything that this stack routes to, by its effective range; the later one of two that overlap is the mistake."""
    network = settings.network
    ranges = [
        Range(("network", "cidr"), IPv4Network(network.cidr)),
        Range(("cluster", "service_cidr"), IPv4Network(settings.cluster.service_cidr)),
    ]
    ranges += [
        Range(("network", "peer_cidrs", index), IPv4Network(cidr))
        for index, cidr in enumerate(network.peer_cidrs)
    ]
    for index, hospital in enumerate(settings.hospitals.connections):
        key = "cidr" if hospital.translated_cidr is None else "translated_cidr"
        path = ("hospitals", "connections", index, key)
        ranges.append(Range(path, IPv4Network(hospital.effective_cidr)))
    return ranges


def free_translated_range(prefix: int, used: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first free range of this size in 100.64.0.0/10."""
    taken = tuple(used)
    if prefix < TRANSLATION.prefixlen:
        return None
    for candidate in TRANSLATION.subnets(new_prefix=prefix):
        if not any(candidate.overlaps(other) for other in taken):
            return candidate
    return None


@check("network", "cluster", "hospitals")
def overlaps(subject: Subject) -> Iterator[Problem]:
    """VPC, services, other regions and hospitals never share an address."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    ranges = ranges_of(settings)
    used = [item.network for item in ranges]
    for first, second in combinations(ranges, 2):
        if not first.network.overlaps(second.network):
            continue
        remedy = "choose a range that is free"
        if second.path[0] == "hospitals":
            free = free_translated_range(second.network.prefixlen, used)
            place = setting_path((*second.path[:-1], "translated_cidr"))
            if free is not None:
                remedy = f"set {place} to a free range, for instance {free}"
                used.append(free)
        yield wrong(
            *second.path,
            value=second.network,
            allowed=f"must not overlap {setting_path(first.path)} {first.network}",
            remedy=remedy,
        )


@check("network", "cluster")
def vpc_ranges(subject: Subject) -> Iterator[Problem]:
    """The VPC and its services use private ranges of a size that AWS accepts and the subnets need."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    sizes = (
        (("network", "cidr"), settings.network.cidr, LARGEST_VPC_PREFIX, SMALLEST_VPC_PREFIX),
        (
            ("cluster", "service_cidr"), settings.cluster.service_cidr,
            LARGEST_SERVICE_PREFIX, SMALLEST_SERVICE_PREFIX,
        ),
    )  # fmt: skip
    for path, text, largest, smallest in sizes:
        cidr = IPv4Network(text)
        if not largest <= cidr.prefixlen <= smallest:
            yield wrong(
                *path,
                value=cidr,
                allowed=f"must be a /{largest} to a /{smallest}",
                remedy="choose a range of that size",
            )
        if not any(cidr.subnet_of(private) for private in PRIVATE):
            yield wrong(
                *path,
                value=cidr,
                allowed=f"must lie in {', '.join(str(private) for private in PRIVATE)}",
                remedy="choose a private range",
            )


@check("stack", "network")
def zones(subject: Subject) -> Iterator[Problem]:
    """Zones belong to the region; production has three (A6)."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    region, names = settings.identity.region, settings.network.availability_zones
    path = ("network", "availability_zones")
    for index, name in enumerate(names):
        if name[:-1] != region or not name[-1].isalpha():
            yield wrong(
                *path,
                index,
                value=name,
                allowed=f"must be a zone of {region}",
                remedy=f"name a zone such as {region}a",
            )
        elif name in names[:index]:
            yield wrong(
                *path,
                index,
                value=name,
                allowed="each zone stands once",
                remedy="name another zone or remove it",
            )
    if subject.production and len(names) < PRODUCTION_ZONES:
        yield wrong(
            *path,
            value=", ".join(names),
            allowed=f"production has at least {PRODUCTION_ZONES} zones, so that losing one leaves a majority",
            remedy=f"add zones of {region}",
        )


@check("stack", "network")
def nat(subject: Subject) -> Iterator[Problem]:
    """One NAT gateway is one zone's failure away from none (X-88)."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    if subject.production and settings.network.nat == "single":
        yield wrong(
            "network",
            "nat",
            value="single",
            allowed="production has a NAT gateway in each zone",
            remedy="write per-zone",
        )


@check("hospitals")
def hospitals(subject: Subject) -> Iterator[Problem]:
    """Each hospital is one, reachable at an address, and translated one to one."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    seen: dict[tuple[str, str], int] = {}
    for index, hospital in enumerate(settings.hospitals.connections):
        path = ("hospitals", "connections", index)
        for key in ("name", "customer_gateway_ip"):
            value = str(getattr(hospital, key))
            first = seen.setdefault((key, value), index)
            if first != index:
                yield wrong(
                    *path,
                    key,
                    value=value,
                    allowed=f"connection {first} has the same",
                    remedy="give each hospital its own",
                )
        yield from _hospital(path, hospital)


def _hospital(path: tuple[str | int, ...], hospital: HospitalConnection) -> Iterator[Problem]:
    try:
        IPv4Address(hospital.customer_gateway_ip)
    except AddressValueError as error:
        yield wrong(
            *path,
            "customer_gateway_ip",
            value=hospital.customer_gateway_ip,
            allowed=f"must be an IPv4 address ({error})",
            remedy="write the gateway's public address",
        )
    if hospital.translated_cidr is None:
        return
    own, translated = IPv4Network(hospital.cidr), IPv4Network(hospital.translated_cidr)
    if not translated.subnet_of(TRANSLATION):
        yield wrong(
            *path,
            "translated_cidr",
            value=translated,
            allowed=f"must lie in {TRANSLATION}",
            remedy=f"for instance {free_translated_range(own.prefixlen, ())}",
        )
    if own.prefixlen != translated.prefixlen:
        yield wrong(
            *path,
            "translated_cidr",
            value=translated,
            allowed=f"must be a /{own.prefixlen} like cidr: addresses are translated one to one",
            remedy=f"choose a /{own.prefixlen}",
        )


CHECKS: tuple[Check, ...] = (overlaps, vpc_ranges, zones, nat, hospitals)
