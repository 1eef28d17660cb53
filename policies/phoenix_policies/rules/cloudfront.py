"""Content delivery."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.tls import cloudfront_allows_only
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, every, some, truth

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")
HIPAA_2: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.312(e)(1)",
)

DISTRIBUTION: Final = "aws:cloudfront/distribution:Distribution"
VPC_ORIGIN: Final = "aws:cloudfront/vpcOrigin:VpcOrigin"
ORIGIN_ACCESS: Final = "aws:cloudfront/originAccessControl:OriginAccessControl"
ONE_YEAR_SECONDS: Final = 31_536_000


@rule(
    "cloudfront-https-viewer",
    "aws:cloudfront/distribution:Distribution",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Set viewer_protocol_policy to redirect-to-https or https-only, in every behaviour.",
    sources=(
        "config:CLOUDFRONT_VIEWER_POLICY_HTTPS",
        "prowler:cloudfront_distributions_https_enabled",
        "checkov:CKV_AWS_34",
        "compliance_policies:aws-cloudfront-distribution-disallow-unencrypted-traffic",
    ),
)
def https_viewer(one: Resource) -> Iterable[Clause]:
    """Viewers must use HTTPS."""
    for behaviour in (one["defaultCacheBehavior"], *one["orderedCacheBehaviors"].each()):
        policy = behaviour["viewerProtocolPolicy"]
        yield policy.equals("redirect-to-https", "https-only").otherwise(
            f"{policy.path} is {policy.shown}"
        )


@rule(
    "cloudfront-min-tls",
    "aws:cloudfront/distribution:Distribution",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Set an ACM certificate, sni-only and TLSv1.2_2021 or newer.",
    sources=(
        "cdk_nag:AwsSolutions-CFR4",
        "config:CLOUDFRONT_SECURITY_POLICY_CHECK",
        "config:CLOUDFRONT_CUSTOM_SSL_CERTIFICATE",
        "config:CLOUDFRONT_SNI_ENABLED",
        "prowler:cloudfront_distributions_using_deprecated_ssl_protocols",
        "prowler:cloudfront_distributions_custom_ssl_certificate",
        "prowler:cloudfront_distributions_https_sni_enabled",
        "checkov:CKV_AWS_174",
        "checkov:CKV2_AWS_42",
        "compliance_policies:aws-cloudfront-distribution-configure-secure-tls",
    ),
)
def min_tls(one: Resource) -> Iterable[Clause]:
    """Viewer TLS is modern with an own certificate."""
    certificate = one["viewerCertificate"]
    floor = certificate["minimumProtocolVersion"]
    modern = floor.equals("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025") & cloudfront_allows_only(
        floor, 1.2
    )
    yield modern.otherwise(f"viewers may use {floor.shown}")
    yield certificate["sslSupportMethod"].equals("sni-only").otherwise("does not use SNI alone")
    yield (~certificate["cloudfrontDefaultCertificate"].is_true).otherwise(
        "uses CloudFront's certificate"
    )
    yield certificate["acmCertificateArn"].is_set.otherwise("has no certificate of its own")


@rule(
    "cloudfront-origin-https",
    "aws:cloudfront/distribution:Distribution",
    "aws:cloudfront/vpcOrigin:VpcOrigin",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Set origin_protocol_policy https-only and origin_ssl_protocols TLSv1.2.",
    sources=(
        "cdk_nag:AwsSolutions-CFR5",
        "config:CLOUDFRONT_TRAFFIC_TO_ORIGIN_ENCRYPTED",
        "config:CLOUDFRONT_NO_DEPRECATED_SSL_PROTOCOLS",
        "prowler:cloudfront_distributions_origin_traffic_encrypted",
        "prowler:cloudfront_distributions_using_deprecated_ssl_protocols",
        "checkov:CKV2_AWS_72",
        "checkov:CKV2_AWS_54",
        "compliance_policies:aws-cloudfront-distribution-enable-tls-to-origin",
        "compliance_policies:aws-cloudfront-distribution-configure-secure-tls-to-origin",
    ),
)
def origin_https(one: Resource) -> Iterable[Clause]:
    """Traffic to origins is TLS 1.2."""
    if one.type == VPC_ORIGIN:
        configurations = [one["vpcOriginEndpointConfig"]]
        key = "items"
    else:
        configurations = [
            c for o in one["origins"].each() if not (c := o["customOriginConfig"]).is_missing
        ]
        key = ""
    for config in configurations:
        yield (
            config["originProtocolPolicy"]
            .equals("https-only")
            .otherwise(f"{config.path} may use plain HTTP")
        )
        protocols = config["originSslProtocols"][key] if key else config["originSslProtocols"]
        listed = protocols.each()
        only = truth(bool(listed)) & every(one.equals("TLSv1.2", "TLSv1.3") for one in listed)
        yield only.otherwise(f"{config.path} may use old TLS")


@rule(
    "cloudfront-s3-oac",
    "aws:cloudfront/distribution:Distribution",
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    hipaa=HIPAA_2,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.HIGH,
    remedy="Set origin_access_control_id, signing always with sigv4.",
    sources=(
        "cdk_nag:AwsSolutions-CFR7",
        "cdk_nag:AwsSolutions-CFR6",
        "config:CLOUDFRONT_S3_ORIGIN_ACCESS_CONTROL_ENABLED",
        "config:CLOUDFRONT_ORIGIN_ACCESS_IDENTITY_ENABLED",
        "prowler:cloudfront_distributions_s3_origin_access_control",
        "prowler:cloudfront_distributions_s3_origin_non_existent_bucket",
        "checkov:CKV2_AWS_46",
    ),
)
def s3_oac(one: Resource) -> Iterable[Clause]:
    """S3 origins use origin access control."""
    if one.type == ORIGIN_ACCESS:
        yield one["signingBehavior"].equals("always").otherwise("does not sign every request")
        yield one["signingProtocol"].equals("sigv4").otherwise("does not sign with sigv4")
        return
    for origin in one["origins"].each():
        bucket = (
            origin["domainName"].matches(r"\.s3[.-].*amazonaws\.com")
            & origin["customOriginConfig"].is_empty
        )
        held = (
            origin["originAccessControlId"].is_set
            | origin["s3OriginConfig"]["originAccessIdentity"].is_set
        )
        yield (~bucket | held).otherwise(
            f"{origin.path} reads a bucket without origin access control"
        )


@rule(
    "cloudfront-waf",
    "aws:cloudfront/distribution:Distribution",
    hipaa=("164.308(a)(1)(ii)(B)", "164.312(e)(1)"),
    soc2=("CC6.6", "CC6.8"),
    severity=Severity.CRITICAL,
    remedy="Set web_acl_id to the CLOUDFRONT-scope ACL.",
    sources=(
        "cdk_nag:AwsSolutions-CFR2",
        "config:CLOUDFRONT_ASSOCIATED_WITH_WAF",
        "prowler:cloudfront_distributions_using_waf",
        "checkov:CKV_AWS_68",
        "compliance_policies:aws-cloudfront-distribution-configure-waf",
    ),
)
def waf(one: Resource) -> Iterable[Clause]:
    """Distributions have a web ACL."""
    yield one["webAclId"].is_set.otherwise("has no web ACL")


@stack_rule(
    "cloudfront-logging",
    "aws:cloudfront/distribution:Distribution",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    remedy="Set logging_config, or declare a log delivery source for the distribution.",
    sources=(
        "cdk_nag:AwsSolutions-CFR3",
        "config:CLOUDFRONT_ACCESSLOGS_ENABLED",
        "prowler:cloudfront_distributions_logging_enabled",
        "checkov:CKV_AWS_86",
        "compliance_policies:aws-cloudfront-distribution-configure-access-logging",
        "compliance_policies:aws-cloudfront-distribution-enable-access-logging",
    ),
)
def logging(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Distributions log requests."""
    for one in stack.of(DISTRIBUTION):
        delivered = stack.referrers(
            one, "aws:cloudwatch/logDeliverySource:LogDeliverySource", "resourceArn"
        ).exists
        yield one, (one["loggingConfig"]["bucket"].is_set | delivered).otherwise("logs no requests")


