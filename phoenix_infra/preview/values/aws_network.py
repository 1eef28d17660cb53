"""Computed values: VPC, EC2 and load balancing."""

from collections.abc import Mapping

from phoenix_infra.preview.values.facts import Taught

_EC2 = "arn:aws:ec2:{region}:{account}:"
_LB = "arn:aws:elasticloadbalancing:{region}:{account}:"

_LOAD_BALANCER = Taught(
    id="{arn}",
    arn=_LB + "loadbalancer/net/{name}/{hex16}",
    outputs={
        "arnSuffix": "net/{name}/{hex16}",
        "dnsName": "{name}-{hex16}.elb.{region}.amazonaws.com",
        "zoneId": "Z26RNL4JYFTOTI",  # Network Load Balancer in us-east-1 (AWS General Reference)
        "vpcId": "vpc-{hex17}",
    },
)
_TARGET_GROUP = Taught(
    id="{arn}",
    arn=_LB + "targetgroup/{name}/{hex16}",
    outputs={"arnSuffix": "targetgroup/{name}/{hex16}"},
)

NETWORK: Mapping[str, Taught] = {
    "aws:ec2/vpc:Vpc": Taught(
        id="vpc-{hex17}",
        arn=_EC2 + "vpc/{id}",
        outputs={
            "defaultNetworkAclId": "acl-{hex17:default}",
            "defaultRouteTableId": "rtb-{hex17:default}",
            "defaultSecurityGroupId": "sg-{hex17:default}",
            "dhcpOptionsId": "dopt-{hex17}",
            "mainRouteTableId": "rtb-{hex17:default}",
            "ipv6CidrBlock": "",
        },
    ),
    "aws:ec2/subnet:Subnet": Taught(id="subnet-{hex17}", arn=_EC2 + "subnet/{id}"),
    "aws:ec2/internetGateway:InternetGateway": Taught(
        id="igw-{hex17}", arn=_EC2 + "internet-gateway/{id}"
    ),
    "aws:ec2/natGateway:NatGateway": Taught(
        id="nat-{hex17}",
        outputs={
            "networkInterfaceId": "eni-{hex17}",
            "privateIp": "10.0.0.10",
            "publicIp": "198.51.100.10",
        },
    ),
    "aws:ec2/eip:Eip": Taught(
        id="eipalloc-{hex17}",
        arn=_EC2 + "elastic-ip/{id}",
        outputs={
            "allocationId": "{id}",
            "publicIp": "198.51.100.10",
            "publicDns": "ec2-198-51-100-10.compute-1.amazonaws.com",
        },
    ),
    "aws:ec2/routeTable:RouteTable": Taught(id="rtb-{hex17}", arn=_EC2 + "route-table/{id}"),
    "aws:ec2/route:Route": Taught(id="r-rtb-{hex17}"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Taught(id="rtbassoc-{hex17}"),
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": Taught(
        id="dopt-{hex17}", arn=_EC2 + "dhcp-options/{id}"
    ),
    "aws:ec2/networkAcl:NetworkAcl": Taught(id="acl-{hex17}", arn=_EC2 + "network-acl/{id}"),
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": Taught(
        id="acl-{hex17}", arn=_EC2 + "network-acl/{id}"
    ),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": Taught(
        id="rtb-{hex17}", arn=_EC2 + "route-table/{id}"
    ),
    "aws:ec2/securityGroup:SecurityGroup": Taught(
        id="sg-{hex17}", arn=_EC2 + "security-group/{id}"
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Taught(
        id="sg-{hex17}", arn=_EC2 + "security-group/{id}", outputs={"name": "default"}
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": Taught(id="sgrule-{hex10}"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Taught(
        id="sgr-{hex17}",
        arn=_EC2 + "security-group-rule/{id}",
        outputs={"securityGroupRuleId": "{id}"},
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Taught(
        id="sgr-{hex17}",
        arn=_EC2 + "security-group-rule/{id}",
        outputs={"securityGroupRuleId": "{id}"},
    ),
    "aws:ec2/flowLog:FlowLog": Taught(id="fl-{hex17}", arn=_EC2 + "vpc-flow-log/{id}"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Taught(
        id="vpce-{hex17}",
        arn=_EC2 + "vpc-endpoint/{id}",
        outputs={
            "prefixListId": "pl-{hex8}",
            "dnsEntries": [
                {"dnsName": "{id}.vpce.{region}.vpce.amazonaws.com", "hostedZoneId": "Z{hex13}"}
            ],
            "networkInterfaceIds": ["eni-{hex17:a}", "eni-{hex17:b}", "eni-{hex17:c}"],
            "state": "available",
        },
    ),
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": Taught(
        id="pcx-{hex17}", outputs={"acceptStatus": "active"}
    ),
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": Taught(
        id="{in[vpcPeeringConnectionId]}", outputs={"acceptStatus": "active"}
    ),
    "aws:ec2/customerGateway:CustomerGateway": Taught(
        id="cgw-{hex17}", arn=_EC2 + "customer-gateway/{id}"
    ),
    "aws:ec2/vpnGateway:VpnGateway": Taught(id="vgw-{hex17}", arn=_EC2 + "vpn-gateway/{id}"),
    "aws:ec2/vpnConnection:VpnConnection": Taught(
        id="vpn-{hex17}",
        arn=_EC2 + "vpn-connection/{id}",
        outputs={
            "tunnel1Address": "203.0.113.10",
            "tunnel2Address": "203.0.113.20",
            "tunnel1BgpAsn": "64512",
            "tunnel2BgpAsn": "64512",
            "transitGatewayAttachmentId": "tgw-attach-{hex17}",
        },
    ),
    "aws:ec2transitgateway/transitGateway:TransitGateway": Taught(
        id="tgw-{hex17}",
        arn=_EC2 + "transit-gateway/{id}",
        outputs={
            "associationDefaultRouteTableId": "tgw-rtb-{hex17}",
            "propagationDefaultRouteTableId": "tgw-rtb-{hex17}",
        },
    ),
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": Taught(
        id="tgw-attach-{hex17}", arn=_EC2 + "transit-gateway-attachment/{id}"
    ),
    "aws:ec2transitgateway/routeTable:RouteTable": Taught(
        id="tgw-rtb-{hex17}", arn=_EC2 + "transit-gateway-route-table/{id}"
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Taught(
        id="lt-{hex17}",
        arn=_EC2 + "launch-template/{id}",
        outputs={"latestVersion": 1, "defaultVersion": 1},
    ),
    "aws:ec2/instance:Instance": Taught(
        id="i-{hex17}",
        arn=_EC2 + "instance/{id}",
        outputs={"privateIp": "10.0.0.20", "privateDns": "ip-10-0-0-20.ec2.internal"},
    ),
    "aws:ec2/managedPrefixList:ManagedPrefixList": Taught(
        id="pl-{hex17}", arn=_EC2 + "prefix-list/{id}", outputs={"version": 1}
    ),
    "aws:ec2/ebsDefaultKmsKey:EbsDefaultKmsKey": Taught(id="{in[keyArn]}"),
    "aws:ebs/defaultKmsKey:DefaultKmsKey": Taught(id="{in[keyArn]}"),
    "aws:ebs/volume:Volume": Taught(id="vol-{hex17}", arn=_EC2 + "volume/{id}"),
    "aws:lb/loadBalancer:LoadBalancer": _LOAD_BALANCER,
    "aws:alb/loadBalancer:LoadBalancer": _LOAD_BALANCER,
    "aws:lb/targetGroup:TargetGroup": _TARGET_GROUP,
    "aws:alb/targetGroup:TargetGroup": _TARGET_GROUP,
    "aws:lb/listener:Listener": Taught(
        id="{arn}", arn=_LB + "listener/net/{logical}/{hex16}/{hex16:listener}"
    ),
}
