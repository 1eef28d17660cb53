"""Cases of the rules about the evaluation itself."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    alone,
    depending,
    given,
    having,
    judged_by,
    together,
)
from tests.policies.rules.fixtures_pods import CONTAINER_PATH, DEPLOYMENT, SECURITY_PATH


def _bucket(stack: str) -> Given:
    """A resource with the URN by which a stack is told."""
    type_ = "aws:s3/bucket:Bucket"
    urn = f"urn:pulumi:{stack}::phoenix::{type_}::audit" if stack else "audit"
    return given(urn, type_, {"bucket": "audit"})


def _listener(policy: Any) -> Given:
    return given(
        "entry",
        "aws:lb/listener:Listener",
        {"protocol": "HTTPS", "port": 443, "sslPolicy": policy, "certificateArn": "arn"},
    )


CASES = [
    Cases(
        rule="unknown-critical-values",
        compliant=[
            given(
                "orders",
                DEPLOYMENT.type,
                {**DEPLOYMENT.props, "status": {"observedGeneration": UNKNOWN}},
            )
        ],
        fails={
            "nothing in the stack gives it": having(f"{SECURITY_PATH}.privileged", UNKNOWN),
            "an image from nowhere": having(f"{CONTAINER_PATH}.image", UNKNOWN),
            "a TLS policy": alone(_listener(UNKNOWN)),
            "another property waits for a resource": together(
                having(f"{SECURITY_PATH}.privileged", UNKNOWN), depending("metadata", "orders")
            ),
        },
        unknown={
            "a resource of the stack will give it": together(
                having(f"{CONTAINER_PATH}.image", UNKNOWN), depending("spec", "orders")
            ),
            "what a list holds is not known": alone(
                given("all", f"{DEPLOYMENT.type}List", {"items": UNKNOWN})
            ),
        },
    ),
    Cases(
        rule="production-frameworks-complete",
        compliant=[_bucket("production")],
        passes={
            "a development stack may try one": together(
                alone(_bucket("development")), judged_by("hipaa")
            ),
            "resources of no named stack, judged by all": alone(_bucket("")),
        },
        fails={
            "SOC 2 is off": judged_by("hipaa"),
            "HIPAA is off": judged_by("soc2"),
            "off in the recovery region": together(alone(_bucket("dr")), judged_by("hipaa")),
        },
        unknown={"whose stack it is is not known": together(alone(_bucket("")), judged_by("soc2"))},
    ),
]
