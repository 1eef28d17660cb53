"""Detection: GuardDuty, Security Hub and Access Analyzer in every region."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.regions import covered, covered_by, everywhere, in_use
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, truth

HIPAA_1: Final = (
    "164.308(a)(1)(ii)(A)",
    "164.308(a)(1)(ii)(B)",
    "164.308(a)(1)(ii)(D)",
    "164.308(a)(5)(ii)(B)",
    "164.308(a)(5)(ii)(C)",
    "164.308(a)(6)(ii)",
    "164.308(a)(8)",
)
HIPAA_2: Final = (
    "164.308(a)(1)(ii)(D)",
    "164.308(a)(5)(ii)(B)",
    "164.308(a)(5)(ii)(C)",
    "164.308(a)(6)(ii)",
)

DETECTOR: Final = "aws:guardduty/detector:Detector"
FEATURE: Final = "aws:guardduty/detectorFeature:DetectorFeature"
HUB: Final = ("aws:securityhub/account:Account", "aws:securityhub/accountV2:AccountV2")
EVENT_RULE: Final = "aws:cloudwatch/eventRule:EventRule"
CLUSTER: Final = "aws:eks/cluster:Cluster"
FEATURES: Final = (
    ("S3_DATA_EVENTS", ("aws:s3/bucket:Bucket",)),
    ("EKS_AUDIT_LOGS", (CLUSTER,)),
    ("RUNTIME_MONITORING", (CLUSTER, "aws:ec2/instance:Instance")),
    ("RDS_LOGIN_EVENTS", ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")),
    ("LAMBDA_NETWORK_LOGS", ("aws:lambda/function:Function",)),
    (
        "EBS_MALWARE_PROTECTION",
        (CLUSTER, "aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"),
    ),
)


@rule(
    "guardduty-detector-enabled",
    "aws:guardduty/detector:Detector",
    hipaa=HIPAA_1,
    soc2=("CC3.1", "CC3.2", "CC4.1", "CC6.8", "CC7.1", "CC7.2"),
    severity=Severity.CRITICAL,
    remedy="Leave enable out, or set it to true.",
    sources=(
        "config:GUARDDUTY_ENABLED_CENTRALIZED",
        "prowler:guardduty_is_enabled",
        "checkov:CKV_AWS_238",
    ),
)
def detector_enabled(one: Resource) -> Iterable[Clause]:
    """Detectors are switched on."""
    yield (~one["enable"].is_false).otherwise("is switched off")


@stack_rule(
    "guardduty-all-regions",
    "aws:guardduty/detector:Detector",
    "aws:guardduty/organizationConfiguration:OrganizationConfiguration",
    hipaa=HIPAA_1,
    soc2=("CC3.1", "CC3.2", "CC4.1", "CC6.8", "CC7.1", "CC7.2"),
    severity=Severity.CRITICAL,
    remedy="Declare a detector with the region's provider.",
    sources=(
        "config:GUARDDUTY_ENABLED_CENTRALIZED",
        "prowler:guardduty_is_enabled",
        "prowler:guardduty_delegated_admin_enabled_all_regions",
        "prowler:guardduty_centrally_managed",
        "checkov:CKV2_AWS_3",
    ),
)
def guardduty_all_regions(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Every region in use has a detector."""
    detectors = [(one, ~one["enable"].is_false) for one in everywhere(stack, DETECTOR)]
    for region, shown in in_use(stack).items():
        yield shown, covered_by(stack, region, detectors).otherwise(f"{region} has no detector")


