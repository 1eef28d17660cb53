"""Computed values: DNS, certificates, content delivery and web firewalls."""

from collections.abc import Mapping
from typing import cast

from phoenix_infra.preview.values.facts import Subject, Taught
from phoenix_infra.preview.wire import Value, is_unknown, reveal

CLOUDFRONT_ZONE_ID = (
    "Z2FDTNDATAQYW2"  # every CloudFront alias record names it (AWS General Reference)
)


def _validation_options(subject: Subject) -> Value:
    """One record per domain of the certificate, as DNS validation asks for."""
    alternatives = cast(list[str], reveal(subject.inputs.get("subjectAlternativeNames")) or [])
    names = [subject.text("domainName"), *alternatives]
    known = sorted({name for name in names if name and not is_unknown(name)})
    return [
        {
            "domainName": name,
            "resourceRecordName": f"_{subject.digest(32, name)}.{name.removeprefix('*.')}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{subject.digest(32, name + '=')}.acm-validations.aws.",
        }
        for name in known
    ]


def _web_acl_arn(subject: Subject) -> Value:
    name = subject.text("name") or f"{subject.name}-{subject.digest(7)}"
    place = subject.place
    cloudfront = subject.text("scope") == "CLOUDFRONT"
    region, scope = ("us-east-1", "global") if cloudfront else (place.region, "regional")
    noun = subject.type.rsplit(":", 1)[1].lower()
    return f"arn:aws:wafv2:{region}:{place.account}:{scope}/{noun}/{name}/{subject.uuid()}"


_WAF = Taught(
    id="{uuid}", outputs={"arn": _web_acl_arn, "capacity": 100, "lockToken": "{uuid:lock}"}
)

EDGE: Mapping[str, Taught] = {
    "aws:route53/zone:Zone": Taught(
        id="Z{hex20}",
        arn="arn:aws:route53:::hostedzone/{id}",
        outputs={
            "zoneId": "{id}",
            "nameServers": [
                "ns-1.awsdns-01.com",
                "ns-2.awsdns-02.net",
                "ns-3.awsdns-03.org",
                "ns-4.awsdns-04.co.uk",
            ],
            "primaryNameServer": "ns-1.awsdns-01.com",
        },
    ),
    "aws:route53/record:Record": Taught(
        id="{in[zoneId]}_{in[name]}_{in[type]}", outputs={"fqdn": "{in[name]}"}
    ),
    "aws:route53/healthCheck:HealthCheck": Taught(
        id="{uuid}", arn="arn:aws:route53:::healthcheck/{uuid}"
    ),
    "aws:route53/keySigningKey:KeySigningKey": Taught(
        id="{in[hostedZoneId]},{name}",
        outputs={
            "dsRecord": "12345 13 2 {hex64}",
            "dnskeyRecord": "257 3 13 {hex64}",
            "keyTag": 12345,
        },
    ),
    "aws:route53/queryLog:QueryLog": Taught(
        id="{uuid}", arn="arn:aws:route53:::queryloggingconfig/{uuid}"
    ),
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": Taught(
        id="rslvr-fdl-{hex17}",
        arn="arn:aws:route53resolver:{region}:{account}:firewall-domain-list/{id}",
    ),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": Taught(
        id="rslvr-frg-{hex17}",
        arn="arn:aws:route53resolver:{region}:{account}:firewall-rule-group/{id}",
    ),
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": Taught(
        id="rqlc-{hex17}",
        arn="arn:aws:route53resolver:{region}:{account}:resolver-query-log-config/{id}",
    ),
    "aws:acm/certificate:Certificate": Taught(
        id="{arn}",
        arn="arn:aws:acm:{region}:{account}:certificate/{uuid}",
        outputs={
            "domainValidationOptions": _validation_options,
            "status": "ISSUED",
            "notAfter": "2027-01-01T00:00:00Z",
        },
    ),
    "aws:acm/certificateValidation:CertificateValidation": Taught(id="{in[certificateArn]}"),
    "aws:acmpca/certificateAuthority:CertificateAuthority": Taught(
        id="{arn}", arn="arn:aws:acm-pca:{region}:{account}:certificate-authority/{uuid}"
    ),
    "aws:cloudfront/distribution:Distribution": Taught(
        id="E{hex13}",
        arn="arn:aws:cloudfront::{account}:distribution/{id}",
        outputs={
            "domainName": "d{hex13}.cloudfront.net",
            "hostedZoneId": CLOUDFRONT_ZONE_ID,
            "status": "Deployed",
            "etag": "E{hex13:etag}",
        },
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": Taught(
        id="E{hex13}", arn="arn:aws:cloudfront::{account}:origin-access-control/{id}"
    ),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": Taught(
        id="{uuid}", arn="arn:aws:cloudfront::{account}:response-headers-policy/{uuid}"
    ),
    "aws:cloudfront/cachePolicy:CachePolicy": Taught(
        id="{uuid}", arn="arn:aws:cloudfront::{account}:cache-policy/{uuid}"
    ),
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": Taught(
        id="{uuid}", arn="arn:aws:cloudfront::{account}:origin-request-policy/{uuid}"
    ),
    "aws:cloudfront/function:Function": Taught(
        id="{name}", arn="arn:aws:cloudfront::{account}:function/{name}"
    ),
    "aws:cloudfront/vpcOrigin:VpcOrigin": Taught(
        id="vo_{hex22}", arn="arn:aws:cloudfront::{account}:vpcorigin/{id}"
    ),
    "aws:cloudfront/keyGroup:KeyGroup": Taught(id="{uuid}"),
    "aws:cloudfront/publicKey:PublicKey": Taught(id="K{hex13}"),
    "aws:wafv2/webAcl:WebAcl": _WAF,
    "aws:wafv2/ipSet:IpSet": _WAF,
    "aws:wafv2/regexPatternSet:RegexPatternSet": _WAF,
    "aws:wafv2/ruleGroup:RuleGroup": _WAF,
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Taught(
        id="{in[resourceArn]}"
    ),
    "aws:shield/protection:Protection": Taught(
        id="{uuid}", arn="arn:aws:shield::{account}:protection/{uuid}"
    ),
    "aws:globalaccelerator/accelerator:Accelerator": Taught(
        id="{arn}",
        arn="arn:aws:globalaccelerator::{account}:accelerator/{uuid}",
        outputs={"dnsName": "{hex16}.awsglobalaccelerator.com", "hostedZoneId": "Z2BJ6XQ5FK7U4H"},
    ),
}
