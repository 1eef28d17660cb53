"""Image repositories: immutable tags, our key, continuous scanning, copies in the other region."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ecr, iam

from phoenix_infra.naming import role_path

UNTAGGED_DAYS = 14
KEPT_RELEASES = 50
PULL_ACTIONS = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)


def registry_host(account_id: str, region: str) -> str:
    """Host name of an account's registry in a region."""
    return f"{account_id}.dkr.ecr.{region}.amazonaws.com"


def lifecycle_policy() -> str:
    """Untagged layers go early; the last releases stay, so that a rollback finds its image."""
    rules = [
        {
            "rulePriority": 1,
            "description": f"untagged images expire after {UNTAGGED_DAYS} days",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": f"the last {KEPT_RELEASES} releases stay",
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": ["*"],
                "countType": "imageCountMoreThan",
                "countNumber": KEPT_RELEASES,
            },
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules})


@dataclass(frozen=True, kw_only=True)
class RepositoriesArgs:
    """One repository for each service."""

    names: Sequence[str]
    account_id: str
    key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class Repositories(pulumi.ComponentResource):
    """The repositories of the home region; replication and a template make the others."""

    def __init__(
        self, name: str, args: RepositoriesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Repositories", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        for repository_name in sorted(args.names):
            short = repository_name.rsplit("/", maxsplit=1)[-1]
            repository = ecr.Repository(
                f"{name}-{short}",
                name=repository_name,
                image_tag_mutability="IMMUTABLE",
                image_scanning_configuration=ecr.RepositoryImageScanningConfigurationArgs(
                    scan_on_push=True
                ),
                encryption_configurations=[
                    ecr.RepositoryEncryptionConfigurationArgs(
                        encryption_type="KMS", kms_key=args.key_arn
                    )
                ],
                force_delete=False,
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
            )
            ecr.LifecyclePolicy(
                f"{name}-{short}-lifecycle",
                repository=repository.name,
                policy=lifecycle_policy(),
                opts=child,
            )
            ecr.RepositoryPolicy(
                f"{name}-{short}-policy",
                repository=repository.name,
                policy=_own_account_pulls(args.account_id),
                opts=child,
            )
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class RegistryReplicationArgs:
    """Which repositories are copied where."""

    account_id: str
    destination_region: str
    prefix: str
    tags: Mapping[str, str]


class RegistryReplication(pulumi.ComponentResource):
    """Copies every pushed image, so that the other region starts without this one."""

    def __init__(
        self, name: str, args: RegistryReplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:RegistryReplication", name, None, opts)
        rule = ecr.ReplicationConfigurationReplicationConfigurationRuleArgs
        ecr.ReplicationConfiguration(
            name,
            replication_configuration=ecr.ReplicationConfigurationReplicationConfigurationArgs(
                rules=[
                    rule(
                        destinations=[
                            ecr.ReplicationConfigurationReplicationConfigurationRuleDestinationArgs(
                                region=args.destination_region, registry_id=args.account_id
                            )
                        ],
                        repository_filters=[
                            ecr.ReplicationConfigurationReplicationConfigurationRuleRepositoryFilterArgs(
                                filter=f"{args.prefix}/", filter_type="PREFIX_MATCH"
                            )
                        ],
                    )
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class RegistryScanningArgs:
    """A region's registry is scanned by Inspector."""


class RegistryScanning(pulumi.ComponentResource):
    """Scans on push and again whenever a new vulnerability becomes known."""

    def __init__(
        self, name: str, args: RegistryScanningArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:RegistryScanning", name, None, opts)
        del args
        ecr.RegistryScanningConfiguration(
            name,
            scan_type="ENHANCED",
            rules=[
                ecr.RegistryScanningConfigurationRuleArgs(
                    scan_frequency="CONTINUOUS_SCAN",
                    repository_filters=[
                        ecr.RegistryScanningConfigurationRuleRepositoryFilterArgs(
                            filter="*", filter_type="WILDCARD"
                        )
                    ],
                )
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class ReplicaTemplateArgs:
    """How replication makes repositories in the destination region."""

    account_id: str
    prefix: str
    key_arn: pulumi.Input[str]
    permissions_boundary_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class ReplicaTemplate(pulumi.ComponentResource):
    """Without it a replicated repository has mutable tags and the service's own key."""

    def __init__(
        self, name: str, args: ReplicaTemplateArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:ReplicaTemplate", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            path=role_path("service"),
            description="ECR creates replica repositories with key and tags",
            assume_role_policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "ecr.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                            "Condition": {"StringEquals": {"aws:SourceAccount": args.account_id}},
                        }
                    ],
                }
            ),
            permissions_boundary=args.permissions_boundary_arn,
            tags=args.tags,
            opts=child,
        )
        policy = iam.Policy(
            f"{name}-policy",
            path=role_path("service"),
            policy=_creation_permissions(args),
            tags=args.tags,
            opts=child,
        )
        attachment = iam.RolePolicyAttachment(
            f"{name}-attachment", role=role.name, policy_arn=policy.arn, opts=child
        )
        ecr.RepositoryCreationTemplate(
            name,
            prefix=args.prefix,
            applied_fors=["REPLICATION"],
            custom_role_arn=pulumi.Output.all(role.arn, attachment.id).apply(
                lambda pair: str(pair[0])
            ),
            description="Replicas of the home region's repositories",
            image_tag_mutability="IMMUTABLE",
            encryption_configurations=[
                ecr.RepositoryCreationTemplateEncryptionConfigurationArgs(
                    encryption_type="KMS", kms_key=args.key_arn
                )
            ],
            lifecycle_policy=lifecycle_policy(),
            repository_policy=_own_account_pulls(args.account_id),
            resource_tags=args.tags,
            opts=child,
        )
        self.register_outputs({})


def _own_account_pulls(account_id: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OwnAccountPulls",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
                    "Action": list(PULL_ACTIONS),
                }
            ],
        }
    )


def _creation_permissions(args: ReplicaTemplateArgs) -> pulumi.Output[str]:
    return pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": [
                        "ecr:CreateRepository",
                        "ecr:ReplicateImage",
                        "ecr:TagResource",
                        "ecr:PutLifecyclePolicy",
                        "ecr:SetRepositoryPolicy",
                    ],
                    "Resource": f"arn:aws:ecr:*:{args.account_id}:repository/{args.prefix}/*",
                },
                {
                    "Effect": "Allow",
                    "Action": ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
                    "Resource": args.key_arn,
                },
            ],
        }
    )
