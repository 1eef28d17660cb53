"""The mesh gateway: one TLS 1.3 listener, its hosts, its certificate, and its overload protection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.certificate import Certificate
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.addon_namespaces import MESH_INGRESS
from phoenix_infra.workloads.addons_mesh import GATEWAY_HTTPS_PORT

GATEWAY_NAME = "mesh-gateway"
GATEWAY_SERVICE = f"istio-ingress.{MESH_INGRESS}.svc.cluster.local"
"""The Service of the chart's pods; with an address given, Istio deploys no pods of its own."""
GATEWAY_SELECTOR: Mapping[str, str] = {"app": "istio-ingress", "istio": "ingress"}
TLS_SECRET = "mesh-gateway-tls"  # noqa: S105  a Secret's name, not a secret
CIPHER_SUITES = ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305")
"""The two suites of L-025 in Envoy's names. They bind TLS 1.2 and below; for 1.3 BoringSSL offers its own
fixed set, which adds AES_128_GCM_SHA256 (Envoy, TlsParameters.cipher_suites): as on the ALB, A7.14."""


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """One HTTPS listener of the Gateway API, served by the pods that the gateway chart runs (X-13)."""

    API_VERSION: ClassVar[str] = "gateway.networking.k8s.io/v1"
    KIND: ClassVar[str] = "Gateway"

    namespaces: tuple[str, ...]
    """Whose routes may attach."""

    def spec(self) -> Mapping[str, object]:
        """No host name on the listener: an ALB sends no server name to its targets (istio.io, SNI routing).

        Hosts are told apart by header and bounded by the AuthorizationPolicy; TLS 1.3 is the mesh's minimum.
        """
        return {
            "gatewayClassName": "istio",
            "addresses": [{"type": "Hostname", "value": GATEWAY_SERVICE}],
            "listeners": [
                {
                    "name": "https",
                    "port": 443,
                    "protocol": "HTTPS",
                    "tls": {
                        "mode": "Terminate",
                        "certificateRefs": [{"group": "", "kind": "Secret", "name": TLS_SECRET}],
                        "options": {"gateway.istio.io/tls-cipher-suites": ",".join(CIPHER_SUITES)},
                    },
                    "allowedRoutes": {
                        "kinds": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute"}],
                        "namespaces": {
                            "from": "Selector",
                            "selector": {
                                "matchExpressions": [
                                    {
                                        "key": "kubernetes.io/metadata.name",
                                        "operator": "In",
                                        "values": list(self.namespaces),
                                    }
                                ]
                            },
                        },
                    },
                }
            ],
        }


@dataclass(frozen=True, kw_only=True)
class AllowHosts:
    """Requests for these hosts, from these ranges; every other host is refused."""

    API_VERSION: ClassVar[str] = "security.istio.io/v1"
    KIND: ClassVar[str] = "AuthorizationPolicy"

    hosts: tuple[str, ...]
    source_cidrs: tuple[str, ...]
    """Where the load balancers and the hospitals' tunnels come from."""

    def spec(self) -> Mapping[str, object]:
        """Hosts with and without a port, as clients write them."""
        return {
            "selector": {"matchLabels": dict(GATEWAY_SELECTOR)},
            "action": "ALLOW",
            "rules": [
                {
                    "from": [{"source": {"ipBlocks": list(self.source_cidrs)}}],
                    "to": [
                        {
                            "operation": {
                                "hosts": [
                                    form for host in self.hosts for form in (host, f"{host}:*")
                                ],
                                "ports": [str(GATEWAY_HTTPS_PORT)],
                            }
                        }
                    ],
                }
            ],
        }


