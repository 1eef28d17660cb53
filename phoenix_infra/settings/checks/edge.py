"""The edge: who may come in, and with which protocol."""

import re
from collections.abc import Iterator
from datetime import date
from ipaddress import IPv4Network

from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.models import RegionalSettings
from phoenix_infra.settings.problem import Problem

WIDEST_PILOT_PREFIX = 16
"""A pilot knows its clients' networks; a range wider than this is everybody (X-54)."""
HOSTED_ZONE = re.compile(r"Z[0-9A-Z]{8,31}")
HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@check("edge")
def traffic(subject: Subject) -> Iterator[Problem]:
    """A pilot names its networks; nothing else does (X-54)."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    mode, cidrs = settings.edge.traffic.mode, settings.edge.traffic.pilot_cidrs
    path = ("edge", "traffic", "pilot_cidrs")
    if mode == "pilot" and not cidrs:
        yield wrong(
            *path,
            value="",
            allowed="mode pilot admits only the networks named here",
            remedy="name at least one network",
        )
    if mode != "pilot" and cidrs:
        yield wrong(
            *path,
            value=", ".join(cidrs),
            allowed=f"they are not read in mode {mode}",
            remedy="remove them or write mode: pilot",
        )
    for index, cidr in enumerate(cidrs):
        if IPv4Network(cidr).prefixlen < WIDEST_PILOT_PREFIX:
            yield wrong(
                *path,
                index,
                value=cidr,
                allowed=f"must be a /{WIDEST_PILOT_PREFIX} or smaller",
                remedy="name the pilot's networks, or write mode: open to admit everybody",
            )


@check("edge")
def shield(subject: Subject) -> Iterator[Problem]:
    """Shield Advanced binds for a year (X-68)."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    shield_settings = settings.edge.shield
    if shield_settings.level == "advanced" and not shield_settings.acknowledge_yearly_commitment:
        yield wrong(
            "edge",
            "shield",
            "level",
            value="advanced",
            allowed="Shield Advanced costs a fixed fee for at least a year",
            remedy="write acknowledge_yearly_commitment: true beside it, or level: standard",
        )


@check("edge")
def tls_exceptions(subject: Subject) -> Iterator[Problem]:
    """An exception ends on its day (X-52)."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    seen: set[str] = set()
    for index, exception in enumerate(settings.edge.tls_exceptions):
        path = ("edge", "tls_exceptions", index)
        if exception.listener in seen:
            yield wrong(
                *path,
                "listener",
                value=exception.listener,
                allowed="one exception for each listener",
                remedy="keep one of them",
            )
        seen.add(exception.listener)
        for key in ("reason", "owner"):
            if not str(getattr(exception, key)).strip():
                yield wrong(
                    *path, key, value='""', allowed="auditors read it", remedy=f"write the {key}"
                )
        try:
            expires = date.fromisoformat(exception.expires)
        except ValueError:
            yield wrong(
                *path,
                "expires",
                value=exception.expires,
                allowed="must be a day of the calendar",
                remedy='write for instance "2027-03-31"',
            )
            continue
        if subject.as_of is not None and expires < subject.as_of:
            yield wrong(
                *path,
                "expires",
                value=exception.expires,
                allowed=f"the exception has ended (judged on {subject.as_of})",
                remedy="remove the exception, or agree on a later day with its owner",
            )


@check("edge")
def names(subject: Subject) -> Iterator[Problem]:
    """Zone ids look like Route 53's, decoys are single labels."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    zone = settings.edge.hosted_zone_id
    if zone is not None and not HOSTED_ZONE.fullmatch(zone):
        yield wrong(
            "edge",
            "hosted_zone_id",
            value=zone,
            allowed="must be a Route 53 zone id: Z and 8 to 31 capitals and digits",
            remedy="leave it out to have the zone created",
        )
    for index, host in enumerate(settings.edge.decoy_hosts):
        if not HOST_LABEL.fullmatch(host) or host in settings.edge.decoy_hosts[:index]:
            yield wrong(
                "edge",
                "decoy_hosts",
                index,
                value=host,
                allowed="must be one label below the domain, and stand once",
                remedy="write for instance admin-legacy",
            )


CHECKS: tuple[Check, ...] = (traffic, shield, tls_exceptions, names)
