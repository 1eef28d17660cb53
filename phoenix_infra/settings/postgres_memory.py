"""How PostgreSQL divides a server's memory (G-052), and whether the parts fit into it."""

from dataclasses import dataclass

WORK_MEMORY_MIB = 16
MAINTENANCE_MEMORY_MIB = 512
AUTOVACUUM_WORKERS = 3
WAL_BUFFERS_MIB = 64
HEADROOM_PERCENT = 10
"""For the operating system, connections' own memory and exporters."""


@dataclass(frozen=True, kw_only=True)
class PostgresMemory:
    """The parts that a server may claim at the same time."""

    server_mib: int
    shared_buffers_mib: int
    connections: int

    @property
    def effective_cache_mib(self) -> int:
        """What the planner may assume to be cached: three quarters of the memory, 12 GB of 16 as in G-052."""
        return self.server_mib * 3 // 4

    @property
    def worst_case_mib(self) -> int:
        """Every connection sorts at once while every autovacuum worker is busy."""
        return (
            self.shared_buffers_mib
            + self.connections * WORK_MEMORY_MIB
            + AUTOVACUUM_WORKERS * MAINTENANCE_MEMORY_MIB
            + WAL_BUFFERS_MIB
        )

    @property
    def available_mib(self) -> int:
        """Memory without the headroom."""
        return self.server_mib * (100 - HEADROOM_PERCENT) // 100

    @property
    def fits(self) -> bool:
        """Whether the worst case stays within the memory."""
        return self.worst_case_mib <= self.available_mib


def in_cluster_memory(memory_gib: int, connections: int) -> PostgresMemory:
    """A quarter of the memory for shared buffers: 4 GB of 16, as in G-052."""
    server = memory_gib * 1024
    return PostgresMemory(
        server_mib=server, shared_buffers_mib=server // 4, connections=connections
    )


def aurora_memory(memory_gib: int, connections: int) -> PostgresMemory:
    """Aurora has no page cache of an operating system and gives two thirds and more to shared buffers."""
    server = memory_gib * 1024
    return PostgresMemory(
        server_mib=server, shared_buffers_mib=server * 2 // 3, connections=connections
    )
