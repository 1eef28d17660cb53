"""The development benchmark: single misconfigurations are seen, and a clean baseline stays clean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from phoenix_policies import Finding, Outcome, Verdict, resources_from
from tests.policies.cases import AS_OF, whole_pack

_SHARED = Path(__file__).parents[2].parent / "shared" / "policies"
_FILE = _SHARED / "mutations.jsonl"
_CATALOGUE = _SHARED / "rules.jsonl"
_JUDGED_TIERS = (1, 2)

BASELINE_FAULTS = {
    "cloudfront-origin-failover": "its distribution has one origin and no origin group",
    "cloudtrail-insights-and-notify": "its trail has no insight selectors and no SNS topic",
    "cnpg-access-hardened": "its cluster sets no log_connections",
    "cnpg-instances": "its cluster has no synchronous replica and no zone topology",
    "cnpg-monitored": "its cluster has no PodMonitor, no requests and no limits",
    "eks-access-api-mode": "its cluster leaves accessConfig out: the default is the ConfigMap alone",
    "eks-deletion-protection": "its cluster leaves deletionProtection out",
    "eks-supported-version": "its version 1.33 left standard support on 2026-07-29",
    "elasticache-custom-subnet-group": "its cache leaves securityGroupIds out",
    "elasticache-log-delivery": "its cache delivers no log",
    "guardduty-finding-frequency": "its detectors leave the frequency out: the default is six hours",
    "helm-chart-verified": "its release sets neither verify nor cleanupOnFail",
    "k8s-recommended-labels": "its objects have no owner and no data-classification",
    "k8s-spread-across-zones": "its deployment states no spread and no anti-affinity",
    "launch-template-detailed-monitoring": "its template leaves monitoring out",
    "lb-internal-by-default": "its load balancer is public and no list of public ones comes with it",
    "log-group-deletion-protection": "its audit group has neither deletion protection nor skipDestroy",
    "s3-replication-monitored": "its replication has no metrics, no time control, no word on delete markers",
    "s3-tls-min-version": "its bucket policy denies plain text but no old TLS version",
    "vpc-flow-log-aggregation-interval": "its flow log leaves the interval out: the default is 600 s",
    "vpn-tunnel-logging": "its tunnels write no log",
    "waf-log-redaction": "its logging redacts nothing",
    "waf-rate-limit": "its web ACL limits no rate",
}
"""Rules whose own text in the catalogue the benchmark's clean baselines do not meet, and where."""

pytestmark = pytest.mark.skipif(
    not _FILE.exists(), reason="the benchmark file is not beside the project"
)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


@cache
def _mutations() -> dict[str, dict[str, Any]]:
    return {m["id"]: m for m in _lines(_FILE)} if _FILE.exists() else {}


@cache
def _tiers() -> dict[str, int]:
    return {r["id"]: r["tier"] for r in _lines(_CATALOGUE)}


def _baseline(mutation: dict[str, Any]) -> list[Any]:
    stated: Any = mutation["baseline"]
    if isinstance(stated, str):
        stated = _mutations()[stated.removeprefix("see ")]["baseline"]
    return list(cast("list[Any]", stated))


def _judge(resources: list[Any]) -> Verdict:
    return whole_pack().judge(resources_from(resources), as_of=AS_OF)


def _failures(verdict: Verdict) -> set[tuple[str, str, str]]:
    return {(f.rule, f.resource, f.message) for f in verdict.of(Outcome.FAIL)}


def _misconfigurations() -> Iterator[Any]:
    for name, mutation in _mutations().items():
        if mutation["level"] != "baseline":
            yield pytest.param(mutation, id=f"{name}: {mutation['title']}")


@pytest.mark.parametrize("mutation", _misconfigurations())
def test_a_misconfiguration_is_seen_by_every_rule_that_should(mutation: dict[str, Any]) -> None:
    new = _failures(_judge(mutation["mutated"])) - _failures(_judge(_baseline(mutation)))
    expected = {r for r in mutation["expected"] if _tiers().get(r) in _JUDGED_TIERS}
    assert expected <= {rule for rule, _, _ in new}, sorted(new)


@pytest.mark.parametrize("mutation", _misconfigurations())
def test_no_rule_about_a_single_resource_fires_on_a_clean_baseline(
    mutation: dict[str, Any],
) -> None:
    verdict = _judge(_baseline(mutation))
    assert verdict.of(Outcome.ERROR) == ()
    assert [f for f in _about_one_resource(verdict) if f.rule not in BASELINE_FAULTS] == []


def test_every_fault_of_a_baseline_is_still_there() -> None:
    fired = {
        finding.rule
        for mutation in _mutations().values()
        for finding in _about_one_resource(_judge(_baseline(mutation)))
    }
    assert sorted(set(BASELINE_FAULTS) - fired) == [], "entries that excuse nothing any more"


def _about_one_resource(verdict: Verdict) -> list[Finding]:
    return [f for f in verdict.of(Outcome.FAIL) if not whole_pack().by_id[f.rule].over_stack]
