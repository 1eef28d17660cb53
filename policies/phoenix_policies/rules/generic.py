"""What holds for every resource: tags, regions, services, providers, secrets in inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.secrets import holds_secret
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, not_applicable, some, truth, unknown
from phoenix_policies.values import Value

REQUIRED_TAGS: Final = ("Owner", "Environment", "DataClassification", "CostCenter")
CLASSIFICATIONS: Final = ("public", "internal", "confidential", "phi")
ALLOWED_REGIONS: Final = ("us-east-1", "us-west-2")
"""Where Phoenix Guardian may keep and process PHI (X-89)."""
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
PRODUCTION: Final = re.compile(r"^(?:prod|production|dr)\b")
HIPAA_ELIGIBLE: Final = frozenset({
    "accessanalyzer", "account", "acm", "alb", "apigateway", "apigatewayv2", "appautoscaling",
    "arcregionswitch", "athena", "autoscaling", "backup", "budgets", "cfg", "chatbot",
    "cloudformation", "cloudfront", "cloudtrail", "cloudwatch", "codebuild", "codeconnections",
    "codepipeline", "codestarconnections", "cognito", "connect", "costexplorer", "detective",
    "directconnect", "directoryservice", "dms", "dynamodb", "ebs", "ec2", "ec2transitgateway",
    "ecr", "ecs", "efs", "eks", "elasticache", "elasticloadbalancing", "elb", "emr", "fis",
    "fsx", "glacier", "globalaccelerator", "glue", "guardduty", "iam", "imagebuilder",
    "inspector", "inspector2", "iot", "kinesis", "kms", "lakeformation", "lambda", "lb",
    "macie", "macie2", "memorydb", "mq", "msk", "neptune", "networkfirewall", "networkmanager",
    "opensearch", "organizations", "pipes", "polly", "quicksight", "ram", "rds", "redshift",
    "rekognition", "resourceexplorer", "resourcegroups", "route53", "route53recoverycontrol",
    "route53recoverycontrolconfig", "s3", "s3control", "sagemaker", "scheduler", "schemas",
    "secretsmanager", "securityhub", "securitylake", "servicequotas", "sfn", "shield", "sns",
    "sqs", "ssm", "ssmincidents", "ssoadmin", "storagegateway", "sts", "synthetics",
    "transcribe", "transfer", "vpc", "vpclattice", "waf", "wafregional", "wafv2", "workspaces",
    "xray",
})  # fmt: skip
"""AWS, HIPAA Eligible Services Reference (2026-08), and the control planes that carry no customer content."""


def _service(type_: str) -> str:
    return type_.split(":")[1].split("/", maxsplit=1)[0]


@rule(
    "required-tags",
    "aws:*",
    hipaa=("164.308(a)(7)(ii)(E)", "164.310(d)(2)(iii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    remedy="Take the tags from the program's Tags object; it sets all of them.",
    sources=("config:ECR_REPOSITORY_TAGGED", "checkov:CKV_AWS_153"),
)
def required_tags(one: Resource) -> Iterable[Clause]:
    """Resources carry ownership and classification tags."""
    tags, effective = one["tags"], one.attribute("tagsAll")
    if tags.is_missing and effective.is_missing:
        yield not_applicable("states no tags; what cannot be tagged is not judged")
        return
    if listed := [entry for entry in tags.each() if not entry["key"].is_missing]:
        yield from _listed_tags(listed)
        return
    for key in REQUIRED_TAGS:
        # a provider's default tags show in tagsAll only
        absent = effective[key].is_set if not effective.is_missing else unknown(f"tagsAll.{key}")
        yield (tags[key].is_set | absent).otherwise(f"the tag {key} is missing")
    value = tags["DataClassification"]
    known = value.satisfies(lambda v: v is None or str(v).lower() in CLASSIFICATIONS)
    yield known.otherwise(
        f"the classification {value.shown} is not one of {', '.join(CLASSIFICATIONS)}"
    )


def _listed_tags(entries: list[Value]) -> Iterable[Clause]:
    """An Auto Scaling group writes its tags as a list of key and value."""
    for key in REQUIRED_TAGS:
        there = some(entry["key"].equals(key) & entry["value"].is_set for entry in entries)
        yield there.otherwise(f"the tag {key} is missing")


@rule(
    "region-allowlist",
    "aws:*",
    "pulumi:providers:aws",
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(b)(1)", "164.312(a)(1)"),
    soc2=("C1.1", "CC9.2"),
    severity=Severity.CRITICAL,
    remedy="Use a provider of an allowed region; PHI stays in us-east-1 and us-west-2.",
)
def region_allowlist(one: Resource) -> Iterable[Clause]:
    """Resources stay in approved regions."""
    region = one["region"]
    if region.is_unknown:
        yield region.equals(*ALLOWED_REGIONS).otherwise("")
        return
    effective = region.text or one.region
    if not effective:
        yield not_applicable("the region is not stated on the resource")
        return
    yield truth(effective in ALLOWED_REGIONS).otherwise(f"is in {effective}")


@rule(
    "hipaa-eligible-services",
    "aws:*",
    hipaa=("164.308(b)(1)",),
    soc2=("CC9.2",),
    severity=Severity.HIGH,
    remedy="Use an eligible service, or waive with a statement that no PHI reaches this one.",
)
def hipaa_eligible_services(one: Resource) -> Iterable[Clause]:
    """Only HIPAA-eligible services handle data."""
    service = _service(one.type)
    yield truth(service in HIPAA_ELIGIBLE).otherwise(f"{service} is not a HIPAA-eligible service")


@rule(
    "no-plaintext-secrets-in-inputs",
    "*",
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(d)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy="Pass a Pulumi secret, or the ARN of a secret in Secrets Manager.",
    sources=("prowler:awslambda_function_no_secrets_in_code",),
)
def no_plaintext_secrets_in_inputs(one: Resource) -> Iterable[Clause]:
    """No input holds a literal credential."""
    for key, leaf in _named_leaves(one.props):
        literal = leaf.satisfies(lambda v, key=key: isinstance(v, str) and holds_secret(key, v))
        if not leaf.secret and literal.value is not None:
            yield (~literal).otherwise(f"{leaf.path} holds a literal credential")


def _named_leaves(here: Value) -> Iterable[tuple[str, Value]]:
    """Every scalar with the key that says what it is: its own, or the `name` beside a `value`."""
    for leaf in here.leaves():
        key = re.sub(r"\[\d+\]$", "", leaf.path).rpartition(".")[2]
        if key == "value":
            beside = here
            for part in re.findall(r"[^.\[\]]+", leaf.path)[:-1]:
                beside = beside[int(part)] if part.isdigit() else beside[part]
            key = beside["name"].text or beside["key"].text or key
        yield key, leaf


@rule(
    "provider-no-static-credentials",
    "pulumi:providers:aws",
    "pulumi:providers:kubernetes",
    hipaa=(
        "164.308(a)(5)(ii)(D)",
        "164.312(a)(1)",
        "164.312(a)(2)(i)",
        "164.312(a)(2)(iv)",
        "164.312(d)",
    ),
    soc2=("C1.1", "CC6.1", "CC6.2"),
    severity=Severity.CRITICAL,
    remedy="Remove the keys; credentials come from OIDC, a profile or exec. Set allowed_account_ids.",
)
def provider_no_static_credentials(provider: Resource) -> Iterable[Clause]:
    """Providers do not embed keys."""
    for key in ("accessKey", "secretKey", "token"):
        yield (~provider[key].is_set).otherwise(f"{key} is set")
    if provider.type == "pulumi:providers:aws":
        guarded = provider["allowedAccountIds"].parsed().is_set
        yield guarded.otherwise("works in whatever account the credentials belong to")
        yield (~provider["skipCredentialsValidation"].is_true).otherwise(
            "does not validate its credentials"
        )
        return
    kubeconfig = provider["kubeconfig"]
    static = kubeconfig.satisfies(
        lambda v: (
            isinstance(v, str)
            and bool(re.search(r"client-key-data|\"?token\"?\s*:\s*\"?[A-Za-z0-9]", v))
        )
    )
    yield (~static).otherwise("its kubeconfig holds a static token or key")


@rule(
    "stateful-resources-protected",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/globalCluster:GlobalCluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:s3/bucket:Bucket",
    "aws:kms/key:Key",
    "aws:backup/vault:Vault",
    "aws:cloudtrail/trail:Trail",
    "aws:eks/cluster:Cluster",
    "kubernetes:core/v1:PersistentVolumeClaim",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set protect=True (and retain_on_delete) in the resource's options.",
)
def stateful_resources_protected(one: Resource) -> Iterable[Clause]:
    """Stateful resources are protected from deletion by the program."""
    kept = bool(one.options.get("protect")) or bool(one.options.get("retainOnDelete"))
    if not one.stack and "protect" not in one.options:
        yield unknown("options.protect").otherwise(
            ""
        )  # a bare list of resources carries no options
        return
    yield truth(kept or not PRODUCTION.match(one.stack or "production")).otherwise(
        "can be deleted by one `pulumi up`"
    )


@stack_rule(
    "monitoring-in-every-region",
    "aws:sns/topic:Topic",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:eks/cluster:Cluster",
    hipaa=(
        "164.308(a)(6)(i)",
        "164.308(a)(6)(ii)",
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
        "164.312(b)",
    ),
    soc2=("A1.2", "CC5.2", "CC7.2", "CC7.3", "CC7.4", "CC7.5", "CC9.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Declare an alert topic with a subscription, and an alarm, in each region that runs a cluster or a database.",
)
def monitoring_in_every_region(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Log groups, alarms and topics exist wherever workloads run."""
    topics = [
        (topic, stack.referrers(topic, SUBSCRIPTION, "topic").exists)
        for topic in stack.of("aws:sns/topic:Topic")
    ]
    alarms = list(stack.of("aws:cloudwatch/metricAlarm:MetricAlarm"))
    for one in stack.of(
        "aws:eks/cluster:Cluster", "aws:rds/cluster:Cluster", "aws:rds/instance:Instance"
    ):
        alarmed = any(alarm.region == one.region for alarm in alarms)
        yield one, truth(alarmed).otherwise("its region has no alarm")
        told = some(truth(topic.region == one.region) & heard for topic, heard in topics)
        yield one, told.otherwise("its region has no alert topic with a subscriber")
