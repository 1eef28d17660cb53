"""The application namespaces: mesh, Pod Security level and quota of each (G-049, X-69, A7.7, A7.8)."""

from dataclasses import dataclass

from phoenix_infra.workloads.addon import PodSecurity

API = "phoenix-api"
AI = "phoenix-ai"
DATA = "phoenix-data"
SECURITY = "phoenix-security"
FEDERATION = "phoenix-fed"
SIEM = "phoenix-siem"
DELIVERY = "phoenix-delivery"
"""Load tester and smoke tests; declared by the platform layer, and in the mesh."""
MONITOR = "phoenix-monitor"
"""Declared by the platform layer, beside the add-ons that live there."""


@dataclass(frozen=True, kw_only=True)
class NamespaceSpec:
    """One namespace and its bounds."""

    name: str
    injection: bool
    """Whether the mesh injects a sidecar into every pod."""
    data_classification: str
    pod_security: PodSecurity = PodSecurity.RESTRICTED
    reason: str = ""
    """Why it is not `restricted`."""

    def __post_init__(self) -> None:
        """An exception without a reason is not an exception."""
        if self.pod_security is not PodSecurity.RESTRICTED and not self.reason:
            raise ValueError(f"namespace {self.name}: {self.pod_security} needs a written reason")


NAMESPACES: tuple[NamespaceSpec, ...] = (
    NamespaceSpec(name=API, injection=True, data_classification="phi"),
    NamespaceSpec(name=AI, injection=True, data_classification="phi"),
    NamespaceSpec(name=SECURITY, injection=True, data_classification="internal"),
    NamespaceSpec(name=FEDERATION, injection=True, data_classification="phi"),
    NamespaceSpec(name=DATA, injection=False, data_classification="phi"),
    NamespaceSpec(
        name=SIEM,
        injection=True,
        data_classification="internal",
        pod_security=PodSecurity.PRIVILEGED,
        reason="siem-agent reads /var/log of its node, which restricted and baseline forbid",
    ),
)


def is_injected(namespace: str) -> bool:
    """Whether the mesh injects sidecars into an application namespace or the delivery namespace."""
    return namespace == DELIVERY or any(
        space.injection for space in NAMESPACES if space.name == namespace
    )
