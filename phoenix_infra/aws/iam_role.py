"""A role for an AWS service: trusted by that service alone, bounded, with named permissions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import iam

Statement = Mapping[str, pulumi.Input[object]]


@dataclass(frozen=True, kw_only=True)
class RoleArgs:
    """Trust, permissions and boundary of one role."""

    description: str
    path: str
    trust_policy: pulumi.Input[str]
    boundary_arn: str | None
    """None only for the roles of CI, which make the others and are bound by their own denials."""
    statements: Sequence[Statement] = ()
    further_statements: Mapping[str, Sequence[Statement]] = field(
        default_factory=dict[str, Sequence[Statement]]
    )
    """Name to statements of one more policy: a managed policy holds 6 144 characters."""
    managed_policy_arns: Sequence[str] = ()
    role_name: str | None = None
    """Only where an operator or another account must know the name."""
    maximum_session_seconds: int = 3600
    tags: Mapping[str, str]


class Role(pulumi.ComponentResource):
    """A role, its own policy and the managed policies it needs, each as an attachment."""

    arn: pulumi.Output[str]
    role_name: pulumi.Output[str]
    role: iam.Role
    attached: Sequence[pulumi.Resource]
    """What must exist before AWS may act with the role."""

    def __init__(
        self, name: str, args: RoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Role", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            name,
            name=args.role_name,
            path=args.path,
            description=args.description,
            assume_role_policy=args.trust_policy,
            permissions_boundary=args.boundary_arn,
            max_session_duration=args.maximum_session_seconds,
            force_detach_policies=True,
            tags=args.tags,
            opts=child,
        )
        attached: list[pulumi.Resource] = []
        named = {name: args.statements} if args.statements else {}
        named |= {
            f"{name}-{part}": statements for part, statements in args.further_statements.items()
        }
        for policy_name, statements in named.items():
            policy = iam.Policy(
                policy_name,
                path=args.path,
                description=args.description,
                policy=pulumi.Output.json_dumps(
                    {"Version": "2012-10-17", "Statement": list(statements)}
                ),
                tags=args.tags,
                opts=child,
            )
            attached.append(
                iam.RolePolicyAttachment(
                    policy_name, role=role.name, policy_arn=policy.arn, opts=child
                )
            )
        attached += [
            iam.RolePolicyAttachment(
                f"{name}-{arn.rsplit('/', 1)[-1]}", role=role.name, policy_arn=arn, opts=child
            )
            for arn in args.managed_policy_arns
        ]
        self.arn = role.arn
        self.role_name = role.name
        self.role = role
        self.attached = tuple(attached)
        self.register_outputs({"arn": self.arn, "role_name": self.role_name})


def service_trust(
    service: str,
    account_id: str,
    *,
    actions: Sequence[str] = ("sts:AssumeRole",),
    bound: bool = True,
) -> str:
    """Trust in one AWS service, acting for this account only (confused deputy)."""
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(actions),
    }
    if bound:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account_id}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
