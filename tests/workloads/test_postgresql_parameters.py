"""PostgreSQL in the cluster: no parameter that the operator refuses, none that its memory cannot hold, no literals in logs."""

import pytest

from phoenix_infra.settings.database import CloudNativePgDatabase, DatabaseLimits
from phoenix_infra.workloads.postgresql_parameters import check_parameters, postgresql_parameters

DIGEST = "sha256:" + "a" * 64


def database(**changes: object) -> CloudNativePgDatabase:
    """A valid database, bent by each test."""
    return CloudNativePgDatabase.model_validate(
        {"backend": "cnpg", "image_digest": DIGEST, **changes}
    )


def test_the_documented_values_are_kept() -> None:
    parameters = postgresql_parameters(database(memory_gib=16))
    assert parameters["max_connections"] == "500"
    assert parameters["shared_buffers"] == "4096MB"
    assert parameters["effective_cache_size"] == "12288MB"
    assert parameters["work_mem"] == "16MB"
    assert parameters["ssl_min_protocol_version"] == "TLSv1.3"


@pytest.mark.parametrize("name", ["ssl", "archive_command", "listen_addresses", "port"])
def test_a_parameter_of_the_operator_is_refused_by_name(name: str) -> None:
    parameters = {**postgresql_parameters(database()), name: "x"}
    with pytest.raises(ValueError, match=f"{name} belong to CloudNativePG"):
        check_parameters(parameters, 16 * 1024)


def test_more_connections_than_memory_is_refused_with_the_way_out() -> None:
    limits = DatabaseLimits(max_connections=5000)
    with pytest.raises(ValueError, match=r"raise memory_gib or lower limits\.max_connections"):
        postgresql_parameters(database(memory_gib=4, limits=limits))


def test_no_statement_with_its_literals_reaches_the_log() -> None:
    parameters = postgresql_parameters(database())
    assert parameters["log_statement"] == "none"
    assert parameters["log_min_duration_statement"] == "-1"
    assert parameters["log_min_error_statement"] == "panic"
    assert parameters["pgaudit.log_statement"] == parameters["pgaudit.log_parameter"] == "off"
