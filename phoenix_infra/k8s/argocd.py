"""Argo CD's bootstrap: one AppProject with bounds, and the Applications it may hold (G-065, G-066, X-09)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.addon_namespaces import ARGOCD

PROJECT = "production"
IN_CLUSTER = "https://kubernetes.default.svc"
MANAGED_KINDS: tuple[tuple[str, str], ...] = (
    ("", "ConfigMap"),
    ("networking.istio.io", "VirtualService"),
    ("networking.istio.io", "DestinationRule"),
    ("monitoring.coreos.com", "PrometheusRule"),
)
"""What the manifests' repository may own: none of the kinds that this program declares for services."""


@dataclass(frozen=True, kw_only=True)
class AppProject:
    """Bounds: which repositories, which namespaces, which kinds."""

    API_VERSION: ClassVar[str] = "argoproj.io/v1alpha1"
    KIND: ClassVar[str] = "AppProject"

    description: str
    repositories: tuple[str, ...]
    namespaces: tuple[str, ...]
    namespaced_kinds: tuple[tuple[str, str], ...]
    cluster_kinds: tuple[tuple[str, str], ...] = ()

    def spec(self) -> Mapping[str, object]:
        """Allow-lists only; orphans are reported, not removed."""
        return {
            "description": self.description,
            "sourceRepos": list(self.repositories),
            "destinations": [
                {"server": IN_CLUSTER, "namespace": namespace} for namespace in self.namespaces
            ],
            "namespaceResourceWhitelist": _kinds(self.namespaced_kinds),
            "clusterResourceWhitelist": _kinds(self.cluster_kinds),
            "orphanedResources": {"warn": False},
        }


def _kinds(kinds: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"group": group, "kind": kind} for group, kind in kinds]


@dataclass(frozen=True, kw_only=True)
class Application:
    """One directory of one repository at one revision."""

    API_VERSION: ClassVar[str] = "argoproj.io/v1alpha1"
    KIND: ClassVar[str] = "Application"

    project: str
    repository: str
    revision: str
    path: str
    namespace: str
    prune: bool = True

    def spec(self) -> Mapping[str, object]:
        """Never CreateNamespace: this program declares namespaces (X-09)."""
        return {
            "project": self.project,
            "source": {
                "repoURL": self.repository,
                "targetRevision": self.revision,
                "path": self.path,
            },
            "destination": {"server": IN_CLUSTER, "namespace": self.namespace},
            "syncPolicy": {
                "automated": {"prune": self.prune, "selfHeal": True},
                "syncOptions": [
                    "CreateNamespace=false",
                    "PrunePropagationPolicy=foreground",
                    "PruneLast=true",
                    "ServerSideApply=true",
                    "FailOnSharedResource=true",
                ],
                "retry": {
                    "limit": 5,
                    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
                },
            },
            "ignoreDifferences": [{"group": "", "kind": "Secret", "jsonPointers": ["/data"]}],
            "revisionHistoryLimit": 10,
        }


@dataclass(frozen=True, kw_only=True)
class GitOpsArgs:
    """The manifests' repository and the namespaces it may write to."""

    repository_url: str
    revision: str
    environment: str
    namespaces: tuple[str, ...]
    after: Sequence[pulumi.Resource] = ()


class GitOps(pulumi.ComponentResource):
    """The project and the Application of the product's manifests."""

    def __init__(
        self, name: str, args: GitOpsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:GitOps", name, None, opts)
        labels = recommended_labels("argocd", component="delivery")
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        bodies: Mapping[str, AppProject | Application] = {
            PROJECT: AppProject(
                description="Phoenix Guardian's manifests; infrastructure is declared elsewhere",
                repositories=(args.repository_url,),
                namespaces=args.namespaces,
                namespaced_kinds=MANAGED_KINDS,
            ),
            "phoenix-guardian": Application(
                project=PROJECT,
                repository=args.repository_url,
                revision=args.revision,
                path=f"overlays/{args.environment}",
                namespace=args.namespaces[0],
            ),
        }
        for object_name, body in bodies.items():
            custom_resource(
                f"{name}-{object_name}-{body.KIND.lower()}",
                body,
                name=object_name,
                namespace=ARGOCD,
                labels=labels,
                opts=child,
            )
        self.register_outputs({"project": PROJECT})
