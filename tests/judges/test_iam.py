"""What each role can and cannot do, asked of the recorded policies as IAM would evaluate them."""

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

import pytest

from phoenix_infra.preview import Graph
from tests.judges.manifests import plain
from tests.judges.permissions import ATTACHMENT, POLICY, Request, Roles, many
from tests.judges.report import note
from tests.judges.stacks import graph

CLOUD_STACKS = ("production", "dr")
AUDIO = "arn:aws:s3:::phoenix-guardian-audio-{account}-us-east-1"
BACKUPS = "arn:aws:s3:::phoenix-guardian-backups-{account}-us-east-1"
SECRET = "arn:aws:secretsmanager:us-east-1:{account}:secret:"
ROLES = "arn:aws:iam::{account}:role/"
POLICIES = "arn:aws:iam::{account}:policy/phoenix-guardian/"
BOUNDARY = POLICIES + "phoenix-guardian-production-boundary"
DATABASE = "arn:aws:rds:us-east-1:{account}:cluster:phoenix-guardian-prod"
STATE = "arn:aws:s3:::phoenix-guardian-state-{account}-us-east-1/production.json"

Row: TypeAlias = tuple[str, str, str, str, Mapping[str, str], bool]
# Each row: stack, role, action, resource, circumstances, and whether the role may.
TABLE: tuple[Row, ...] = (
    ("production", "pod-transcription-service", "s3:GetObject", AUDIO + "/a.wav", {}, True),
    ("production", "pod-transcription-service", "s3:ListBucket", AUDIO, {}, True),
    ("production", "pod-transcription-service", "s3:DeleteObject", AUDIO + "/a.wav", {}, False),
    ("production", "pod-transcription-service", "s3:PutObject", AUDIO + "/a.wav", {}, False),
    ("production", "pod-transcription-service", "s3:GetObject", BACKUPS + "/database/d", {}, False),
    ("production", "pod-database-dump", "s3:PutObject", BACKUPS + "/database/d", {}, True),
    ("production", "pod-database-dump", "s3:GetObject", BACKUPS + "/database/d", {}, False),
    ("production", "pod-database-dump", "s3:DeleteObject", BACKUPS + "/database/d", {}, False),
    ("production", "pod-database-restore-test", "s3:GetObject", BACKUPS + "/database/d", {}, True),
    ("production", "pod-database-restore-test", "s3:PutObject", BACKUPS + "/database/d", {}, False),
    ("production", "pod-velero-server", "s3:PutObject", BACKUPS + "/velero/b", {}, True),
    ("production", "pod-velero-server", "s3:DeleteObject", BACKUPS + "/database/d", {}, False),
    (
        *("production", "pod-external-secrets", "secretsmanager:GetSecretValue"),
        *(SECRET + "phoenix-guardian/production/x", {}, True),
    ),
    (
        *("production", "pod-external-secrets", "secretsmanager:GetSecretValue"),
        *(SECRET + "another-product/x", {}, False),
    ),
    (
        *("production", "pod-external-secrets", "secretsmanager:PutSecretValue"),
        *(SECRET + "phoenix-guardian/production/x", {}, False),
    ),
    ("production", "pod-vault", "kms:ScheduleKeyDeletion", "*", {}, False),
    ("production", "pod-threat-response", "wafv2:UpdateWebACL", "*", {}, False),
    ("production", "pod-cert-manager", "route53:ListHostedZonesByName", "*", {}, True),
    ("production", "pod-cert-manager", "route53:DeleteHostedZone", "*", {}, False),
    ("production", "runner", "iam:CreateRole", ROLES + "phoenix-guardian/x", {}, False),
    ("production", "runner", "sts:AssumeRole", ROLES + "phoenix-guardian/ci/deploy", {}, False),
    ("production", "session-host", "s3:GetObject", AUDIO + "/a.wav", {}, False),
    ("bootstrap", "preview", "rds:DescribeDBClusters", "*", {}, True),
    ("bootstrap", "preview", "s3:GetObject", STATE, {}, True),
    ("bootstrap", "preview", "s3:PutObject", STATE, {}, False),
    ("bootstrap", "preview", "s3:GetObject", AUDIO + "/a.wav", {}, False),
    ("bootstrap", "preview", "rds:ModifyDBCluster", DATABASE, {}, False),
    ("bootstrap", "preview", "iam:CreateRole", ROLES + "phoenix-guardian/x", {}, False),
    (
        "bootstrap",
        "preview",
        "secretsmanager:GetSecretValue",
        SECRET + "phoenix-guardian/x",
        {},
        False,
    ),
    ("bootstrap", "deploy", "rds:ModifyDBCluster", DATABASE, {}, True),
    (
        "bootstrap",
        "deploy",
        "rds:ModifyDBCluster",
        DATABASE,
        {"aws:RequestedRegion": "eu-west-1"},
        False,
    ),
    ("bootstrap", "deploy", "rds:DeleteDBCluster", DATABASE, {}, False),
    ("bootstrap", "deploy", "rds:ModifyDBClusterSnapshotAttribute", DATABASE, {}, False),
    ("bootstrap", "deploy", "s3:GetObject", AUDIO + "/a.wav", {}, False),
    ("bootstrap", "deploy", "s3:DeleteBucket", AUDIO, {}, False),
    ("bootstrap", "deploy", "kms:ScheduleKeyDeletion", "*", {}, False),
    ("bootstrap", "deploy", "cloudtrail:StopLogging", "*", {}, False),
    ("bootstrap", "deploy", "cloudtrail:DeleteTrail", "*", {}, False),
    ("bootstrap", "deploy", "iam:CreateRole", ROLES + "phoenix-guardian/x", {}, False),
    (
        *("bootstrap", "deploy", "iam:CreateRole", ROLES + "phoenix-guardian/x"),
        *({"iam:PermissionsBoundary": BOUNDARY}, True),
    ),
    (
        *("bootstrap", "deploy", "iam:CreateRole", ROLES + "someone-else"),
        *({"iam:PermissionsBoundary": BOUNDARY}, False),
    ),
    ("bootstrap", "deploy", "iam:CreatePolicyVersion", POLICIES + "workload/x", {}, True),
    ("bootstrap", "deploy", "iam:CreatePolicyVersion", BOUNDARY, {}, False),
    # Its own policies: a new version of one would be every permission there is.
    ("bootstrap", "deploy", "iam:CreatePolicyVersion", POLICIES + "ci/deploy", {}, False),
    (
        "bootstrap",
        "deploy",
        "iam:DeleteRolePermissionsBoundary",
        ROLES + "phoenix-guardian/x",
        {},
        False,
    ),
    ("bootstrap", "deploy", "iam:CreateUser", "*", {}, False),
    ("bootstrap", "deploy", "iam:CreateAccessKey", "*", {}, False),
)


