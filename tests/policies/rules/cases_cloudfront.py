"""Cases of the rules on content delivery."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    alone,
    given,
    having,
    lacking,
    together,
)

_SITE = given(
    "site",
    "aws:cloudfront/distribution:Distribution",
    {
        "enabled": True,
        "webAclId": "arn:aws:wafv2:us-east-1:481516234299:global/webacl/site/1",
        "defaultRootObject": "index.html",
        "loggingConfig": {"bucket": "logs.s3.amazonaws.com"},
        "defaultCacheBehavior": {
            "viewerProtocolPolicy": "redirect-to-https",
            "responseHeadersPolicyId": "policy-1",
        },
        "orderedCacheBehaviors": [{"pathPattern": "/api/*", "viewerProtocolPolicy": "https-only"}],
        "viewerCertificate": {
            "acmCertificateArn": "arn:aws:acm:us-east-1:481516234299:certificate/1",
            "minimumProtocolVersion": "TLSv1.2_2021",
            "sslSupportMethod": "sni-only",
        },
        "origins": [
            {
                "domainName": "pages.s3.us-east-1.amazonaws.com",
                "originAccessControlId": "control-1",
            },
            {
                "domainName": "api.example.com",
                "customOriginConfig": {
                    "originProtocolPolicy": "https-only",
                    "originSslProtocols": ["TLSv1.2"],
                },
            },
        ],
        "originGroups": [{"originId": "api", "members": [{"originId": "a"}, {"originId": "b"}]}],
    },
    outputs={"arn": "arn:aws:cloudfront::481516234299:distribution/E1"},
)
_CONTROL = given(
    "control",
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    {"signingBehavior": "always", "signingProtocol": "sigv4"},
)
_VPC_ORIGIN = given(
    "inside",
    "aws:cloudfront/vpcOrigin:VpcOrigin",
    {
        "vpcOriginEndpointConfig": {
            "originProtocolPolicy": "https-only",
            "originSslProtocols": {"items": ["TLSv1.2"], "quantity": 1},
        }
    },
)
_HEADERS = given(
    "headers",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    {
        "securityHeadersConfig": {
            "strictTransportSecurity": {"accessControlMaxAgeSec": 31_536_000, "override": True},
            "contentTypeOptions": {"override": True},
            "frameOptions": {"frameOption": "DENY", "override": True},
        }
    },
)
_CUSTOM = "origins.1.customOriginConfig"
_HSTS = "securityHeadersConfig.strictTransportSecurity"

CASES = [
    Cases(
        rule="cloudfront-https-viewer",
        compliant=[_SITE],
        fails={
            "either": having("defaultCacheBehavior.viewerProtocolPolicy", "allow-all"),
            "either on one path": having(
                "orderedCacheBehaviors.0.viewerProtocolPolicy", "allow-all"
            ),
        },
        unknown={"not known": having("orderedCacheBehaviors", UNKNOWN)},
    ),
    Cases(
        rule="cloudfront-min-tls",
        compliant=[_SITE],
        fails={
            "TLS 1.0": having("viewerCertificate.minimumProtocolVersion", "TLSv1"),
            "an older set of suites": having(
                "viewerCertificate.minimumProtocolVersion", "TLSv1.2_2018"
            ),
            "left out": lacking("viewerCertificate.minimumProtocolVersion"),
            "CloudFront's certificate": having(
                "viewerCertificate", {"cloudfrontDefaultCertificate": True}
            ),
            "an address of its own": having("viewerCertificate.sslSupportMethod", "vip"),
        },
        unknown={
            "not known": having("viewerCertificate", UNKNOWN),
            "the certificate is not known": having("viewerCertificate.acmCertificateArn", UNKNOWN),
        },
    ),
    Cases(
        rule="cloudfront-origin-https",
        compliant=[_SITE],
        passes={"inside the VPC": alone(_VPC_ORIGIN)},
        fails={
            "as the viewer does": having(f"{_CUSTOM}.originProtocolPolicy", "match-viewer"),
            "TLS 1.0 too": having(f"{_CUSTOM}.originSslProtocols", ["TLSv1", "TLSv1.2"]),
            "plain text inside the VPC": together(
                alone(_VPC_ORIGIN),
                having("vpcOriginEndpointConfig.originProtocolPolicy", "http-only"),
            ),
        },
        unknown={"not known": having(f"{_CUSTOM}.originSslProtocols", UNKNOWN)},
    ),
    Cases(
        rule="cloudfront-s3-oac",
        compliant=[_SITE, _CONTROL],
        passes={
            "the older identity": together(
                lacking("origins.0.originAccessControlId"),
                having("origins.0.s3OriginConfig", {"originAccessIdentity": "origin-access/1"}),
            )
        },
        fails={
            "none": lacking("origins.0.originAccessControlId"),
            "an identity in name only": together(
                lacking("origins.0.originAccessControlId"),
                having("origins.0.s3OriginConfig", {"originAccessIdentity": ""}),
            ),
            "does not sign": having("signingBehavior", "never", on="control"),
        },
        unknown={"not known": having("origins.0.originAccessControlId", UNKNOWN)},
    ),
    Cases(
        rule="cloudfront-waf",
        compliant=[_SITE],
        fails={"none": lacking("webAclId"), "empty": having("webAclId", "")},
        unknown={"not known": having("webAclId", UNKNOWN)},
    ),
    Cases(
        rule="cloudfront-logging",
        compliant=[_SITE],
        passes={
            "delivered": together(
                lacking("loggingConfig"),
                adding(
                    given(
                        "delivery",
                        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
                        {"resourceArn": UNKNOWN},
                        depends={"resourceArn": ["site"]},
                    )
                ),
            )
        },
        fails={"none": lacking("loggingConfig"), "nowhere": lacking("loggingConfig.bucket")},
        unknown={"not known": having("loggingConfig", UNKNOWN)},
    ),
    Cases(
        rule="cloudfront-default-root-object",
        compliant=[_SITE],
        passes={"no bucket": together(lacking("defaultRootObject"), lacking("origins.0"))},
        fails={"none": lacking("defaultRootObject"), "empty": having("defaultRootObject", "")},
        unknown={"not known": having("defaultRootObject", UNKNOWN)},
    ),
    Cases(
        rule="cloudfront-origin-failover",
        compliant=[_SITE],
        fails={"none": lacking("originGroups"), "empty": having("originGroups", [])},
        unknown={"not known": having("originGroups", UNKNOWN)},
    ),
    Cases(
        rule="cloudfront-security-headers",
        compliant=[_SITE, _HEADERS],
        fails={
            "none": lacking("defaultCacheBehavior.responseHeadersPolicyId"),
            "a month of HSTS": having(f"{_HSTS}.accessControlMaxAgeSec", 2_592_000, on="headers"),
            "an origin may weaken it": having(f"{_HSTS}.override", False, on="headers"),
            "may be framed": lacking("securityHeadersConfig.frameOptions", on="headers"),
        },
        unknown={"not known": having("defaultCacheBehavior", UNKNOWN)},
    ),
]
