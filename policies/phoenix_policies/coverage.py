"""Which rules evidence which control, and what no stack can evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from phoenix_policies.controls import HIPAA_TITLES, SOC2_TITLES, Framework
from phoenix_policies.rule import Rule
from phoenix_policies.verdict import Outcome, Verdict

# Security Rule standards and criteria that are met by people, contracts and buildings: nothing declared in a
# stack shows them, so an auditor must look elsewhere (45 CFR 164.308, 164.310, 164.314, 164.316; TSC 2017)
NOT_EVIDENCED: Final[Mapping[str, str]] = {
    "164.308(a)(1)(ii)(C)": "Sanction policy: personnel procedures",
    "164.308(a)(2)": "Assigned security responsibility: an appointment",
    "164.308(a)(3)(ii)(C)": "Termination procedures: personnel procedures; identities live with the identity provider",
    "164.308(a)(5)(i)": "Security awareness and training: training records",
    "164.310(a)(1)": "Facility access controls: Amazon's buildings under its own reports, the hospitals' under theirs",
    "164.310(a)(2)(ii)": "Facility security plan: Amazon's reports and the hospitals' plans",
    "164.310(a)(2)(iii)": "Access control and validation procedures for visitors: Amazon's reports",
    "164.310(a)(2)(iv)": "Maintenance records of buildings: Amazon's reports",
    "164.310(b)": "Workstation use: endpoint management",
    "164.310(c)": "Workstation security: endpoint management",
    "164.310(d)(2)(ii)": "Media re-use: Amazon's reports; no media of our own",
    "164.314(a)(1)": "Business associate contracts: signed agreements",
    "164.316(a)": "Policies and procedures: documents",
    "164.316(b)(2)(ii)": "Availability of documentation: documents",
    "164.316(b)(2)(iii)": "Updates of documentation: reviews",
    "CC1.1": "Integrity and ethical values: conduct, training",
    "CC1.2": "Board oversight: minutes",
    "CC1.4": "Competence: hiring and training records",
    "CC1.5": "Accountability: personnel records",
    "CC2.2": "Internal communication: documents",
    "CC2.3": "External communication: contracts, notices",
    "CC3.3": "Fraud risk: the risk assessment",
    "CC4.2": "Deficiencies are communicated: tickets and minutes",
    "CC5.1": "Control activities are chosen: the risk assessment",
    "CC5.3": "Policies are put into action: documents",
    "CC6.4": "Physical access: Amazon's reports",
}
# controls that rules touch and cannot settle: what a person must still show
ONLY_PARTLY: Final[Mapping[str, str]] = {
    "164.308(a)(1)(ii)(A)": "the analysis itself is a document; rules show that its inputs are collected",
    "164.308(a)(3)(ii)(A)": "who supervises whom is a procedure",
    "164.308(a)(3)(ii)(B)": "clearance is a procedure",
    "164.308(a)(5)(ii)(A)": "reminders are training",
    "164.308(a)(6)(ii)": "response is shown by incident records",
    "164.308(a)(7)(ii)(D)": "tests are shown by their records; rules show that they are scheduled",
    "164.308(a)(8)": "the evaluation is a report; rules show that checks run",
    "164.308(b)(1)": "contracts are documents",
    "A1.3": "recovery tests are shown by their records",
    "CC1.3": "authority is shown by documents; rules show separation in permissions",
    "CC3.1": "objectives are documents",
    "CC3.2": "the risk assessment is a document",
    "CC6.2": "registration and removal of people happen at the identity provider",
    "CC7.4": "response is shown by incident records",
    "CC7.5": "recovery is shown by incident records",
    "CC8.1": "approval is shown by the pull requests",
    "CC9.2": "vendor assessments are documents",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One citation or criterion with the rules that evidence it."""

    id: str
    framework: Framework
    title: str
    rules: tuple[Rule, ...]
    remains: str = ""  # what a person must still show

    def state(self, verdict: Verdict) -> str:
        """`violated`, `not evaluated`, `waived`, `evidenced`, or `no resource` when no rule met anything."""
        ids = {r.id for r in self.rules}
        found = {f.outcome for f in verdict.findings if f.rule in ids}
        if found & {Outcome.FAIL, Outcome.ERROR}:
            return "violated"
        if Outcome.UNKNOWN in found:
            return "not evaluated"
        if Outcome.WAIVED in found:
            return "waived"
        passed = any(verdict.tally.get(i, {}).get(Outcome.PASS, 0) for i in ids)
        return "evidenced" if passed else "no resource"


def coverage(rules: Iterable[Rule]) -> tuple[Control, ...]:
    """Every control of the vocabularies with its rules, also those without any."""
    listed = tuple(rules)
    hipaa = tuple(
        Control(
            id=c, framework="hipaa", title=title, remains=ONLY_PARTLY.get(c, ""),
            rules=tuple(r for r in listed if c in r.hipaa),
        )
        for c, title in HIPAA_TITLES.items()
    )  # fmt: skip
    soc2 = tuple(
        Control(
            id=c, framework="soc2", title=title, remains=ONLY_PARTLY.get(c, ""),
            rules=tuple(r for r in listed if c in r.soc2),
        )
        for c, title in SOC2_TITLES.items()
    )  # fmt: skip
    return hipaa + soc2
