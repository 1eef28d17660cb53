"""The catalogue against the reviewed table of who calls whom and who reaches what outside (inventory A8)."""

import pytest

from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.call_graph import GATEWAY_TARGETS, LOAD_TESTER_TARGETS
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES, service
from phoenix_infra.workloads.connectivity import Connectivity
from phoenix_infra.workloads.external_peers import EXTERNAL_PEERS
from phoenix_infra.workloads.jobs import JOBS
from phoenix_infra.workloads.spec import WorkloadSpec

# service: (namespace, called by, calls, external peers), written out from the reviewed table.
TABLE: dict[str, tuple[str, set[str], set[str], set[str]]] = {
    "api-gateway": (
        "phoenix-api",
        {"mesh gateway", "mobile-api", "loadtester"},
        {
            "auth-service",
            "transcription-service",
            "soap-generator",
            "threat-detector",
            "language-detector",
            "threat-response",
            "federation-aggregator",
            "database",
            "cache",
            "kafka",
        },
        {"ehr"},
    ),
    "auth-service": (
        "phoenix-api",
        {"api-gateway", "dashboard-backend", "mobile-api"},
        {"database", "cache"},
        {"entra-id"},
    ),
    "dashboard-backend": (
        "phoenix-api",
        {"mesh gateway"},
        {"auth-service", "threat-detector", "database", "cache"},
        set(),
    ),
    "mobile-api": (
        "phoenix-api",
        {"mesh gateway"},
        {"api-gateway", "auth-service", "cache"},
        set(),
    ),
    "transcription-service": (
        "phoenix-ai",
        {"api-gateway"},
        {"language-detector", "cache", "kafka"},
        {"audio-bucket", "models"},
    ),
    "soap-generator": (
        "phoenix-ai",
        {"api-gateway"},
        {"database", "cache", "kafka"},
        {"models"},
    ),
    "threat-detector": (
        "phoenix-ai",
        {"api-gateway", "dashboard-backend"},
        {"threat-response", "database", "cache", "kafka"},
        set(),
    ),
    "language-detector": (
        "phoenix-ai",
        {"api-gateway", "transcription-service"},
        set(),
        {"models"},
    ),
    "honeypot-controller": ("phoenix-security", {"mesh gateway"}, {"threat-response"}, set()),
    "threat-response": (
        "phoenix-security",
        {"api-gateway", "threat-detector", "honeypot-controller"},
        {"database", "kafka"},
        {"pagerduty", "waf"},
    ),
    "federation-aggregator": (
        "phoenix-fed",
        {"api-gateway"},
        {"privacy-engine", "signature-generator", "database"},
        {"consortium", "models"},
    ),
    "privacy-engine": ("phoenix-fed", {"federation-aggregator"}, set(), set()),
    "signature-generator": ("phoenix-fed", {"federation-aggregator"}, set(), {"kms"}),
}
MINIMUM_REPLICAS = {
    "api-gateway": 3,
    "auth-service": 3,
    "dashboard-backend": 3,
    "mobile-api": 3,
    "threat-detector": 3,
    "language-detector": 2,
    "honeypot-controller": 2,
    "threat-response": 2,
    "federation-aggregator": 2,
    "privacy-engine": 2,
    "signature-generator": 2,
}
"""G-028..G-032; transcription and SOAP follow the tier table (A7.1)."""


def _callers(name: str) -> set[str]:
    found = {spec.name for spec in SERVICES for call in spec.calls if call.target == name}
    if name in GATEWAY_TARGETS:
        found.add("mesh gateway")
    if name in LOAD_TESTER_TARGETS:
        found.add("loadtester")
    return found


def test_the_catalogue_has_exactly_the_services_of_the_table() -> None:
    assert {spec.name for spec in SERVICES} == set(TABLE)


@pytest.mark.parametrize("spec", SERVICES, ids=lambda spec: spec.name)
def test_a_service_calls_is_called_and_reaches_what_the_table_says(spec: WorkloadSpec) -> None:
    namespace, called_by, targets, peers = TABLE[spec.name]
    assert spec.namespace == namespace
    assert spec.port.number == 8080
    assert {call.target for call in spec.calls} == targets
    assert _callers(spec.name) == called_by
    assert set(spec.external_peers) == peers


def test_the_agent_reaches_the_siem_over_tls_and_nothing_else() -> None:
    (agent,) = AGENTS
    assert (agent.name, agent.external_peers) == ("siem-agent", ("siem",))
    assert EXTERNAL_PEERS["siem"].port.number == 6514
    assert agent.namespace not in {spec.namespace for spec in SERVICES}


def test_jobs_call_the_database_and_reach_the_backup_bucket() -> None:
    assert {call.target for job in JOBS for call in job.calls} == {"database"}
    assert {peer for job in JOBS for peer in job.external_peers} == {"backup-bucket"}


@pytest.mark.parametrize(("name", "minimum"), MINIMUM_REPLICAS.items())
def test_minimums_are_the_documents_replica_counts(name: str, minimum: int) -> None:
    assert service(name).scaling.minimum == minimum


def test_only_gpu_services_ask_for_a_gpu() -> None:
    assert {spec.name for spec in SERVICES if spec.resources.gpus} == {
        "transcription-service",
        "soap-generator",
    }


def test_without_kafka_its_edges_do_not_exist(
    settings: GuardianSettings, connectivity: Connectivity
) -> None:
    exists = settings.kafka.backend != "none"
    assert ("kafka" in connectivity.peers) is exists
    assert any(edge.target == "kafka" for edge in connectivity.edges) is exists


def test_every_peer_is_used() -> None:
    used = {peer for unit in (*SERVICES, *AGENTS, *JOBS) for peer in unit.external_peers}
    assert used == set(EXTERNAL_PEERS)
