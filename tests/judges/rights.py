"""What each ServiceAccount may do, asked of the API server's own authorizer by SubjectAccessReview."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.judges.kubernetes_api import KubernetesApi
from tests.judges.manifests import Manifest, of_kind


@dataclass(frozen=True, kw_only=True)
class Action:
    """One verb on one resource."""

    verb: str
    resource: str
    group: str = ""
    subresource: str = ""


FORBIDDEN = (
    Action(verb="get", resource="secrets"),
    Action(verb="list", resource="secrets"),
    Action(verb="list", resource="configmaps"),
    Action(verb="list", resource="pods"),
    Action(verb="create", resource="pods"),
    Action(verb="create", resource="pods", subresource="exec"),
    Action(verb="create", resource="serviceaccounts", subresource="token"),
    Action(verb="patch", resource="deployments", group="apps"),
    Action(verb="delete", resource="networkpolicies", group="networking.k8s.io"),
    Action(verb="create", resource="rolebindings", group="rbac.authorization.k8s.io"),
    Action(verb="escalate", resource="clusterroles", group="rbac.authorization.k8s.io"),
    Action(verb="impersonate", resource="users"),
    Action(verb="list", resource="nodes"),
    Action(
        verb="update",
        resource="mutatingwebhookconfigurations",
        group="admissionregistration.k8s.io",
    ),
)
"""What no ServiceAccount of the graph needs: workloads do not speak to the Kubernetes API."""
ALLOWED = (
    Action(verb="create", resource="selfsubjectaccessreviews", group="authorization.k8s.io"),
)
"""What every authenticated identity may do: shows that the accounts are known and the question is well put."""


def wrong_rights(api: KubernetesApi, manifests: Sequence[Manifest]) -> list[str]:
    """Rights that an account has and must not have, or lacks."""
    return [
        f"{account} {'may' if is_allowed else 'may not'} {action.verb} {action.resource}"
        f"{'/' + action.subresource if action.subresource else ''} in {namespace or 'the cluster'}"
        for account, namespace, action, wanted in questions(manifests)
        if (is_allowed := may(api, account, namespace, action)) != wanted
    ]


def questions(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str, Action, bool]]:
    """Each account of the graph with each action, in its own namespace and in the whole cluster."""
    for each in of_kind(manifests, "ServiceAccount"):
        metadata: Mapping[str, Any] = each.body["metadata"]
        account = f"system:serviceaccount:{metadata['namespace']}:{metadata['name']}"
        for namespace in (metadata["namespace"], ""):
            for action in FORBIDDEN:
                yield account, namespace, action, False
        for action in ALLOWED:
            yield account, "", action, True


def may(api: KubernetesApi, account: str, namespace: str, action: Action) -> bool:
    """The authorizer's answer."""
    _, _, space, _ = account.split(":")
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": account,
            "groups": [
                "system:serviceaccounts",
                f"system:serviceaccounts:{space}",
                "system:authenticated",
            ],
            "resourceAttributes": {
                "verb": action.verb,
                "resource": action.resource,
                "group": action.group,
                "subresource": action.subresource,
                "namespace": namespace,
            },
        },
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    return bool(api.request("POST", path, review)["status"]["allowed"])
