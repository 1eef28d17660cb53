"""The service mesh: who may call whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import lives_in, namespace, object_name
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, every, some, truth
from phoenix_policies.values import Value

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
AUTHORIZATION: Final = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
REQUEST_AUTHENTICATION: Final = "kubernetes:security.istio.io/v1:RequestAuthentication"
GATEWAY: Final = "kubernetes:networking.istio.io/v1:Gateway"
ROOT_NAMESPACE: Final = "istio-system"
CALLERS: Final = (
    "principals",
    "namespaces",
    "serviceAccounts",
    "ipBlocks",
    "requestPrincipals",
    "remoteIpBlocks",
)
PROBES: Final = r"^/(?:health|healthz|ready|readyz|livez)(?:/\w+)?$"


def _in_mesh(one: Resource) -> Truth:
    labels = one["metadata"]["labels"]
    return labels["istio-injection"].equals("enabled") | labels["istio.io/rev"].is_set


@stack_rule(
    "istio-authorization-default-deny",
    "kubernetes:security.istio.io/v1:AuthorizationPolicy",
    "kubernetes:core/v1:Namespace",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.6"),
    severity=Severity.HIGH,
    remedy="Add an AuthorizationPolicy with an empty spec to the namespace.",
)
def authorization_default_deny(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Namespaces deny mesh requests by default."""
    for one in stack.of(NAMESPACE):
        denied = some(
            (lives_in(policy, object_name(one)) | namespace(policy).equals(ROOT_NAMESPACE))
            & policy["spec"]["selector"].is_empty
            & policy["spec"]["targetRefs"].is_empty
            & _denies_all(policy["spec"])
            for policy in stack.of(AUTHORIZATION)
        )
        yield one, (denied | ~_in_mesh(one)).otherwise("no policy denies requests by default")


def _denies_all(spec: Value) -> Truth:
    nothing_allowed = spec["action"].equals(None, "ALLOW") & spec["rules"].is_empty
    all_denied = spec["action"].equals("DENY") & some(
        r.satisfies(lambda v: v == {}) for r in spec["rules"].each()
    )
    return nothing_allowed | all_denied


@rule(
    "istio-authorization-not-open",
    "kubernetes:security.istio.io/v1:AuthorizationPolicy",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Name the principals or namespaces that may call, and what they may call.",
)
def authorization_not_open(policy: Resource) -> Iterable[Clause]:
    """Authorization policies do not allow everyone."""
    spec = policy["spec"]
    denies = spec["action"].equals("DENY", "AUDIT", "CUSTOM")
    for one in spec["rules"].each():
        sources = one["from"].each("source")
        harmless = _only_probes(one)
        yield (denies | truth(bool(sources)) | harmless).otherwise("a rule allows every caller")
        for source in sources:
            stated = some(source[key].is_set for key in CALLERS)
            yield (denies | stated | harmless).otherwise("a source names nobody")
            for key in CALLERS:
                anyone = source[key].contains("*", "0.0.0.0/0", "::/0")
                bounded = every(
                    ~source[other].is_empty
                    for other in ("principals", "namespaces")
                    if key == "requestPrincipals"
                ) & truth(key == "requestPrincipals")
                yield (denies | ~anyone | bounded).otherwise(f"a rule allows every one of {key}")


def _only_probes(one: Value) -> Truth:
    """Whether the rule opens nothing but paths that say whether a service is up."""
    paths = [p for operation in one["to"].each("operation") for p in operation["paths"].each()]
    bounded = every(operation["paths"].is_set for operation in one["to"].each("operation"))
    return one["to"].is_set & bounded & every(p.matches(PROBES) for p in paths)


@stack_rule(
    "istio-ingress-jwt",
    "kubernetes:security.istio.io/v1:RequestAuthentication",
    "kubernetes:security.istio.io/v1:AuthorizationPolicy",
    "kubernetes:networking.istio.io/v1:Gateway",
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(2)(i)", "164.312(d)"),
    soc2=("CC6.1", "CC6.2"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a RequestAuthentication with an https jwksUri, and an AuthorizationPolicy that asks for requestPrincipals.",
)
def ingress_jwt(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Ingress requires a token where users enter."""
    checked = some(
        jwt["issuer"].is_set & jwt["jwksUri"].matches("^https://")
        for one in stack.of(REQUEST_AUTHENTICATION)
        for jwt in one["spec"]["jwtRules"].each()
    )
    required = some(
        source["requestPrincipals"].is_set | source["notRequestPrincipals"].is_set
        for policy in stack.of(AUTHORIZATION)
        for source in policy["spec"]["rules"].each("from", "source")
    )
    for gateway in stack.of(GATEWAY):
        passes_on = every(
            server["tls"]["mode"].equals("PASSTHROUGH", "ISTIO_MUTUAL")
            for server in gateway["spec"]["servers"].each()
        )
        yield (
            gateway,
            ((checked & required) | passes_on).otherwise("no token is checked where users enter"),
        )
