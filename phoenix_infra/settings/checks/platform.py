"""Add-ons, detection and the given cluster of a site."""

from collections.abc import Iterator

from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.models import GuardianSettings, OnPremSettings, RegionalSettings
from phoenix_infra.settings.problem import Problem


@check("platform")
def datadog(subject: Subject) -> Iterator[Problem]:
    """No telemetry leaves for a vendor without a business associate agreement (X-51)."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    platform = settings.platform
    if platform.datadog and not (platform.datadog_agreement or "").strip():
        yield wrong(
            "platform",
            "datadog_agreement",
            value="",
            allowed="datadog: true needs a signed business associate agreement",
            remedy="name the agreement's document, or write datadog: false",
        )


@check("stack", "detection")
def detectors(subject: Subject) -> Iterator[Problem]:
    """Production watches itself (G-042)."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings) or not subject.production:
        return
    for name in ("guardduty", "securityhub", "macie", "inspector"):
        if not getattr(settings.detection, name):
            yield wrong(
                "detection",
                name,
                value="false",
                allowed="production runs every detector",
                remedy="write true or remove the line",
            )


@check("platform")
def gitops(subject: Subject) -> Iterator[Problem]:
    """Argo CD follows a fixed revision of a repository reached by TLS or SSH (G-065)."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    source = settings.platform.gitops
    if not source.repository_url.startswith(("https://", "ssh://", "git@")):
        yield wrong(
            "platform",
            "gitops",
            "repository_url",
            value=source.repository_url,
            allowed="must be reached by https or ssh",
            remedy="write an https:// address",
        )
    if source.revision in {"HEAD", "main", "master", "latest"}:
        yield wrong(
            "platform",
            "gitops",
            "revision",
            value=source.revision,
            allowed="a branch moves without a review of this stack",
            remedy="write a tag or a commit",
        )


@check("platform", "storage", "kafka")
def given_cluster(subject: Subject) -> Iterator[Problem]:
    """A site says what its cluster is; a stack in AWS makes its own (A7.8)."""
    settings = subject.settings
    if isinstance(settings, OnPremSettings):
        yield from _site(settings)
    elif isinstance(settings, RegionalSettings):
        for name in ("node_pools", "kubernetes_version", "kubeconfig_context"):
            if getattr(settings.platform, name):
                yield wrong(
                    "platform",
                    name,
                    value=getattr(settings.platform, name),
                    allowed="only for a cluster that is given",
                    remedy="use phoenix:cluster instead",
                )
        if settings.storage.backend != "s3":
            yield wrong(
                "storage",
                "backend",
                value=settings.storage.backend,
                allowed=f"a {settings.stack.kind} stack has s3",
                remedy="write s3",
            )


def _site(settings: OnPremSettings) -> Iterator[Problem]:
    platform = settings.platform
    for name in ("node_pools", "kubernetes_version", "kubeconfig_context"):
        if not getattr(platform, name):
            yield wrong(
                "platform",
                name,
                value="",
                allowed="a given cluster has to be described",
                remedy="ask the site and write it here",
            )
    for index, pool in enumerate(platform.node_pools):
        if pool.gpu != (pool.gpus_per_node > 0):
            yield wrong(
                "platform",
                "node_pools",
                index,
                "gpus_per_node",
                value=pool.gpus_per_node,
                allowed=f"gpu is {str(pool.gpu).lower()}",
                remedy="make the two agree",
            )
    if settings.storage.backend != "s3-compatible":
        yield wrong(
            "storage",
            "backend",
            value=settings.storage.backend,
            allowed="an on-prem stack has s3-compatible",
            remedy="write s3-compatible",
        )
    if settings.kafka.backend == "msk":
        yield wrong(
            "kafka",
            "backend",
            value="msk",
            allowed="a site has none or strimzi",
            remedy="write strimzi",
        )


CHECKS: tuple[Check, ...] = (datadog, detectors, gitops, given_cluster)
