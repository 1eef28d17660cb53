"""Chart releases: what is installed, and what their values weaken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.secrets import holds_secret
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, Truth, not_applicable, some, truth, unknown
from phoenix_policies.values import Value

HIPAA_1: Final = ("164.308(a)(5)(ii)(B)", "164.308(a)(8)", "164.312(c)(1)")

FLUX_RELEASE: Final = "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease"
PRIVILEGED_CHARTS: Final = (
    "istio-cni", "cni", "dcgm-exporter", "nvidia-device-plugin", "alloy", "kube-prometheus-stack", "falco",
    "aws-ebs-csi-driver", "aws-efs-csi-driver",
)  # fmt: skip
"""Node agents: their namespaces are on the allow-list for host access (A7.7)."""
_EXACT: Final = re.compile(r"^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$")
_ADDRESS: Final = re.compile(r"^(?:https|oci)://")


def _values(release: Resource) -> Value:
    return release["spec"]["values"] if release.type == FLUX_RELEASE else release["values"]


@rule(
    "helm-chart-pinned",
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
    "kubernetes:helm.sh/v4:Chart",
    "kubernetes:helm.sh/v3:Chart",
    hipaa=HIPAA_1,
    soc2=("CC3.4", "CC6.8", "CC7.1", "CC8.1"),
    severity=Severity.HIGH,
    remedy="Set version to one exact release, and the repository to an https or oci address.",
)
def chart_pinned(release: Resource) -> Iterable[Clause]:
    """Charts are pinned to a version and source."""
    if release.type == FLUX_RELEASE:
        by_reference = release["spec"]["chartRef"]["name"].is_set
        version = release["spec"]["chart"]["spec"]["version"]
        source = release["spec"]["chart"]["spec"]["sourceRef"]["name"].is_set
    else:
        by_reference = truth(False)
        version = release["version"]
        source = some(
            place.satisfies(_is_address)
            for place in (
                release["repositoryOpts"]["repo"],
                release["fetchOpts"]["repo"],  # where kubernetes:helm.sh/v3:Chart has it
                release["chart"],
            )
        )
    exact = version.satisfies(lambda v: isinstance(v, str) and bool(_EXACT.match(v)))
    yield (exact | by_reference).otherwise(f"version {version.shown} is not one release")
    yield (source | by_reference).otherwise("its repository is not an https or oci address")
    yield (~release["devel"].is_true).otherwise("takes development versions")


def _is_address(text: object) -> bool:
    return isinstance(text, str) and bool(_ADDRESS.match(text))


@rule(
    "helm-chart-verified",
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
    hipaa=HIPAA_1,
    soc2=("CC3.4", "CC6.8", "CC7.1", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set atomic and cleanup_on_fail, wait for the resources, and verify the chart where it is signed.",
)
def chart_verified(release: Resource) -> Iterable[Clause]:
    """Charts are verified and fail cleanly."""
    if release.type == FLUX_RELEASE:
        chart = release["spec"]["chart"]["spec"]
        signed = chart["verify"].is_set | release["spec"]["chartRef"]["name"].is_set
        yield signed.otherwise("its signature is not checked")
        return
    yield release["atomic"].is_true.otherwise("a failed upgrade stays half done")
    yield release["cleanupOnFail"].is_true.otherwise("a failed upgrade leaves objects behind")
    yield (~release["skipAwait"].is_true).otherwise("nobody waits until it runs")
    for check in ("disableOpenapiValidation", "disableWebhooks"):
        yield (~release[check].is_true).otherwise(f"{check} is set")
    yield release["verify"].is_true.otherwise("its signature is not checked")


@rule(
    "helm-values-no-secrets",
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(d)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy="Name an existing secret in the values; let External Secrets or Vault write it.",
)
def values_no_secrets(release: Resource) -> Iterable[Clause]:
    """Chart values hold no credentials."""
    for leaf in _values(release).leaves():
        if leaf.secret:
            continue
        key = re.sub(r"\[\d+\]$", "", leaf.path).rpartition(".")[2]
        literal = leaf.satisfies(lambda v, key=key: isinstance(v, str) and holds_secret(key, v))
        yield (~literal).otherwise(f"{leaf.path} holds a credential")
    password = release["repositoryOpts"]["password"]
    held = password.is_set & truth(not password.secret)
    yield (~held).otherwise("the repository's password is written in the program")


@rule(
    "helm-values-security-defaults",
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
    hipaa=(
        "164.308(a)(1)(ii)(B)",
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.312(a)(1)",
        "164.312(a)(2)(iv)",
        "164.312(e)(1)",
        "164.312(e)(2)(i)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("CC6.1", "CC6.7", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Remove the weakening value, or set the safe one.",
)
def values_security_defaults(release: Resource) -> Iterable[Clause]:
    """Chart values do not weaken pods."""
    values = _values(release)
    agent = release["chart"].satisfies(
        lambda v: isinstance(v, str) and v.rpartition("/")[2] in PRIVILEGED_CHARTS
    )
    found = False
    for leaf in values.leaves():
        weak = _weakens(leaf)
        if weak is None:
            continue
        found = True
        host = leaf.path.endswith(
            ("privileged", "hostNetwork", "hostPID", "runAsUser", "runAsNonRoot")
        )
        excused = agent if host else truth(False)
        yield (~weak | excused).otherwise(f"{leaf.path} is {leaf.shown}")
    for path, service in _services(values):
        public = service["type"].equals("LoadBalancer") & ~_internal(service)
        found = True
        yield (~public).otherwise(f"{path} asks for an internet-facing load balancer")
    if not found:
        yield not_applicable("its values touch nothing that weakens a pod")


_FORBIDDEN: Final = (
    (re.compile(r"(?:^|\.)privileged$"), (True, "true")),
    (re.compile(r"(?:^|\.)(?:hostNetwork|hostPID|hostIPC)$"), (True, "true")),
    (re.compile(r"(?:^|\.)(?:runAsUser)$"), (0, "0")),
    (re.compile(r"(?:^|\.)runAsNonRoot$"), (False, "false")),
    (re.compile(r"(?:^|\.)allowPrivilegeEscalation$"), (True, "true")),
    (re.compile(r"(?:^|\.)(?:tls|ssl)(?:\.enabled)?$"), (False, "false")),
    (re.compile(r"(?:^|\.)auth\.enabled$"), (False, "false")),
    (re.compile(r"(?:^|\.)persistence\.enabled$"), (False, "false")),
    (re.compile(r"(?:^|\.)tlsDisable$"), (True, "true")),
    (re.compile(r"(?:^|\.)insecure(?:_?skip_?verify|SkipVerify)?$"), (True, "true")),
    (re.compile(r"(?:^|\.)(?:verbs|resources|apiGroups)\[\d+\]$"), ("*",)),
)


_HIDES: Final = re.compile(
    r"(?:^|\.)(?:values|\w*[sS]ecurityContext|\w*[sS]ervice|tls|ssl|auth|persistence|rbac)(?:\[\d+\])?$"
)
"""Objects that may hold a weakening value when they are not known."""


def _weakens(leaf: Value) -> Truth | None:
    if leaf.is_unknown and _HIDES.search(leaf.path):
        return unknown(leaf.path)
    for pattern, weak in _FORBIDDEN:
        if pattern.search(leaf.path):
            return leaf.equals(*weak)
    return None


def _services(values: Value) -> Iterable[tuple[str, Value]]:
    """Every object named service (or ending in Service) that states a type."""
    pending = [values]
    while pending:
        here = pending.pop()
        for key, value in here.entries():
            if value.is_unknown:
                continue
            if key.lower().endswith("service") and not value["type"].is_missing:
                yield value.path, value
            pending.append(value)


def _internal(service: Value) -> Truth:
    annotations = service["annotations"]
    prefix = "service.beta.kubernetes.io/aws-load-balancer-"
    return (
        annotations[f"{prefix}scheme"].equals("internal") | annotations[f"{prefix}internal"].is_true
    )
