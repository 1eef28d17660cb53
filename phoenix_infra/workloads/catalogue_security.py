"""The services of phoenix-security and the SIEM agent (G-031)."""

from phoenix_infra.workloads.external_peers import PAGERDUTY, SIEM_COLLECTOR, WAF
from phoenix_infra.workloads.namespaces import SECURITY, SIEM
from phoenix_infra.workloads.spec import (
    AgentSpec,
    AwsResource,
    AwsStatement,
    HostDirectory,
    Resources,
    Scaling,
    StaticSecret,
    WorkloadSpec,
    calls,
)

_MINOR = Resources(
    cpu_request_millicores=100,
    memory_request_mib=256,
    cpu_limit_millicores=500,
    memory_limit_mib=512,
)
"""The default of minor services (O-026)."""

HONEYPOT_CONTROLLER = WorkloadSpec(
    name="honeypot-controller",
    namespace=SECURITY,
    owner="security-engineering",
    description="Decoy endpoints that report whoever touches them; holds no real data",
    image="honeypot-controller",
    resources=_MINOR,
    scaling=Scaling(minimum=2, maximum=4),
    calls=calls("threat-response"),
    phi=False,
)
THREAT_RESPONSE = WorkloadSpec(
    name="threat-response",
    namespace=SECURITY,
    owner="security-engineering",
    description="Blocks attackers at the web ACL and pages the on-call engineer",
    image="threat-response",
    resources=_MINOR,
    scaling=Scaling(minimum=2, maximum=6),
    calls=calls("database", "kafka"),
    external_peers=(PAGERDUTY.name, WAF.name),
    identity=(
        AwsStatement(
            sid="BlockAddresses",
            actions=("wafv2:GetIPSet", "wafv2:UpdateIPSet"),
            resources=(AwsResource.WEB_ACL_IP_SETS,),
        ),
    ),
    secrets=(StaticSecret(file="pagerduty.key", path="phoenix/pagerduty", key="routing_key"),),
    phi=False,
)
SIEM_AGENT = AgentSpec(
    name="siem-agent",
    namespace=SIEM,
    owner="security-engineering",
    description="Ships the node's audit and container logs to the SIEM",
    image="siem-agent",
    resources=Resources(
        cpu_request_millicores=100,
        memory_request_mib=128,
        cpu_limit_millicores=500,
        memory_limit_mib=512,
    ),
    host_directories=(HostDirectory(name="logs", path="/var/log"),),
    reason="reads the node's audit and container logs under /var/log",
    external_peers=(SIEM_COLLECTOR.name,),
    secrets=(StaticSecret(file="siem-client.pem", path="phoenix/siem", key="client_pem"),),
    # containerd writes container logs as root:root with mode 0640.
    supplementary_groups=(0,),
)

SECURITY_SERVICES: tuple[WorkloadSpec, ...] = (HONEYPOT_CONTROLLER, THREAT_RESPONSE)
AGENTS: tuple[AgentSpec, ...] = (SIEM_AGENT,)
