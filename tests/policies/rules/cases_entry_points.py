"""Cases of the rules on ways into the cluster."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    adding,
    alone,
    given,
    having,
    lacking,
    together,
    without,
)

_LB = "service.beta.kubernetes.io/aws-load-balancer-"
_ALB = "alb.ingress.kubernetes.io/"
_HOST = "api.phoenix-guardian.com"
_SERVICE = given(
    "entry",
    "kubernetes:core/v1:Service",
    {
        "metadata": {
            "name": "entry",
            "namespace": "istio-ingress",
            "annotations": {f"{_LB}scheme": "internal", f"{_LB}nlb-target-type": "ip"},
        },
        "spec": {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False},
    },
)
_SCHEME = ["metadata", "annotations", f"{_LB}scheme"]
_PUBLIC = having(_SCHEME, "internet-facing")
_PUBLIC_GUARDED = given(
    "entry",
    _SERVICE.type,
    {
        "metadata": {
            "name": "entry",
            "annotations": {
                f"{_LB}scheme": "internet-facing",
                f"{_LB}ssl-cert": "arn:aws:acm:us-east-1:481516234299:certificate/c",
                f"{_LB}ssl-negotiation-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                f"{_LB}attributes": "access_logs.s3.enabled=true,access_logs.s3.bucket=logs",
            },
        },
        "spec": {"type": "LoadBalancer", "loadBalancerSourceRanges": ["203.0.113.0/24"]},
    },
)
_INGRESS = given(
    "api",
    "kubernetes:networking.k8s.io/v1:Ingress",
    {
        "metadata": {
            "name": "api",
            "namespace": "istio-ingress",
            "annotations": {
                f"{_ALB}scheme": "internal",
                f"{_ALB}ssl-redirect": "443",
                f"{_ALB}ssl-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                f"{_ALB}load-balancer-attributes": (
                    "access_logs.s3.enabled=true,access_logs.s3.bucket=logs,"
                    "routing.http.drop_invalid_header_fields.enabled=true,"
                    "deletion_protection.enabled=true"
                ),
            },
        },
        "spec": {
            "ingressClassName": "alb",
            "tls": [{"hosts": [_HOST], "secretName": "api"}],
            "rules": [{"host": _HOST, "http": {"paths": []}}],
        },
    },
)
_ASSOCIATION = given("acl", "aws:wafv2/webAclAssociation:WebAclAssociation", {"webAclArn": "arn"})


def _annotated(key: str, value: Any) -> Bend:
    return having(["metadata", "annotations", f"{_ALB}{key}"], value)


def _no_annotation(key: str) -> Bend:
    return lacking(["metadata", "annotations", f"{_ALB}{key}"])


CASES = [
    Cases(
        rule="k8s-service-no-public-lb",
        compliant=[_SERVICE],
        passes={
            "inside the cluster": having("spec.type", "ClusterIP"),
            "by the older annotation": having("metadata.annotations", {f"{_LB}internal": "true"}),
        },
        fails={
            "public": _PUBLIC,
            "public by default": lacking("metadata.annotations"),
        },
        unknown={
            "scheme not known": having(_SCHEME, UNKNOWN),
            "type not known": together(_PUBLIC, having("spec.type", UNKNOWN)),
        },
    ),
    Cases(
        rule="k8s-service-lb-source-ranges",
        compliant=[_PUBLIC_GUARDED],
        passes={
            "an internal one": alone(_SERVICE),
            "logs by the older annotation": together(
                lacking(["metadata", "annotations", f"{_LB}attributes"]),
                having(["metadata", "annotations", f"{_LB}access-log-enabled"], "true"),
            ),
        },
        fails={
            "every source": lacking("spec.loadBalancerSourceRanges"),
            "every source in so many words": having(
                "spec.loadBalancerSourceRanges", ["203.0.113.0/24", "0.0.0.0/0"]
            ),
            "no certificate": lacking(["metadata", "annotations", f"{_LB}ssl-cert"]),
            "no TLS policy": lacking(["metadata", "annotations", f"{_LB}ssl-negotiation-policy"]),
            "no logs": lacking(["metadata", "annotations", f"{_LB}attributes"]),
        },
        unknown={
            "sources not known": having("spec.loadBalancerSourceRanges", UNKNOWN),
            "annotations not known": having("metadata.annotations", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-service-no-nodeport",
        compliant=[_SERVICE],
        passes={
            "inside the cluster": having("spec", {"type": "ClusterIP"}),
            "a load balancer that reaches pods through nodes": together(
                lacking("spec.allocateLoadBalancerNodePorts"),
                having(["metadata", "annotations", f"{_LB}nlb-target-type"], "instance"),
            ),
        },
        fails={
            "a port on every node": having("spec.type", "NodePort"),
            "ports that nothing uses": lacking("spec.allocateLoadBalancerNodePorts"),
        },
        unknown={
            "type not known": having("spec", {"type": UNKNOWN}),
            "allocation not known": having("spec.allocateLoadBalancerNodePorts", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-service-no-external-ips",
        compliant=[_SERVICE],
        passes={
            "a name of AWS": having(
                "spec", {"type": "ExternalName", "externalName": "db.us-east-1.rds.amazonaws.com"}
            )
        },
        fails={
            "claims an address": having("spec.externalIPs", ["203.0.113.7"]),
            "stands for a stranger": having(
                "spec", {"type": "ExternalName", "externalName": "db.example.org"}
            ),
            "a name that ends alike": having(
                "spec", {"type": "ExternalName", "externalName": "evil-amazonaws.com"}
            ),
        },
        unknown={
            "addresses not known": having("spec.externalIPs", UNKNOWN),
            "name not known": having("spec", {"type": "ExternalName", "externalName": UNKNOWN}),
        },
    ),
    Cases(
        rule="k8s-public-entry-behind-waf",
        compliant=[_PUBLIC_GUARDED, _ASSOCIATION],
        passes={
            "an internal service needs none": alone(_SERVICE),
            "an internal ingress needs none": alone(_INGRESS),
            "a public ingress with a web ACL": alone(
                given(
                    "api",
                    _INGRESS.type,
                    {
                        "metadata": {
                            "annotations": {
                                f"{_ALB}scheme": "internet-facing",
                                f"{_ALB}wafv2-acl-arn": "arn:aws:wafv2:us-east-1:1:regional/webacl/w",
                            }
                        }
                    },
                )
            ),
        },
        fails={
            "a service without a web ACL": without("acl"),
            "an ingress without a web ACL": adding(
                given(
                    "api",
                    _INGRESS.type,
                    {"metadata": {"annotations": {f"{_ALB}scheme": "internet-facing"}}},
                )
            ),
        },
        unknown={
            "whether it is public is not known": together(
                without("acl"), having("metadata.annotations", UNKNOWN)
            )
        },
    ),
    Cases(
        rule="k8s-ingress-tls",
        compliant=[_INGRESS],
        passes={
            "a default backend with a certificate": having(
                "spec", {"defaultBackend": {}, "tls": [{"secretName": "api"}]}
            ),
            "a wildcard certificate": having("spec.tls.0.hosts", ["*.phoenix-guardian.com"]),
            "at the load balancer": together(
                lacking("spec.tls"),
                _annotated("listen-ports", '[{"HTTPS":443}]'),
                _annotated("certificate-arn", "arn:aws:acm:us-east-1:481516234299:certificate/c"),
            ),
        },
        fails={
            "none": lacking("spec.tls"),
            "of another host": having("spec.tls.0.hosts", ["www.phoenix-guardian.com"]),
            "a wildcard one level too high": having("spec.tls.0.hosts", ["*.com"]),
            "a second host without": having("spec.rules.1", {"host": "admin.phoenix-guardian.com"}),
            "a load balancer that listens on HTTP": together(
                lacking("spec.tls"),
                _annotated("listen-ports", '[{"HTTP":80}]'),
                _annotated("certificate-arn", "arn:aws:acm:us-east-1:481516234299:certificate/c"),
            ),
            "a load balancer without a certificate": together(
                lacking("spec.tls"), _annotated("listen-ports", '[{"HTTPS":443}]')
            ),
            "a default backend alone": having("spec", {"defaultBackend": {}}),
        },
        unknown={
            "host not known": having("spec.rules.0.host", UNKNOWN),
            "hosts of the certificate not known": having("spec.tls", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-ingress-redirect-and-policy",
        compliant=[_INGRESS],
        passes={
            "another controller's": together(
                having("spec.ingressClassName", "nginx"), lacking("metadata.annotations")
            )
        },
        fails={
            "no redirect": _no_annotation("ssl-redirect"),
            "an old policy": _annotated("ssl-policy", "ELBSecurityPolicy-2016-08"),
            "AWS's default policy": _no_annotation("ssl-policy"),
            "a policy that begins alike": _annotated(
                "ssl-policy", "ELBSecurityPolicy-TLS13-1-0-2021-06"
            ),
            "no logs": _annotated("load-balancer-attributes", "deletion_protection.enabled=true"),
            "by the older class annotation": together(
                lacking("spec.ingressClassName"),
                having(["metadata", "annotations", "kubernetes.io/ingress.class"], "alb"),
                _no_annotation("ssl-redirect"),
            ),
        },
        unknown={"annotations not known": having("metadata.annotations", UNKNOWN)},
    ),
    Cases(
        rule="k8s-ingress-host-specific",
        compliant=[_INGRESS],
        fails={
            "no host": lacking("spec.rules.0.host"),
            "every host": having("spec.rules.0.host", "*"),
            "a default backend": having("spec.defaultBackend", {"service": {"name": "api"}}),
        },
        unknown={
            "host not known": having("spec.rules.0.host", UNKNOWN),
            "rules not known": having("spec.rules", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-ingress-no-snippets",
        compliant=[_INGRESS],
        fails={
            "a server snippet": having(
                ["metadata", "annotations", "nginx.ingress.kubernetes.io/server-snippet"], "x;"
            ),
            "a configuration snippet": having(
                ["metadata", "annotations", "nginx.ingress.kubernetes.io/configuration-snippet"],
                "x;",
            ),
            "a controller that takes them": alone(
                given(
                    "nginx",
                    "kubernetes:core/v1:ConfigMap",
                    {"data": {"allow-snippet-annotations": "true"}},
                )
            ),
        },
        unknown={
            "annotations not known": having("metadata.annotations", UNKNOWN),
            "the controller's settings not known": alone(
                given("nginx", "kubernetes:core/v1:ConfigMap", {"data": UNKNOWN})
            ),
        },
    ),
    Cases(
        rule="k8s-ingress-internal-or-listed",
        compliant=[_INGRESS],
        passes={
            "the controller's default is internal": _no_annotation("scheme"),
            "an administration page for the network": together(
                having("spec.rules.0.host", "grafana.phoenix-guardian.com"),
                _annotated("inbound-cidrs", "10.0.0.0/8"),
            ),
            "any source inside the network": _annotated("inbound-cidrs", "0.0.0.0/0"),
        },
        fails={
            "public": _annotated("scheme", "internet-facing"),
            "an administration page for every source": together(
                having("spec.rules.0.host", "grafana.phoenix-guardian.com"),
                _annotated("inbound-cidrs", "10.0.0.0/8,0.0.0.0/0"),
            ),
        },
        unknown={"scheme not known": _annotated("scheme", UNKNOWN)},
    ),
]
