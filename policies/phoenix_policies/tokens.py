"""Type tokens: twins and old API versions are read as the one token that rules are written for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

_S3_TWIN = re.compile(r"^aws:s3/(\w+)V2:(\w+)V2$")

# kinds whose older API versions have the same shape in everything that rules read
_KUBERNETES_GROUPS: Final[Mapping[str, str]] = {
    "apps": "v1",
    "batch": "v1",
    "policy": "v1",
    "rbac.authorization.k8s.io": "v1",
    "storage.k8s.io": "v1",
    "networking.istio.io": "v1",
    "security.istio.io": "v1",
    "telemetry.istio.io": "v1",
    "cert-manager.io": "v1",
    "external-secrets.io": "v1",
    "helm.toolkit.fluxcd.io": "v2",
}
_EXTENSIONS: Final = {"Deployment", "DaemonSet", "ReplicaSet"}
_ONE_VERSION_KINDS: Final = {"EnvoyFilter", "WasmPlugin"}
_KUBERNETES = re.compile(r"^kubernetes:([\w.-]+)/(v\w+):(\w+)$")


@cache
def canonical(token: str) -> str:
    """The token under which a type is judged: S3 `V2` twins, `aws:alb/*`, older Kubernetes API versions."""
    if token.startswith("aws:alb/"):
        return "aws:lb/" + token.removeprefix("aws:alb/")
    if twin := _S3_TWIN.match(token):
        return f"aws:s3/{twin[1]}:{twin[2]}"
    if match := _KUBERNETES.match(token):
        group, kind = match[1], match[3].removesuffix("Patch")
        if group == "extensions" and kind in _EXTENSIONS:
            return f"kubernetes:apps/v1:{kind}"
        version = (
            match[2] if kind in _ONE_VERSION_KINDS else _KUBERNETES_GROUPS.get(group, match[2])
        )
        return f"kubernetes:{group}/{version}:{kind}"
    return token


def is_patch(token: str) -> bool:
    """A server-side-apply patch: states some fields of an object that somebody else owns."""
    return token.startswith("kubernetes:") and token.endswith("Patch")


def is_list(token: str) -> bool:
    """A `DeploymentList` and the like: several objects in one resource."""
    return (
        token.startswith("kubernetes:") and token.endswith("List") and not token.endswith(":List")
    )


def covers(pattern: str, token: str) -> bool:
    """Whether a rule's type (exact, `aws:*`, `aws:rds/*` or `*`) covers a canonical token."""
    return token.startswith(pattern[:-1]) if pattern.endswith("*") else token == canonical(pattern)
