"""CI runners inside the VPC: CodeBuild takes GitHub's jobs to where the private API can be reached (A7.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, codebuild, ec2, vpc

HTTPS = 443
IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
BUILD_TIMEOUT_MINUTES = 120
QUEUED_TIMEOUT_MINUTES = 60


@dataclass(frozen=True, kw_only=True)
class CodeBuildRunnerArgs:
    """One repository's runners in one region."""

    project_name: str
    repository: str
    """`owner/name` on GitHub."""
    connection_arn: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    role_ready: Sequence[pulumi.Resource]
    log_group_name: str
    log_retention_days: int
    kms_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class CodeBuildRunner(pulumi.ComponentResource):
    """A fresh machine for each job; deployments authenticate by OIDC, not by the machine's role."""

    def __init__(
        self, name: str, args: CodeBuildRunnerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:CodeBuildRunner", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log_group = cloudwatch.LogGroup(
            name,
            name=args.log_group_name,
            retention_in_days=args.log_retention_days,
            kms_key_id=args.kms_key_arn,
            deletion_protection_enabled=True,
            tags=args.tags,
            opts=child,
        )
        project = codebuild.Project(
            name,
            name=args.project_name,
            description="Runners for jobs that need the private Kubernetes API",
            service_role=args.role_arn,
            build_timeout=BUILD_TIMEOUT_MINUTES,
            queued_timeout=QUEUED_TIMEOUT_MINUTES,
            encryption_key=args.kms_key_arn,
            artifacts=codebuild.ProjectArtifactsArgs(type="NO_ARTIFACTS"),
            environment=codebuild.ProjectEnvironmentArgs(
                compute_type="BUILD_GENERAL1_MEDIUM",
                image=IMAGE,
                type="LINUX_CONTAINER",
                image_pull_credentials_type="CODEBUILD",
                privileged_mode=False,
            ),
            source=codebuild.ProjectSourceArgs(
                type="GITHUB",
                location=f"https://github.com/{args.repository}.git",
                git_clone_depth=1,
                auth=codebuild.ProjectSourceAuthArgs(
                    type="CODECONNECTIONS", resource=args.connection_arn
                ),
            ),
            logs_config=codebuild.ProjectLogsConfigArgs(
                cloudwatch_logs=codebuild.ProjectLogsConfigCloudwatchLogsArgs(
                    status="ENABLED", group_name=log_group.name
                )
            ),
            vpc_config=codebuild.ProjectVpcConfigArgs(
                vpc_id=args.vpc_id,
                subnets=list(args.subnet_ids),
                security_group_ids=[args.security_group_id],
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(depends_on=list(args.role_ready))
            ),
        )
        codebuild.Webhook(
            name,
            project_name=project.name,
            build_type="BUILD",
            filter_groups=[
                codebuild.WebhookFilterGroupArgs(
                    filters=[
                        codebuild.WebhookFilterGroupFilterArgs(
                            type="EVENT", pattern="WORKFLOW_JOB_QUEUED"
                        )
                    ]
                )
            ],
            opts=child,
        )
        self.register_outputs({"project_arn": project.arn})


@dataclass(frozen=True, kw_only=True)
class RunnerSecurityArgs:
    """What a runner may reach."""

    vpc_id: pulumi.Input[str]
    cluster_security_group_id: pulumi.Input[str]
    tags: Mapping[str, str]


class RunnerSecurity(pulumi.ComponentResource):
    """HTTPS out, the Kubernetes API, and nothing in."""

    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: RunnerSecurityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:RunnerSecurity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = ec2.SecurityGroup(
            name,
            description="CI runners: nothing comes in",
            vpc_id=args.vpc_id,
            revoke_rules_on_delete=True,
            tags={**args.tags, "Name": name},
            opts=child,
        )
        vpc.SecurityGroupEgressRule(
            f"{name}-https",
            security_group_id=group.id,
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            description="From CI runners: GitHub, plug-ins, AWS and the Kubernetes API",
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
            description="From CI runners: the Kubernetes API",
            tags=args.tags,
            opts=child,
        )
        self.security_group_id = group.id
        self.register_outputs({"security_group_id": self.security_group_id})
