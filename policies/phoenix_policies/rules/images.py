"""Images and the secrets that reach containers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import POD_TYPES, Container, pod_template
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause
from phoenix_policies.values import Value

INTEGRITY: Final = ("164.308(a)(5)(ii)(B)", "164.312(c)(1)")

RELEASES: Final = (
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
)
ALLOWED_REGISTRIES: Final = (
    r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$",
    r"^public\.ecr\.aws$",
    r"^registry\.k8s\.io$",
    r"^quay\.io$",
    r"^ghcr\.io$",
    r"^nvcr\.io$",
    r"^registry\.phoenix(?:-guardian)?\.[a-z0-9.-]+$",
    r"^([a-z0-9-]+\.)*registry\.internal$",
)
"""Our own registries, and those of the projects whose charts we install; Docker Hub has none of them."""
ALLOWED_HUB_NAMESPACES: Final = (
    "istio",
    "hashicorp",
    "grafana",
    "otel",
    "fluxcd",
    "velero",
    "kiwigrid",
)
"""Publishers on Docker Hub that sign and keep their versioned tags; bitnami does not (X-11)."""

_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}$")


def _containers(workload: Resource) -> list[Container]:
    template = pod_template(workload)
    return template.containers if template else []


def registry_host(image: str) -> str:
    """The registry of an image reference; `docker.io` when none is written."""
    first, slash, _ = image.partition("/")
    return (
        first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"
    )


def tag(image: str) -> str:
    """The tag of an image reference; a port of the registry is none."""
    last = image.partition("@")[0].rpartition("/")[2]
    return last.partition(":")[2]


def _pinned(image: object) -> bool:
    if not isinstance(image, str):
        return False
    return bool(_DIGEST.search(image)) or tag(image) not in {"", "latest"}


def _from_allowed_registry(image: object) -> bool:
    if not isinstance(image, str):
        return False
    host = registry_host(image)
    if host == "docker.io":
        path = image.removeprefix("docker.io/").partition("@")[0]
        owner = path.partition("/")[0] if "/" in path else "library"
        return owner in ALLOWED_HUB_NAMESPACES
    return any(re.match(pattern, host) for pattern in ALLOWED_REGISTRIES)


@rule(
    "k8s-image-tag-pinned",
    *POD_TYPES,
    hipaa=INTEGRITY,
    soc2=("CC6.8", "CC7.1", "CC8.1"),
    severity=Severity.HIGH,
    remedy="Name a version or a digest; latest and no tag at all mean whatever is newest.",
    sources=("prowler:core_image_tag_fixed", "checkov:CKV_K8S_14"),
)
def image_tag_pinned(workload: Resource) -> Iterable[Clause]:
    """Images have a fixed tag."""
    for container in _containers(workload):
        image = container["image"]
        yield image.satisfies(_pinned).otherwise(
            f"container {container.name} runs {image.shown} without a fixed tag"
        )


@rule(
    "k8s-image-digest",
    *POD_TYPES,
    hipaa=INTEGRITY,
    soc2=("CC6.8", "CC7.1", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Append @sha256:... of the released image.",
    sources=("checkov:CKV_K8S_43",),
)
def image_digest(workload: Resource) -> Iterable[Clause]:
    """Images are pinned by digest."""
    for container in _containers(workload):
        image = container["image"]
        yield image.satisfies(lambda v: isinstance(v, str) and bool(_DIGEST.search(v))).otherwise(
            f"container {container.name} runs {image.shown} without a digest"
        )


@rule(
    "k8s-image-registry-allowlist",
    *POD_TYPES,
    *RELEASES,
    hipaa=INTEGRITY,
    soc2=("CC6.8", "CC7.1", "CC8.1"),
    severity=Severity.HIGH,
    remedy="Mirror the image into the account's ECR registry.",
)
def image_registry_allowlist(workload: Resource) -> Iterable[Clause]:
    """Images come from approved registries."""
    for container in _containers(workload):
        image = container["image"]
        yield image.satisfies(_from_allowed_registry).otherwise(
            f"container {container.name} runs {image.shown} from a registry that is not approved"
        )
    for repository in _chart_repositories(workload):
        yield repository.satisfies(_from_allowed_registry).otherwise(
            f"{repository.path} is {repository.shown}, from a registry that is not approved"
        )


def _chart_repositories(workload: Resource) -> Iterable[Value]:
    """`image.repository` and the like anywhere in a release's values; a lone name has the chart's own registry."""
    if workload.type not in RELEASES:
        return
    values = workload["values"] if workload.type == RELEASES[0] else workload["spec"]["values"]
    for leaf in values.leaves():
        parts = leaf.path.split(".")
        named = parts[-1] == "repository" and any("image" in p.lower() for p in parts)
        hides = leaf.is_unknown and (leaf.path == values.path or "image" in parts[-1].lower())
        if (named and (leaf.is_unknown or "/" in leaf.text)) or hides:
            yield leaf


@rule(
    "k8s-image-pull-policy",
    *POD_TYPES,
    hipaa=INTEGRITY,
    soc2=("CC6.8", "CC7.1", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set imagePullPolicy to Always, or pin the image by digest.",
    sources=("checkov:CKV_K8S_15",),
)
def image_pull_policy(workload: Resource) -> Iterable[Clause]:
    """Images are re-pulled with credentials."""
    for container in _containers(workload):
        digest = container["image"].satisfies(
            lambda v: isinstance(v, str) and bool(_DIGEST.search(v))
        )
        yield (digest | container["imagePullPolicy"].equals("Always")).otherwise(
            f"container {container.name} may start an image that the node already has, without credentials"
        )
