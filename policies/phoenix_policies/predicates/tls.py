"""TLS policy names judged by the protocol versions that they allow, never by how they begin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from phoenix_policies.truth import Truth
from phoenix_policies.values import Value

# lowest version that each policy allows; Elastic Load Balancing, "Security policies for your Application Load Balancer"
LOAD_BALANCER_FLOOR: Final[Mapping[str, float]] = {
    "ELBSecurityPolicy-2014-01": 0.0,
    "ELBSecurityPolicy-2015-02": 1.0,
    "ELBSecurityPolicy-2015-03": 1.0,
    "ELBSecurityPolicy-2015-05": 1.0,
    "ELBSecurityPolicy-2016-08": 1.0,
    "ELBSecurityPolicy-TLS-1-0-2015-04": 1.0,
    "ELBSecurityPolicy-TLS-1-1-2017-01": 1.1,
    "ELBSecurityPolicy-TLS-1-2-2017-01": 1.2,
    "ELBSecurityPolicy-TLS-1-2-Ext-2018-06": 1.2,
    "ELBSecurityPolicy-FS-2018-06": 1.0,
    "ELBSecurityPolicy-FS-1-1-2019-08": 1.1,
    "ELBSecurityPolicy-FS-1-2-2019-08": 1.2,
    "ELBSecurityPolicy-FS-1-2-Res-2019-08": 1.2,
    "ELBSecurityPolicy-FS-1-2-Res-2020-10": 1.2,
}
_TLS13_FAMILY: Final = re.compile(r"^ELBSecurityPolicy-TLS13-1-([0-3])-[\w-]*20\d\d-\d\d$")
# Amazon CloudFront, "Supported protocols and ciphers between viewers and CloudFront"
CLOUDFRONT_FLOOR: Final[Mapping[str, float]] = {
    "SSLv3": 0.0,
    "TLSv1": 1.0,
    "TLSv1_2016": 1.0,
    "TLSv1.1_2016": 1.1,
    "TLSv1.2_2018": 1.2,
    "TLSv1.2_2019": 1.2,
    "TLSv1.2_2021": 1.2,
    "TLSv1.2_2025": 1.2,
    "TLSv1.3_2025": 1.3,
}
DEFAULT_LOAD_BALANCER_POLICY: Final = (
    "ELBSecurityPolicy-2016-08"  # what an API call without sslPolicy gets
)
# suites that give up forward secrecy or use CBC with SHA-1: the extended and the pre-2019 names
_WEAK_SUITES: Final = re.compile(
    r"-Ext\d?-|^ELBSecurityPolicy-(?:20|TLS-1-|FS-2018|FS-1-[12]-2019)"
)


def load_balancer_floor(policy: object) -> float:
    """The lowest TLS version of a listener's policy; an unknown name allows anything (0)."""
    if policy in (None, ""):
        policy = DEFAULT_LOAD_BALANCER_POLICY
    if not isinstance(policy, str):
        return 0.0
    if match := _TLS13_FAMILY.match(policy):
        return 1.0 + int(match[1]) / 10
    return LOAD_BALANCER_FLOOR.get(policy, 0.0)


def cloudfront_floor(policy: object) -> float:
    """The lowest TLS version of a viewer certificate's policy; a name not in the table allows anything (0)."""
    return CLOUDFRONT_FLOOR.get(policy, 0.0) if isinstance(policy, str) else 0.0


def has_weak_suites(policy: object) -> bool:
    """A listener policy that still offers suites without forward secrecy or with CBC."""
    return not isinstance(policy, str) or bool(_WEAK_SUITES.search(policy))


def load_balancer_allows_only(policy: Value, floor: float) -> Truth:
    """The listener's policy allows no version below the floor."""
    return policy.satisfies(lambda name: load_balancer_floor(name) >= floor)


def cloudfront_allows_only(policy: Value, floor: float) -> Truth:
    """The viewer certificate's policy allows no version below the floor."""
    return policy.satisfies(lambda name: cloudfront_floor(name) >= floor)