@cache
def roles(stack: str) -> Roles:
    """The roles of a stack; the boundary is bootstrap's."""
    return Roles(graph=graph(stack), others=() if stack == "bootstrap" else (graph("bootstrap"),))


def account(recorded: Graph) -> str:
    """The account, as the ARN of the first policy has it."""
    return str(plain(recorded.of_type(POLICY)[0].outputs)["arn"]).split(":")[4]


def wrong_answers(of_stack: dict[str, Roles]) -> list[str]:
    """Rows of the table that the policies answer otherwise."""
    wrong: list[str] = []
    for stack, role, action, resource, circumstances, expected in TABLE:
        asked = of_stack[stack]
        number = account(asked.graph)
        context = {"aws:RequestedRegion": "us-east-1", **circumstances}
        context = {k: v.format(account=number) for k, v in context.items()}
        target = resource.format(account=number)
        if asked.may(role, action, target, context) is not expected:
            wrong.append(f"{stack}: {role} may{' not' if expected else ''} {action} on {target}")
    return wrong


def test_every_role_may_do_what_it_needs_and_no_more() -> None:
    wrong = wrong_answers({stack: roles(stack) for stack in ("bootstrap", *CLOUD_STACKS)})
    note(
        "permissions",
        version="IAM's evaluation logic",
        judged="production and bootstrap: table of needed and forbidden actions",
        objects=len(TABLE),
        findings=len(wrong),
    )
    assert not wrong, "\n".join(wrong)


def ineffective(asked: Roles, role: str) -> list[str]:
    """Granted actions that the boundary, or a statement that denies, takes back."""
    limit = asked.boundary(role)
    assert limit is not None, f"{role} has no permissions boundary"
    lost: list[str] = []
    for statement in asked.statements(role):
        if statement["Effect"] != "Allow":
            continue
        context = {"aws:RequestedRegion": asked.nodes[role].region}
        for block in statement.get("Condition", {}).values():
            context |= {k: str(many(v)[0]).replace("*", "x") for k, v in block.items()}
        for action in many(statement["Action"]):
            for resource in many(statement["Resource"]):
                request = Request(
                    action=action.replace("*", "x"),
                    resource=resource.replace("*", "x"),
                    context=context,
                )
                if not (request.verdict(limit) and request.verdict(asked.statements(role))):
                    lost.append(f"{role}: {action} on {resource}")
    return lost


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_the_boundary_lets_through_what_every_role_is_granted(stack: str) -> None:
    asked = roles(stack)
    lost = [line for role in asked.nodes for line in ineffective(asked, role)]
    note(
        "permissions",
        version="IAM's evaluation logic",
        judged=f"{stack}: grants of every role within its boundary",
        objects=len(asked.nodes),
        findings=len(lost),
    )
    assert asked.nodes
    assert not lost, "granted, but the boundary forbids:\n" + "\n".join(lost)


def test_an_over_wide_role_breaks_the_table() -> None:
    recorded = graph("production")
    role = plain(roles("production").nodes["pod-transcription-service"].outputs)["name"]
    arns = {
        plain(n.inputs)["policyArn"]
        for n in recorded.of_type(ATTACHMENT)
        if plain(n.inputs)["role"] == role
    }
    wide = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [wide]})
    planted = tuple(
        dataclasses.replace(n, inputs={**n.inputs, "policy": document})
        if n.type == POLICY and plain(n.outputs)["arn"] in arns
        else n
        for n in recorded.resources
    )
    bent = Roles(
        graph=dataclasses.replace(recorded, resources=planted), others=(graph("bootstrap"),)
    )
    wrong = wrong_answers({"bootstrap": roles("bootstrap"), "production": bent})
    assert wrong
    assert all("pod-transcription-service may s3:" in line for line in wrong), wrong
