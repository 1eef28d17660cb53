"""The access layer: who reaches the cluster's API, from where, and what EC2 does by default (A7.5, X-77)."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import codeconnections, iam

from phoenix_infra.aws.codebuild_runner import (
    CodeBuildRunner,
    CodeBuildRunnerArgs,
    RunnerSecurity,
    RunnerSecurityArgs,
)
from phoenix_infra.aws.ec2_defaults import Ec2Defaults, Ec2DefaultsArgs
from phoenix_infra.aws.eks_access import (
    ADMINISTRATOR,
    EDITOR,
    VIEWER,
    AccessGrant,
    EksAccess,
    EksAccessArgs,
)
from phoenix_infra.aws.iam_role import Role, RoleArgs, service_trust
from phoenix_infra.aws.ssm_access import SsmAccess, SsmAccessArgs, operator_policy
from phoenix_infra.layers.cluster import Cluster
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network import Network
from phoenix_infra.naming import PRODUCT, ci_role_arn, role_path
from phoenix_infra.providers import RegionalContext
from phoenix_infra.workloads.namespaces import NAMESPACES

AUDIT_RETENTION_DAYS = 2557
RUNNER_RETENTION_DAYS = 365


def build_access(context: RegionalContext, keys: Keys, network: Network, cluster: Cluster) -> None:
    """Declares access entries, the operators' way in, and the runners."""
    Ec2Defaults(
        "ec2-defaults", Ec2DefaultsArgs(volume_key_arn=keys.cluster_arn), context.regional()
    )
    _entries(context, cluster)
    _operators(context, keys, network, cluster)
    ci = context.settings.continuous_integration
    if ci.runner_in_vpc and ci.github_repository:
        _runner(context, keys, network, cluster, repository=ci.github_repository)


def _entries(context: RegionalContext, cluster: Cluster) -> None:
    """Administrators everywhere; operators change our own namespaces only; auditors and previews look."""
    look = AccessGrant(policy_arn=VIEWER)
    administer = {"administrator": AccessGrant(policy_arn=ADMINISTRATOR)}
    operate = {
        "editor": AccessGrant(policy_arn=EDITOR, namespaces=sorted(n.name for n in NAMESPACES)),
        "viewer": look,
    }
    access = context.settings.cluster.access
    account_id = context.settings.identity.account_id
    principals: dict[str, tuple[str, Mapping[str, AccessGrant]]] = {
        # In-cluster objects of every kind are declared by this role.
        "deploy": (ci_role_arn(account_id, "deploy"), administer),
        "preview": (ci_role_arn(account_id, "preview"), {"viewer": look}),
    }
    for kind, arns, grants in (
        ("admin", access.admin_role_arns, administer),
        ("operator", access.operator_role_arns, operate),
        ("auditor", access.auditor_role_arns, {"viewer": look}),
    ):
        principals |= {f"{kind}-{arn.rsplit('/', 1)[-1]}": (arn, grants) for arn in arns}
    for name, (arn, grants) in principals.items():
        EksAccess(
            f"access-{name}",
            EksAccessArgs(
                cluster_name=cluster.ready_name,
                principal_arn=arn,
                grants=grants,
                tags=context.tags.for_service("access"),
            ),
            context.regional(),
        )


def _operators(context: RegionalContext, keys: Keys, network: Network, cluster: Cluster) -> None:
    account_id = context.settings.identity.account_id
    tags = context.tags.for_service("access")
    group_name = f"/{context.naming.prefix}/ssm/sessions"
    role = Role(
        "session-host",
        RoleArgs(
            description="Host that Session Manager forwards ports through",
            path=role_path("operator"),
            trust_policy=service_trust("ec2.amazonaws.com", account_id, bound=False),
            boundary_arn=context.boundary_arn,
            statements=[
                {
                    "Sid": "RecordSessions",
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    "Resource": f"arn:aws:logs:{context.region}:{account_id}:log-group:{group_name}:*",
                },
                {
                    "Sid": "FindTheLogGroup",
                    "Effect": "Allow",
                    "Action": ["logs:DescribeLogGroups"],
                    "Resource": f"arn:aws:logs:{context.region}:{account_id}:log-group:*",
                },
                {
                    "Sid": "EncryptSessions",
                    "Effect": "Allow",
                    "Action": ["kms:Decrypt"],
                    "Resource": keys.logs_arn,
                },
            ],
            managed_policy_arns=["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"],
            tags=tags,
        ),
        context.regional(),
    )
    SsmAccess(
        "session-host",
        SsmAccessArgs(
            vpc_id=network.vpc_id,
            subnet_ids=list(network.private_subnet_ids.values()),
            cluster_security_group_id=cluster.cluster_security_group_id,
            endpoint_security_group_id=network.endpoint_security_group_id,
            role_name=role.role_name,
            root_key_arn=keys.cluster_arn,
            logs_key_arn=keys.logs_arn,
            log_group_name=group_name,
            log_retention_days=AUDIT_RETENTION_DAYS,
            tags=tags,
        ),
        context.regional(),
    )
    # For the operators' permission set: the name is what IAM Identity Center refers to.
    iam.Policy(
        "operator-sessions",
        name=f"{context.naming.prefix}-operator-sessions",
        path=role_path("operator"),
        description="Port forwarding to the Kubernetes API through Session Manager",
        policy=operator_policy(context.region, account_id),
        tags=tags,
        opts=pulumi.ResourceOptions(provider=context.cloud),
    )


