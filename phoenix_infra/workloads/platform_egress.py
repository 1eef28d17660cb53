"""What add-ons reach beyond the cluster, by name and through the egress gateway (A8)."""

from dataclasses import dataclass
from urllib.parse import urlparse

from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES
from phoenix_infra.workloads.connectivity import Connectivity
from phoenix_infra.workloads.external_peers import EXTERNAL_PEERS, Way, hosts_of
from phoenix_infra.workloads.jobs import JOBS
from phoenix_infra.workloads.ports import EXTERNAL_TLS, Port

ALERTMANAGER = "kube-prometheus-stack-alertmanager"
GRAFANA = "kube-prometheus-stack-grafana"
CERT_MANAGER = "cert-manager"
REPOSITORY_SERVER = "argocd-repo-server"


@dataclass(frozen=True, kw_only=True)
class ExternalHost:
    """One name outside, the port it is reached on, and the pod groups that may."""

    host: str
    port: Port
    callers: tuple[str, ...]
    """Names of pod groups in the connectivity graph."""

    @property
    def slug(self) -> str:
        """The host as part of an object's name."""
        return self.host.replace(".", "-")


def external_hosts(settings: GuardianSettings) -> tuple[ExternalHost, ...]:
    """Every name that leaves through the egress gateway, services' and add-ons', in stable order."""
    callers: dict[tuple[str, Port], set[str]] = {}
    for unit in (*SERVICES, *AGENTS, *JOBS):
        for name in unit.external_peers:
            peer = EXTERNAL_PEERS[name]
            if peer.way is Way.EGRESS_GATEWAY:
                for host in hosts_of(peer, settings):
                    callers.setdefault((host, peer.port), set()).add(unit.name)
    for group, host in _addon_hosts(settings):
        callers.setdefault((host, EXTERNAL_TLS), set()).add(group)
    return tuple(
        ExternalHost(host=host, port=port, callers=tuple(sorted(groups)))
        for (host, port), groups in sorted(
            callers.items(), key=lambda item: (item[0][0], item[0][1].number)
        )
    )


def _addon_hosts(settings: GuardianSettings) -> tuple[tuple[str, str], ...]:
    platform = settings.platform
    repository = urlparse(platform.gitops.repository_url).hostname
    if repository is None:
        raise ValueError(
            f"phoenix:platform gitops.repository_url {platform.gitops.repository_url!r} has no host: "
            "write it as https://host/path.git"
        )
    return (
        (ALERTMANAGER, "events.pagerduty.com"),
        (ALERTMANAGER, "hooks.slack.com"),
        (ALERTMANAGER, platform.dead_mans_switch_host),
        (GRAFANA, "login.microsoftonline.com"),
        (GRAFANA, "graph.microsoft.com"),
        (CERT_MANAGER, "acme-v02.api.letsencrypt.org"),
        (REPOSITORY_SERVER, repository),
    )


def principals(host: ExternalHost, graph: Connectivity) -> tuple[str, ...]:
    """The mesh identities behind a host's callers."""
    return tuple(sorted({graph.group(name).principal for name in host.callers}))
