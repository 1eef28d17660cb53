"""When vendors stop supporting what a stack runs; judged by a given date, never by the clock (A7.9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

WARNING_DAYS = 90
"""An upgrade takes a maintenance window and a rehearsal (X-02)."""


@dataclass(frozen=True, kw_only=True)
class Support:
    """End of standard support, and of what can still be bought after it; None while the vendor names no date."""

    standard_until: date | None
    extended_until: date | None = None


EKS: Mapping[str, Support] = {
    "1.31": Support(standard_until=date(2025, 11, 26), extended_until=date(2026, 11, 26)),
    "1.32": Support(standard_until=date(2026, 3, 23), extended_until=date(2027, 3, 23)),
    "1.33": Support(standard_until=date(2026, 7, 29), extended_until=date(2027, 7, 29)),
    "1.34": Support(standard_until=date(2026, 12, 2), extended_until=date(2027, 12, 2)),
    "1.35": Support(standard_until=date(2027, 3, 27), extended_until=date(2028, 3, 27)),
    "1.36": Support(standard_until=date(2027, 8, 2), extended_until=date(2028, 8, 2)),
}
"""docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html and endoflife.date/amazon-eks; 1.36 was released
on 2 June 2026 and has the 14 and 12 months of that page."""

AURORA_POSTGRESQL: Mapping[str, Support] = {
    "13": Support(standard_until=date(2026, 2, 28), extended_until=date(2029, 2, 28)),
    "14": Support(standard_until=date(2027, 2, 28), extended_until=date(2030, 2, 28)),
    "15": Support(standard_until=date(2028, 2, 29), extended_until=date(2031, 2, 28)),
    "16": Support(standard_until=date(2029, 2, 28), extended_until=date(2032, 2, 29)),
    "17": Support(standard_until=date(2030, 2, 28), extended_until=date(2033, 2, 28)),
}
"""docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html"""

POSTGRESQL: Mapping[str, Support] = {
    "14": Support(standard_until=date(2026, 11, 12)),
    "15": Support(standard_until=date(2027, 11, 11)),
    "16": Support(standard_until=date(2028, 11, 9)),
    "17": Support(standard_until=date(2029, 11, 8)),
    "18": Support(standard_until=date(2030, 11, 14)),
}
"""postgresql.org/support/versioning: five years after the first release."""

ELASTICACHE: Mapping[str, Support] = {
    "redis 6.2": Support(standard_until=date(2027, 1, 31), extended_until=date(2030, 1, 31)),
    "redis 7.0": Support(standard_until=None),
    "redis 7.1": Support(standard_until=None),
    "valkey 7.2": Support(standard_until=None),
    "valkey 8.0": Support(standard_until=None),
    "valkey 8.1": Support(standard_until=None),
}
"""docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html"""
