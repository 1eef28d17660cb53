"""Cases of the rules on networks inside the cluster."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    Given,
    adding,
    alone,
    given,
    having,
    lacking,
    together,
    without,
)
from tests.policies.rules.fixtures_pods import DEPLOYMENT, LABELS, METADATA, POD

_POLICY_TYPE = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_SECURITY = "pod-security.kubernetes.io/"
_NAMESPACE = given(
    "commerce",
    "kubernetes:core/v1:Namespace",
    {
        "metadata": {
            "name": "commerce",
            "labels": {f"{_SECURITY}{mode}": "restricted" for mode in ("enforce", "audit", "warn")},
        }
    },
)


def _policy(name: str, spec: dict[str, Any]) -> Given:
    return given(
        name, _POLICY_TYPE, {"metadata": {"name": name, "namespace": "commerce"}, "spec": spec}
    )


_BOTH = ["Ingress", "Egress"]
_DENY = _policy("deny", {"podSelector": {}, "policyTypes": _BOTH})
_GATEWAY = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-ingress"}},
    "podSelector": {"matchLabels": {"app": "istio-ingress"}},
}
_OPEN = _policy(
    "policy",
    {
        "podSelector": {"matchLabels": LABELS},
        "policyTypes": _BOTH,
        "ingress": [{"from": [_GATEWAY], "ports": [{"port": 8080}]}],
        "egress": [{"to": [{"podSelector": {"matchLabels": {"app": "db"}}}]}],
    },
)
_QUOTA = given(
    "quota", "kubernetes:core/v1:ResourceQuota", {"metadata": {"namespace": "commerce"}, "spec": {}}
)
_LIMITS = given(
    "limits", "kubernetes:core/v1:LimitRange", {"metadata": {"namespace": "commerce"}, "spec": {}}
)
_METADATA_HOLES = ["169.254.169.254/32", "10.0.0.0/8"]


def _egress(cidr: Any, *ports: int, holes: Any = None) -> Bend:
    block = {"cidr": cidr} | ({"except": holes} if holes is not None else {})
    rule: dict[str, Any] = {"to": [{"ipBlock": block}]}
    if ports:
        rule["ports"] = [{"protocol": "TCP", "port": port} for port in ports]
    return having("spec.egress.0", rule)


def _level(level: str) -> Bend:
    return having(["metadata", "labels", f"{_SECURITY}enforce"], level)


_REASON = having(
    ["metadata", "annotations", "phoenix.health/pod-security-reason"],
    "Node metrics are read from the host.",
)

CASES = [
    Cases(
        rule="k8s-no-default-namespace",
        compliant=[DEPLOYMENT],
        fails={
            "default": having("metadata.namespace", "default"),
            "left out": lacking("metadata.namespace"),
            "an object of a list": alone(
                given(
                    "all",
                    "kubernetes:core/v1:ServiceList",
                    {"items": [{"metadata": {"name": "a"}}]},
                )
            ),
        },
        unknown={"not known": having("metadata.namespace", UNKNOWN)},
    ),
    Cases(
        rule="k8s-namespace-pod-security",
        compliant=[_NAMESPACE],
        passes={
            "privileged with a reason": together(_level("privileged"), _REASON),
            "baseline with a reason": together(_level("baseline"), _REASON),
        },
        fails={
            "privileged without a reason": _level("privileged"),
            "baseline without a reason": _level("baseline"),
            "no level": lacking(["metadata", "labels", f"{_SECURITY}enforce"]),
            "no such level": together(_level("strict"), _REASON),
            "no warnings": lacking(["metadata", "labels", f"{_SECURITY}warn"]),
            "no audit": lacking(["metadata", "labels", f"{_SECURITY}audit"]),
        },
        unknown={"labels not known": having("metadata.labels", UNKNOWN)},
    ),
    Cases(
        rule="k8s-namespace-quota",
        compliant=[_NAMESPACE, _QUOTA, _LIMITS],
        fails={
            "no quota": without("quota"),
            "no defaults": without("limits"),
            "the quota of another namespace": having("metadata.namespace", "billing", on="quota"),
        },
        unknown={
            "of an unknown namespace": having("metadata.namespace", UNKNOWN, on="quota"),
            "the namespace's own name is not known": having("metadata.name", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-namespace-default-deny",
        compliant=[_NAMESPACE, DEPLOYMENT, _DENY],
        passes={
            "nothing runs there": without("orders", "deny"),
            "each direction by a policy of its own": together(
                having("spec.policyTypes", ["Ingress"], on="deny"),
                adding(_policy("out", {"podSelector": {}, "policyTypes": ["Egress"]})),
            ),
        },
        fails={
            "no policy": without("deny"),
            "another namespace's": having("metadata.namespace", "billing", on="deny"),
            "incoming alone": having("spec.policyTypes", ["Ingress"], on="deny"),
            "some pods alone": having("spec.podSelector", {"matchLabels": LABELS}, on="deny"),
            "with an exception": having("spec.egress", [{}], on="deny"),
            "a chart's pods": together(
                without("orders", "deny"),
                adding(given("chart", "kubernetes:helm.sh/v3:Release", {"namespace": "commerce"})),
            ),
        },
        unknown={
            "the policy's namespace is not known": having("metadata.namespace", UNKNOWN, on="deny"),
            "neither name is known": together(
                having("metadata.name", UNKNOWN),
                having("metadata.namespace", UNKNOWN, on="deny"),
                having("metadata.namespace", UNKNOWN, on="orders"),
            ),
            "directions not known": having("spec.policyTypes", UNKNOWN, on="deny"),
        },
    ),
    Cases(
        rule="k8s-pods-selected-by-network-policy",
        compliant=[DEPLOYMENT, _OPEN],
        passes={
            "by two policies": together(
                having("spec.policyTypes", ["Ingress"], on="policy"),
                adding(_policy("out", {"podSelector": {}, "policyTypes": ["Egress"]})),
            ),
            "directions left out mean incoming, another one is for the rest": together(
                lacking("spec.policyTypes", on="policy"),
                lacking("spec.egress", on="policy"),
                adding(_policy("out", {"podSelector": {}, "policyTypes": ["Egress"]})),
            ),
            "directions left out, with rules for both": lacking("spec.policyTypes", on="policy"),
        },
        fails={
            "none": without("policy"),
            "of other pods": having("spec.podSelector.matchLabels.app", "bills", on="policy"),
            "of another namespace": having("metadata.namespace", "billing", on="policy"),
            "in one direction": having("spec.policyTypes", ["Ingress"], on="policy"),
            "directions left out mean incoming": together(
                lacking("spec.policyTypes", on="policy"), lacking("spec.egress", on="policy")
            ),
            "excluded by an expression": having(
                "spec.podSelector",
                {
                    "matchExpressions": [
                        {
                            "key": "phoenix.health/workload",
                            "operator": "NotIn",
                            "values": ["orders"],
                        }
                    ]
                },
                on="policy",
            ),
            "a CronJob": adding(
                given(
                    "nightly",
                    "kubernetes:batch/v1:CronJob",
                    {
                        "metadata": METADATA,
                        "spec": {
                            "jobTemplate": {
                                "spec": {"template": {"metadata": {"labels": {}}, "spec": POD}}
                            }
                        },
                    },
                )
            ),
        },
        unknown={
            "selector not known": having("spec.podSelector", UNKNOWN, on="policy"),
            "namespace of the policy not known": having("metadata.namespace", UNKNOWN, on="policy"),
            "both namespaces not known": together(
                having("metadata.namespace", UNKNOWN),
                having("metadata.namespace", UNKNOWN, on="policy"),
            ),
        },
    ),
    Cases(
        rule="k8s-network-policy-not-open",
        compliant=[_OPEN],
        passes={
            "the gateway reaches the internet by HTTPS": _egress(
                "0.0.0.0/0", 443, 6514, holes=_METADATA_HOLES
            ),
            "pods of the same namespace": having("spec.ingress.0.from.0", {"podSelector": {}}),
            "one kind of pod anywhere": having(
                "spec.ingress.0.from.0",
                {"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "prometheus"}}},
            ),
        },
        fails={
            "anyone may come": having("spec.ingress.0", {}),
            "an empty list of peers": having("spec.ingress.0.from", []),
            "anyone may be reached": having("spec.egress.0", {"ports": [{"port": 443}]}),
            "every namespace": having("spec.ingress.0.from.0", {"namespaceSelector": {}}),
            "the internet may come": having(
                "spec.ingress.0.from.0", {"ipBlock": {"cidr": "0.0.0.0/0"}}
            ),
            "the internet of IPv6": _egress("::/0"),
            "the internet on a database port": _egress("0.0.0.0/0", 5432, holes=_METADATA_HOLES),
            "the internet without exceptions": _egress("0.0.0.0/0", 443),
            "the internet on every port": _egress("0.0.0.0/0", holes=_METADATA_HOLES),
            "the internet may come by HTTPS": having(
                "spec.ingress.0",
                {
                    "from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": _METADATA_HOLES}}],
                    "ports": [{"port": 443}],
                },
            ),
            "half of the internet": _egress("128.0.0.0/1"),
        },
        unknown={
            "a range not known": _egress(UNKNOWN),
            "rules not known": having("spec.ingress", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-block-instance-metadata",
        compliant=[_OPEN],
        passes={
            "left out of the range": _egress("0.0.0.0/0", 443, holes=_METADATA_HOLES),
            "left out with all link-local addresses": _egress(
                "0.0.0.0/0", holes=["169.254.0.0/16"]
            ),
            "left out of IPv6": _egress("::/0", 443, holes=["fd00:ec2::254/128"]),
            "a range without it": _egress("10.0.0.0/8"),
        },
        fails={
            "the internet": _egress("0.0.0.0/0", 443),
            "other exceptions": _egress("0.0.0.0/0", 443, holes=["10.0.0.0/8"]),
            "link-local addresses": _egress("169.254.0.0/16"),
            "IPv6 with the exception of IPv4": _egress("::/0", holes=["169.254.169.254/32"]),
        },
        unknown={
            "range not known": _egress(UNKNOWN),
            "exceptions not known": _egress("0.0.0.0/0", 443, holes=UNKNOWN),
        },
    ),
]
