"""Cases of the rules on rights inside the cluster."""

from typing import Any

from tests.policies.cases import UNKNOWN, Bend, Cases, adding, alone, given, having

_ROLE_TYPE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
_CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
_GRANT: dict[str, Any] = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}
_ROLE = given(
    "reader",
    _ROLE_TYPE,
    {"metadata": {"name": "reader", "namespace": "commerce"}, "rules": [_GRANT]},
)
_BINDING = given(
    "binding",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    {
        "metadata": {"name": "reader", "namespace": "commerce"},
        "roleRef": {"kind": "Role", "name": "reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "orders", "namespace": "commerce"}],
    },
)
_UNKNOWN_RULES = {
    "rules not known": having("rules", UNKNOWN),
    "verbs and resources not known": having(
        "rules.1", {"apiGroups": [""], "resources": UNKNOWN, "verbs": UNKNOWN}
    ),
}


def _grants(resources: list[str], verbs: list[str], **more: Any) -> Bend:
    """With a second grant: the harmless one must not hide it."""
    return having("rules.1", {"apiGroups": [""], "resources": resources, "verbs": verbs, **more})


def _binds(name: str) -> Bend:
    return having("roleRef", {"kind": "ClusterRole", "name": name})


def _subject(kind: str, name: str) -> Bend:
    return having("subjects.1", {"kind": kind, "name": name})


CASES = [
    Cases(
        rule="k8s-rbac-no-wildcards",
        compliant=[_ROLE],
        passes={
            f"aggregates roles that are chosen by {key}": alone(
                given(
                    "some",
                    _CLUSTER_ROLE,
                    {"rules": [], "aggregationRule": {"clusterRoleSelectors": [{key: chosen}]}},
                )
            )
            for key, chosen in (
                ("matchLabels", {"aggregate": "yes"}),
                ("matchExpressions", [{"key": "aggregate", "operator": "Exists"}]),
            )
        },
        fails={
            "verbs": _grants(["configmaps"], ["*"]),
            "resources": _grants(["*"], ["get"]),
            "API groups": _grants(["configmaps"], ["get"], apiGroups=["*"]),
            "addresses": having("rules.1", {"nonResourceURLs": ["*"], "verbs": ["get"]}),
            "aggregates everything": alone(
                given(
                    "all",
                    _CLUSTER_ROLE,
                    {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {}}]}},
                )
            ),
        },
        unknown=_UNKNOWN_RULES,
    ),
    Cases(
        rule="k8s-rbac-no-cluster-admin",
        compliant=[_BINDING],
        passes={"token reviews for Vault": _binds("system:auth-delegator")},
        fails={
            "in one namespace": _binds("cluster-admin"),
            "in the cluster": alone(
                given(
                    "all",
                    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
                    {"roleRef": {"kind": "ClusterRole", "name": "cluster-admin"}, "subjects": []},
                )
            ),
            "a role of the control plane": _binds("system:controller:generic-garbage-collector"),
        },
        unknown={"not known": having("roleRef.name", UNKNOWN)},
    ),
    Cases(
        rule="k8s-rbac-no-anonymous-or-broad-subjects",
        compliant=[_BINDING],
        fails={
            "anonymous": _subject("User", "system:anonymous"),
            "whoever is not authenticated": _subject("Group", "system:unauthenticated"),
            "whoever is authenticated": _subject("Group", "system:authenticated"),
            "masters": _subject("Group", "system:masters"),
            "every service account": _subject("Group", "system:serviceaccounts"),
            "every service account of a namespace": _subject(
                "Group", "system:serviceaccounts:commerce"
            ),
            "any user": _subject("User", "*"),
        },
        unknown={"subjects not known": having("subjects", UNKNOWN)},
    ),
    Cases(
        rule="k8s-rbac-no-default-service-account",
        compliant=[_BINDING],
        passes={
            "a group named default": _subject("Group", "default"),
            "an account of its own with an IAM role": alone(
                given(
                    "orders",
                    "kubernetes:core/v1:ServiceAccount",
                    {
                        "metadata": {
                            "name": "orders",
                            "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/r"},
                        }
                    },
                )
            ),
            "a default account without rights": alone(
                given(
                    "default",
                    "kubernetes:core/v1:ServiceAccount",
                    {"metadata": {"name": "default"}},
                )
            ),
        },
        fails={
            "bound": _subject("ServiceAccount", "default"),
            "with an IAM role": alone(
                given(
                    "default",
                    "kubernetes:core/v1:ServiceAccount",
                    {
                        "metadata": {
                            "name": "default",
                            "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/r"},
                        }
                    },
                )
            ),
        },
        unknown={
            "subjects not known": having("subjects", UNKNOWN),
            "a name not known": having("subjects.0.name", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-rbac-no-secret-read-all",
        compliant=[_ROLE],
        passes={
            "named ones in a namespace": _grants(
                ["secrets"], ["get", "list"], resourceNames=["orders-tls"]
            ),
            "another group's resource of that name": _grants(
                ["secrets"], ["get"], apiGroups=["example.org"]
            ),
            "created, not read": _grants(["secrets"], ["create"]),
        },
        fails={
            "every one": _grants(["secrets"], ["get"]),
            "listed": _grants(["secrets"], ["list"]),
            "watched through a wildcard": _grants(["*"], ["watch"]),
            "named, but in every namespace": adding(
                given(
                    "all",
                    _CLUSTER_ROLE,
                    {"rules": [{**_GRANT, "resources": ["secrets"], "resourceNames": ["tls"]}]},
                )
            ),
        },
        unknown=_UNKNOWN_RULES,
    ),
    Cases(
        rule="k8s-rbac-no-escalation-verbs",
        compliant=[_ROLE],
        fails={
            "binds": _grants(["clusterroles"], ["bind"]),
            "escalates": _grants(["roles"], ["escalate"]),
            "writes bindings": _grants(["rolebindings"], ["create"]),
            "impersonates users": _grants(["users"], ["impersonate"]),
            "impersonates service accounts": _grants(["serviceaccounts"], ["impersonate"]),
            "everything on everything": _grants(["*"], ["*"]),
        },
        unknown=_UNKNOWN_RULES,
    ),
    Cases(
        rule="k8s-rbac-no-exec-or-proxy",
        compliant=[_ROLE],
        passes={"logs may be read": _grants(["pods/log"], ["get"])},
        fails={
            door: _grants([door], ["create" if "pods" in door else "get"])
            for door in (
                "pods/exec",
                "pods/attach",
                "pods/portforward",
                "pods/ephemeralcontainers",
                "nodes/proxy",
                "services/proxy",
            )
        }
        | {"every subresource": _grants(["*"], ["get"])},
        unknown=_UNKNOWN_RULES,
    ),
    Cases(
        rule="k8s-rbac-no-token-or-csr",
        compliant=[_ROLE],
        passes={
            "requests are made, not approved": _grants(["certificatesigningrequests"], ["create"])
        },
        fails={
            "creates tokens": _grants(["serviceaccounts/token"], ["create"]),
            "approves requests": _grants(["certificatesigningrequests/approval"], ["update"]),
            "approves for a signer": _grants(["signers"], ["approve"]),
            "signs": _grants(["signers"], ["sign"]),
        },
        unknown=_UNKNOWN_RULES,
    ),
    Cases(
        rule="k8s-rbac-no-webhook-or-pv-control",
        compliant=[_ROLE],
        passes={"nodes are read": _grants(["nodes"], ["get", "list", "watch"])},
        fails={
            "mutating webhooks": _grants(["mutatingwebhookconfigurations"], ["patch"]),
            "validating webhooks": _grants(["validatingwebhookconfigurations"], ["delete"]),
            "volumes": _grants(["persistentvolumes"], ["create"]),
            "the status of services": _grants(["services/status"], ["update"]),
            "nodes": _grants(["nodes"], ["patch"]),
            "through a ClusterRole": alone(
                given(
                    "nodes",
                    _CLUSTER_ROLE,
                    {"rules": [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["update"]}]},
                )
            ),
        },
        unknown=_UNKNOWN_RULES,
    ),
]
