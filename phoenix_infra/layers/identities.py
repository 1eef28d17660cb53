"""Identities of pods in AWS: one role for each service account that calls an AWS API, derived from the catalogues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.pod_identity import PodIdentity, PodIdentityArgs, Statement
from phoenix_infra.aws.signing_key import SigningKey, SigningKeyArgs
from phoenix_infra.layers.cluster import Cluster
from phoenix_infra.layers.cluster_addons import cluster_arn
from phoenix_infra.layers.data import Data
from phoenix_infra.layers.edge import Edge
from phoenix_infra.layers.keys import Keys
from phoenix_infra.naming import role_path
from phoenix_infra.providers import RegionalContext
from phoenix_infra.workloads.addon_identities import (
    ADDON_IDENTITIES,
    AddonIdentity,
    AddonResource,
    AddonStatement,
)
from phoenix_infra.workloads.addon_namespaces import VELERO
from phoenix_infra.workloads.aws_targets import policy_statements
from phoenix_infra.workloads.catalogue import SERVICES
from phoenix_infra.workloads.jobs import DUMP_PREFIX, JOBS
from phoenix_infra.workloads.spec import AwsResource, AwsStatement

Target = pulumi.Input[str] | Sequence[pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class _Caller:
    """One service account of ours and what it does in AWS."""

    name: str
    namespace: str
    identity: tuple[AwsStatement, ...]


def build_identities(
    context: RegionalContext, keys: Keys, cluster: Cluster, *, data: Data, edge: Edge
) -> None:
    """Declares the roles of add-ons and services; a pod without an entry here has no right in AWS."""
    targets = _targets(context, keys, data, edge)
    for identity in ADDON_IDENTITIES:
        if identity.namespace == VELERO and not context.settings.platform.velero:
            continue
        _identity(
            context,
            cluster,
            name=f"pod-{identity.service_account}",
            namespace=identity.namespace,
            service_account=identity.service_account,
            statements=[
                _addon_statement(context, identity, s, targets) for s in identity.statements
            ],
        )
    service_targets = _service_targets(context, keys, data, edge)
    for caller in _callers():
        _identity(
            context,
            cluster,
            name=f"pod-{caller.name}",
            namespace=caller.namespace,
            service_account=caller.name,
            statements=policy_statements(caller.identity, service_targets),
        )


def _callers() -> list[_Caller]:
    """Services and jobs that say what they do in AWS; the catalogue is the only place that says it."""
    return [
        _Caller(name=unit.name, namespace=unit.namespace, identity=unit.identity)
        for unit in (*SERVICES, *JOBS)
        if unit.identity
    ]


def _identity(
    context: RegionalContext,
    cluster: Cluster,
    *,
    name: str,
    namespace: str,
    service_account: str,
    statements: Sequence[Statement],
) -> None:
    PodIdentity(
        name,
        PodIdentityArgs(
            cluster_name=cluster.ready_name,
            cluster_arn=cluster_arn(context),
            account_id=context.settings.identity.account_id,
            namespace=namespace,
            service_account=service_account,
            description=f"Pods of {namespace}/{service_account}",
            statements=statements,
            path=role_path("workload"),
            boundary_arn=context.boundary_arn,
            tags=context.tags.for_service(service_account),
        ),
        context.regional(),
    )


def _targets(
    context: RegionalContext, keys: Keys, data: Data, edge: Edge
) -> Mapping[AddonResource, Target]:
    region, account = context.region, context.settings.identity.account_id
    logs, backups = data.storage.logs.arn, data.storage.backups.arn
    return {
        AddonResource.HOSTED_ZONE: pulumi.Output.format(
            "arn:aws:route53:::hostedzone/{0}", edge.public_zone_id
        ),
        AddonResource.ROUTE53_CHANGES: "arn:aws:route53:::change/*",
        AddonResource.PLATFORM_SECRETS: (
            f"arn:aws:secretsmanager:{region}:{account}:secret:{context.naming.parameter('')}*"
        ),
        AddonResource.SECRETS_KEY: keys.secrets_arn,
        AddonResource.VAULT_KEY: keys.vault_arn,
        AddonResource.LOG_BUCKET: logs,
        AddonResource.LOG_OBJECTS: [f"{logs}/loki/*", f"{logs}/tempo/*"],
        AddonResource.LOGS_KEY: keys.logs_arn,
        AddonResource.BACKUP_BUCKET: backups,
        AddonResource.BACKUP_OBJECTS: f"{backups}/velero/*",
        AddonResource.BACKUP_KEY: keys.backup_arn,
        AddonResource.DATA_KEY: keys.data_arn,
        AddonResource.TARGET_GROUPS: [edge.target_group_arn, edge.hospital_target_group_arn],
        AddonResource.CLUSTER_SCALING_GROUPS: (
            f"arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*"
        ),
        AddonResource.VOLUMES: [
            f"arn:aws:ec2:{region}:{account}:volume/*",
            f"arn:aws:ec2:{region}::snapshot/*",
        ],
        AddonResource.ANY: "*",
    }


def _addon_statement(
    context: RegionalContext,
    identity: AddonIdentity,
    statement: AddonStatement,
    targets: Mapping[AddonResource, Target],
) -> Statement:
    result: dict[str, pulumi.Input[object]] = {
        "Sid": statement.sid,
        "Effect": "Allow",
        "Action": list(statement.actions),
        "Resource": targets[statement.resource],
    }
    if statement.resource is AddonResource.CLUSTER_SCALING_GROUPS:
        # EKS puts this tag on the groups of its node groups.
        result["Condition"] = {
            "StringEquals": {"aws:ResourceTag/eks:cluster-name": context.naming.cluster}
        }
    if statement.resource is AddonResource.ANY:
        result["Condition"] = {"StringEquals": {"aws:RequestedRegion": _regions(context, identity)}}
    return result


def _regions(context: RegionalContext, identity: AddonIdentity) -> list[str]:
    """Route 53 answers as us-east-1, wherever the caller is."""
    return sorted(
        {context.region, "us-east-1"} if identity.addon == "cert-manager" else {context.region}
    )


def _service_targets(
    context: RegionalContext, keys: Keys, data: Data, edge: Edge
) -> Mapping[AwsResource, pulumi.Input[str]]:
    """What the catalogue's names are called in this region."""
    audio, backups = data.storage.audio.arn, data.storage.backups.arn
    return {
        AwsResource.AUDIO_BUCKET: audio,
        AwsResource.AUDIO_OBJECTS: f"{audio}/*",
        AwsResource.BACKUP_BUCKET: backups,
        AwsResource.BACKUP_OBJECTS: f"{backups}/{DUMP_PREFIX}/*",
        AwsResource.DATA_KEY: keys.data_arn,
        AwsResource.BACKUP_KEY: keys.backup_arn,
        AwsResource.SIGNING_KEY: _signing_key(context),
        AwsResource.WEB_ACL_IP_SETS: edge.blocked_set_arn,
    }


def _signing_key(context: RegionalContext) -> pulumi.Output[str]:
    """Model updates are signed in the region that sends them; the public key goes with each."""
    return SigningKey(
        "signing-key",
        SigningKeyArgs(
            account_id=context.settings.identity.account_id,
            description="Signs federated-learning updates",
            alias=f"{context.naming.prefix}-signing",
            signer_role_path=role_path("workload"),
            deletion_window_days=context.settings.keys.deletion_window_days,
            tags=context.tags.for_service("signature-generator"),
        ),
        context.regional(),
    ).arn
