"""Ways into the cluster: services with an address outside, and ingresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.network import is_internet
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, truth, unknown
from phoenix_policies.values import Value

HIPAA_1: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.312(e)(1)",
)
HIPAA_2: Final = ("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)")

SERVICE: Final = "kubernetes:core/v1:Service"
INGRESS: Final = "kubernetes:networking.k8s.io/v1:Ingress"
CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
LB: Final = "service.beta.kubernetes.io/aws-load-balancer-"
ALB: Final = "alb.ingress.kubernetes.io/"
MODERN_TLS: Final = (
    "ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
)  # fmt: skip
ADMIN_HOST: Final = (
    r"(?:^|[.-])(?:admin|argocd|grafana|prometheus|alertmanager|vault|kiali)(?:[.-]|$)"
)
"""Names that the pages of operators begin with."""
EXTERNAL_NAME_SUFFIXES: Final = (".amazonaws.com", ".cluster.local")


def _annotation(one: Resource, key: str) -> Value:
    return one["metadata"]["annotations"][key]


def _is_public(service: Resource) -> Truth:
    balanced = service["spec"]["type"].equals("LoadBalancer")
    internal = (
        _annotation(service, f"{LB}scheme").equals("internal")
        | _annotation(service, f"{LB}internal").is_true
    )
    return balanced & ~internal


@rule(
    "k8s-service-no-public-lb",
    "kubernetes:core/v1:Service",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Set the scheme annotation to internal; the load balancers of the edge are the public ones.",
    sources=("compliance_policies:kubernetes-core-v1-service-disallow-load-balancer",),
)
def service_no_public_lb(service: Resource) -> Iterable[Clause]:
    """Load balancer services are internal unless declared."""
    yield (~_is_public(service)).otherwise("asks for an internet-facing load balancer")


@rule(
    "k8s-service-lb-source-ranges",
    "kubernetes:core/v1:Service",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(a)(2)(iv)",
        "164.312(e)(1)",
        "164.312(e)(2)(i)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("CC6.1", "CC6.6", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Set loadBalancerSourceRanges, the certificate, the TLS policy and access logs.",
)
def service_lb_source_ranges(service: Resource) -> Iterable[Clause]:
    """Public load balancer services limit sources and use TLS."""
    closed = ~_is_public(service)
    ranges = service["spec"]["loadBalancerSourceRanges"]
    limited = ranges.is_set & ~some(r.satisfies(is_internet) for r in ranges.each())
    yield (closed | limited).otherwise("a public load balancer accepts every source")
    for key in ("ssl-cert", "ssl-negotiation-policy"):
        yield (closed | _annotation(service, LB + key).is_set).otherwise(f"has no {key}")
    logged = _annotation(service, f"{LB}access-log-enabled").is_true | _annotation(
        service, f"{LB}attributes"
    ).matches(r"access_logs\.s3\.enabled=true")
    yield (closed | logged).otherwise("keeps no access log")


@rule(
    "k8s-service-no-nodeport",
    "kubernetes:core/v1:Service",
    hipaa=HIPAA_2,
    soc2=("CC6.6",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Use ClusterIP; a load balancer with target type ip needs no node ports.",
)
def service_no_nodeport(service: Resource) -> Iterable[Clause]:
    """NodePort services are not used."""
    spec = service["spec"]
    yield (~spec["type"].equals("NodePort")).otherwise("opens a port on every node")
    direct = _annotation(service, f"{LB}nlb-target-type").equals("ip")
    spare = (
        spec["type"].equals("LoadBalancer")
        & direct
        & ~spec["allocateLoadBalancerNodePorts"].is_false
    )
    yield (~spare).otherwise("allocates node ports that nothing uses")


@rule(
    "k8s-service-no-external-ips",
    "kubernetes:core/v1:Service",
    hipaa=HIPAA_2,
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy="Remove externalIPs; name an outside system through a mesh ServiceEntry.",
    sources=("prowler:apiserver_deny_service_external_ips",),
)
def service_no_external_ips(service: Resource) -> Iterable[Clause]:
    """Services do not claim external addresses."""
    spec = service["spec"]
    yield (~spec["externalIPs"].is_set).otherwise("claims external addresses")
    known = spec["externalName"].satisfies(
        lambda v: isinstance(v, str) and v.endswith(EXTERNAL_NAME_SUFFIXES)
    )
    yield (~spec["type"].equals("ExternalName") | known).otherwise(
        f"stands for the outside name {spec['externalName'].shown}"
    )


@stack_rule(
    "k8s-public-entry-behind-waf",
    "kubernetes:core/v1:Service",
    "kubernetes:networking.k8s.io/v1:Ingress",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "kubernetes:networking.istio.io/v1:Gateway",
    hipaa=("164.308(a)(1)(ii)(B)", "164.312(e)(1)"),
    soc2=("CC6.6", "CC6.8"),
    severity=Severity.CRITICAL,
    remedy="Attach the regional web ACL: wafv2-acl-arn on the Ingress, or a WebAclAssociation of the load balancer in front.",
)
def public_entry_behind_waf(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Public entry points are behind WAF."""
    for ingress in stack.of(INGRESS):
        public = _annotation(ingress, f"{ALB}scheme").equals("internet-facing")
        filtered = _annotation(ingress, f"{ALB}wafv2-acl-arn").is_set
        yield ingress, (~public | filtered).otherwise("faces the internet without a web ACL")
    associated = truth(any(True for _ in stack.of("aws:wafv2/webAclAssociation:WebAclAssociation")))
    for service in stack.of(SERVICE):
        yield (
            service,
            (~_is_public(service) | associated).otherwise(
                "faces the internet and no web ACL is associated with a load balancer in front"
            ),
        )


