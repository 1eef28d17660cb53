"""The operators' way to the private API: port forwarding through Session Manager, no inbound port anywhere (A7.5)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import autoscaling, cloudwatch, ec2, iam, ssm, vpc

HTTPS = 443
INSTANCE_TYPE = "t4g.small"
IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
"""Resolved at launch: a replaced host is a patched host."""
ROOT_VOLUME_GIB = 10
IDLE_TIMEOUT_MINUTES = 15
MAXIMUM_SESSION_MINUTES = 60


@dataclass(frozen=True, kw_only=True)
class SsmAccessArgs:
    """One host that forwards ports and is good for nothing else."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    cluster_security_group_id: pulumi.Input[str]
    endpoint_security_group_id: pulumi.Input[str]
    role_name: pulumi.Input[str]
    root_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    log_group_name: str
    log_retention_days: int
    tags: Mapping[str, str]


class SsmAccess(pulumi.ComponentResource):
    """A host without key pair or ingress rule; sessions are encrypted and logged."""

    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: SsmAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:SsmAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log_group = cloudwatch.LogGroup(
            name,
            name=args.log_group_name,
            retention_in_days=args.log_retention_days,
            kms_key_id=args.logs_key_arn,
            deletion_protection_enabled=True,
            tags={**args.tags, "Record": "audit"},
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(protect=True, retain_on_delete=True)
            ),
        )
        # The name by which Session Manager finds its preferences.
        ssm.Document(
            f"{name}-preferences",
            name="SSM-SessionManagerRunShell",
            document_type="Session",
            document_format="JSON",
            content=pulumi.Output.json_dumps(
                {
                    "schemaVersion": "1.0",
                    "description": "Sessions are encrypted, logged and short",
                    "sessionType": "Standard_Stream",
                    "inputs": {
                        "cloudWatchLogGroupName": log_group.name,
                        "cloudWatchEncryptionEnabled": True,
                        "cloudWatchStreamingEnabled": True,
                        "kmsKeyId": args.logs_key_arn,
                        "idleSessionTimeout": str(IDLE_TIMEOUT_MINUTES),
                        "maxSessionDuration": str(MAXIMUM_SESSION_MINUTES),
                    },
                }
            ),
            tags=args.tags,
            opts=child,
        )
        group = _security_group(name, args, child)
        _host(name, args, group, child)
        self.security_group_id = group.id
        self.register_outputs({"security_group_id": self.security_group_id})


def _security_group(
    name: str, args: SsmAccessArgs, child: pulumi.ResourceOptions
) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        name,
        description="Forwarding host of Session Manager: nothing comes in",
        vpc_id=args.vpc_id,
        revoke_rules_on_delete=True,
        tags={**args.tags, "Name": name},
        opts=child,
    )
    for target, group_id, what in (
        ("api", args.cluster_security_group_id, "the Kubernetes API"),
        ("endpoints", args.endpoint_security_group_id, "the endpoints of Session Manager"),
    ):
        vpc.SecurityGroupEgressRule(
            f"{name}-to-{target}",
            security_group_id=group.id,
            referenced_security_group_id=group_id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            description=f"From the forwarding host of the operators to {what}",
            tags=args.tags,
            opts=child,
        )
    vpc.SecurityGroupIngressRule(
        f"{name}-into-api",
        security_group_id=args.cluster_security_group_id,
        referenced_security_group_id=group.id,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        description="From the forwarding host of the operators: the Kubernetes API",
        tags=args.tags,
        opts=child,
    )
    return group


def _host(
    name: str, args: SsmAccessArgs, group: ec2.SecurityGroup, child: pulumi.ResourceOptions
) -> None:
    profile = iam.InstanceProfile(name, role=args.role_name, tags=args.tags, opts=child)
    template = ec2.LaunchTemplate(
        name,
        description="Session Manager's forwarding host",
        image_id=IMAGE,
        instance_type=INSTANCE_TYPE,
        update_default_version=True,
        vpc_security_group_ids=[group.id],
        iam_instance_profile=ec2.LaunchTemplateIamInstanceProfileArgs(arn=profile.arn),
        ebs_optimized="true",
        block_device_mappings=[
            ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name="/dev/xvda",
                ebs=ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_type="gp3",
                    volume_size=ROOT_VOLUME_GIB,
                    encrypted="true",
                    kms_key_id=args.root_key_arn,
                    delete_on_termination="true",
                ),
            )
        ],
        metadata_options=ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
        ),
        monitoring=ec2.LaunchTemplateMonitoringArgs(enabled=True),
        tags=args.tags,
        opts=child,
    )
    autoscaling.Group(
        name,
        min_size=1,
        max_size=2,
        desired_capacity=1,
        vpc_zone_identifiers=list(args.subnet_ids),
        health_check_type="EC2",
        # A week old at most, hence patched.
        max_instance_lifetime=604800,
        launch_template=autoscaling.GroupLaunchTemplateArgs(
            id=template.id, version=template.latest_version.apply(str)
        ),
        tags=[
            autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True)
            for key, value in {**args.tags, "Name": name, "SessionTarget": "cluster-api"}.items()
        ],
        opts=child,
    )


def operator_policy(region: str, account_id: str) -> str:
    """Port forwarding to hosts tagged for it, and nothing else: no shell, no other document."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ForwardToTheApi",
                    "Effect": "Allow",
                    "Action": ["ssm:StartSession"],
                    "Resource": f"arn:aws:ec2:{region}:{account_id}:instance/*",
                    "Condition": {
                        "StringEquals": {"ssm:resourceTag/SessionTarget": "cluster-api"},
                        "BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"},
                    },
                },
                {
                    "Sid": "ByThisDocument",
                    "Effect": "Allow",
                    "Action": ["ssm:StartSession"],
                    "Resource": (
                        f"arn:aws:ssm:{region}::document/AWS-StartPortForwardingSessionToRemoteHost"
                    ),
                },
                {
                    "Sid": "EndOwnSessions",
                    "Effect": "Allow",
                    "Action": ["ssm:ResumeSession", "ssm:TerminateSession"],
                    "Resource": f"arn:aws:ssm:{region}:{account_id}:session/${{aws:userid}}-*",
                },
            ],
        }
    )
