"""Alertmanager's configuration: who is told what, and how its own death is noticed (G-091, L-046, X-44)."""

from phoenix_infra.workloads.addon import Json, Values

RECEIVER_SECRET = "alertmanager-receivers"  # noqa: S105  a Secret's name, not a secret
"""Holds pagerduty-routing-key, slack-url and dead-mans-switch-url; synchronised, never in state."""
_MOUNT = f"/etc/alertmanager/secrets/{RECEIVER_SECRET}"
RESOLVE_AFTER = "5m"


def alertmanager_configuration(environment: str) -> Values:
    """Nothing matches the default receiver; the Watchdog feeds the dead-man's switch."""
    return {
        "global": {"resolve_timeout": RESOLVE_AFTER},
        "route": {
            "receiver": "null",
            "group_by": ["alertname", "namespace", "service"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": [
                _route("dead-mans-switch", 'alertname = "Watchdog"', repeat="50s", wait="0s"),
                _route("pagerduty-p1", 'severity = "critical"', repeat="30m", wait="10s"),
                _route("pagerduty-p2", 'severity = "warning"', repeat="4h", wait="1m"),
                _route("slack", 'severity = "info"', repeat="24h", wait="5m"),
            ],
        },
        "inhibit_rules": [
            {
                "source_matchers": ['severity = "critical"'],
                "target_matchers": ['severity =~ "warning|info"'],
                "equal": ["alertname", "namespace", "service"],
            },
            {
                "source_matchers": ['alertname = "InfoInhibitor"'],
                "target_matchers": ['severity = "info"'],
                "equal": ["namespace"],
            },
        ],
        "receivers": [
            {"name": "null"},
            {
                "name": "dead-mans-switch",
                "webhook_configs": [
                    {"url_file": f"{_MOUNT}/dead-mans-switch-url", "send_resolved": False}
                ],
            },
            _pagerduty("pagerduty-p1", "critical", environment),
            _pagerduty("pagerduty-p2", "warning", environment),
            {
                "name": "slack",
                "slack_configs": [
                    {
                        "api_url_file": f"{_MOUNT}/slack-url",
                        "channel": "#phoenix-alerts",
                        "send_resolved": True,
                    }
                ],
            },
        ],
    }


def _route(receiver: str, matcher: str, *, repeat: str, wait: str) -> Json:
    return {
        "receiver": receiver,
        "matchers": [matcher],
        "group_wait": wait,
        "repeat_interval": repeat,
        "continue": False,
    }


def _pagerduty(name: str, severity: str, environment: str) -> Json:
    return {
        "name": name,
        "pagerduty_configs": [
            {
                "routing_key_file": f"{_MOUNT}/pagerduty-routing-key",
                "severity": severity,
                "client": "Phoenix Guardian",
                # Labels only: an annotation may carry what a rule's author copied from a record.
                "description": "{{ .CommonLabels.alertname }} {{ .CommonLabels.service }}",
                "details": {"environment": environment},
                "send_resolved": True,
            }
        ],
    }
