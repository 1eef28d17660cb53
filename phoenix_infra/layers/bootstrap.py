"""The ground under the other stacks: state bucket, key of the secrets provider, boundary and CI roles (G-034, A7.4)."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from phoenix_infra.aws.iam_boundary import permissions_boundary
from phoenix_infra.aws.iam_ci_policies import (
    StateAccess,
    change_statements,
    identity_statements,
    preview_statements,
)
from phoenix_infra.aws.iam_oidc import (
    GITHUB_ISSUER,
    GITLAB_ISSUER,
    OidcProvider,
    OidcProviderArgs,
    OidcSubject,
    github_environment,
    github_pull_request,
    gitlab_branch,
    oidc_trust,
)
from phoenix_infra.aws.iam_role import Role, RoleArgs
from phoenix_infra.aws.kms import EncryptionKey, EncryptionKeyArgs, ReplicaKey, ReplicaKeyArgs
from phoenix_infra.aws.kms_policy import KeyUse, key_policy
from phoenix_infra.layers.state_backend import build_state_bucket
from phoenix_infra.naming import PRODUCT, Tags, boundary_arn, role_path
from phoenix_infra.outputs import BootstrapOutputs
from phoenix_infra.settings.models import BootstrapSettings

STATE_KEY_ALIAS = f"{PRODUCT}-state"
PREVIEW_ROLE = f"{PRODUCT}-preview"
DEPLOY_ROLE = f"{PRODUCT}-deploy"
DEPLOY_SESSION_SECONDS = 7200
"""A first `up` makes EKS, Aurora and CloudFront one after the other: more than an hour."""
GITLAB_BRANCH = "main"


@dataclass(frozen=True, kw_only=True)
class BootstrapContext:
    """Providers of the two regions that hold the state."""

    settings: BootstrapSettings
    home: aws.Provider
    recovery: aws.Provider
    tags: Tags

    @property
    def regions(self) -> tuple[str, str]:
        """Home first."""
        return self.settings.stack.region, self.settings.stack.recovery_region


def build_bootstrap(settings: BootstrapSettings) -> BootstrapOutputs:
    """Declares what must exist before any other stack can be deployed."""
    stack = settings.stack
    context = BootstrapContext(
        settings=settings,
        home=_provider("aws", stack.region, stack.account_id),
        recovery=_provider("aws-recovery", stack.recovery_region, stack.account_id),
        tags=Tags(
            environment=stack.environment,
            role=stack.kind,
            stack=pulumi.get_stack(),
            cost_center=stack.cost_center,
        ),
    )
    key_arn, replica_arn = _state_key(context)
    boundary = permissions_boundary(
        environment=stack.environment,
        account_id=stack.account_id,
        regions=sorted({*context.regions, "us-east-1"}),
        tags=context.tags.for_service("identity"),
        opts=pulumi.ResourceOptions(provider=context.home),
    )
    build_state_bucket(
        settings,
        home=context.home,
        recovery=context.recovery,
        key_arn=key_arn,
        replica_key_arn=replica_arn,
        boundary_arn=boundary.arn,
        tags=context.tags,
    )
    preview, deploy = _ci_roles(
        context,
        StateAccess(
            bucket_arn=f"arn:aws:s3:::{settings.state_backend.bucket_name}",
            key_arns=[key_arn, replica_arn],
        ),
    )
    return BootstrapOutputs(
        state_url=f"s3://{settings.state_backend.bucket_name}?region={stack.region}",
        secrets_provider=f"awskms://alias/{STATE_KEY_ALIAS}?region={stack.region}",
        preview_role_arn=preview.arn,
        deploy_role_arn=deploy.arn,
    )


def _provider(name: str, region: str, account_id: str) -> aws.Provider:
    return aws.Provider(name, region=region, allowed_account_ids=[account_id])


def _state_key(context: BootstrapContext) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Usable from the recovery region while the home region is away (X-38)."""
    settings = context.settings
    home, recovery = context.regions
    use = KeyUse(via_services=("s3",), role_paths=(role_path("ci"),))
    tags = {**context.tags.for_service("state"), "Purpose": "state"}
    key = EncryptionKey(
        "state-key",
        EncryptionKeyArgs(
            settings=settings.keys,
            description="Pulumi state and the secrets in it",
            policy=key_policy(account_id=settings.stack.account_id, region=home, use=use),
            aliases=[STATE_KEY_ALIAS],
            multi_region=True,
            tags=tags,
        ),
        pulumi.ResourceOptions(providers=[context.home]),
    )
    replica = ReplicaKey(
        "state-key-replica",
        ReplicaKeyArgs(
            settings=settings.keys,
            description="Pulumi state and the secrets in it (replica)",
            primary_key_arn=key.arn,
            policy=key_policy(account_id=settings.stack.account_id, region=recovery, use=use),
            aliases=[STATE_KEY_ALIAS],
            tags=tags,
        ),
        pulumi.ResourceOptions(providers=[context.recovery]),
    )
    return key.arn, replica.arn


def _ci_roles(context: BootstrapContext, state: StateAccess) -> tuple[Role, Role]:
    stack = context.settings.stack
    tags = context.tags.for_service("identity")
    options = pulumi.ResourceOptions(providers=[context.home])
    preview_subjects, deploy_subjects = _subjects(context.settings)
    for subject in deploy_subjects:
        OidcProvider(
            f"oidc-{subject.issuer.split('.')[-2]}",
            OidcProviderArgs(issuer=subject.issuer, tags=tags),
            options,
        )
    regions = sorted({*context.regions, "us-east-1"})
    preview = Role(
        "preview",
        RoleArgs(
            role_name=PREVIEW_ROLE,
            description="CI previews: reads configuration and state, changes nothing",
            path=role_path("ci"),
            trust_policy=oidc_trust(stack.account_id, preview_subjects),
            boundary_arn=None,
            statements=preview_statements(regions, state),
            tags=tags,
        ),
        options,
    )
    deploy = Role(
        "deploy",
        RoleArgs(
            role_name=DEPLOY_ROLE,
            description="CI deployments behind a protected environment",
            path=role_path("ci"),
            trust_policy=oidc_trust(stack.account_id, deploy_subjects),
            boundary_arn=None,
            statements=change_statements(regions),
            further_statements={
                "identity": identity_statements(
                    stack.account_id, boundary_arn(stack.account_id, stack.environment), state
                ),
                "read": preview_statements(regions, state)[:1],
            },
            maximum_session_seconds=DEPLOY_SESSION_SECONDS,
            tags=tags,
        ),
        options,
    )
    return preview, deploy


def _subjects(settings: BootstrapSettings) -> tuple[list[OidcSubject], list[OidcSubject]]:
    ci = settings.continuous_integration
    preview: list[OidcSubject] = []
    deploy: list[OidcSubject] = []
    if ci.github_repository:
        preview.append(
            OidcSubject(issuer=GITHUB_ISSUER, subjects=[github_pull_request(ci.github_repository)])
        )
        deploy.append(
            OidcSubject(
                issuer=GITHUB_ISSUER,
                subjects=[
                    github_environment(ci.github_repository, name)
                    for name in dict.fromkeys((ci.github_environment, "production", "dr"))
                ],
            )
        )
    if ci.gitlab_project:
        branch = OidcSubject(
            issuer=GITLAB_ISSUER, subjects=[gitlab_branch(ci.gitlab_project, GITLAB_BRANCH)]
        )
        preview.append(branch)
        deploy.append(branch)
    if not deploy:
        raise ValueError(
            "phoenix:continuous_integration names neither github_repository nor gitlab_project: "
            "nobody could deploy; give at least one"
        )
    return preview, deploy
