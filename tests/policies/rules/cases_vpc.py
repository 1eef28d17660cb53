"""Cases of the network rules."""

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

_VPC = given("main", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, outputs={"id": "vpc-1"})
_FLOW_LOG = given(
    "log",
    "aws:ec2/flowLog:FlowLog",
    {"vpcId": "vpc-1", "trafficType": "ALL"},
    depends={"vpcId": ["main"]},
)

CASES = [
    Cases(
        rule="vpc-flow-logs-enabled",
        compliant=[_VPC, _FLOW_LOG],
        passes={
            "joined while the id is unknown": having("vpcId", UNKNOWN, on="log"),
            "joined by a literal id": depending("vpcId", on="log"),
        },
        fails={
            "no flow log at all": without("log"),
            "the flow log watches another VPC": together(
                having("vpcId", "vpc-2", on="log"), depending("vpcId", on="log")
            ),
        },
        unknown={
            "a flow log of an unknown VPC": together(
                having("vpcId", UNKNOWN, on="log"), depending("vpcId", on="log")
            ),
        },
    ),
    Cases(
        rule="vpc-flow-log-traffic-all",
        compliant=[_FLOW_LOG],
        fails={
            "accepted traffic alone": having("trafficType", "ACCEPT"),
            "traffic type left out": lacking("trafficType"),
        },
        unknown={"traffic type unknown": having("trafficType", UNKNOWN)},
    ),
    Cases(
        rule="launch-template-imdsv2",
        compliant=[
            given(
                "nodes",
                "aws:ec2/launchTemplate:LaunchTemplate",
                {"metadataOptions": {"httpTokens": "required"}},
            )
        ],
        passes={
            "no metadata service at all": having(
                "metadataOptions", {"httpEndpoint": "disabled", "httpTokens": UNKNOWN}
            )
        },
        fails={
            "tokens optional": having("metadataOptions.httpTokens", "optional"),
            "no metadata options": lacking("metadataOptions"),
        },
        unknown={"metadata options unknown": having("metadataOptions", UNKNOWN)},
    ),
]
