"""Cases of the rules on service accounts."""

import json

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    depending,
    given,
    having,
    lacking,
    together,
    without,
)
from tests.policies.rules.fixtures_pods import DEPLOYMENT, METADATA, POD_PATH

_ACCOUNT = given(
    "account",
    "kubernetes:core/v1:ServiceAccount",
    {"metadata": {**METADATA, "name": "orders"}, "automountServiceAccountToken": False},
)
_ROLE_ARN = "arn:aws:iam::481516234299:role/orders"
_ANNOTATION = ["metadata", "annotations", "eks.amazonaws.com/role-arn"]
_AUTOMOUNT = f"{POD_PATH}.automountServiceAccountToken"
_CLIENT = ["spec", "template", "metadata", "labels", "phoenix.health/api-client"]


def _trust(subject: str) -> str:
    return json.dumps(
        {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {"StringEquals": {"oidc.eks:sub": subject}},
                }
            ]
        }
    )


_SUBJECT = "system:serviceaccount:commerce:orders"
_ROLE = given(
    "role",
    "aws:iam/role:Role",
    {"name": "orders", "assumeRolePolicy": _trust(_SUBJECT)},
    outputs={"arn": _ROLE_ARN},
)
_IRSA = given(
    "account",
    _ACCOUNT.type,
    {"metadata": {**METADATA, "annotations": {"eks.amazonaws.com/role-arn": _ROLE_ARN}}},
    depends={"metadata": ["role"]},
)

CASES = [
    Cases(
        rule="k8s-automount-token-off",
        compliant=[DEPLOYMENT, _ACCOUNT],
        passes={
            "off at the account alone": lacking(_AUTOMOUNT),
            "off at the pod alone": lacking("automountServiceAccountToken", on="account"),
            "a client of the API": together(having(_AUTOMOUNT, True), having(_CLIENT, "true")),
        },
        fails={
            "mounted": having(_AUTOMOUNT, True),
            "left out at both": together(
                lacking(_AUTOMOUNT), lacking("automountServiceAccountToken", on="account")
            ),
            "left out, and the account is another namespace's": together(
                lacking(_AUTOMOUNT), having("metadata.namespace", "billing", on="account")
            ),
            "an account that no declared pod uses": together(
                without("orders"), having("automountServiceAccountToken", True, on="account")
            ),
        },
        unknown={
            "not known": having(_AUTOMOUNT, UNKNOWN),
            "which account is not known": together(
                lacking(_AUTOMOUNT), having(f"{POD_PATH}.serviceAccountName", UNKNOWN)
            ),
            "the account's namespace is not known": together(
                lacking(_AUTOMOUNT), having("metadata.namespace", UNKNOWN, on="account")
            ),
        },
    ),
    Cases(
        rule="k8s-dedicated-service-account",
        compliant=[DEPLOYMENT],
        fails={
            "left out": lacking(f"{POD_PATH}.serviceAccountName"),
            "default": having(f"{POD_PATH}.serviceAccountName", "default"),
        },
        unknown={"not known": having(f"{POD_PATH}.serviceAccountName", UNKNOWN)},
    ),
    Cases(
        rule="k8s-sa-irsa-role-exists",
        compliant=[_IRSA, _ROLE],
        passes={
            "the ARN is known only after deployment": having(_ANNOTATION, UNKNOWN),
            "joined by a literal ARN": depending("metadata"),
        },
        fails={
            "a role of another program": without("role"),
            "trusts another account": having(
                "assumeRolePolicy", _trust("system:serviceaccount:commerce:bills"), on="role"
            ),
            "trusts an account whose name begins alike": having(
                "assumeRolePolicy", _trust(f"{_SUBJECT}-admin"), on="role"
            ),
            "trusts the name in another namespace": having(
                "assumeRolePolicy", _trust("system:serviceaccount:billing:orders"), on="role"
            ),
        },
        unknown={
            "trust not known": having("assumeRolePolicy", UNKNOWN, on="role"),
            "namespace not known": having("metadata.namespace", UNKNOWN),
            "neither ARN nor dependency known": together(
                having(_ANNOTATION, UNKNOWN), depending("metadata")
            ),
        },
    ),
]
