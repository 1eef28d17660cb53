"""The same policies judged by cyclonus, which implements networking.k8s.io/v1 by itself."""

import ipaddress
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tests.judges.network import NAMESPACE_NAME, End, Policies
from tests.judges.tools import binary

Answer: TypeAlias = Mapping[tuple[str, str, int, str], bool]
"""Allowed or not, by source, target, port and protocol."""
_ROW = re.compile(r"^\| *[\w-]+/p(\d+) +\|(.*)\|$")
_VERDICT = re.compile(r"IS ALLOWED\? +\| +(TRUE|FALSE)")
_CELLS = {".": True, "X": False}


class Cyclonus:
    """The policies of one stack, written one in a file (of several in one file it reads the first)."""

    def __init__(self, policies: Policies, directory: Path, pod_cidr: str) -> None:
        """Writes the policies; pods get addresses of their range, as ipBlock rules see them."""
        self._policies = policies
        self._directory = directory
        self._first_address = ipaddress.ip_network(pod_cidr).network_address + 256
        (directory / "policies").mkdir()
        for index, policy in enumerate(policies.policies):
            (directory / "policies" / f"{index}.yaml").write_text(json.dumps(policy))

    def pod_pairs(self, ends: Sequence[End], ports: Sequence[tuple[int, str]]) -> Answer:
        """Every pod to every pod on every port, by the synthetic probe."""
        found: dict[tuple[str, str, int, str], bool] = {}
        for transport in sorted({transport for _, transport in ports}):
            numbers = [number for number, each in ports if each == transport]
            output = self._run("probe", "--probe-path", self._probe(ends, numbers, transport))
            tables = [part.split("\n\n")[0] for part in output.split("Combined:\n")[1:]]
            # The last table is of a cluster, and no cluster is asked.
            for number, table in zip(numbers, tables[:-1], strict=True):
                found |= _cells(table, ends, number, transport)
        return found

    def outside_pairs(
        self, pairs: Sequence[tuple[End, End]], ports: Sequence[tuple[int, str]]
    ) -> Answer:
        """Pods and addresses outside, in the direction that each pair says."""
        asked = [(*pair, *port) for pair in pairs for port in ports]
        traffic = [
            {
                "Source": self._peer(source),
                "Destination": self._peer(target),
                "ResolvedPort": number,
                "ResolvedPortName": "",
                "Protocol": transport,
            }
            for source, target, number, transport in asked
        ]
        output = self._run("query-traffic", "--traffic-path", self._write("traffic", traffic))
        verdicts = [found == "TRUE" for found in _VERDICT.findall(output)]
        return {
            (source.name, target.name, number, transport): verdict
            for (source, target, number, transport), verdict in zip(asked, verdicts, strict=True)
        }

    def _peer(self, end: End) -> Mapping[str, Any]:
        if not end.is_pod:
            return {"IP": end.address, "Internal": None}
        return {
            "IP": str(self._first_address),
            "Internal": {
                "PodLabels": dict(end.labels),
                "NamespaceLabels": self._labels(end.namespace),
                "Namespace": end.namespace,
            },
        }

    def _labels(self, namespace: str) -> Mapping[str, str]:
        return {NAMESPACE_NAME: namespace, **self._policies.namespaces.get(namespace, {})}

    def _probe(self, ends: Sequence[End], numbers: Sequence[int], transport: str) -> str:
        containers = [
            {"Name": f"c{number}", "Port": number, "Protocol": transport, "PortName": f"n{number}"}
            for number in numbers
        ]
        pods = [
            {
                "Namespace": end.namespace,
                "Name": f"p{index}",
                "Labels": dict(end.labels),
                "IP": str(self._first_address + index),
                "Containers": containers,
            }
            for index, end in enumerate(ends)
        ]
        namespaces = {end.namespace: self._labels(end.namespace) for end in ends}
        return self._write(
            "probe",
            {
                "Resources": {"Namespaces": namespaces, "Pods": pods},
                "Probes": [{"Port": number, "Protocol": transport} for number in numbers],
            },
        )

    def _write(self, name: str, content: object) -> str:
        path = self._directory / f"{name}.json"
        path.write_text(json.dumps(content))
        return str(path)

    def _run(self, mode: str, *arguments: str) -> str:
        policies = str(self._directory / "policies")
        command = [str(binary("cyclonus")), "analyze", "--mode", mode, "--policy-path", policies]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


def judged(
    policies: Policies, ends: Sequence[End], ports: Sequence[tuple[int, str]], pod_cidr: str
) -> Answer:
    """What cyclonus says of every pair with at least one pod in it."""
    pods = [end for end in ends if end.is_pod]
    with tempfile.TemporaryDirectory(prefix="phoenix-cyclonus-") as directory:
        cyclonus = Cyclonus(policies, Path(directory), pod_cidr)
        outside = list(_outside(pods, [end for end in ends if not end.is_pod]))
        return {
            **cyclonus.pod_pairs(pods, ports),
            **(cyclonus.outside_pairs(outside, ports) if outside else {}),
        }


def _outside(pods: Sequence[End], addresses: Sequence[End]) -> Iterator[tuple[End, End]]:
    for address in addresses:
        for pod in pods:
            yield pod, address
            yield address, pod


def _cells(
    table: str, ends: Sequence[End], number: int, transport: str
) -> Mapping[tuple[str, str, int, str], bool]:
    rows = [(int(m[1]), m[2]) for line in table.splitlines() if (m := _ROW.match(line.strip()))]
    assert len(rows) == len(ends), f"{len(rows)} rows for {len(ends)} pods"
    order = [index for index, _ in rows]
    return {
        (ends[source].name, ends[target].name, number, transport): _CELLS[cell.strip()]
        for source, cells in rows
        for target, cell in zip(order, cells.split("|"), strict=True)
    }
