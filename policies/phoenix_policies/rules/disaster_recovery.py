"""Two regions: what the primary has, the recovery region has as well, and as well protected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Severity
from phoenix_policies.resource import Resource
from phoenix_policies.rule import stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, truth, unknown

COUNTERPARTS: Final = {
    "aws:eks/cluster:Cluster": "EKS cluster",
    "aws:rds/cluster:Cluster": "Aurora cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup": "cache",
    "aws:lb/loadBalancer:LoadBalancer": "load balancer",
    "aws:ec2/vpc:Vpc": "VPC",
    "aws:wafv2/webAcl:WebAcl": "web ACL",
}
"""What has to run in both regions; buckets, keys and secrets have rules of their own about their replicas."""
PARITY: Final = {
    "aws:eks/cluster:Cluster": (
        "vpcConfig.endpointPublicAccess", "vpcConfig.endpointPrivateAccess", "enabledClusterLogTypes",
        "deletionProtection", "accessConfig.authenticationMode", "version",
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        "metadataOptions.httpTokens", "metadataOptions.httpPutResponseHopLimit",
        "blockDeviceMappings.ebs.encrypted",
    ),
    "aws:lb/listener:Listener": ("protocol", "port", "sslPolicy"),
    "aws:wafv2/webAcl:WebAcl": ("defaultAction",),
    "aws:cloudwatch/logGroup:LogGroup": ("retentionInDays",),
    "aws:rds/cluster:Cluster": (
        "storageEncrypted", "deletionProtection", "backupRetentionPeriod", "enabledCloudwatchLogsExports",
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "snapshotRetentionLimit", "automaticFailoverEnabled", "multiAzEnabled",
    ),
    "aws:backup/vault:Vault": ("forceDestroy",),
}  # fmt: skip
"""What twins must say alike."""
PEER: Final = "the other region's stack"
REGION_NAME: Final = re.compile(r"-?\b[a-z]{2}(?:-gov)?-[a-z]+-\d\b|\buse1\b|\busw2\b")


@stack_rule(
    "dr-region-counterpart",
    "aws:eks/cluster:Cluster",
    "aws:rds/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:kms/key:Key",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:wafv2/webAcl:WebAcl",
    "aws:ec2/vpc:Vpc",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
    ),
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Declare the component in the recovery region as well.",
)
def dr_region_counterpart(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Critical components exist in the recovery region."""
    everything = (stack, stack.peer) if stack.has_peer else (stack,)
    for type_, noun in COUNTERPARTS.items():
        own = [one for one in stack.of(type_) if _region(one)]
        if not own:
            continue
        regions = {_region(one) for part in everything for one in part.of(type_)} - {""}
        there = truth(len(regions) > 1)
        if there.value is False and not stack.has_peer and not _spans_regions(stack):
            there = unknown(PEER)
        yield own[0], there.otherwise(f"no {noun} outside {_region(own[0])}")


def _region(one: Resource) -> str:
    return one["region"].text or one.region


def _spans_regions(stack: Stack) -> bool:
    """Whether this stack itself runs clusters in two regions: then it is the whole picture."""
    return len({_region(one) for one in stack.of(*COUNTERPARTS) if _region(one)}) > 1


@stack_rule(
    "dr-config-parity",
    "aws:eks/cluster:Cluster",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:lb/listener:Listener",
    "aws:wafv2/webAcl:WebAcl",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:rds/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:backup/vault:Vault",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.308(a)(8)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
    ),
    soc2=("A1.2", "CC3.4", "CC7.5", "CC8.1", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Give both twins the same value.",
)
def dr_config_parity(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Primary and recovery resources have the same protections."""
    others = stack.peer.of(*PARITY) if stack.has_peer else stack.of(*PARITY)
    candidates = list(others)
    for one in stack.of(*PARITY):
        if not _region(one):
            continue
        for other in candidates:
            if _are_twins(one, other):
                for key in PARITY[one.type]:
                    yield (
                        one,
                        _alike(one, other, key).otherwise(
                            f"differs in {key} from its twin {other.name} in {_region(other)}"
                        ),
                    )


def _are_twins(one: Resource, other: Resource) -> bool:
    return (
        one.type == other.type
        and _region(other) not in {"", _region(one)}
        and REGION_NAME.sub("", one.name) == REGION_NAME.sub("", other.name)
    )


def _alike(one: Resource, other: Resource, key: str) -> Truth:
    first, second = (list(side.props.each(*key.split("."))) for side in (one, other))
    if any(
        leaf.is_unknown for side in (first, second) for value in side for leaf in value.leaves()
    ):
        return unknown(key)
    return truth(sorted(str(v.raw) for v in first) == sorted(str(v.raw) for v in second))
