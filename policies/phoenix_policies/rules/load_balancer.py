"""Load balancers, listeners, target groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.tls import load_balancer_allows_only
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, every, some, truth, unknown
from phoenix_policies.values import Value

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")
HIPAA_2: Final = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)")

LISTENER: Final = "aws:lb/listener:Listener"
LISTENER_RULE: Final = "aws:lb/listenerRule:ListenerRule"
PUBLIC_TAG: Final = "Exposure"
PASSTHROUGH_PORTS: Final = (443, 8443)


def _secure(listener: Resource) -> Truth:
    return listener["protocol"].equals("HTTPS", "TLS")


@stack_rule(
    "alb-no-plaintext-listener",
    "aws:lb/listener:Listener",
    "aws:alb/listener:Listener",
    "aws:lb/listenerRule:ListenerRule",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Make the only default action a redirect to HTTPS with HTTP_301.",
    sources=(
        "cdk_nag:HIPAA.Security-ALBHttpToHttpsRedirection",
        "config:ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK",
        "config:ELBV2_LISTENER_ENCRYPTION_IN_TRANSIT",
        "prowler:elbv2_ssl_listeners",
        "checkov:CKV_AWS_2",
        "checkov:CKV2_AWS_20",
        "checkov:CKV_AWS_378",
        "compliance_policies:aws-lb-listener-disallow-unencrypted-traffic",
        "compliance_policies:aws-alb-listener-disallow-unencrypted-traffic",
        "awsguard:alb-http-to-https-redirection",
    ),
)
def no_plaintext_listener(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """HTTP listeners only redirect to HTTPS."""
    listeners = list(stack.of(LISTENER))
    for one in listeners:
        actions = one["defaultActions"].each()
        redirects = truth(bool(actions)) & every(_to_https(action) for action in actions)
        yield one, (~_plain(one) | redirects).otherwise("serves plain text")
    for one in stack.of(LISTENER_RULE):
        over_plain = some(
            _plain(listener) & stack.refers(one, listener, "listenerArn") for listener in listeners
        )
        forwards = some(action["type"].equals("forward") for action in one["actions"].each())
        yield one, (~over_plain | ~forwards).otherwise("forwards what came in plain text")


def _plain(listener: Resource) -> Truth:
    protocol = listener["protocol"]
    return protocol.equals("HTTP") | (protocol.is_empty & listener["port"].equals(80))


def _to_https(action: Value) -> Truth:
    redirect = action["redirect"]
    return (
        action["type"].equals("redirect")
        & redirect["protocol"].equals("HTTPS")
        & redirect["statusCode"].equals("HTTP_301", "HTTP_308")
    )


@rule(
    "alb-tls-policy",
    "aws:lb/listener:Listener",
    "aws:alb/listener:Listener",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Set ssl_policy to a TLS 1.3 policy, or one that allows 1.2 with forward secrecy only.",
    sources=(
        "config:ELB_PREDEFINED_SECURITY_POLICY_SSL_CHECK",
        "prowler:elbv2_insecure_ssl_ciphers",
        "prowler:elbv2_listener_pqc_tls_enabled",
        "checkov:CKV_AWS_103",
        "checkov:CKV2_AWS_74",
        "compliance_policies:aws-lb-listener-configure-secure-tls",
        "compliance_policies:aws-alb-listener-configure-secure-tls",
    ),
)
def tls_policy(one: Resource) -> Iterable[Clause]:
    """TLS listeners use a modern policy."""
    policy = one["sslPolicy"]
    modern = load_balancer_allows_only(policy, 1.2)
    yield (~_secure(one) | modern).otherwise(f"{policy.shown} allows old protocols")


@rule(
    "alb-listener-acm-certificate",
    "aws:lb/listener:Listener",
    "aws:alb/listener:Listener",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Set certificate_arn to an ACM certificate.",
    sources=(
        "cdk_nag:HIPAA.Security-ELBv2ACMCertificateRequired",
        "config:ELBV2_ACM_CERTIFICATE_REQUIRED",
    ),
)
def listener_acm_certificate(one: Resource) -> Iterable[Clause]:
    """TLS listeners use ACM certificates."""
    arn = one["certificateArn"]
    yield (~_secure(one) | arn.is_set).otherwise("has no certificate")
    issued = arn.matches(r"^arn:[^:]+:acm:")
    yield (arn.is_empty | issued).otherwise("uses a certificate that ACM does not renew")


@rule(
    "nlb-tls-listener",
    "aws:lb/listener:Listener",
    "aws:alb/listener:Listener",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Terminate TLS, or pass through only on a port whose backend serves TLS.",
    sources=("prowler:elbv2_nlb_tls_termination_enabled",),
)
def nlb_tls_listener(one: Resource) -> Iterable[Clause]:
    """NLB listeners terminate or pass TLS on purpose."""
    passes = one["protocol"].equals("TCP")
    yield (~passes | one["port"].equals(*PASSTHROUGH_PORTS)).otherwise("passes plain TCP")


@rule(
    "target-group-health-check",
    "aws:lb/targetGroup:TargetGroup",
    "aws:alb/targetGroup:TargetGroup",
    hipaa=HIPAA_2,
    soc2=("A1.2",),
    severity=Severity.MEDIUM,
    remedy="Enable the health check with a path, over the group's protocol, and five failures at most.",
    sources=("checkov:CKV_AWS_261",),
)
def target_group_health_check(group: Resource) -> Iterable[Clause]:
    """Target groups have a real health check."""
    check = group["healthCheck"]
    yield (~check["enabled"].is_false).otherwise("its health check is off")
    web = group["protocol"].equals("HTTP", "HTTPS")
    yield (~web | check["path"].is_set).otherwise("its health check asks for no path")
    encrypted = group["protocol"].equals("HTTPS")
    yield (~encrypted | check["protocol"].equals("HTTPS")).otherwise(
        "its health check does not use HTTPS"
    )
    failures = check["unhealthyThreshold"]
    yield (failures.is_empty | failures.at_most(5)).otherwise("notices a dead target too late")


@rule(
    "alb-target-group-tls",
    "aws:lb/targetGroup:TargetGroup",
    "aws:alb/targetGroup:TargetGroup",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set protocol HTTPS or TLS; the mesh gateway serves it.",
    sources=("checkov:CKV_AWS_378",),
)
def target_group_tls(group: Resource) -> Iterable[Clause]:
    """Back-end connections are encrypted."""
    yield (
        group["protocol"]
        .equals("HTTPS", "TLS", "TCP", None)
        .otherwise("talks plain text to its targets")
    )


def _application(balancer: Resource) -> Truth:
    return balancer["loadBalancerType"].equals(None, "application")


@rule(
    "alb-drop-invalid-headers",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.MEDIUM,
    remedy="Set drop_invalid_header_fields.",
    sources=(
        "cdk_nag:HIPAA.Security-ALBHttpDropInvalidHeaderEnabled",
        "config:ALB_HTTP_DROP_INVALID_HEADER_ENABLED",
        "prowler:elbv2_alb_drop_invalid_header_fields_enabled",
        "checkov:CKV_AWS_131",
    ),
)
def drop_invalid_headers(one: Resource) -> Iterable[Clause]:
    """Malformed headers are dropped."""
    yield (~_application(one) | one["dropInvalidHeaderFields"].is_true).otherwise(
        "passes malformed headers on"
    )


@rule(
    "alb-desync-defensive",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
    hipaa=("164.308(a)(1)(ii)(B)", "164.312(e)(1)"),
    soc2=("CC6.6", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Leave desync_mitigation_mode out, or set defensive or strictest.",
    sources=(
        "config:ALB_DESYNC_MODE_CHECK",
        "prowler:elbv2_desync_mitigation_mode",
        "prowler:elb_desync_mitigation_mode",
        "checkov:CKV_AWS_328",
    ),
)
def desync_defensive(one: Resource) -> Iterable[Clause]:
    """Request smuggling protection is on."""
    mode = one["desyncMitigationMode"]
    yield mode.equals(None, "defensive", "strictest").otherwise(f"its mode is {mode.shown}")


@rule(
    "lb-access-logs",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    remedy="Set access_logs with enabled and a bucket.",
    sources=(
        "cdk_nag:HIPAA.Security-ELBLoggingEnabled",
        "cdk_nag:AwsSolutions-ELB2",
        "config:ELB_LOGGING_ENABLED",
        "config:NLB_LOGGING_ENABLED",
        "prowler:elbv2_logging_enabled",
        "prowler:elb_logging_enabled",
        "checkov:CKV_AWS_91",
        "checkov:CKV_AWS_92",
        "compliance_policies:aws-lb-loadbalancer-configure-access-logging",
        "compliance_policies:aws-lb-loadbalancer-enable-access-logging",
        "compliance_policies:aws-alb-loadbalancer-configure-access-logging",
        "compliance_policies:aws-alb-loadbalancer-enable-access-logging",
        "compliance_policies:aws-elb-loadbalancer-configure-access-logging",
        "awsguard:elb-logging-enabled",
    ),
)
def access_logs(one: Resource) -> Iterable[Clause]:
    """Load balancers keep access logs."""
    logs = one["accessLogs"]
    network = one["loadBalancerType"].equals("gateway")
    on = logs["enabled"].is_true & logs["bucket"].is_set
    yield (on | network).otherwise("keeps no access log")


@rule(
    "lb-deletion-protection",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.MEDIUM,
    remedy="Set enable_deletion_protection.",
    sources=(
        "cdk_nag:HIPAA.Security-ELBDeletionProtectionEnabled",
        "config:ELB_DELETION_PROTECTION_ENABLED",
        "prowler:elbv2_deletion_protection",
        "checkov:CKV_AWS_150",
        "awsguard:elb-deletion-protection-enabled",
    ),
)
def deletion_protection(one: Resource) -> Iterable[Clause]:
    """Load balancers cannot be deleted by accident."""
    yield one["enableDeletionProtection"].is_true.otherwise("can be deleted by one call")


@rule(
    "lb-multi-az",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    hipaa=HIPAA_2,
    soc2=("A1.2",),
    severity=Severity.HIGH,
    remedy="Name subnets of two zones; a network load balancer balances across zones.",
    sources=(
        "cdk_nag:HIPAA.Security-ELBCrossZoneLoadBalancingEnabled",
        "cdk_nag:AwsSolutions-ELB4",
        "config:ELBV2_MULTIPLE_AZ",
        "config:ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED",
        "config:NLB_CROSS_ZONE_LOAD_BALANCING_ENABLED",
        "prowler:elbv2_is_in_multiple_az",
        "prowler:elbv2_cross_zone_load_balancing_enabled",
        "checkov:CKV_AWS_152",
        "compliance_policies:aws-elb-loadbalancer-configure-multi-availability-zone",
    ),
)
def multi_az(one: Resource) -> Iterable[Clause]:
    """Load balancers use several AZs and balance across them."""
    subnets, mappings = one["subnets"], one["subnetMappings"]
    counted = max(len(subnets.each()), len(mappings.each()))
    open_ended = subnets.is_unknown or mappings.is_unknown
    several = unknown(subnets.path) if open_ended else truth(counted >= 2)
    yield several.otherwise("stands in one zone")
    network = one["loadBalancerType"].equals("network", "gateway")
    yield (~network | one["enableCrossZoneLoadBalancing"].is_true).otherwise(
        "does not balance across zones"
    )


@rule(
    "lb-internal-by-default",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set internal, or tag the load balancer Exposure=public on purpose.",
    sources=("prowler:elbv2_internet_facing",),
)
def internal_by_default(one: Resource) -> Iterable[Clause]:
    """Internet-facing load balancers are declared."""
    declared = one["tags"][PUBLIC_TAG].equals("public")
    yield (one["internal"].is_true | declared).otherwise("faces the internet without saying so")
