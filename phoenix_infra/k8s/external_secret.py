"""Static secrets, copied from the stack's secret store into the one namespace that uses each (A7.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.custom_resource import custom_resource, present
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.addon_namespaces import CERT_MANAGER

STORE_NAME = "phoenix-secrets"
REFRESH_INTERVAL = "1h"


@dataclass(frozen=True, kw_only=True)
class SecretsManagerStore:
    """Secrets Manager, read with the operator's Pod Identity; usable from the listed namespaces only."""

    API_VERSION: ClassVar[str] = "external-secrets.io/v1"
    KIND: ClassVar[str] = "ClusterSecretStore"

    region: str
    namespaces: tuple[str, ...]

    def spec(self) -> Mapping[str, object]:
        """No credentials: the SDK's chain finds the Pod Identity agent."""
        return {
            "conditions": [{"namespaces": list(self.namespaces)}],
            "provider": {"aws": {"service": "SecretsManager", "region": self.region}},
        }


@dataclass(frozen=True, kw_only=True)
class VaultStore:
    """The site's own Vault, for clusters without AWS."""

    API_VERSION: ClassVar[str] = "external-secrets.io/v1"
    KIND: ClassVar[str] = "ClusterSecretStore"

    address: str
    authority_secret: str
    mount: str
    role: str
    namespaces: tuple[str, ...]

    def spec(self) -> Mapping[str, object]:
        """Signs in with the operator's own service account."""
        return {
            "conditions": [{"namespaces": list(self.namespaces)}],
            "provider": {
                "vault": {
                    "server": self.address,
                    "path": self.mount,
                    "version": "v2",
                    "caProvider": {
                        "type": "Secret",
                        "name": self.authority_secret,
                        "namespace": CERT_MANAGER,
                        "key": "ca.crt",
                    },
                    "auth": {
                        "kubernetes": {
                            "mountPath": "kubernetes",
                            "role": self.role,
                            "serviceAccountRef": {
                                "name": "external-secrets",
                                "namespace": "external-secrets",
                            },
                        }
                    },
                }
            },
        }


@dataclass(frozen=True, kw_only=True)
class ExternalSecret:
    """One Secret with all keys of one entry of the store."""

    API_VERSION: ClassVar[str] = "external-secrets.io/v1"
    KIND: ClassVar[str] = "ExternalSecret"

    secret: str
    entry: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def spec(self) -> Mapping[str, object]:
        """Kept when the store is gone: a deleted Secret would take its users down."""
        return {
            "refreshInterval": REFRESH_INTERVAL,
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": STORE_NAME},
            "target": present(
                name=self.secret,
                creationPolicy="Owner",
                deletionPolicy="Retain",
                template={"metadata": {"labels": dict(self.labels)}} if self.labels else None,
            ),
            "dataFrom": [{"extract": {"key": self.entry}}],
        }


@dataclass(frozen=True, kw_only=True)
class SynchronisedSecret:
    """Where a Secret is needed, and the entry behind it."""

    namespace: str
    secret: str
    entry: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class SynchronisedSecretsArgs:
    """The store and everything taken from it."""

    store: SecretsManagerStore | VaultStore
    secrets: tuple[SynchronisedSecret, ...]
    after: Sequence[pulumi.Resource] = ()


class SynchronisedSecrets(pulumi.ComponentResource):
    """The cluster's store and its ExternalSecrets."""

    def __init__(
        self, name: str, args: SynchronisedSecretsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:SynchronisedSecrets", name, None, opts)
        labels = recommended_labels(STORE_NAME, component="secrets")
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        custom_resource(f"{name}-store", args.store, name=STORE_NAME, labels=labels, opts=child)
        for item in args.secrets:
            custom_resource(
                f"{name}-{item.namespace}-{item.secret}",
                ExternalSecret(secret=item.secret, entry=item.entry, labels=item.labels),
                name=item.secret,
                namespace=item.namespace,
                labels=labels,
                opts=child,
            )
        self.register_outputs({})
