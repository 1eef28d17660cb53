"""EKS Pod Identity: one service account, one role, no key and no annotation (X-77)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks, iam

Statement = Mapping[str, pulumi.Input[object]]


@dataclass(frozen=True, kw_only=True)
class PodIdentityArgs:
    """Whose pods may do what."""

    cluster_name: pulumi.Input[str]
    cluster_arn: str
    account_id: str
    namespace: str
    service_account: str
    description: str
    statements: Sequence[Statement] = ()
    managed_policy_arns: Sequence[str] = ()
    path: str
    boundary_arn: str
    tags: Mapping[str, str]


class PodIdentity(pulumi.ComponentResource):
    """A role that only pods of one service account, in one namespace of one cluster, can take."""

    role_arn: pulumi.Output[str]
    association: eks.PodIdentityAssociation

    def __init__(
        self, name: str, args: PodIdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:PodIdentity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            name,
            path=args.path,
            description=args.description,
            assume_role_policy=pod_trust(
                account_id=args.account_id,
                cluster_arn=args.cluster_arn,
                namespace=args.namespace,
                service_account=args.service_account,
            ),
            permissions_boundary=args.boundary_arn,
            max_session_duration=3600,
            force_detach_policies=True,
            tags=args.tags,
            opts=child,
        )
        attached: list[pulumi.Resource] = []
        if args.statements:
            policy = iam.Policy(
                name,
                path=args.path,
                description=args.description,
                policy=pulumi.Output.json_dumps(
                    {"Version": "2012-10-17", "Statement": list(args.statements)}
                ),
                tags=args.tags,
                opts=child,
            )
            attached.append(
                iam.RolePolicyAttachment(name, role=role.name, policy_arn=policy.arn, opts=child)
            )
        attached += [
            iam.RolePolicyAttachment(
                f"{name}-{arn.rsplit('/', 1)[-1]}", role=role.name, policy_arn=arn, opts=child
            )
            for arn in args.managed_policy_arns
        ]
        self.association = eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster_name,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=role.arn,
            tags=args.tags,
            opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=attached)),
        )
        self.role_arn = role.arn
        self.register_outputs({"role_arn": self.role_arn})


def pod_trust(*, account_id: str, cluster_arn: str, namespace: str, service_account: str) -> str:
    """Trust in the Pod Identity service, for one service account only.

    EKS tags the session with cluster, namespace and service account; without the conditions any association in the
    account could hand the role to another pod (docs.aws.amazon.com/eks, "Pod Identity role").
    """
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:SourceAccount": account_id,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": service_account,
                        },
                        "ArnEquals": {"aws:SourceArn": cluster_arn},
                    },
                }
            ],
        }
    )
