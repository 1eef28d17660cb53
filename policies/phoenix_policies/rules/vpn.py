"""Site-to-site VPN: what tunnels negotiate, log and survive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, truth

CONNECTION: Final = "aws:ec2/vpnConnection:VpnConnection"
GATEWAY: Final = "aws:ec2/vpnGateway:VpnGateway"
ATTACHMENT: Final = "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment"
TUNNELS: Final = ("tunnel1", "tunnel2")
STRONG: Final = {
    "IkeVersions": ("ikev2",),
    "Phase1EncryptionAlgorithms": ("AES256", "AES256-GCM-16"),
    "Phase2EncryptionAlgorithms": ("AES256", "AES256-GCM-16"),
    "Phase1IntegrityAlgorithms": ("SHA2-256", "SHA2-384", "SHA2-512"),
    "Phase2IntegrityAlgorithms": ("SHA2-256", "SHA2-384", "SHA2-512"),
    "Phase1DhGroupNumbers": tuple(range(14, 25)),
    "Phase2DhGroupNumbers": tuple(range(14, 25)),
}
"""What each option of a tunnel may list; AWS takes everything when a list is left out."""
COMPARED: Final = (*STRONG, "DpdTimeoutAction", "StartupAction", "InsideCidr")


@rule(
    "vpn-tunnel-strong-crypto",
    "aws:ec2/vpnConnection:VpnConnection",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy='List only strong choices for each option of both tunnels, for instance phase1_encryption_algorithms=["AES256-GCM-16"].',
)
def vpn_tunnel_strong_crypto(connection: Resource) -> Iterable[Clause]:
    """Site-to-site tunnels only negotiate strong algorithms."""
    for tunnel in TUNNELS:
        for option, allowed in STRONG.items():
            value = connection[f"{tunnel}{option}"]
            accepted = {*allowed, *(float(one) for one in allowed if isinstance(one, int))}
            yield value.is_set.otherwise(
                f"{value.path} is left out: AWS then accepts weak ones too"
            )
            for choice in value.each():
                yield choice.equals(*accepted).otherwise(f"{choice.path} is {choice.shown}")


@rule(
    "vpn-tunnel-logging",
    "aws:ec2/vpnConnection:VpnConnection",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set tunnel1_log_options and tunnel2_log_options with log_enabled=True and a log group.",
)
def vpn_tunnel_logging(connection: Resource) -> Iterable[Clause]:
    """Tunnels log to CloudWatch."""
    for tunnel in TUNNELS:
        log = connection[f"{tunnel}LogOptions"]["cloudwatchLogOptions"]
        yield (log["logEnabled"].is_true & log["logGroupArn"].is_set).otherwise(
            f"{tunnel} writes no log"
        )


@rule(
    "vpn-redundant-tunnels",
    "aws:ec2/vpnConnection:VpnConnection",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    soc2=("A1.2",),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Configure both tunnels alike, let AWS restart them, and keep pre-shared keys in Secrets Manager.",
    sources=("config:VPC_VPN_2_TUNNELS_UP", "prowler:vpc_vpn_connection_tunnels_up"),
)
def vpn_redundant_tunnels(connection: Resource) -> Iterable[Clause]:
    """Both tunnels are usable and their keys stay out of the program."""
    for option in COMPARED:
        first, second = (connection[f"{tunnel}{option}"] for tunnel in TUNNELS)
        if option != "InsideCidr":
            alike = (first.is_set & second.is_set) | (first.is_empty & second.is_empty)
            yield alike.otherwise(f"only one tunnel states {option}")
    stored = connection["presharedKeyStorage"].equals("SecretsManager")
    for tunnel in TUNNELS:
        idle = connection[f"{tunnel}DpdTimeoutAction"].equals("none")
        yield (~idle).otherwise(f"{tunnel} stays down after a silent peer")
        key = connection[f"{tunnel}PresharedKey"]
        yield (stored | key.is_empty | truth(key.secret)).otherwise(
            f"the pre-shared key of {tunnel} is written in the program"
        )


@stack_rule(
    "vpn-gateway-attached",
    "aws:ec2/vpnGateway:VpnGateway",
    "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
    "aws:ec2/vpnConnection:VpnConnection",
    hipaa=("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)"),
    soc2=("CC6.6",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Attach the gateway to a VPC and give it a connection, or remove it.",
)
def vpn_gateway_attached(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """A VPN gateway is attached and used."""
    for gateway in stack.of(GATEWAY):
        attached = (
            gateway["vpcId"].is_set | stack.referrers(gateway, ATTACHMENT, "vpnGatewayId").exists
        )
        used = stack.referrers(gateway, CONNECTION, "vpnGatewayId").exists
        yield gateway, attached.otherwise("belongs to no VPC")
        yield gateway, used.otherwise("no connection uses it")