@stack_rule(
    "guardduty-protection-features",
    "aws:guardduty/detector:Detector",
    "aws:guardduty/detectorFeature:DetectorFeature",
    hipaa=HIPAA_2,
    soc2=("CC4.1", "CC6.8", "CC7.1", "CC7.2"),
    severity=Severity.HIGH,
    remedy="Add a DetectorFeature with status ENABLED.",
    sources=(
        "config:GUARDDUTY_EKS_PROTECTION_AUDIT_ENABLED",
        "config:GUARDDUTY_EKS_PROTECTION_RUNTIME_ENABLED",
        "config:GUARDDUTY_S3_PROTECTION_ENABLED",
        "config:GUARDDUTY_RDS_PROTECTION_ENABLED",
        "config:GUARDDUTY_LAMBDA_PROTECTION_ENABLED",
        "config:GUARDDUTY_MALWARE_PROTECTION_ENABLED",
        "config:GUARDDUTY_RUNTIME_MONITORING_ENABLED",
        "prowler:guardduty_eks_audit_log_enabled",
        "prowler:guardduty_eks_runtime_monitoring_enabled",
        "prowler:guardduty_s3_protection_enabled",
        "prowler:guardduty_rds_protection_enabled",
        "prowler:guardduty_lambda_protection_enabled",
        "prowler:guardduty_ec2_malware_protection_enabled",
    ),
)
def guardduty_protection_features(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Detector features cover the services in use."""
    in_cluster = any(True for _ in stack.of(CLUSTER))
    for detector in stack.of(DETECTOR):
        for name, kinds in FEATURES:
            if not any(True for _ in stack.of(*kinds)):
                continue
            on = some(
                stack.refers(feature, detector, "detectorId")
                & feature["name"].equals(name)
                & feature["status"].equals("ENABLED")
                & _agents(feature, name, in_cluster=in_cluster)
                for feature in stack.of(FEATURE)
            )
            yield (
                detector,
                (on | _by_datasource(detector, name)).otherwise(f"{name} is not enabled"),
            )


def _agents(feature: Resource, name: str, *, in_cluster: bool) -> Truth:
    """Whether runtime monitoring brings its agent into a cluster; without it the feature sees no pod."""
    if name != "RUNTIME_MONITORING" or not in_cluster:
        return truth(True)
    return some(
        one["name"].equals("EKS_ADDON_MANAGEMENT") & one["status"].equals("ENABLED")
        for one in feature["additionalConfigurations"].each()
    )


def _by_datasource(detector: Resource, name: str) -> Truth:
    sources = detector["datasources"]
    paths = {
        "S3_DATA_EVENTS": sources["s3Logs"]["enable"],
        "EKS_AUDIT_LOGS": sources["kubernetes"]["auditLogs"]["enable"],
        "EBS_MALWARE_PROTECTION": sources.at(
            "malwareProtection", "scanEc2InstanceWithFindings", "ebsVolumes", "enable"
        ),
    }
    return paths[name].is_true if name in paths else truth(False)


@rule(
    "guardduty-finding-frequency",
    "aws:guardduty/detector:Detector",
    hipaa=HIPAA_2,
    soc2=("CC4.1", "CC6.8", "CC7.1", "CC7.2"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set FIFTEEN_MINUTES or ONE_HOUR.",
)
def finding_frequency(one: Resource) -> Iterable[Clause]:
    """Findings are published quickly."""
    often = one["findingPublishingFrequency"]
    yield often.equals("FIFTEEN_MINUTES", "ONE_HOUR").otherwise(f"publishes {often.shown}")


@stack_rule(
    "guardduty-findings-exported",
    "aws:guardduty/publishingDestination:PublishingDestination",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    hipaa=(
        "164.308(a)(1)(ii)(D)",
        "164.308(a)(5)(ii)(B)",
        "164.308(a)(5)(ii)(C)",
        "164.308(a)(6)(i)",
        "164.308(a)(6)(ii)",
        "164.312(b)",
        "164.316(b)(2)(i)",
    ),
    soc2=("CC2.1", "CC4.1", "CC5.2", "CC6.8", "CC7.1", "CC7.2", "CC7.3", "CC7.4"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add an EventRule on aws.guardduty with a target, and a PublishingDestination with a key.",
    sources=("prowler:guardduty_no_high_severity_findings",),
)
def findings_exported(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Findings are exported encrypted and alerted."""
    alerted = some(
        each["eventPattern"].matches("aws.guardduty")
        & stack.referrers(each, "aws:cloudwatch/eventTarget:EventTarget", "rule").exists
        for each in stack.of(EVENT_RULE)
    )
    for detector in stack.of(DETECTOR):
        yield detector, alerted.otherwise("nobody is told of its findings")
        exported = some(
            stack.refers(each, detector, "detectorId") & each["kmsKeyArn"].is_set
            for each in stack.of("aws:guardduty/publishingDestination:PublishingDestination")
        )
        yield detector, exported.otherwise("its findings are not exported")


@stack_rule(
    "securityhub-all-regions",
    "aws:securityhub/account:Account",
    "aws:securityhub/accountV2:AccountV2",
    "aws:securityhub/findingAggregator:FindingAggregator",
    hipaa=HIPAA_1,
    soc2=("CC3.1", "CC3.2", "CC4.1", "CC6.8", "CC7.1", "CC7.2"),
    severity=Severity.HIGH,
    remedy="Declare a Security Hub account with the region's provider.",
    sources=(
        "config:SECURITYHUB_ENABLED",
        "prowler:securityhub_enabled",
        "prowler:securityhub_delegated_admin_enabled_all_regions",
    ),
)
def securityhub_all_regions(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Security Hub runs in every region in use."""
    hubs = everywhere(stack, *HUB)
    central = some(
        one["linkingMode"].equals("ALL_REGIONS")
        for one in stack.of("aws:securityhub/findingAggregator:FindingAggregator")
    ) & truth(
        any(
            True
            for _ in stack.of("aws:securityhub/organizationConfiguration:OrganizationConfiguration")
        )
    )
    for region, shown in in_use(stack).items():
        yield (
            shown,
            (covered(stack, region, hubs) | central).otherwise(f"{region} has no Security Hub"),
        )


@stack_rule(
    "securityhub-standards",
    "aws:securityhub/standardsSubscription:StandardsSubscription",
    "aws:securityhub/account:Account",
    hipaa=("164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(B)", "164.308(a)(8)"),
    soc2=("CC3.1", "CC3.2", "CC7.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Subscribe to the AWS Foundational Security Best Practices.",
)
def securityhub_standards(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Benchmark standards are subscribed."""
    subscribed = some(
        one["standardsArn"].matches("aws-foundational-security-best-practices")
        for one in stack.of("aws:securityhub/standardsSubscription:StandardsSubscription")
    )
    for hub in stack.of(*HUB):
        yield (
            hub,
            (subscribed | hub["enableDefaultStandards"].is_true).otherwise("judges by no standard"),
        )


@stack_rule(
    "access-analyzer-enabled",
    "aws:accessanalyzer/analyzer:Analyzer",
    hipaa=(
        "164.308(a)(1)(ii)(D)",
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.308(a)(5)(ii)(B)",
        "164.308(a)(5)(ii)(C)",
        "164.308(a)(6)(ii)",
        "164.312(a)(1)",
    ),
    soc2=("CC1.3", "CC4.1", "CC6.1", "CC6.3", "CC6.8", "CC7.1", "CC7.2"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Declare an analyzer in the region.",
    sources=("config:IAM_EXTERNAL_ACCESS_ANALYZER_ENABLED", "prowler:accessanalyzer_enabled"),
)
def access_analyzer_enabled(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Access Analyzer runs in every region."""
    analyzers = [
        (one, one["type"].equals(None, "ACCOUNT", "ORGANIZATION"))
        for one in everywhere(stack, "aws:accessanalyzer/analyzer:Analyzer")
    ]
    for region, shown in in_use(stack).items():
        yield (
            shown,
            covered_by(stack, region, analyzers).otherwise(f"{region} has no access analyzer"),
        )
