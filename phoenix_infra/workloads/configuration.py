"""The configuration and feature flags of a service: what its ConfigMap says (G-117, G-118, L-026, L-028)."""

import hashlib
import json
from collections.abc import Mapping

from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.workloads.call_graph import Unit
from phoenix_infra.workloads.namespaces import API, FEDERATION
from phoenix_infra.workloads.ports import HTTP, METRICS

TELEMETRY_ENDPOINT = "http://otel-collector.phoenix-monitor.svc.cluster.local:4317"
VAULT_ADDRESS = "https://vault.phoenix-guardian.internal:8200"
DEFAULT_FEATURES: Mapping[str, bool] = {
    "transcription": True,
    "soap_generation": True,
    "threat_detection": True,
    "federated_learning": True,
    "mobile_offline": True,
    "multi_language": True,
}
"""Each product phase has a switch (G-002, G-117)."""


def configuration_of(unit: Unit, settings: GuardianSettings) -> dict[str, str]:
    """Environment variables without secrets, all literal."""
    workloads = settings.workloads
    values = {
        "ENVIRONMENT": settings.stack.environment,
        "LOG_LEVEL": workloads.log_level,
        "LOG_FORMAT": "json",
        "RELEASE": workloads.release,
        "OTEL_EXPORTER_OTLP_ENDPOINT": TELEMETRY_ENDPOINT,
        "OTEL_SERVICE_NAME": unit.name,
        "VAULT_ADDR": VAULT_ADDRESS,
        "MAINTENANCE_MODE": _flag(workloads.maintenance_mode),
        **{
            f"FEATURE_{name.upper()}": _flag(enabled)
            for name, enabled in features_of(settings).items()
        },
    }
    if isinstance(settings, RegionalSettings):
        values["AWS_REGION"] = settings.identity.region
        values["AWS_STS_REGIONAL_ENDPOINTS"] = "regional"
    if unit.namespace == API:
        sessions = workloads.sessions
        values |= {
            "JWT_LIFETIME_MINUTES": str(sessions.token_minutes),
            "JWT_REFRESH_DAYS": str(sessions.refresh_token_days),
            "SESSION_TIMEOUT_MINUTES": str(sessions.session_timeout_minutes),
            "CONCURRENT_SESSIONS": str(sessions.concurrent_sessions),
            "MFA_REQUIRED": _flag(sessions.mfa_required),
        }
    if unit.namespace == FEDERATION:
        values["PRIVACY_BUDGET_EPSILON"] = str(workloads.privacy_budget_epsilon)
    values |= {"HTTP_PORT": str(HTTP.number), "METRICS_PORT": str(METRICS.number)}
    return {**values, **unit.config}


def features_of(settings: GuardianSettings) -> dict[str, bool]:
    """The flags of a stack; an unknown one is a typing error, not a new feature."""
    unknown = sorted(set(settings.workloads.features) - set(DEFAULT_FEATURES))
    if unknown:
        raise ValueError(
            f"phoenix:workloads.features: {', '.join(unknown)} is no feature; "
            f"known are {', '.join(sorted(DEFAULT_FEATURES))}"
        )
    return {**DEFAULT_FEATURES, **settings.workloads.features}


def checksum(values: Mapping[str, str]) -> str:
    """Changes with the content, so that a new configuration rolls the pods."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _flag(value: bool) -> str:
    return "true" if value else "false"
