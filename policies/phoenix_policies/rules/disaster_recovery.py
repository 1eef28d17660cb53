"""Two regions: what the primary has, the recovery region has as well, and as well protected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Severity
from phoenix_policies.judge import judge_resource, judge_stack
from phoenix_policies.resource import Resource
from phoenix_policies.rule import stack_rule
from phoenix_policies.rules import mandatory_rules, mandatory_stack_rules
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, truth, unknown
from phoenix_policies.verdict import Outcome

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
RECOVERY_REGION: Final = "us-west-2"
_OWN: Final = ("dr-config-parity", "dr-region-counterpart")
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
        own = [one for one in stack.of(type_) if _region(one) and _is_regional(one)]
        if not own:
            continue
        regions = {
            _region(one) for part in everything for one in part.of(type_) if _is_regional(one)
        } - {""}
        there = truth(len(regions) > 1 and RECOVERY_REGION in regions)
        shown = " and ".join(sorted(regions))
        if there.value is False and not stack.has_peer and not _spans_regions(stack):
            there = unknown(PEER)
        yield own[0], there.otherwise(f"there is no {noun} in both regions, but in {shown}")


def _is_regional(one: Resource) -> bool:
    """Not a web ACL of CloudFront, which serves both regions from one place."""
    return one["scope"].text != "CLOUDFRONT"


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
    placed = [one for one in stack.of(*PARITY) if _region(one)]
    if not stack.has_peer and not _spans_regions(stack):
        yield from ((one, unknown(PEER).otherwise("")) for one in placed[:1])
        return
    other_stack = stack.peer if stack.has_peer else stack
    candidates = list(other_stack.of(*PARITY))
    here = _verdicts(stack)
    there = _verdicts(other_stack) if stack.has_peer else here
    for one in placed:
        for other in candidates:
            if not _are_twins(one, other):
                continue
            for key in PARITY[one.type]:
                yield (
                    one,
                    _alike(one, other, key).otherwise(
                        f"differs in {key} from its twin {other.label} in {_region(other)}"
                    ),
                )
            yield from _same_verdicts(one, other, here, there)


Verdicts = dict[tuple[str, str], Outcome]
"""What each mandatory rule says about each resource, by rule and URN."""
_WORST: Final = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)


def _verdicts(stack: Stack) -> Verdicts:
    answers = [
        answer
        for one in stack.of(*PARITY)
        for rule in mandatory_rules(one.type)
        for answer in judge_resource(rule, one)
    ]
    # a rule that joins two stacks speaks about both twins at once; one that says what a stack lacks
    # hangs its answer on any resource, so only answers about a rule's own type are compared
    answers += [
        answer
        for rule in mandatory_stack_rules()
        if not rule.needs_peer and rule.id not in _OWN
        for answer in judge_stack(rule, stack)
        if answer.resource is not None and answer.resource.type == rule.types[0]
    ]
    found: Verdicts = {}
    for answer in answers:
        if answer.resource is None or answer.outcome not in _WORST:
            continue
        key = (answer.rule.id, answer.resource.urn)
        found[key] = min(found.get(key, Outcome.PASS), answer.outcome, key=_WORST.index)
    return found


def _same_verdicts(
    one: Resource, other: Resource, here: Verdicts, there: Verdicts
) -> Iterable[tuple[Resource, Clause]]:
    """Every mandatory rule holds for both twins or for neither."""
    rules = {rule for rule, urn in here if urn == one.urn}
    rules |= {rule for rule, urn in there if urn == other.urn}
    for rule in sorted(rules):
        pair = (
            here.get((rule, one.urn), Outcome.PASS),
            there.get((rule, other.urn), Outcome.PASS),
        )
        alike = unknown(rule) if Outcome.UNKNOWN in pair else truth(pair[0] is pair[1])
        worse = one if pair[0] is Outcome.FAIL else other
        yield (
            one,
            alike.otherwise(
                f"{rule} is violated by {worse.label} alone and not by its twin in the other region"
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
