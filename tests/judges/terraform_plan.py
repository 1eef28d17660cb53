"""The AWS resources of a graph as a Terraform plan, which is what checkov reads."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from phoenix_infra.preview import Graph, Node
from tests.judges.manifests import plain

# Terraform names that do not follow from the Pulumi token.
IRREGULAR = {
    "aws:rds/instance:Instance": "aws_db_instance",
    "aws:rds/subnetGroup:SubnetGroup": "aws_db_subnet_group",
    "aws:rds/parameterGroup:ParameterGroup": "aws_db_parameter_group",
    "aws:s3/bucket:Bucket": "aws_s3_bucket",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "aws_cloudwatch_metric_alarm",
    "aws:cloudwatch/logGroup:LogGroup": "aws_cloudwatch_log_group",
    "aws:cloudtrail/trail:Trail": "aws_cloudtrail",
    "aws:dynamodb/table:Table": "aws_dynamodb_table",
    "aws:efs/fileSystem:FileSystem": "aws_efs_file_system",
    "aws:lambda/function:Function": "aws_lambda_function",
    "aws:cfg/recorder:Recorder": "aws_config_configuration_recorder",
    "aws:cfg/recorderStatus:RecorderStatus": "aws_config_configuration_recorder_status",
    "aws:cfg/deliveryChannel:DeliveryChannel": "aws_config_delivery_channel",
    "aws:cfg/conformancePack:ConformancePack": "aws_config_conformance_pack",
    "aws:rds/eventSubscription:EventSubscription": "aws_db_event_subscription",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "aws_s3_bucket_replication_configuration",
    "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec": "aws_route53_hosted_zone_dnssec",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "aws_iam_openid_connect_provider",
    "aws:ec2transitgateway/transitGateway:TransitGateway": "aws_ec2_transit_gateway",
    "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess": "aws_ec2_image_block_public_access",
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": "aws_ec2_instance_metadata_defaults",
    "aws:ec2/managedPrefixList:ManagedPrefixList": "aws_ec2_managed_prefix_list",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "aws_vpc_security_group_ingress_rule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "aws_vpc_security_group_egress_rule",
}
PREFIXES = {"costexplorer": "ce", "ec2transitgateway": "ec2_transit_gateway"}
# Terraform's EC2 resources carry no service prefix.
BARE = ("ec2", "vpc", "lb", "alb")
TAGS = {"tags", "tagsAll", "labels", "variables"}


def snake(name: str) -> str:
    """camelCase to snake_case."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def terraform_type(token: str) -> str:
    """The Terraform resource type behind a Pulumi token."""
    if token in IRREGULAR:
        return IRREGULAR[token]
    _, module, kind = token.split(":")
    service = module.split("/")[0]
    noun = snake(kind)
    if service == "lb":
        return (
            f"aws_{noun}"
            if noun.startswith("lb")
            else f"aws_lb_{noun}".replace("lb_load_balancer", "lb")
        )
    return f"aws_{noun}" if service in BARE else f"aws_{PREFIXES.get(service, service)}_{noun}"


def _block(name: str, value: Any) -> str:
    """Terraform names a repeated block in the singular, Pulumi in the plural."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        if name.endswith("ies"):
            return f"{name[:-3]}y"
        if name.endswith("s") and not name.endswith("ss"):
            return name[:-1]
    return name


def _terraform(value: Any, *, top: bool = False, keep: bool = False) -> Any:
    if isinstance(value, Mapping):
        inner: dict[str, Any] = {
            k if keep else _block(snake(k), v): _terraform(v, keep=k in TAGS)  # pyright: ignore[reportUnknownArgumentType]
            for k, v in value.items()  # pyright: ignore[reportUnknownVariableType]
        }
        return inner if top or keep else [inner]
    if isinstance(value, list):
        return [
            _terraform(v, top=True) if isinstance(v, Mapping) else v
            for v in value  # pyright: ignore[reportUnknownVariableType]
        ]
    return value


def address(node: Node) -> str:
    """The resource's address in the plan."""
    return f"{terraform_type(node.type)}.{re.sub(r'[^A-Za-z0-9_-]', '_', node.name)}"


def _references(graph: Graph, urns: Iterable[str], key: str) -> list[str]:
    """What a property refers to; a value handed on by a sibling refers to where the sibling has it from."""
    found: list[str] = []
    for urn in urns:
        node = graph.by_urn.get(urn)
        if node is not None and node.type.startswith("aws:"):
            found += _references(graph, node.property_dependencies.get(key, ()), key)
            found += [f"{address(node)}.id", address(node)]
    return found


def plan(graph: Graph) -> Mapping[str, Any]:
    """A plan that creates every AWS resource, with references so that graph checks can join."""
    nodes = [n for n in graph.resources if n.type.startswith("aws:") and n.kind == "custom"]
    resources: list[Mapping[str, Any]] = []
    configuration: list[Mapping[str, Any]] = []
    for node in nodes:
        where = address(node)
        head = {
            "address": where,
            "mode": "managed",
            "type": where.split(".")[0],
            "name": where.split(".", 1)[1],
        }
        values = _terraform(plain(node.inputs), top=True)
        resources.append({**head, "provider_name": "aws", "schema_version": 0, "values": values})
        expressions = {
            snake(key): {"references": _references(graph, urns, key)}
            for key, urns in node.property_dependencies.items()
        }
        configuration.append({**head, "provider_config_key": "aws", "expressions": expressions})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": [
            {
                **{k: r[k] for k in ("address", "mode", "type", "name", "provider_name")},
                "change": {"actions": ["create"], "before": None, "after": r["values"]},
            }
            for r in resources
        ],
        "configuration": {"root_module": {"resources": configuration}},
    }