@rule(
    "k8s-ingress-tls",
    "kubernetes:networking.k8s.io/v1:Ingress",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Add a tls entry for each host, or HTTPS listen-ports with a certificate-arn.",
)
def ingress_tls(ingress: Resource) -> Iterable[Clause]:
    """Ingress terminates TLS."""
    covered = [host for entry in ingress["spec"]["tls"].each() for host in entry["hosts"].each()]
    at_alb = (
        _annotation(ingress, f"{ALB}listen-ports").matches("HTTPS")
        & _annotation(ingress, f"{ALB}certificate-arn").is_set
    )
    rules = ingress["spec"]["rules"].each()
    if not rules:
        yield (ingress["spec"]["tls"].is_set | at_alb).otherwise("serves without TLS")
    for one in rules:
        named = some(_covers(host, one["host"]) for host in covered)
        yield (named | at_alb).otherwise(f"the host {one['host'].shown} is served without TLS")


def _covers(certified: Value, host: Value) -> Truth:
    """Whether a host of the tls section, a wildcard among them, stands for the host of a rule."""
    if certified.is_unknown or host.is_unknown:
        return unknown(certified.path if certified.is_unknown else host.path)
    wildcard = certified.text.startswith("*.") and host.text.partition(".")[2] == certified.text[2:]
    return truth(wildcard or (bool(host.text) and certified.text == host.text))


@rule(
    "k8s-ingress-redirect-and-policy",
    "kubernetes:networking.k8s.io/v1:Ingress",
    hipaa=(
        "164.308(a)(1)(ii)(D)",
        "164.308(a)(3)(ii)(A)",
        "164.312(a)(2)(iv)",
        "164.312(b)",
        "164.312(e)(1)",
        "164.312(e)(2)(i)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("CC6.1", "CC6.7", "CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    remedy="Set ssl-redirect 443, a modern ssl-policy, and load-balancer-attributes for logs, header checks and deletion protection.",
)
def ingress_redirect_and_policy(ingress: Resource) -> Iterable[Clause]:
    """ALB ingress redirects and uses a modern policy."""
    by_alb = ingress["spec"]["ingressClassName"].equals("alb") | _annotation(
        ingress, "kubernetes.io/ingress.class"
    ).equals("alb")
    redirect = _annotation(ingress, f"{ALB}ssl-redirect").equals("443")
    yield (~by_alb | redirect).otherwise("plain HTTP is not redirected")
    modern = _annotation(ingress, f"{ALB}ssl-policy").equals(*MODERN_TLS)
    yield (~by_alb | modern).otherwise("its TLS policy allows old protocols")
    attributes = _annotation(ingress, f"{ALB}load-balancer-attributes")
    for wanted in (
        "access_logs.s3.enabled=true",
        "routing.http.drop_invalid_header_fields.enabled=true",
        "deletion_protection.enabled=true",
    ):
        yield (~by_alb | attributes.matches(re.escape(wanted))).otherwise(f"lacks {wanted}")


@rule(
    "k8s-ingress-host-specific",
    "kubernetes:networking.k8s.io/v1:Ingress",
    hipaa=HIPAA_2,
    soc2=("CC6.6",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Name a host in every rule and drop the default backend.",
)
def ingress_host_specific(ingress: Resource) -> Iterable[Clause]:
    """Ingress rules name hosts and have no open backend."""
    yield (~ingress["spec"]["defaultBackend"].is_set).otherwise(
        "a default backend takes every host"
    )
    for one in ingress["spec"]["rules"].each():
        host = one["host"]
        yield (host.is_set & ~host.equals("*")).otherwise("a rule takes every host")


@rule(
    "k8s-ingress-no-snippets",
    "kubernetes:networking.k8s.io/v1:Ingress",
    "kubernetes:core/v1:ConfigMap",
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(3)(i)", "164.308(a)(4)(ii)(A)", "164.312(a)(1)"),
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.CRITICAL,
    remedy="Remove the snippet annotations and allow-snippet-annotations.",
    sources=("checkov:CKV_K8S_152", "checkov:CKV_K8S_153", "checkov:CKV_K8S_154"),
)
def ingress_no_snippets(one: Resource) -> Iterable[Clause]:
    """Ingress has no code snippets."""
    if one.type == CONFIG_MAP:
        allowed = one["data"]["allow-snippet-annotations"].is_true
        yield (~allowed).otherwise("the controller accepts code in annotations")
        return
    annotations = one["metadata"]["annotations"]
    for key in annotations.keys:
        snippet = key.startswith("nginx.ingress.kubernetes.io/") and key.endswith("-snippet")
        yield truth(not snippet).otherwise(f"{key} puts code into the proxy's configuration")
    if annotations.is_unknown:
        yield annotations.is_set.otherwise("")


@rule(
    "k8s-ingress-internal-or-listed",
    "kubernetes:networking.k8s.io/v1:Ingress",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.HIGH,
    remedy="Set the scheme to internal; the edge's load balancer is the only public one.",
)
def ingress_internal_or_listed(ingress: Resource) -> Iterable[Clause]:
    """Internet-facing ingress is declared."""
    public = _annotation(ingress, f"{ALB}scheme").equals("internet-facing")
    yield (~public).otherwise("faces the internet")
    cidrs = _annotation(ingress, f"{ALB}inbound-cidrs").satisfies(
        lambda v: isinstance(v, str) and any(is_internet(part) for part in v.split(","))
    )
    administers = some(one["host"].matches(ADMIN_HOST) for one in ingress["spec"]["rules"].each())
    yield (~cidrs | ~administers).otherwise("an administration page accepts every source address")
