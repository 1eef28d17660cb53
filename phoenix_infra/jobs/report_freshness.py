"""Sends one gauge to the telemetry collector, as OTLP in JSON; alerts fire when it stops moving (X-39)."""

import json
import os
import sys
import time
import urllib.request

DEFAULT_ENDPOINT = "http://otel-collector.phoenix-monitor.svc.cluster.local:4318"


def document(name: str, value: int, now_nanoseconds: int) -> dict[str, object]:
    """An ExportMetricsServiceRequest with one data point (opentelemetry.io, OTLP 1.x)."""
    point = {"timeUnixNano": str(now_nanoseconds), "asInt": str(value)}
    service = {
        "key": "service.name",
        "value": {"stringValue": os.environ.get("OTEL_SERVICE_NAME", "job")},
    }
    return {
        "resourceMetrics": [
            {
                "resource": {"attributes": [service]},
                "scopeMetrics": [
                    {"metrics": [{"name": name, "unit": "s", "gauge": {"dataPoints": [point]}}]}
                ],
            }
        ]
    }


def main() -> None:
    """`report_freshness.py NAME VALUE`; a metric that cannot be sent fails the Job, and so tells someone."""
    name, value = sys.argv[1], int(sys.argv[2])
    endpoint = os.environ.get("OTLP_HTTP_ENDPOINT", DEFAULT_ENDPOINT)
    request = urllib.request.Request(  # noqa: S310 - the endpoint is configuration, never input
        f"{endpoint}/v1/metrics",
        data=json.dumps(document(name, value, time.time_ns())).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        answer.read()


if __name__ == "__main__":
    main()
