"""Image repositories."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.iam import statements
from phoenix_policies.predicates.regions import everywhere, may_be_the_peers, twin
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, unknown
from phoenix_policies.values import Value

REPOSITORY: Final = "aws:ecr/repository:Repository"
SCANNING: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"


@rule(
    "ecr-immutable-tags",
    "aws:ecr/repository:Repository",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
    hipaa=("164.308(a)(5)(ii)(B)", "164.312(c)(1)"),
    soc2=("CC6.8", "CC7.1", "CC8.1"),
    severity=Severity.HIGH,
    remedy="Set image_tag_mutability to IMMUTABLE.",
    sources=(
        "config:ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED",
        "prowler:ecr_repositories_tag_immutability",
        "checkov:CKV_AWS_51",
        "compliance_policies:aws-ecr-repository-disallow-mutable-image",
    ),
)
def immutable_tags(repository: Resource) -> Iterable[Clause]:
    """Image tags cannot be overwritten."""
    mutability = repository["imageTagMutability"]
    all_excluded = some(
        one["filter"].satisfies(lambda v: isinstance(v, str) and v.strip("*") == "")
        for one in repository["imageTagMutabilityExclusionFilters"].each()
    )
    fixed = mutability.equals("IMMUTABLE") | (
        mutability.equals("IMMUTABLE_WITH_EXCLUSION") & ~all_excluded
    )
    yield fixed.otherwise("a tag can be overwritten")


def _matches(repository: Resource, pattern: Value, match: Callable[[str, str], bool]) -> Truth:
    """Whether a registry's filter takes the repository; without a stated name Pulumi's own is a prefix of it."""
    if repository["name"].is_unknown:
        return unknown(f"{repository.name}.name")
    name = repository["name"].text or repository.name
    return pattern.satisfies(lambda v: isinstance(v, str) and match(name, v))


@stack_rule(
    "ecr-scan-on-push",
    "aws:ecr/repository:Repository",
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
    hipaa=(
        "164.308(a)(1)(ii)(A)",
        "164.308(a)(1)(ii)(B)",
        "164.308(a)(5)(ii)(B)",
        "164.308(a)(8)",
        "164.312(c)(1)",
    ),
    soc2=("CC3.1", "CC3.2", "CC6.8", "CC7.1", "CC8.1"),
    severity=Severity.HIGH,
    remedy="Set image_scanning_configuration.scan_on_push, or scan the registry with an ENHANCED configuration.",
    sources=(
        "config:ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
        "prowler:ecr_repositories_scan_images_on_push_enabled",
        "prowler:ecr_registry_scan_images_on_push_enabled",
        "prowler:ecr_repositories_scan_vulnerabilities_in_latest_image",
        "checkov:CKV_AWS_163",
        "compliance_policies:aws-ecr-repository-configure-image-scan",
        "compliance_policies:aws-ecr-repository-enable-image-scan",
    ),
)
def scan_on_push(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Images are scanned."""
    rules = [
        (config["scanType"].equals("ENHANCED"), one)
        for config in stack.of(SCANNING)
        for one in config["rules"].each()
    ]
    for repository in stack.of(REPOSITORY):
        by_registry = some(
            enhanced
            & one["scanFrequency"].equals("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
            & some(
                _matches(repository, each["filter"], fnmatchcase)
                for each in one["repositoryFilters"].each()
            )
            for enhanced, one in rules
        )
        own = repository["imageScanningConfiguration"]["scanOnPush"].is_true
        yield repository, (own | by_registry).otherwise("its images are not scanned")


@rule(
    "ecr-cmk",
    "aws:ecr/repository:Repository",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    remedy="Set encryption_configurations with KMS and kms_key.",
    sources=(
        "config:ECR_REPOSITORY_CMK_ENCRYPTION_ENABLED",
        "checkov:CKV_AWS_136",
        "compliance_policies:aws-ecr-repository-configure-customer-managed-key",
        "compliance_policies:aws-ecr-repository-disallow-unencrypted-repository",
    ),
)
def ecr_cmk(repository: Resource) -> Iterable[Clause]:
    """Repositories use a customer key."""
    keyed = some(
        one["encryptionType"].equals("KMS", "KMS_DSSE") & one["kmsKey"].is_set
        for one in repository["encryptionConfigurations"].each()
    )
    yield keyed.otherwise("is not encrypted with a customer managed key")


@rule(
    "ecr-policy-not-public",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:ecr/registryPolicy:RegistryPolicy",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Name the accounts and the actions, or bind the statement to aws:PrincipalOrgID.",
    sources=(
        "cdk_nag:AwsSolutions-ECR1",
        "prowler:ecr_repositories_not_publicly_accessible",
        "checkov:CKV_AWS_32",
    ),
)
def ecr_policy_not_public(one: Resource) -> Iterable[Clause]:
    """Repository policies are scoped."""
    for statement in statements(one["policy"]):
        yield (~statement.public).otherwise(f"{statement.place} lets anyone pull")
        wide = statement.allows & statement.whole_service
        yield (~wide).otherwise(f"{statement.place} allows every action")


@stack_rule(
    "ecr-lifecycle",
    "aws:ecr/repository:Repository",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    hipaa=("164.308(a)(5)(ii)(B)", "164.310(d)(2)(i)", "164.312(c)(1)"),
    soc2=("C1.2", "CC6.5", "CC6.8", "CC7.1", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a LifecyclePolicy; protect deployed tags by prefix.",
    sources=(
        "config:ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED",
        "prowler:ecr_repositories_lifecycle_policy_enabled",
    ),
)
def ecr_lifecycle(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Old images are expired."""
    for repository in stack.of(REPOSITORY):
        expires = stack.referrers(
            repository, "aws:ecr/lifecyclePolicy:LifecyclePolicy", "repository"
        ).exists
        yield repository, expires.otherwise("keeps every image for ever")


@stack_rule(
    "ecr-replicated-to-dr",
    "aws:ecr/repository:Repository",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
    ),
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a ReplicationConfiguration with the recovery region as destination.",
)
def ecr_replicated_to_dr(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Images are available in the DR region."""
    rules = [
        rule
        for one in everywhere(stack, "aws:ecr/replicationConfiguration:ReplicationConfiguration")
        for rule in one["replicationConfiguration"].each("rules")
    ]
    for repository in stack.of(REPOSITORY):
        replicated = some(
            _replicates(rule, repository)
            & destination["region"].is_set
            & ~destination["region"].equals(repository.region)
            for rule in rules
            for destination in rule["destinations"].each()
        ) | twin(repository, everywhere(stack, REPOSITORY))
        if may_be_the_peers(stack):
            replicated = replicated | unknown("peer stack")
        yield repository, replicated.otherwise("exists in one region only")


def _replicates(rule: Value, repository: Resource) -> Truth:
    """A rule without filters takes every repository, one with filters those with such a prefix."""
    filters = rule["repositoryFilters"]
    return filters.is_empty | some(
        _matches(repository, each["filter"], str.startswith) for each in filters.each()
    )


@rule(
    "ecr-no-force-delete",
    "aws:ecr/repository:Repository",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Remove force_delete.",
)
def ecr_no_force_delete(repository: Resource) -> Iterable[Clause]:
    """Repositories are not force deleted."""
    yield (~repository["forceDelete"].is_true).otherwise("is deleted with its images")
