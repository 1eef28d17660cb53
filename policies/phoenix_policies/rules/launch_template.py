"""Instances and the templates they are started from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, truth

TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
BY_DEFAULT: Final = "aws:ebs/encryptionByDefault:EncryptionByDefault"


@stack_rule(
    "launch-template-ebs-encrypted",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ebs/encryptionByDefault:EncryptionByDefault",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy='Set encrypted="true" and kms_key_id in each block device mapping.',
    sources=(
        "cdk_nag:AwsSolutions-EC26",
        "config:EC2_LAUNCH_TEMPLATES_EBS_VOLUME_ENCRYPTED",
        "compliance_policies:aws-ec2-launchtemplate-disallow-unencrypted-block-device",
    ),
)
def launch_template_ebs_encrypted(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Launch template block devices are encrypted."""
    for template in stack.of(TEMPLATE):
        mappings = template["blockDeviceMappings"]
        by_default = some(
            truth(one.region == template.region) & ~one["enabled"].is_false
            for one in stack.of(BY_DEFAULT)
        )
        yield (
            template,
            (mappings.is_set | by_default).otherwise(
                "states no block device, and new volumes are not encrypted by default"
            ),
        )
        for path, fine in encrypted_devices(template):
            yield template, fine.otherwise(f"{path} is not encrypted")


def encrypted_devices(template: Resource) -> list[tuple[str, Truth]]:
    """Each EBS device of a template, and whether it is encrypted."""
    return [
        (mapping.path, mapping["ebs"].is_empty | mapping["ebs"]["encrypted"].is_true)
        for mapping in template["blockDeviceMappings"].each()
    ]


@rule(
    "launch-template-ebs-cmk",
    "aws:ec2/launchTemplate:LaunchTemplate",
    hipaa=("164.312(a)(2)(iv)",),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set kms_key_id of the data key in each block device mapping.",
    sources=("compliance_policies:aws-ec2-launchtemplate-configure-customer-managed-key",),
)
def launch_template_ebs_cmk(template: Resource) -> Iterable[Clause]:
    """Launch template volumes use a customer managed key."""
    for mapping in template["blockDeviceMappings"].each():
        device = mapping["ebs"]
        yield (device.is_empty | device["kmsKeyId"].is_set).otherwise(
            f"{mapping.path} uses the AWS managed key"
        )


@rule(
    "launch-template-imdsv2",
    "aws:ec2/launchTemplate:LaunchTemplate",
    hipaa=(
        "164.308(a)(1)(ii)(B)",
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.8"),
    severity=Severity.HIGH,
    remedy='Set metadata_options with http_tokens="required".',
    sources=(
        "cdk_nag:HIPAA.Security-EC2IMDSv2Enabled",
        "config:EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK",
        "config:EC2_IMDSV2_CHECK",
        "prowler:ec2_launch_template_imdsv2_required",
        "checkov:CKV_AWS_79",
    ),
)
def launch_template_imdsv2(template: Resource) -> Iterable[Clause]:
    """Instances answer metadata requests only with a session token (IMDSv2)."""
    yield session_tokens_required(template).otherwise(
        "metadata is served without a session token (IMDSv1)"
    )


def session_tokens_required(template: Resource) -> Truth:
    """Whether metadata needs a session token, or is not served at all."""
    metadata = template["metadataOptions"]
    return metadata["httpTokens"].equals("required") | metadata["httpEndpoint"].equals("disabled")


@rule(
    "launch-template-imds-hop-limit",
    "aws:ec2/launchTemplate:LaunchTemplate",
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(3)(i)", "164.308(a)(4)(ii)(A)", "164.312(a)(1)"),
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Set http_put_response_hop_limit=1; pods have identities of their own.",
    sources=("config:EC2_TOKEN_HOP_LIMIT_CHECK", "checkov:CKV_AWS_341"),
)
def launch_template_imds_hop_limit(template: Resource) -> Iterable[Clause]:
    """Metadata hop limit keeps pods away from node credentials."""
    limit = template["metadataOptions"]["httpPutResponseHopLimit"]
    yield one_hop(template).otherwise(f"metadata answers travel {limit.shown} hops, into pods")


def one_hop(template: Resource) -> Truth:
    """Whether metadata answers stay on the node."""
    metadata = template["metadataOptions"]
    limit = metadata["httpPutResponseHopLimit"]
    return limit.is_empty | limit.at_most(1) | metadata["httpEndpoint"].equals("disabled")


@rule(
    "launch-template-no-public-ip",
    "aws:ec2/launchTemplate:LaunchTemplate",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.HIGH,
    remedy='Leave associate_public_ip_address out, or set it to "false".',
    sources=(
        "cdk_nag:HIPAA.Security-AutoScalingLaunchConfigPublicIpDisabled",
        "config:EC2_LAUNCH_TEMPLATE_PUBLIC_IP_DISABLED",
        "config:AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED",
        "prowler:ec2_launch_template_no_public_ip",
        "checkov:CKV_AWS_88",
        "compliance_policies:aws-ec2-launchtemplate-disallow-public-ip",
    ),
)
def launch_template_no_public_ip(template: Resource) -> Iterable[Clause]:
    """Launch templates do not assign public addresses."""
    for interface in template["networkInterfaces"].each():
        public = interface["associatePublicIpAddress"]
        yield (~public.is_true).otherwise(f"{interface.path} gets a public address")


@rule(
    "launch-template-detailed-monitoring",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/instance:Instance",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set monitoring with enabled=True.",
    sources=(
        "cdk_nag:HIPAA.Security-EC2InstanceDetailedMonitoringEnabled",
        "cdk_nag:AwsSolutions-EC28",
        "config:EC2_INSTANCE_DETAILED_MONITORING_ENABLED",
        "prowler:ec2_instance_detailed_monitoring_enabled",
        "checkov:CKV_AWS_126",
        "awsguard:ec2-instance-detailed-monitoring-enabled",
    ),
)
def launch_template_detailed_monitoring(instance: Resource) -> Iterable[Clause]:
    """Instances report one-minute metrics."""
    monitoring = instance["monitoring"]
    stated = monitoring["enabled"] if instance.type == TEMPLATE else monitoring
    yield stated.is_true.otherwise("reports metrics every five minutes only")


@rule(
    "launch-template-no-ssh-key",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/instance:Instance",
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(2)(i)", "164.312(d)"),
    soc2=("CC6.1", "CC6.2"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Remove key_name; operators come through SSM Session Manager.",
    sources=("config:EC2_NO_AMAZON_KEY_PAIR",),
)
def launch_template_no_ssh_key(instance: Resource) -> Iterable[Clause]:
    """Nodes are not reachable with static key pairs."""
    yield instance["keyName"].is_empty.otherwise(
        f"accepts the key pair {instance['keyName'].shown}"
    )