@dataclass(frozen=True, kw_only=True)
class OverloadProtection:
    """A token bucket in each gateway pod: protects the pods, is never a client's limit (X-60)."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1alpha3"
    KIND: ClassVar[str] = "EnvoyFilter"

    requests_per_second: int

    def spec(self) -> Mapping[str, object]:
        """Envoy's local rate limit; Istio has no typed field for it."""
        bucket = {
            "max_tokens": self.requests_per_second * 2,
            "tokens_per_fill": self.requests_per_second,
            "fill_interval": "1s",
        }
        whole = {"numerator": 100, "denominator": "HUNDRED"}
        filter_config: dict[str, object] = {
            "@type": "type.googleapis.com/"
            "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            "stat_prefix": "overload",
            "token_bucket": bucket,
            "filter_enabled": {
                "runtime_key": "overload_enabled",
                "default_value": whole,
            },
            "filter_enforced": {
                "runtime_key": "overload_enforced",
                "default_value": whole,
            },
        }
        return {
            "workloadSelector": {"labels": dict(GATEWAY_SELECTOR)},
            "configPatches": [
                {
                    "applyTo": "HTTP_FILTER",
                    "match": {
                        "context": "GATEWAY",
                        "listener": {
                            "filterChain": {
                                "filter": {"name": "envoy.filters.network.http_connection_manager"}
                            }
                        },
                    },
                    "patch": {
                        "operation": "INSERT_BEFORE",
                        "value": {
                            "name": "envoy.filters.http.local_ratelimit",
                            "typed_config": filter_config,
                        },
                    },
                }
            ],
        }


@dataclass(frozen=True, kw_only=True)
class TargetGroupBinding:
    """Registers the gateway's pods in a target group that the edge layer owns."""

    API_VERSION: ClassVar[str] = "elbv2.k8s.aws/v1beta1"
    KIND: ClassVar[str] = "TargetGroupBinding"

    target_group_arn: pulumi.Input[str]

    def spec(self) -> Mapping[str, object]:
        """By pod address; the security groups are the edge layer's business."""
        return {
            "serviceRef": {"name": "istio-ingress", "port": 443},
            "targetGroupARN": self.target_group_arn,
            "targetType": "ip",
        }


@dataclass(frozen=True, kw_only=True)
class MeshGatewayArgs:
    """What the gateway serves and who may come."""

    hosts: tuple[str, ...]
    namespaces: tuple[str, ...]
    issuer: str
    source_cidrs: tuple[str, ...]
    overload_requests_per_second: int
    target_group_arns: Mapping[str, pulumi.Input[str]]
    """By role: `alb` and `nlb`; empty on a site, where something else leads to the Service."""
    after: Sequence[pulumi.Resource] = ()
    """Releases whose CRDs these objects are of."""


class MeshGateway(pulumi.ComponentResource):
    """The way in, behind the load balancers (A7.3, A8)."""

    def __init__(
        self, name: str, args: MeshGatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:MeshGateway", name, None, opts)
        labels = recommended_labels(GATEWAY_NAME, component="gateway")
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        certificate = Certificate(secret=TLS_SECRET, issuer=args.issuer, dns_names=args.hosts)
        for role, body, object_name in (
            ("certificate", certificate, TLS_SECRET),
            ("gateway", Gateway(namespaces=args.namespaces), GATEWAY_NAME),
            (
                "allow-hosts",
                AllowHosts(hosts=args.hosts, source_cidrs=args.source_cidrs),
                "allow-hosts",
            ),
            (
                "overload-protection",
                OverloadProtection(requests_per_second=args.overload_requests_per_second),
                "overload-protection",
            ),
        ):
            custom_resource(
                f"{name}-{role}",
                body,
                name=object_name,
                namespace=MESH_INGRESS,
                labels=labels,
                opts=child,
            )
        for role, arn in args.target_group_arns.items():
            custom_resource(
                f"{name}-{role}",
                TargetGroupBinding(target_group_arn=arn),
                name=f"{GATEWAY_NAME}-{role}",
                namespace=MESH_INGRESS,
                labels=labels,
                opts=child,
            )
        self.register_outputs({})
