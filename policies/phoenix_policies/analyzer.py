"""The pack behind Pulumi's Analyzer protocol; the only module that knows the wire's messages."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent import futures
from datetime import date
from typing import Any, Final, cast

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc as service
from pulumi.runtime.proto import plugin_pb2

from phoenix_policies.controls import FRAMEWORKS, Enforcement, Framework, Severity
from phoenix_policies.judge import Answer
from phoenix_policies.pack import Pack
from phoenix_policies.resource import Resource, expanded, resource
from phoenix_policies.rule import Rule
from phoenix_policies.stack import Stack
from phoenix_policies.verdict import Finding, Outcome
from phoenix_policies.waivers import WAIVER_RULE, Waivers

PACK_NAME: Final = "phoenix-guardian"
_MAX_MESSAGE_BYTES: Final = 400 << 20
_LEVEL: Final = {
    Enforcement.ADVISORY: wire.ADVISORY,
    Enforcement.MANDATORY: wire.MANDATORY,
    Enforcement.DISABLED: wire.DISABLED,
}
_FROM_LEVEL: Final = {level: enforcement for enforcement, level in _LEVEL.items()}
_SEVERITY: Final = {
    Severity.LOW: wire.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: wire.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: wire.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: wire.POLICY_SEVERITY_CRITICAL,
}
_STACK_TYPE: Final = "pulumi:pulumi:Stack"


def bare(value: struct_pb2.Value) -> Any:
    """A protocol value as plain data, markers still in it."""
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "number_value":
            return value.number_value
        case "bool_value":
            return value.bool_value
        case "struct_value":
            return {key: bare(item) for key, item in value.struct_value.fields.items()}
        case "list_value":
            return [bare(item) for item in value.list_value.values]
        case _:
            return None


def bare_object(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A protocol object as plain data."""
    return {key: bare(item) for key, item in struct.fields.items()}


def _options(options: wire.AnalyzerResourceOptions) -> dict[str, Any]:
    return {
        "protect": options.protect,
        "ignoreChanges": list(options.ignoreChanges),
        "aliases": list(options.aliases),
        "additionalSecretOutputs": list(options.additionalSecretOutputs),
    }


