"""The content delivery network: one origin name, TLS floor, security headers, its own access log (A7.3)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudfront, cloudwatch

ORIGIN_HEADER = "X-Origin-Verify"
HSTS_SECONDS = 31_536_000
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; object-src 'none'"
)
CACHING_DISABLED_POLICY = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""Managed-CachingDisabled: nothing with protected health information stays at the edge."""
ALL_VIEWER_POLICY = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""Managed-AllViewer: the origin sees the viewer's host, headers, cookies and query."""
ORIGIN_READ_TIMEOUT_SECONDS = 60
LOG_RETENTION_DAYS = 2557
TLS_POLICY: Mapping[str, str] = {"TLSv1.3": "TLSv1.3_2025", "TLSv1.2": "TLSv1.2_2021"}
"""Minimum version to CloudFront's named policy (docs.aws.amazon.com/AmazonCloudFront, supported viewer protocols)."""


@dataclass(frozen=True, kw_only=True)
class ContentDeliveryArgs:
    """What viewers ask for and where the requests go."""

    distribution_name: str
    account_id: str
    hosts: Sequence[str]
    origin_host: str
    origin_secret: pulumi.Input[str]
    certificate_arn: pulumi.Input[str]
    minimum_tls_version: str
    price_class: str
    web_acl_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class ContentDelivery(pulumi.ComponentResource):
    """The distribution in front of both regions."""

    distribution_arn: pulumi.Output[str]
    distribution_id: pulumi.Output[str]
    domain_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: ContentDeliveryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:ContentDelivery", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        headers = cloudfront.ResponseHeadersPolicy(
            f"{name}-security-headers",
            name=f"{args.distribution_name}-security-headers",
            comment="L-029: HSTS, nosniff, DENY, CSP",
            security_headers_config=_security_headers(),
            opts=child,
        )
        distribution = cloudfront.Distribution(
            name,
            enabled=True,
            comment=args.distribution_name,
            aliases=sorted(args.hosts),
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=args.price_class,
            web_acl_id=args.web_acl_arn,
            origins=[_origin(args)],
            default_cache_behavior=_behavior(headers.id),
            restrictions=cloudfront.DistributionRestrictionsArgs(
                geo_restriction=cloudfront.DistributionRestrictionsGeoRestrictionArgs(
                    restriction_type="none", locations=[]
                )
            ),
            viewer_certificate=cloudfront.DistributionViewerCertificateArgs(
                acm_certificate_arn=args.certificate_arn,
                ssl_support_method="sni-only",
                minimum_protocol_version=TLS_POLICY[args.minimum_tls_version],
            ),
            tags=args.tags,
            opts=child,
        )
        _access_log(name, args, distribution, child)
        self.distribution_arn = distribution.arn
        self.distribution_id = distribution.id
        self.domain_name = distribution.domain_name
        self.register_outputs({"domain_name": self.domain_name})


def _origin(args: ContentDeliveryArgs) -> cloudfront.DistributionOriginArgs:
    return cloudfront.DistributionOriginArgs(
        origin_id="active-region",
        domain_name=args.origin_host,
        custom_origin_config=cloudfront.DistributionOriginCustomOriginConfigArgs(
            http_port=80,
            https_port=443,
            origin_protocol_policy="https-only",
            origin_ssl_protocols=["TLSv1.2"],
            origin_read_timeout=ORIGIN_READ_TIMEOUT_SECONDS,
            origin_keepalive_timeout=ORIGIN_READ_TIMEOUT_SECONDS,
        ),
        custom_headers=[
            cloudfront.DistributionOriginCustomHeaderArgs(
                name=ORIGIN_HEADER, value=pulumi.Output.secret(args.origin_secret)
            )
        ],
    )


def _behavior(
    headers_policy_id: pulumi.Input[str],
) -> cloudfront.DistributionDefaultCacheBehaviorArgs:
    return cloudfront.DistributionDefaultCacheBehaviorArgs(
        target_origin_id="active-region",
        viewer_protocol_policy="https-only",
        allowed_methods=["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        cached_methods=["GET", "HEAD"],
        compress=True,
        cache_policy_id=CACHING_DISABLED_POLICY,
        origin_request_policy_id=ALL_VIEWER_POLICY,
        response_headers_policy_id=headers_policy_id,
    )


def _security_headers() -> cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs:
    prefix = cloudfront
    return prefix.ResponseHeadersPolicySecurityHeadersConfigArgs(
        strict_transport_security=prefix.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs(
            access_control_max_age_sec=HSTS_SECONDS,
            include_subdomains=True,
            preload=True,
            override=True,
        ),
        content_type_options=prefix.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs(
            override=True
        ),
        frame_options=prefix.ResponseHeadersPolicySecurityHeadersConfigFrameOptionsArgs(
            frame_option="DENY", override=True
        ),
        content_security_policy=prefix.ResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicyArgs(
            content_security_policy=CONTENT_SECURITY_POLICY, override=True
        ),
        referrer_policy=prefix.ResponseHeadersPolicySecurityHeadersConfigReferrerPolicyArgs(
            referrer_policy="strict-origin-when-cross-origin", override=True
        ),
    )


def _access_log(
    name: str,
    args: ContentDeliveryArgs,
    distribution: cloudfront.Distribution,
    child: pulumi.ResourceOptions,
) -> None:
    """Delivered to a log group with our key: a bucket target would need SSE-S3 or an ACL."""
    log_group = cloudwatch.LogGroup(
        f"{name}-log",
        name=f"/aws/vendedlogs/cloudfront/{args.distribution_name}",
        retention_in_days=LOG_RETENTION_DAYS,
        kms_key_id=args.logs_key_arn,
        skip_destroy=True,
        tags=args.tags,
        opts=child,
    )
    policy = cloudwatch.LogResourcePolicy(
        f"{name}-log-policy",
        policy_name=f"{args.distribution_name}-cloudfront",
        policy_document=log_group.arn.apply(lambda arn: _delivery_policy(arn, args.account_id)),
        opts=child,
    )
    source = cloudwatch.LogDeliverySource(
        f"{name}-log-source",
        name=args.distribution_name,
        log_type="ACCESS_LOGS",
        resource_arn=distribution.arn,
        tags=args.tags,
        opts=child,
    )
    destination = cloudwatch.LogDeliveryDestination(
        f"{name}-log-destination",
        name=args.distribution_name,
        output_format="json",
        delivery_destination_configuration=cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs(
            destination_resource_arn=log_group.arn
        ),
        tags=args.tags,
        opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[policy])),
    )
    cloudwatch.LogDelivery(
        f"{name}-log-delivery",
        delivery_source_name=source.name,
        delivery_destination_arn=destination.arn,
        tags=args.tags,
        opts=child,
    )


def _delivery_policy(log_group_arn: str, account_id: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "CloudFrontAccessLogs",
                    "Effect": "Allow",
                    "Principal": {"Service": "delivery.logs.amazonaws.com"},
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": f"{log_group_arn}:log-stream:*",
                    "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
                }
            ],
        }
    )
