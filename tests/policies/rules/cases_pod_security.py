"""Cases of the rules on what pods may do."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    adding,
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
    METADATA,
    POD,
    POD_PATH,
    SECURITY_PATH,
    SPEC,
)


def _init(**security: Any) -> Bend:
    """The same fault in an init container, where checkers like to overlook it."""
    held = {**CONTAINER["securityContext"], **security}
    return having(
        f"{POD_PATH}.initContainers", [{**CONTAINER, "name": "init", "securityContext": held}]
    )


def _cron_job(**pod: Any) -> Bend:
    """The same fault in the template of a CronJob."""
    spec = {
        "schedule": "0 1 * * *",
        "jobTemplate": {"spec": {"template": {"spec": {**POD, **pod}}}},
    }
    return adding(
        given("nightly", "kubernetes:batch/v1:CronJob", {"metadata": METADATA, "spec": spec})
    )


CASES = [
    Cases(
        rule="k8s-no-privileged",
        compliant=[DEPLOYMENT],
        passes={"privileged left out": lacking(f"{SECURITY_PATH}.privileged")},
        fails={
            "a privileged container": having(f"{SECURITY_PATH}.privileged", True),
            "a privileged init container": _init(privileged=True),
        },
        unknown={"a security context that is not known": having(SECURITY_PATH, UNKNOWN)},
    ),
    Cases(
        rule="k8s-no-privilege-escalation",
        compliant=[DEPLOYMENT],
        fails={
            "escalation allowed": having(f"{SECURITY_PATH}.allowPrivilegeEscalation", True),
            "left out means allowed": lacking(f"{SECURITY_PATH}.allowPrivilegeEscalation"),
            "an init container may": _init(allowPrivilegeEscalation=True),
        },
        unknown={"not known": having(f"{SECURITY_PATH}.allowPrivilegeEscalation", UNKNOWN)},
    ),
    Cases(
        rule="k8s-run-as-non-root",
        compliant=[DEPLOYMENT],
        passes={
            "stated on the container alone": together(
                lacking(f"{POD_PATH}.securityContext.runAsNonRoot"),
                having(f"{SECURITY_PATH}.runAsNonRoot", True),
            )
        },
        fails={
            "not stated anywhere": lacking(f"{POD_PATH}.securityContext.runAsNonRoot"),
            "the container takes it back": having(f"{SECURITY_PATH}.runAsNonRoot", False),
            "the container is user 0": having(f"{SECURITY_PATH}.runAsUser", 0),
        },
        unknown={"not known": having(f"{POD_PATH}.securityContext.runAsNonRoot", UNKNOWN)},
    ),
    Cases(
        rule="k8s-read-only-root-fs",
        compliant=[DEPLOYMENT],
        fails={
            "writable": having(f"{SECURITY_PATH}.readOnlyRootFilesystem", False),
            "left out": lacking(f"{SECURITY_PATH}.readOnlyRootFilesystem"),
        },
        unknown={"not known": having(f"{SECURITY_PATH}.readOnlyRootFilesystem", UNKNOWN)},
    ),
    Cases(
        rule="k8s-drop-all-capabilities",
        compliant=[DEPLOYMENT],
        passes={"in lower case": having(f"{SECURITY_PATH}.capabilities.drop", ["all"])},
        fails={
            "some dropped": having(f"{SECURITY_PATH}.capabilities.drop", ["NET_RAW"]),
            "none dropped": lacking(f"{SECURITY_PATH}.capabilities"),
        },
        unknown={"not known": having(f"{SECURITY_PATH}.capabilities.drop", UNKNOWN)},
    ),
    Cases(
        rule="k8s-no-added-capabilities",
        compliant=[
            given(
                "orders",
                "kubernetes:apps/v1:Deployment",
                {
                    "metadata": METADATA,
                    "spec": {
                        **SPEC,
                        "template": {
                            "metadata": {},
                            "spec": {
                                **POD,
                                "containers": [
                                    {
                                        **CONTAINER,
                                        "securityContext": {
                                            "capabilities": {
                                                "drop": ["ALL"],
                                                "add": ["NET_BIND_SERVICE"],
                                            }
                                        },
                                    }
                                ],
                            },
                        },
                    },
                },
            )
        ],
        fails={
            "SYS_ADMIN beside a full drop": having(
                f"{SECURITY_PATH}.capabilities.add", ["SYS_ADMIN"]
            ),
            "one of two": having(
                f"{SECURITY_PATH}.capabilities.add", ["NET_BIND_SERVICE", "NET_ADMIN"]
            ),
        },
        unknown={"not known": having(f"{SECURITY_PATH}.capabilities.add", UNKNOWN)},
    ),
    Cases(
        rule="k8s-seccomp-profile",
        compliant=[DEPLOYMENT],
        fails={
            "unconfined": having(f"{POD_PATH}.securityContext.seccompProfile.type", "Unconfined"),
            "none": lacking(f"{POD_PATH}.securityContext.seccompProfile"),
            "one container takes it off": having(
                f"{SECURITY_PATH}.seccompProfile", {"type": "Unconfined"}
            ),
        },
        unknown={"not known": having(f"{POD_PATH}.securityContext.seccompProfile", UNKNOWN)},
    ),
    Cases(
        rule="k8s-security-context-present",
        compliant=[DEPLOYMENT],
        fails={
            "none on the pod": lacking(f"{POD_PATH}.securityContext"),
            "none on the container": lacking(SECURITY_PATH),
        },
        unknown={"not known": having(f"{POD_PATH}.securityContext", UNKNOWN)},
    ),
    Cases(
        rule="k8s-no-host-network",
        compliant=[DEPLOYMENT],
        fails={
            "on the node's network": having(f"{POD_PATH}.hostNetwork", True),
            "in a CronJob": _cron_job(hostNetwork=True),
        },
        unknown={"not known": having(f"{POD_PATH}.hostNetwork", UNKNOWN)},
    ),
    Cases(
        rule="k8s-no-host-pid-ipc",
        compliant=[DEPLOYMENT],
        fails={
            "sees processes": having(f"{POD_PATH}.hostPID", True),
            "shares IPC": having(f"{POD_PATH}.hostIPC", True),
        },
        unknown={"not known": having(f"{POD_PATH}.hostPID", UNKNOWN)},
    ),
    Cases(
        rule="k8s-no-host-path",
        compliant=[DEPLOYMENT],
        passes={
            "an agent reads a listed path": together(
                of_type("kubernetes:apps/v1:DaemonSet"),
                having(f"{POD_PATH}.volumes", [{"name": "tmp", "hostPath": {"path": "/var/log"}}]),
                having(f"{CONTAINER_PATH}.volumeMounts.0.readOnly", True),
            )
        },
        fails={
            "a node path": having(
                f"{POD_PATH}.volumes", [{"name": "tmp", "hostPath": {"path": "/var/log"}}]
            ),
            "an agent writes a listed path": together(
                of_type("kubernetes:apps/v1:DaemonSet"),
                having(f"{POD_PATH}.volumes", [{"name": "tmp", "hostPath": {"path": "/var/log"}}]),
            ),
            "the runtime's socket": together(
                of_type("kubernetes:apps/v1:DaemonSet"),
                having(
                    f"{POD_PATH}.volumes",
                    [{"name": "tmp", "hostPath": {"path": "/run/containerd/containerd.sock"}}],
                ),
                having(f"{CONTAINER_PATH}.volumeMounts.0.readOnly", True),
            ),
            "a persistent volume on a node": adding(
                given(
                    "disk",
                    "kubernetes:core/v1:PersistentVolume",
                    {"metadata": {"name": "disk"}, "spec": {"hostPath": {"path": "/data"}}},
                )
            ),
        },
        unknown={"volumes not known": having(f"{POD_PATH}.volumes", UNKNOWN)},
    ),
    Cases(
        rule="k8s-no-host-port",
        compliant=[DEPLOYMENT],
        fails={"a node port": having(f"{CONTAINER_PATH}.ports.0.hostPort", 8080)},
        unknown={"not known": having(f"{CONTAINER_PATH}.ports.0.hostPort", UNKNOWN)},
    ),
    Cases(
        rule="k8s-proc-mount-sysctl",
        compliant=[DEPLOYMENT],
        fails={
            "unmasked /proc": having(f"{SECURITY_PATH}.procMount", "Unmasked"),
            "an unsafe sysctl": having(
                f"{POD_PATH}.securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}]
            ),
            "AppArmor off": having(f"{SECURITY_PATH}.appArmorProfile", {"type": "Unconfined"}),
        },
        unknown={"not known": having(f"{SECURITY_PATH}.procMount", UNKNOWN)},
    ),
]