class Analyzer(service.AnalyzerServicer):
    """Serves one pack; remembers the inputs that Analyze saw, for AnalyzeStack brings outputs alone."""

    def __init__(
        self, pack: Pack, *, version: str, as_of: date, waivers: Waivers | None = None
    ) -> None:
        # what the protocol cannot carry is judged in process only, and the listing of rules says so
        self._whole = pack.select(only=[r.id for r in pack.rules if not r.in_process_only])
        self._pack = self._whole
        self._version = version
        self._as_of = as_of
        self._waivers = waivers or Waivers()
        self._seen: dict[str, tuple[dict[str, Any], str]] = {}

    # --- the protocol; grpc gives the names ------------------------------------------------------

    def Handshake(self, request: Any, context: Any) -> wire.AnalyzerHandshakeResponse:  # noqa: N802, ARG002
        return wire.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:  # noqa: N802, ARG002
        return plugin_pb2.PluginInfo(version=self._version)

    def ConfigureStack(self, request: Any, context: Any) -> wire.AnalyzerStackConfigureResponse:  # noqa: N802, ARG002
        return wire.AnalyzerStackConfigureResponse()

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        return empty_pb2.Empty()

    def Remediate(self, request: Any, context: Any) -> wire.RemediateResponse:  # noqa: N802, ARG002
        return wire.RemediateResponse()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> wire.AnalyzerInfo:  # noqa: N802, ARG002
        return wire.AnalyzerInfo(
            name=PACK_NAME,
            displayName="Phoenix Guardian HIPAA and SOC 2",
            description="HIPAA and SOC 2 rules over AWS and Kubernetes resources.",
            version=self._version,
            supportsConfig=True,
            policies=[_info(r) for r in self._whole.rules],
        )

    def Configure(self, request: wire.ConfigureAnalyzerRequest, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        """Enforcement per rule, a level for `all`, and `frameworks` (A7.15) under any rule or `all`."""
        levels: dict[str, Enforcement] = {}
        frameworks: Sequence[Framework] = FRAMEWORKS
        everything = request.policyConfig.get("all")
        if everything is not None and "all" in request.policyConfig:
            level = _FROM_LEVEL.get(everything.enforcementLevel, Enforcement.MANDATORY)
            if level is not Enforcement.MANDATORY:
                levels = {r.id: level for r in self._whole.rules}
        for key, config in request.policyConfig.items():
            if key in self._whole.by_id:
                levels[key] = _FROM_LEVEL.get(config.enforcementLevel, Enforcement.MANDATORY)
            frameworks = _frameworks(config.properties) or frameworks
        self._pack = self._whole.select(frameworks=frameworks, enforcement=levels)
        return empty_pb2.Empty()

    def Analyze(self, request: wire.AnalyzeRequest, context: Any) -> wire.AnalyzeResponse:  # noqa: N802, ARG002
        region = bare_object(request.provider.properties).get("region")
        region = region if isinstance(region, str) else ""
        props = bare_object(request.properties)
        self._seen[request.urn] = (props, region)
        if request.type == _STACK_TYPE:
            return wire.AnalyzeResponse()
        one = resource(
            urn=request.urn, type_=request.type, name=request.name, props=props,
            options=_options(request.options), provider=request.provider.urn, region=region,
        )  # fmt: skip
        judged = expanded(one, request.type)
        return self._answer([a for r in judged for a in self._pack.judge_resource(r)], judged)

    def AnalyzeStack(self, request: wire.AnalyzeStackRequest, context: Any) -> wire.AnalyzeResponse:  # noqa: N802, ARG002
        judged = [one for r in request.resources for one in self._resources(r)]
        whole = Stack(judged, frameworks=self._pack.frameworks)
        return self._answer(self._pack.judge_stack(whole), judged, whole_stack=True)

    # --- between the protocol and the pack -------------------------------------------------------

    def _resources(self, given: wire.AnalyzerResource) -> list[Resource]:
        if given.type == _STACK_TYPE:
            return []
        outputs = bare_object(given.properties)
        # without an Analyze before it (a check of a state), the outputs are all there is
        props, region = self._seen.get(given.urn, (outputs, ""))
        one = resource(
            urn=given.urn, type_=given.type, name=given.name, props=props, outputs=outputs,
            property_dependencies={
                key: tuple(value.urns) for key, value in given.propertyDependencies.items()
            },
            options=_options(given.options), parent=given.parent, provider=given.provider.urn,
            region=region,
        )  # fmt: skip
        return expanded(one, given.type)

    def _answer(
        self, answers: Sequence[Answer], judged: Sequence[Resource], *, whole_stack: bool = False
    ) -> wire.AnalyzeResponse:
        found = self._pack.findings(answers, judged)
        marked, problems = self._waivers.apply(found, as_of=self._as_of, rules=self._pack.by_id)
        response = wire.AnalyzeResponse()
        # whether a waiver still matches something cannot be told from one resource or one kind of rule
        lasting = [p for p in problems if whole_stack and "matches no violation" not in p.message]
        for one in (*marked, *lasting):
            response.diagnostics.append(self._diagnostic(one))
        for answer in answers:
            if answer.outcome is Outcome.NOT_APPLICABLE:
                response.not_applicable.add(
                    policy_name=answer.rule.id, reason=answer.message or "nothing to judge"
                )
        return response

    def _diagnostic(self, found: Finding) -> wire.AnalyzeDiagnostic:
        """The CLI prints rule, severity and message alone, so remedy and control ids are in the message."""
        known = self._pack.by_id.get(found.rule)
        level = _LEVEL[found.enforcement]
        if found.outcome is Outcome.WAIVED:
            level = wire.ADVISORY
        return wire.AnalyzeDiagnostic(
            policyName=found.rule,
            policyPackName=PACK_NAME,
            policyPackVersion=self._version,
            description=known.title if known else WAIVER_RULE,
            message=message_of(found),
            urn=found.resource.split("#items[", 1)[0],
            severity=_SEVERITY[found.severity],
            enforcementLevel=level,
        )


_LABELS: Final[Mapping[Outcome, str]] = {
    Outcome.UNKNOWN: "not evaluated",
    Outcome.WAIVED: "waived",
    Outcome.ERROR: "rule error",
}


def message_of(found: Finding) -> str:
    """One finding as one line for a terminal."""
    controls = ", ".join(
        (*(f"HIPAA {c}" for c in found.hipaa), *(f"SOC 2 {c}" for c in found.soc2))
    )
    label = _LABELS.get(found.outcome)
    text = f"{label}: {found.message}" if label else found.message
    if found.outcome is Outcome.FAIL:
        text = f"{text}. {found.remedy}"
    return f"{text} [{controls}]"


def _info(rule: Rule) -> wire.PolicyInfo:
    return wire.PolicyInfo(
        name=rule.id,
        displayName=rule.title,
        description=f"{rule.title}. {rule.remedy}",
        message=rule.title,
        enforcementLevel=_LEVEL[rule.enforcement],
        severity=_SEVERITY[rule.severity],
        policy_type=wire.POLICY_TYPE_STACK if rule.over_stack else wire.POLICY_TYPE_RESOURCE,
        remediation_steps=rule.remedy,
        tags=[*(f"hipaa:{c}" for c in rule.hipaa), *(f"soc2:{c}" for c in rule.soc2)],
        framework=_framework(rule),
        configSchema=wire.PolicyConfigSchema(properties=_schema()),
    )


def _framework(rule: Rule) -> wire.PolicyComplianceFramework:
    if rule.hipaa:
        return wire.PolicyComplianceFramework(
            name="HIPAA Security Rule", version="45 CFR 164", reference=", ".join(rule.hipaa)
        )
    return wire.PolicyComplianceFramework(
        name="SOC 2", version="2017 (2022)", reference=", ".join(rule.soc2)
    )


def _schema() -> struct_pb2.Struct:
    schema = struct_pb2.Struct()
    schema.update(
        {
            "frameworks": {
                "type": "array",
                "description": "The frameworks whose rules are judged; all by default.",
                "items": {"type": "string", "enum": list(FRAMEWORKS)},
            }
        }
    )
    return schema


def _frameworks(properties: struct_pb2.Struct) -> Sequence[Framework]:
    given = bare_object(properties).get("frameworks")
    listed = cast("Iterable[object]", given) if isinstance(given, list) else ()
    return [f for f in FRAMEWORKS if f in listed]


def serve(analyzer: Analyzer) -> None:
    """Print the port, then answer until the engine ends the process."""
    server, port = start(analyzer)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


def start(analyzer: Analyzer) -> tuple[grpc.Server, int]:
    """A running server on a free local port."""
    server = grpc.server(
        futures.ThreadPoolExecutor(4),
        options=[
            ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
        ],
    )
    service.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port