def _runner(
    context: RegionalContext, keys: Keys, network: Network, cluster: Cluster, *, repository: str
) -> None:
    tags = context.tags.for_service("continuous-integration")
    group_name = f"/{context.naming.prefix}/codebuild/runner"
    security = RunnerSecurity(
        "runner",
        RunnerSecurityArgs(
            vpc_id=network.vpc_id,
            cluster_security_group_id=cluster.cluster_security_group_id,
            tags=tags,
        ),
        context.regional(),
    )
    connection = codeconnections.Connection(
        "github",
        name=f"{context.naming.prefix}-github",
        provider_type="GitHub",
        tags=tags,
        opts=pulumi.ResourceOptions(provider=context.cloud),
    )
    role = _runner_role(context, connection.arn, group_name)
    CodeBuildRunner(
        "runner",
        CodeBuildRunnerArgs(
            project_name=f"{PRODUCT}-{pulumi.get_stack()}-runner",
            repository=repository,
            connection_arn=connection.arn,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.private_subnet_ids.values()),
            security_group_id=security.security_group_id,
            role_arn=role.arn,
            role_ready=role.attached,
            log_group_name=group_name,
            log_retention_days=RUNNER_RETENTION_DAYS,
            kms_key_arn=keys.logs_arn,
            tags=tags,
        ),
        context.regional(),
    )


def _runner_role(
    context: RegionalContext, connection_arn: pulumi.Output[str], group_name: str
) -> Role:
    region, account_id = context.region, context.settings.identity.account_id
    in_region = {"StringEquals": {"aws:RequestedRegion": region}}
    return Role(
        "runner",
        RoleArgs(
            description="Machines of CI runners; deployments use the deploy role, not this one",
            path=role_path("service"),
            trust_policy=service_trust("codebuild.amazonaws.com", account_id),
            boundary_arn=context.boundary_arn,
            statements=[
                {
                    "Sid": "WriteLogs",
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": f"arn:aws:logs:{region}:{account_id}:log-group:{group_name}:*",
                },
                {
                    "Sid": "JoinTheNetwork",
                    "Effect": "Allow",
                    "Action": [
                        "ec2:CreateNetworkInterface",
                        "ec2:DeleteNetworkInterface",
                        "ec2:DescribeDhcpOptions",
                        "ec2:DescribeNetworkInterfaces",
                        "ec2:DescribeSecurityGroups",
                        "ec2:DescribeSubnets",
                        "ec2:DescribeVpcs",
                    ],
                    "Resource": "*",
                    "Condition": in_region,
                },
                {
                    "Sid": "LendTheInterface",
                    "Effect": "Allow",
                    "Action": ["ec2:CreateNetworkInterfacePermission"],
                    "Resource": f"arn:aws:ec2:{region}:{account_id}:network-interface/*",
                    "Condition": {
                        "StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"}
                    },
                },
                {
                    "Sid": "ReadTheRepository",
                    "Effect": "Allow",
                    "Action": [
                        "codeconnections:GetConnection",
                        "codeconnections:GetConnectionToken",
                        "codeconnections:UseConnection",
                    ],
                    "Resource": connection_arn,
                },
            ],
            tags=context.tags.for_service("continuous-integration"),
        ),
        context.regional(),
    )
