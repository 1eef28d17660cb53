"""Trust in GitHub's and GitLab's identity tokens, each bound to one repository and one purpose (X-77)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

GITHUB_ISSUER = "token.actions.githubusercontent.com"
GITLAB_ISSUER = "gitlab.com"
AUDIENCE = "sts.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class OidcSubject:
    """Which tokens of one issuer may take a role."""

    issuer: str
    subjects: Sequence[str]
    """Exact values of the `sub` claim, without a wildcard."""


@dataclass(frozen=True, kw_only=True)
class OidcProviderArgs:
    """One issuer."""

    issuer: str
    tags: Mapping[str, str]


class OidcProvider(pulumi.ComponentResource):
    """An issuer of identity tokens; AWS checks its certificate against its own trust store."""

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: OidcProviderArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:OidcProvider", name, None, opts)
        provider = iam.OpenIdConnectProvider(
            name,
            url=f"https://{args.issuer}",
            client_id_lists=[AUDIENCE],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = provider.arn
        self.register_outputs({"arn": self.arn})


def oidc_trust(account_id: str, subjects: Sequence[OidcSubject]) -> str:
    """A trust policy for exactly these subjects; the provider's ARN is a literal of the account."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {
                        "Federated": f"arn:aws:iam::{account_id}:oidc-provider/{s.issuer}"
                    },
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {
                        "StringEquals": {
                            f"{s.issuer}:aud": AUDIENCE,
                            f"{s.issuer}:sub": list(s.subjects),
                        }
                    },
                }
                for s in subjects
            ],
        }
    )


def github_pull_request(repository: str) -> str:
    """Subject of a pull request's run, of this repository's own branches."""
    return f"repo:{repository}:pull_request"


def github_environment(repository: str, environment: str) -> str:
    """Subject of a run behind a protected environment."""
    return f"repo:{repository}:environment:{environment}"


def gitlab_branch(project: str, branch: str) -> str:
    """Subject of a pipeline on one protected branch."""
    return f"project_path:{project}:ref_type:branch:ref:{branch}"
