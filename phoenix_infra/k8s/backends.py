"""How services reach the stack's database, cache and event log, whatever runs them."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Backends:
    """Hosts may be Outputs of managed services; everything else is literal."""

    database_host: pulumi.Input[str]
    database_reader_host: pulumi.Input[str]
    database_port: int
    database_name: str
    cache_host: pulumi.Input[str]
    cache_port: int
    kafka_bootstrap: pulumi.Input[str] | None = None
    kafka_hosts: tuple[str, ...] = ()
    """Names of managed brokers for the mesh; a wildcard, since their number is the service's business."""

    def configuration(self, targets: frozenset[str]) -> dict[str, pulumi.Input[str]]:
        """Addresses of the backends that a service calls; credentials come from Vault."""
        values: dict[str, pulumi.Input[str]] = {}
        if "database" in targets:
            values |= {
                "DATABASE_HOST": self.database_host,
                "DATABASE_READER_HOST": self.database_reader_host,
                "DATABASE_PORT": str(self.database_port),
                "DATABASE_NAME": self.database_name,
                "DATABASE_SSLMODE": "verify-full",
                "DATABASE_SSLROOTCERT": "/vault/secrets/database-ca.pem",
            }
        if "cache" in targets:
            values |= {"REDIS_HOST": self.cache_host, "REDIS_PORT": str(self.cache_port)}
        if "kafka" in targets and self.kafka_bootstrap is not None:
            values["KAFKA_BOOTSTRAP_SERVERS"] = self.kafka_bootstrap
        return values