@rule(
    "cloudfront-default-root-object",
    "aws:cloudfront/distribution:Distribution",
    hipaa=HIPAA_2,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set default_root_object.",
    sources=(
        "config:CLOUDFRONT_DEFAULT_ROOT_OBJECT_CONFIGURED",
        "prowler:cloudfront_distributions_default_root_object",
        "checkov:CKV_AWS_305",
    ),
)
def default_root_object(one: Resource) -> Iterable[Clause]:
    """A default root object is set."""
    static = some(
        o["domainName"].matches(r"\.s3[.-].*amazonaws\.com") for o in one["origins"].each()
    )
    yield (~static | one["defaultRootObject"].is_set).otherwise("lists its bucket at the root")


@rule(
    "cloudfront-origin-failover",
    "aws:cloudfront/distribution:Distribution",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
    ),
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add an origin group over two regions, or one origin name with failover records.",
    sources=(
        "config:CLOUDFRONT_ORIGIN_FAILOVER_ENABLED",
        "prowler:cloudfront_distributions_multiple_origin_failover_configured",
        "checkov:CKV_AWS_310",
    ),
)
def origin_failover(one: Resource) -> Iterable[Clause]:
    """Distributions fail over between origins."""
    grouped = one["originGroups"].is_set
    by_name = some(o["domainName"].matches(r"^origin\.") for o in one["origins"].each())
    yield (grouped | by_name).otherwise("has one origin and no way to another")


@rule(
    "cloudfront-security-headers",
    "aws:cloudfront/distribution:Distribution",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set response_headers_policy_id; HSTS for a year with override, nosniff and frame options.",
    sources=("checkov:CKV2_AWS_32", "checkov:CKV_AWS_259"),
)
def security_headers(one: Resource) -> Iterable[Clause]:
    """Responses carry HSTS and other headers."""
    if one.type == DISTRIBUTION:
        held = one["defaultCacheBehavior"]["responseHeadersPolicyId"].is_set
        yield held.otherwise("adds no security headers")
        return
    config = one["securityHeadersConfig"]
    hsts = config["strictTransportSecurity"]
    yield (
        hsts["accessControlMaxAgeSec"]
        .at_least(ONE_YEAR_SECONDS)
        .otherwise("HSTS lasts less than a year")
    )
    yield hsts["override"].is_true.otherwise("an origin may weaken HSTS")
    for key in ("contentTypeOptions", "frameOptions"):
        yield config[key].satisfies(lambda v: v is not None).otherwise(f"{key} is not set")
