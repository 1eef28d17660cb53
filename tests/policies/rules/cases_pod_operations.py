"""Cases of the rules on pods in operation."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    Given,
    adding,
    alone,
    given,
    having,
    lacking,
    of_type,
    together,
)
from tests.policies.rules.fixtures_pods import (
    CONTAINER,
    CONTAINER_PATH,
    DEPLOYMENT,
    DEPLOYMENT_TYPE,
    METADATA,
    POD,
    POD_PATH,
    SPEC,
)

_CRON_JOB = "kubernetes:batch/v1:CronJob"
_BODY: dict[str, Any] = {
    "activeDeadlineSeconds": 3600,
    "backoffLimit": 2,
    "ttlSecondsAfterFinished": 600,
    "template": {"spec": POD},
}
_NIGHTLY: Given = given(
    "nightly",
    _CRON_JOB,
    {
        "metadata": METADATA,
        "spec": {
            "schedule": "0 1 * * *",
            "concurrencyPolicy": "Forbid",
            "jobTemplate": {"spec": _BODY},
        },
    },
)
_BODY_PATH = "spec.jobTemplate.spec"


def _init(**fields: Any) -> Bend:
    return having(f"{POD_PATH}.initContainers", [{**CONTAINER, "name": "init", **fields}])


def _ephemeral() -> Bend:
    """What `kubectl debug` adds, which the API allows no resources."""
    return having(
        f"{POD_PATH}.ephemeralContainers", [{"name": "debug", "image": CONTAINER["image"]}]
    )


CASES = [
    Cases(
        rule="k8s-resource-requests",
        compliant=[DEPLOYMENT],
        passes={"an ephemeral container has none": _ephemeral()},
        fails={
            "no memory": lacking(f"{CONTAINER_PATH}.resources.requests.memory"),
            "no cpu": having(f"{CONTAINER_PATH}.resources.requests.cpu", ""),
            "no resources": lacking(f"{CONTAINER_PATH}.resources"),
            "an init container requests nothing": _init(resources={}),
        },
        unknown={"not known": having(f"{CONTAINER_PATH}.resources", UNKNOWN)},
    ),
    Cases(
        rule="k8s-resource-limits",
        compliant=[DEPLOYMENT],
        passes={"an ephemeral container has none": _ephemeral()},
        fails={
            "no memory limit": lacking(f"{CONTAINER_PATH}.resources.limits.memory"),
            "a limit on cpu alone": having(f"{CONTAINER_PATH}.resources.limits", {"cpu": "1"}),
            "an init container has none": _init(resources={}),
        },
        unknown={"not known": having(f"{CONTAINER_PATH}.resources.limits", UNKNOWN)},
    ),
    Cases(
        rule="k8s-liveness-probe",
        compliant=[DEPLOYMENT],
        passes={
            "a startup probe instead": together(
                lacking(f"{CONTAINER_PATH}.livenessProbe"),
                having(f"{CONTAINER_PATH}.startupProbe", {"httpGet": {"path": "/", "port": 1}}),
            ),
            "an init container without one": _init(livenessProbe=None),
        },
        fails={
            "neither": lacking(f"{CONTAINER_PATH}.livenessProbe"),
            "a DaemonSet": together(
                of_type("kubernetes:apps/v1:DaemonSet"),
                having(f"{CONTAINER_PATH}.livenessProbe", {}),
            ),
        },
        unknown={"not known": having(f"{CONTAINER_PATH}.livenessProbe", UNKNOWN)},
    ),
    Cases(
        rule="k8s-readiness-probe",
        compliant=[DEPLOYMENT],
        passes={"an init container without one": _init(readinessProbe=None)},
        fails={
            "none": lacking(f"{CONTAINER_PATH}.readinessProbe"),
            "a StatefulSet": together(
                of_type("kubernetes:apps/v1:StatefulSet"),
                lacking(f"{CONTAINER_PATH}.readinessProbe"),
            ),
        },
        unknown={"not known": having(f"{CONTAINER_PATH}.readinessProbe", UNKNOWN)},
    ),
    Cases(
        rule="k8s-job-bounds",
        compliant=[_NIGHTLY],
        passes={
            "a Job": alone(
                given("once", "kubernetes:batch/v1:Job", {"metadata": METADATA, "spec": _BODY})
            ),
            "a backup that runs": having("metadata.name", "dump-database"),
            "a load test waits to be started": having("spec.suspend", True),
            "no retries at all": having(f"{_BODY_PATH}.backoffLimit", 0),
            "a newer run replaces the older": having("spec.concurrencyPolicy", "Replace"),
        },
        fails={
            "runs for ever": lacking(f"{_BODY_PATH}.activeDeadlineSeconds"),
            "six retries": lacking(f"{_BODY_PATH}.backoffLimit"),
            "never cleaned up": lacking(f"{_BODY_PATH}.ttlSecondsAfterFinished"),
            "may overlap": having("spec.concurrencyPolicy", "Allow"),
            "overlap left out": lacking("spec.concurrencyPolicy"),
            "a suspended backup": together(
                having("spec.suspend", True), having("metadata.name", "dump-database")
            ),
        },
        unknown={"not known": having(f"{_BODY_PATH}.activeDeadlineSeconds", UNKNOWN)},
    ),
    Cases(
        rule="k8s-no-bare-pods",
        compliant=[
            given(
                "orders-1",
                "kubernetes:core/v1:Pod",
                {
                    "metadata": {
                        **METADATA,
                        "ownerReferences": [{"kind": "ReplicaSet", "name": "orders"}],
                    },
                    "spec": POD,
                },
            )
        ],
        fails={"nobody owns it": lacking("metadata.ownerReferences")},
        unknown={"owner not known": having("metadata.ownerReferences", UNKNOWN)},
    ),
    Cases(
        rule="k8s-recommended-labels",
        compliant=[DEPLOYMENT],
        fails={
            f"without {key}": lacking(["metadata", "labels", key])
            for key in (
                "app.kubernetes.io/name",
                "app.kubernetes.io/part-of",
                "app.kubernetes.io/managed-by",
                "owner",
                "data-classification",
            )
        }
        | {
            "a Namespace without labels": adding(
                given("bare", "kubernetes:core/v1:Namespace", {"metadata": {"name": "bare"}})
            )
        },
        unknown={"labels not known": having("metadata.labels", UNKNOWN)},
    ),
    Cases(
        rule="k8s-patch-and-list-kinds-covered",
        compliant=[
            given(
                "coredns",
                "kubernetes:core/v1:ConfigMapPatch",
                {"metadata": {"name": "coredns", "namespace": "kube-system"}, "data": {"a": "b"}},
            )
        ],
        fails={
            "a patched Deployment": alone(
                given(
                    "patch",
                    f"{DEPLOYMENT_TYPE}Patch",
                    {"metadata": METADATA, "spec": {"template": SPEC["template"]}},
                )
            ),
            "a patched ClusterRole": alone(
                given(
                    "view",
                    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRolePatch",
                    {"metadata": {"name": "view"}, "rules": []},
                )
            ),
        },
        unknown={
            "a list whose items are not known": alone(
                given("all", f"{DEPLOYMENT_TYPE}List", {"items": UNKNOWN})
            )
        },
    ),
]
