"""The service mesh: mutual TLS, gateways, egress, access logs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import namespace, object_name
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
PEER_AUTHENTICATION: Final = "kubernetes:security.istio.io/v1:PeerAuthentication"
TELEMETRY: Final = "kubernetes:telemetry.istio.io/v1:Telemetry"
ROOT_NAMESPACE: Final = "istio-system"
WEAK_MODES: Final = ("PERMISSIVE", "DISABLE", "UNSET")


@rule(
    "istio-mtls-strict",
    "kubernetes:security.istio.io/v1:PeerAuthentication",
    hipaa=(
        "164.308(a)(5)(ii)(D)",
        "164.312(a)(2)(i)",
        "164.312(a)(2)(iv)",
        "164.312(d)",
        "164.312(e)(1)",
        "164.312(e)(2)(i)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("CC6.1", "CC6.2", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Set mtls.mode to STRICT, also for each port.",
)
def mtls_strict(policy: Resource) -> Iterable[Clause]:
    """Mesh traffic uses strict mTLS."""
    spec = policy["spec"]
    mode = spec["mtls"]["mode"]
    yield mode.equals("STRICT").otherwise(f"mtls.mode is {mode.shown}")
    for port, level in spec["portLevelMtls"].entries():
        yield (~level["mode"].equals(*WEAK_MODES)).otherwise(f"port {port} accepts plain text")


@stack_rule(
    "istio-mesh-wide-strict",
    "kubernetes:security.istio.io/v1:PeerAuthentication",
    "kubernetes:core/v1:Namespace",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Add a PeerAuthentication without a selector in istio-system with mode STRICT.",
)
def mesh_wide_strict(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """A mesh-wide STRICT policy exists."""
    strict = some(
        namespace(policy).equals(ROOT_NAMESPACE)
        & policy["spec"]["selector"].is_empty
        & policy["spec"]["mtls"]["mode"].equals("STRICT")
        for policy in stack.of(PEER_AUTHENTICATION)
    )
    roots = [one for one in stack.of(NAMESPACE) if object_name(one).text == ROOT_NAMESPACE]
    # where the root namespace is another program's, the first policy speaks for the mesh
    for one in roots or list(stack.of(PEER_AUTHENTICATION))[:1]:
        yield one, strict.otherwise("no mesh-wide policy demands mutual TLS")
    for policy in stack.of(PEER_AUTHENTICATION):
        relaxed = policy["spec"]["mtls"]["mode"].equals(*WEAK_MODES)
        yield policy, (~relaxed).otherwise("relaxes the mesh-wide policy")


@rule(
    "istio-destination-rule-tls",
    "kubernetes:networking.istio.io/v1:DestinationRule",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Set tls.mode to ISTIO_MUTUAL, or SIMPLE with caCertificates or subjectAltNames for a host outside the mesh.",
)
def destination_rule_tls(one: Resource) -> Iterable[Clause]:
    """Destination rules do not turn TLS off."""
    spec = one["spec"]
    policies = [spec["trafficPolicy"], *spec["subsets"].each("trafficPolicy")]
    settings = [p["tls"] for p in policies] + [
        level["tls"] for p in policies for level in p["portLevelSettings"].each()
    ]
    for tls in settings:
        mode = tls["mode"]
        checked = (
            tls["caCertificates"].is_set
            | tls["subjectAltNames"].is_set
            | tls["credentialName"].is_set
        )
        safe = mode.equals(None, "ISTIO_MUTUAL", "MUTUAL") | (mode.equals("SIMPLE") & checked)
        yield safe.otherwise(f"{tls.path}.mode {mode.shown} does not authenticate the other side")
        yield (~tls["insecureSkipVerify"].is_true).otherwise("certificates are not verified")


@rule(
    "istio-gateway-tls",
    "kubernetes:networking.istio.io/v1:Gateway",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Serve TLS 1.2 or newer with a credentialName, name the hosts, and redirect HTTP.",
)
def gateway_tls(gateway: Resource) -> Iterable[Clause]:
    """Gateways serve TLS 1.2+ only."""
    for server in gateway["spec"]["servers"].each():
        tls, protocol = server["tls"], server["port"]["protocol"]
        plain = protocol.equals("HTTP", "HTTP2", "GRPC")
        yield (~plain | tls["httpsRedirect"].is_true).otherwise(f"{server.path} serves plain text")
        mode = tls["mode"].equals("SIMPLE", "MUTUAL", "ISTIO_MUTUAL", "PASSTHROUGH")
        yield (plain | mode).otherwise(f"{server.path} terminates no TLS")
        floor = tls["minProtocolVersion"].equals("TLSV1_2", "TLSV1_3") | tls["mode"].equals(
            "PASSTHROUGH", "ISTIO_MUTUAL"
        )
        yield (plain | floor).otherwise(f"{server.path} allows old protocols")
        held = tls["credentialName"].is_set | tls["mode"].equals("PASSTHROUGH", "ISTIO_MUTUAL")
        yield (plain | held).otherwise(f"{server.path} names no certificate")
        everyone = some(host.matches(r"^(?:[^/]+/)?\*$") for host in server["hosts"].each())
        yield (~everyone).otherwise(f"{server.path} serves every host")


@rule(
    "istio-egress-registry-only",
    "kubernetes:networking.istio.io/v1:Sidecar",
    "kubernetes:networking.istio.io/v1:ServiceEntry",
    hipaa=("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)"),
    soc2=("CC6.6",),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set outboundTrafficPolicy.mode to REGISTRY_ONLY; name each outside host with a TLS port.",
)
def egress_registry_only(one: Resource) -> Iterable[Clause]:
    """Mesh egress is limited to registered hosts."""
    spec = one["spec"]
    if one.type.endswith(":Sidecar"):
        mode = spec["outboundTrafficPolicy"]["mode"]
        yield mode.equals("REGISTRY_ONLY").otherwise("pods may call any host")
        return
    yield (~spec["hosts"].contains("*")).otherwise("an entry stands for every host")
    for port in spec["ports"].each():
        outside = spec["location"].equals(None, "MESH_EXTERNAL")
        secure = port["protocol"].equals("TLS", "HTTPS", "GRPC-TLS") | port["number"].equals(
            5432, 6379, 9094, 9098
        )
        yield (secure | ~outside).otherwise(
            f"port {port['number'].shown} leaves the mesh in plain text"
        )


@rule(
    "istio-virtualservice-cors",
    "kubernetes:networking.istio.io/v1:VirtualService",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("A1.2", "CC6.1", "CC6.6"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Name the origins; set a timeout and retries.",
)
def virtual_service_cors(one: Resource) -> Iterable[Clause]:
    """VirtualServices do not open CORS and set timeouts."""
    for route in one["spec"]["http"].each():
        for origin in route["corsPolicy"]["allowOrigins"].each():
            wide = (
                origin["regex"].matches(r"^\^?\.[*+]\$?$")
                | origin["exact"].equals("*")
                | origin["prefix"].equals("*")
            )
            yield (~wide).otherwise("every origin may call")
        yield route["timeout"].is_set.otherwise("a route has no timeout")
        yield route["retries"].is_set.otherwise("a route states no retries")


@stack_rule(
    "istio-access-logging",
    "kubernetes:telemetry.istio.io/v1:Telemetry",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a Telemetry in istio-system with accessLogging and a provider.",
)
def access_logging(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Mesh access logs are on."""
    logged = some(
        namespace(one).equals(ROOT_NAMESPACE)
        & some(
            log["providers"].is_set & ~log["disabled"].is_true
            for log in one["spec"]["accessLogging"].each()
        )
        for one in stack.of(TELEMETRY)
    )
    for one in stack.of(NAMESPACE):
        if object_name(one).text == ROOT_NAMESPACE:
            yield one, logged.otherwise("no Telemetry logs requests")
