"""Cases of the network rules."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    adding,
    alone,
    depending,
    given,
    having,
    lacking,
    of_type,
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

_LOG_GROUP = given(
    "group",
    "aws:cloudwatch/logGroup:LogGroup",
    {"name": "/vpc", "kmsKeyId": "arn:aws:kms:us-east-1:1:key/k", "retentionInDays": 2557},
    outputs={"arn": "arn:aws:logs:us-east-1:1:log-group:/vpc"},
)
_DEFAULT_GROUP = given(
    "default",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    {"vpcId": "vpc-1", "ingress": [], "egress": []},
    outputs={"id": "sg-0"},
    depends={"vpcId": ["main"]},
)
_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_SERVICES = ("s3", "ecr.api", "ecr.dkr", "sts", "logs", "kms", "secretsmanager")
_POLICY = (
    '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",'
    ' "Condition": {"StringEquals": {"aws:PrincipalAccount": "481516234299"}}}]}'
)


def _endpoint(service: str) -> Given:
    kind = "Gateway" if service == "s3" else "Interface"
    return given(
        service,
        _ENDPOINT,
        {
            "vpcId": "vpc-1",
            "serviceName": f"com.amazonaws.us-east-1.{service}",
            "vpcEndpointType": kind,
            "privateDnsEnabled": kind == "Interface",
        },
        depends={"vpcId": ["main"]},
    )


_DEFAULT_VPC = given("default", "aws:ec2/defaultVpc:DefaultVpc", {"forceDestroy": True})

CASES = [
    Cases(
        rule="vpc-no-default-vpc",
        compliant=[_DEFAULT_VPC],
        fails={
            "the default VPC is used": having("forceDestroy", False),
            "kept without a word": lacking("forceDestroy"),
            "a default subnet is used": together(
                of_type("aws:ec2/defaultSubnet:DefaultSubnet"), lacking("forceDestroy")
            ),
        },
        unknown={"not known": having("forceDestroy", UNKNOWN)},
    ),
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
        rule="vpc-flow-log-aggregation-interval",
        compliant=[given("log", _FLOW_LOG.type, {"maxAggregationInterval": 60})],
        fails={
            "ten minutes": having("maxAggregationInterval", 600),
            "AWS's default of ten minutes": lacking("maxAggregationInterval"),
        },
        unknown={"interval unknown": having("maxAggregationInterval", UNKNOWN)},
    ),
    Cases(
        rule="vpc-flow-log-destination-protected",
        compliant=[
            given(
                "log",
                _FLOW_LOG.type,
                {"logDestination": "arn:aws:logs:us-east-1:1:log-group:/vpc"},
                depends={"logDestination": ["group"]},
            ),
            _LOG_GROUP,
        ],
        passes={
            "kept for ever": having("retentionInDays", 0, on="group"),
            "an encrypted bucket": alone(
                given(
                    "log",
                    _FLOW_LOG.type,
                    {"logDestination": "arn:aws:s3:::flows"},
                    depends={"logDestination": ["flows"]},
                ),
                given("flows", "aws:s3/bucket:Bucket", {"bucket": "flows"}),
                given(
                    "sse",
                    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
                    {"bucket": "flows"},
                    depends={"bucket": ["flows"]},
                ),
            ),
        },
        fails={
            "a log group without a key": lacking("kmsKeyId", on="group"),
            "a log group that forgets": having("retentionInDays", 365, on="group"),
            "no destination": together(lacking("logDestination"), depending("logDestination")),
        },
        unknown={
            "key unknown": having("kmsKeyId", UNKNOWN, on="group"),
            "a destination of another stack": together(
                having("logDestination", "arn:aws:s3:::elsewhere"), depending("logDestination")
            ),
        },
    ),
    Cases(
        rule="vpc-default-security-group-closed",
        compliant=[_VPC, _DEFAULT_GROUP],
        passes={
            "a rule of another group, ids unknown": adding(
                given("app", "aws:ec2/securityGroup:SecurityGroup", {"description": "pods"}),
                given(
                    "rule",
                    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                    {"securityGroupId": UNKNOWN, "cidrIpv4": "10.0.0.0/24"},
                    depends={"securityGroupId": ["app"]},
                ),
            )
        },
        fails={
            "left as AWS made it": without("default"),
            "members reach each other": having(
                "ingress", [{"protocol": "-1", "self": True}], on="default"
            ),
            "everything goes out": having(
                "egress", [{"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}], on="default"
            ),
            "a rule of its own": adding(
                given(
                    "rule",
                    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                    {"securityGroupId": "sg-0", "cidrIpv4": "10.0.0.0/24"},
                    depends={"securityGroupId": ["default"]},
                )
            ),
        },
        unknown={
            "rules unknown": having("ingress", UNKNOWN, on="default"),
            "which VPC is unknown": together(
                having("vpcId", UNKNOWN, on="default"), depending("vpcId", on="default")
            ),
        },
    ),
    Cases(
        rule="vpc-endpoints-for-private-access",
        compliant=[
            _VPC,
            given("cluster", "aws:eks/cluster:Cluster", {}),
            *(_endpoint(service) for service in _SERVICES),
        ],
        fails={
            "no way to the registry": without("ecr.dkr"),
            "public names": having("privateDnsEnabled", False, on="kms"),
            "a similar service": having(
                "serviceName", "com.amazonaws.us-east-1.kms-fips", on="kms"
            ),
        },
        unknown={
            "which service is unknown": having("serviceName", UNKNOWN, on="sts"),
            "private names unknown": having("privateDnsEnabled", UNKNOWN, on="kms"),
        },
    ),
    Cases(
        rule="vpc-endpoint-policy-scoped",
        compliant=[given("s3", _ENDPOINT, {"policy": _POLICY})],
        passes={
            "one service's actions": having(
                "policy", _POLICY.replace('"Action": "*"', '"Action": "s3:GetObject"')
            )
        },
        fails={
            "AWS's default policy": lacking("policy"),
            "everybody, everything": having(
                "policy",
                '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}',
            ),
            "a condition on something else": having(
                "policy", _POLICY.replace("aws:PrincipalAccount", "aws:SourceIp")
            ),
        },
        unknown={"policy unknown": having("policy", UNKNOWN)},
    ),
]
