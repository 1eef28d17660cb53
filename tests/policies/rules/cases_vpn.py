"""Cases of the VPN rules."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    depending,
    given,
    having,
    lacking,
    together,
    without,
)

_CONNECTION = "aws:ec2/vpnConnection:VpnConnection"
_OPTIONS: dict[str, Any] = {
    "IkeVersions": ["ikev2"],
    "Phase1EncryptionAlgorithms": ["AES256-GCM-16"],
    "Phase2EncryptionAlgorithms": ["AES256-GCM-16"],
    "Phase1IntegrityAlgorithms": ["SHA2-384"],
    "Phase2IntegrityAlgorithms": ["SHA2-384"],
    "Phase1DhGroupNumbers": [20],
    "Phase2DhGroupNumbers": [20],
    "DpdTimeoutAction": "restart",
    "StartupAction": "start",
}
_LOGGED = {"cloudwatchLogOptions": {"logEnabled": True, "logGroupArn": "arn:aws:logs:g"}}
_VPN = given(
    "hospital",
    _CONNECTION,
    {
        **{f"tunnel{n}{key}": value for n in (1, 2) for key, value in _OPTIONS.items()},
        "tunnel1LogOptions": _LOGGED,
        "tunnel2LogOptions": _LOGGED,
        "presharedKeyStorage": "SecretsManager",
    },
)

CASES = [
    Cases(
        rule="vpn-tunnel-strong-crypto",
        compliant=[_VPN],
        fails={
            "IKE version 1 as well": having("tunnel1IkeVersions", ["ikev1", "ikev2"]),
            "a short key in the second tunnel": having(
                "tunnel2Phase2EncryptionAlgorithms", ["AES128"]
            ),
            "SHA-1": having("tunnel1Phase1IntegrityAlgorithms", ["SHA1"]),
            "group 2": having("tunnel2Phase1DhGroupNumbers", [14, 2]),
            "a list left out": lacking("tunnel2Phase2DhGroupNumbers"),
        },
        unknown={"unknown": having("tunnel1IkeVersions", UNKNOWN)},
    ),
    Cases(
        rule="vpn-tunnel-logging",
        compliant=[_VPN],
        fails={
            "the second tunnel is silent": lacking("tunnel2LogOptions"),
            "switched off": having("tunnel1LogOptions.cloudwatchLogOptions.logEnabled", False),
            "no log group": lacking("tunnel1LogOptions.cloudwatchLogOptions.logGroupArn"),
        },
        unknown={"unknown": having("tunnel1LogOptions", UNKNOWN)},
    ),
    Cases(
        rule="vpn-redundant-tunnels",
        secret_is_compliant=("a key in the program",),
        compliant=[_VPN],
        fails={
            "one tunnel configured": lacking("tunnel2IkeVersions"),
            "stays down": having("tunnel1DpdTimeoutAction", "none"),
            "a key in the program": together(
                lacking("presharedKeyStorage"), having("tunnel1PresharedKey", "correct.horse.42")
            ),
        },
        unknown={
            "storage unknown": together(
                having("presharedKeyStorage", UNKNOWN),
                having("tunnel1PresharedKey", "correct.horse.42"),
            )
        },
    ),
    Cases(
        rule="vpn-gateway-attached",
        compliant=[
            given(
                "gateway",
                "aws:ec2/vpnGateway:VpnGateway",
                {"vpcId": "vpc-1"},
                outputs={"id": "vgw-1"},
            ),
            given(
                "hospital",
                _CONNECTION,
                {"vpnGatewayId": "vgw-1"},
                depends={"vpnGatewayId": ["gateway"]},
            ),
        ],
        fails={
            "attached to nothing": lacking("vpcId"),
            "used by nobody": without("hospital"),
        },
        unknown={
            "VPC unknown": having("vpcId", UNKNOWN),
            "whose connection is unknown": together(
                having("vpnGatewayId", UNKNOWN, on="hospital"),
                depending("vpnGatewayId", on="hospital"),
            ),
        },
    ),
]
