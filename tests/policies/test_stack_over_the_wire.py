"""The recorded production graph through a real gRPC server gets the verdict that it gets in process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc as service

from phoenix_infra.preview import Graph, judged_resources
from phoenix_policies import load_pack, resources_from_graph
from phoenix_policies.analyzer import Analyzer, start
from tests.policies.cases import struct

AS_OF = date(2026, 11, 21)
Row = Mapping[str, Any]


def _provider(row: Row, by_urn: Mapping[str, Row]) -> wire.AnalyzerProviderResource:
    urn = str(row["provider"]).rpartition("::")[0]
    provider = by_urn.get(urn)
    if provider is None:
        return wire.AnalyzerProviderResource()
    return wire.AnalyzerProviderResource(
        type=provider["type"], urn=urn, name=provider["name"], properties=struct(provider["inputs"])
    )


def _options(row: Row) -> wire.AnalyzerResourceOptions:
    options: Mapping[str, Any] = row["options"]
    return wire.AnalyzerResourceOptions(
        protect=bool(options.get("protect")), ignoreChanges=list(options.get("ignoreChanges", ()))
    )


def _diagnostics(rows: list[Row]) -> list[wire.AnalyzeDiagnostic]:
    by_urn = {str(row["urn"]): row for row in rows}
    server, port = start(Analyzer(load_pack(), version="1.0.0", as_of=AS_OF))
    found: list[wire.AnalyzeDiagnostic] = []
    options = [("grpc.max_send_message_length", 400 << 20)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        client = cast("Any", service.AnalyzerStub(channel))
        assert len(client.GetAnalyzerInfo(empty_pb2.Empty()).policies) > 300
        for row in rows:
            request = wire.AnalyzeRequest(
                type=row["type"], urn=row["urn"], name=row["name"], properties=struct(row["inputs"]),
                options=_options(row), provider=_provider(row, by_urn),
            )  # fmt: skip
            found += client.Analyze(request).diagnostics
        stack = wire.AnalyzeStackRequest(
            resources=[
                wire.AnalyzerResource(
                    type=row["type"], urn=row["urn"], name=row["name"], parent=row["parent"],
                    properties=struct(row["outputs"]), options=_options(row), provider=_provider(row, by_urn),
                    propertyDependencies={
                        key: wire.AnalyzerPropertyDependencies(urns=urns)
                        for key, urns in row["propertyDependencies"].items()
                    },
                )
                for row in rows
            ]
        )  # fmt: skip
        found += client.AnalyzeStack(stack).diagnostics
    server.stop(None)
    return found


def test_production_gets_the_same_verdicts_over_grpc_as_in_process(
    graph_of: Callable[..., Graph],
) -> None:
    rows = cast("list[Row]", judged_resources(graph_of("production")))
    pack = load_pack()
    here = pack.judge(resources_from_graph(rows), as_of=AS_OF)
    carried = {r.id for r in pack.rules if not r.in_process_only and not r.needs_peer}
    in_process = Counter(
        (f.rule, f.resource.partition("#")[0]) for f in here.findings if f.rule in carried
    )
    over_the_wire = Counter(
        (d.policyName, d.urn.partition("#")[0])
        for d in _diagnostics(rows)
        if d.policyName in carried
    )
    differences = (in_process - over_the_wire) + (over_the_wire - in_process)
    assert dict(differences) == {}
    assert in_process, "nothing was compared"
