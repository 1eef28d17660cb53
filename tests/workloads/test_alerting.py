"""Who is told what: nothing falls through to a pager, and silence itself is noticed (X-44)."""

from typing import Any, cast

from phoenix_infra.workloads.alerting import RECEIVER_SECRET, alertmanager_configuration

CONFIGURATION = cast("dict[str, Any]", alertmanager_configuration("production"))


def route(**labels: str) -> str:
    """The receiver of an alert with these labels: the first route whose matchers all hold."""
    for child in CONFIGURATION["route"]["routes"]:
        wanted: dict[str, str] = {}
        for matcher in cast("list[str]", child["matchers"]):
            name, _, value = matcher.partition("=")
            wanted[name.strip()] = value.strip().strip('"')
        if all(labels.get(name) == value for name, value in wanted.items()):
            return child["receiver"]
    return CONFIGURATION["route"]["receiver"]


def test_an_alert_that_nobody_planned_for_pages_nobody() -> None:
    assert route(alertname="Anything") == "null"
    null = next(item for item in CONFIGURATION["receivers"] if item["name"] == "null")
    assert null == {"name": "null"}


def test_the_watchdog_feeds_the_dead_mans_switch_and_never_a_person() -> None:
    assert route(alertname="Watchdog", severity="none") == "dead-mans-switch"
    receiver = next(i for i in CONFIGURATION["receivers"] if i["name"] == "dead-mans-switch")
    assert receiver["webhook_configs"][0]["url_file"].endswith("/dead-mans-switch-url")


def test_severities_reach_the_right_people() -> None:
    assert route(alertname="HighErrorRate", severity="critical") == "pagerduty-p1"
    assert route(alertname="TranscriptionLatencyHigh", severity="warning") == "pagerduty-p2"
    assert route(alertname="Deployed", severity="info") == "slack"


def test_every_route_leads_to_a_declared_receiver() -> None:
    declared = {item["name"] for item in CONFIGURATION["receivers"]}
    used = {child["receiver"] for child in CONFIGURATION["route"]["routes"]}
    assert used | {CONFIGURATION["route"]["receiver"]} == declared


def test_credentials_are_files_of_the_mounted_secret_and_matchers_are_not_deprecated() -> None:
    text = str(CONFIGURATION)
    assert f"/etc/alertmanager/secrets/{RECEIVER_SECRET}/pagerduty-routing-key" in text
    for deprecated in ("'match'", "'match_re'", "'source_match'", "'target_match'", "'api_url'"):
        assert deprecated not in text
