"""The closed vocabularies of a rule: HIPAA citations, SOC 2 criteria, severity, enforcement, tier."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final, Literal

Hipaa = Literal[
    "164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(B)", "164.308(a)(1)(ii)(D)", "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)", "164.308(a)(3)(ii)(B)", "164.308(a)(4)(i)", "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.308(a)(5)(ii)(A)", "164.308(a)(5)(ii)(B)",
    "164.308(a)(5)(ii)(C)", "164.308(a)(5)(ii)(D)", "164.308(a)(6)(i)", "164.308(a)(6)(ii)",
    "164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)",
    "164.308(a)(7)(ii)(D)", "164.308(a)(7)(ii)(E)", "164.308(a)(8)", "164.308(b)(1)",
    "164.310(a)(2)(i)", "164.310(d)(2)(i)", "164.310(d)(2)(iii)", "164.310(d)(2)(iv)",
    "164.312(a)(1)", "164.312(a)(2)(i)", "164.312(a)(2)(ii)", "164.312(a)(2)(iii)",
    "164.312(a)(2)(iv)", "164.312(b)", "164.312(c)(1)", "164.312(c)(2)", "164.312(d)",
    "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)", "164.316(b)(2)(i)",
]  # fmt: skip

Soc2 = Literal[
    "A1.1", "A1.2", "A1.3", "C1.1", "C1.2", "CC1.3", "CC2.1", "CC3.1", "CC3.2", "CC3.4", "CC4.1",
    "CC5.2", "CC6.1", "CC6.2", "CC6.3", "CC6.5", "CC6.6", "CC6.7", "CC6.8", "CC7.1", "CC7.2",
    "CC7.3", "CC7.4", "CC7.5", "CC8.1", "CC9.1", "CC9.2",
]  # fmt: skip

Framework = Literal["hipaa", "soc2"]
FRAMEWORKS: Final[tuple[Framework, ...]] = ("hipaa", "soc2")


class Severity(StrEnum):
    """How bad a violation is; it orders reports and never decides whether a deployment is blocked."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Enforcement(StrEnum):
    """What a violation does: mandatory blocks, advisory is reported, disabled rules are not run."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    DISABLED = "disabled"


class Tier(IntEnum):
    """1: first release; 2: advisory on the same types; 3: neighbouring or niche."""

    FIRST = 1
    SECOND = 2
    THIRD = 3


HIPAA_TITLES: Final[Mapping[Hipaa, str]] = {
    "164.308(a)(1)(ii)(A)": "Risk analysis",
    "164.308(a)(1)(ii)(B)": "Risk management",
    "164.308(a)(1)(ii)(D)": "Information system activity review",
    "164.308(a)(3)(i)": "Workforce security",
    "164.308(a)(3)(ii)(A)": "Authorization and/or supervision",
    "164.308(a)(3)(ii)(B)": "Workforce clearance procedure",
    "164.308(a)(4)(i)": "Information access management",
    "164.308(a)(4)(ii)(A)": "Isolating health care clearinghouse functions",
    "164.308(a)(4)(ii)(B)": "Access authorization",
    "164.308(a)(4)(ii)(C)": "Access establishment and modification",
    "164.308(a)(5)(ii)(A)": "Security reminders",
    "164.308(a)(5)(ii)(B)": "Protection from malicious software",
    "164.308(a)(5)(ii)(C)": "Log-in monitoring",
    "164.308(a)(5)(ii)(D)": "Password management",
    "164.308(a)(6)(i)": "Security incident procedures",
    "164.308(a)(6)(ii)": "Response and reporting",
    "164.308(a)(7)(i)": "Contingency plan",
    "164.308(a)(7)(ii)(A)": "Data backup plan",
    "164.308(a)(7)(ii)(B)": "Disaster recovery plan",
    "164.308(a)(7)(ii)(C)": "Emergency mode operation plan",
    "164.308(a)(7)(ii)(D)": "Testing and revision procedures",
    "164.308(a)(7)(ii)(E)": "Applications and data criticality analysis",
    "164.308(a)(8)": "Evaluation",
    "164.308(b)(1)": "Business associate contracts and other arrangements",
    "164.310(a)(2)(i)": "Contingency operations",
    "164.310(d)(2)(i)": "Disposal",
    "164.310(d)(2)(iii)": "Accountability",
    "164.310(d)(2)(iv)": "Data backup and storage",
    "164.312(a)(1)": "Access control",
    "164.312(a)(2)(i)": "Unique user identification",
    "164.312(a)(2)(ii)": "Emergency access procedure",
    "164.312(a)(2)(iii)": "Automatic logoff",
    "164.312(a)(2)(iv)": "Encryption and decryption",
    "164.312(b)": "Audit controls",
    "164.312(c)(1)": "Integrity",
    "164.312(c)(2)": "Mechanism to authenticate electronic protected health information",
    "164.312(d)": "Person or entity authentication",
    "164.312(e)(1)": "Transmission security",
    "164.312(e)(2)(i)": "Integrity controls",
    "164.312(e)(2)(ii)": "Encryption",
    "164.316(b)(2)(i)": "Time limit (documentation kept six years)",
}

# our own short words; the criteria themselves are the AICPA's
SOC2_TITLES: Final[Mapping[Soc2, str]] = {
    "A1.1": "Capacity is watched and managed",
    "A1.2": "Environment, backup and recovery infrastructure",
    "A1.3": "Recovery plans are tested",
    "C1.1": "Confidential information is identified and kept",
    "C1.2": "Confidential information is disposed of",
    "CC1.3": "Structures, reporting lines and authority",
    "CC2.1": "Information that internal control needs",
    "CC3.1": "Objectives are clear enough to assess risk",
    "CC3.2": "Risks are identified and analysed",
    "CC3.4": "Changes that affect internal control are assessed",
    "CC4.1": "Controls are evaluated as they run",
    "CC5.2": "General controls over technology",
    "CC6.1": "Logical access protects information assets",
    "CC6.2": "Users are registered, authorised and removed",
    "CC6.3": "Access follows roles and least privilege",
    "CC6.5": "Data is unreadable before media leave control",
    "CC6.6": "Boundaries protect against outside threats",
    "CC6.7": "Data in movement and removal is restricted",
    "CC6.8": "Unauthorised or malicious software is prevented",
    "CC7.1": "Vulnerabilities and configuration changes are detected",
    "CC7.2": "Anomalies are watched for",
    "CC7.3": "Security events are evaluated",
    "CC7.4": "Incidents are responded to",
    "CC7.5": "Recovery from incidents",
    "CC8.1": "Changes are authorised, tested and approved",
    "CC9.1": "Business disruption risk is mitigated",
    "CC9.2": "Vendor risk is managed",
}
