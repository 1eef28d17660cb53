"""Cases of the rules on volumes and on the logs that leave the cluster."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    adding,
    alone,
    given,
    having,
    lacking,
    together,
    without,
)

_CLASS = given(
    "phi",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    {
        "metadata": {"name": "phi", "labels": {"data-classification": "phi"}},
        "provisioner": "ebs.csi.aws.com",
        "parameters": {"encrypted": "true", "kmsKeyId": "arn:aws:kms:us-east-1:1:key/k"},
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "WaitForFirstConsumer",
    },
)
_SHARED = given(
    "shared",
    _CLASS.type,
    {
        "metadata": {"name": "shared"},
        "provisioner": "efs.csi.aws.com",
        "mountOptions": ["tls"],
        "parameters": {"fileSystemId": "fs-1"},
    },
)
_CLAIM = given(
    "data",
    "kubernetes:core/v1:PersistentVolumeClaim",
    {"metadata": {"name": "data"}, "spec": {"storageClassName": "phi"}},
)
_STATEFUL_SET = given(
    "queue",
    "kubernetes:apps/v1:StatefulSet",
    {
        "metadata": {"name": "queue"},
        "spec": {"volumeClaimTemplates": [{"spec": {"storageClassName": "phi"}}]},
    },
)
_VELERO = given(
    "velero",
    "kubernetes:helm.sh/v3:Release",
    {"chart": "velero", "values": {"schedules": {"daily": {"schedule": "0 1 * * *"}}}},
)
_SELECTION = given(
    "selection",
    "aws:backup/selection:Selection",
    {"selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]},
)
_CLUSTER = given("main", "aws:eks/cluster:Cluster", {"name": "main"})


def _release(chart: str) -> Given:
    return given("logs", "kubernetes:helm.sh/v3:Release", {"chart": chart})


CASES = [
    Cases(
        rule="k8s-storageclass-encrypted",
        compliant=[_CLASS],
        passes={
            "shared files over TLS": alone(_SHARED),
            "access points, which the driver mounts over TLS": alone(
                given(
                    "points",
                    _CLASS.type,
                    {
                        "provisioner": "efs.csi.aws.com",
                        "parameters": {"provisioningMode": "efs-ap"},
                    },
                )
            ),
        },
        fails={
            "not encrypted": having("parameters.encrypted", "false"),
            "left out": lacking("parameters.encrypted"),
            "AWS's own key": lacking("parameters.kmsKeyId"),
            "the older provisioner": together(
                having("provisioner", "kubernetes.io/aws-ebs"), lacking("parameters")
            ),
            "shared files in plain text": together(
                adding(_SHARED), having("mountOptions", ["noresvport"], on="shared")
            ),
        },
        unknown={
            "key not known": having("parameters.kmsKeyId", UNKNOWN),
            "provisioner not known": together(
                having("provisioner", UNKNOWN), having("parameters.encrypted", UNKNOWN)
            ),
        },
    ),
    Cases(
        rule="k8s-storageclass-retain",
        compliant=[_CLASS],
        passes={
            "scratch space goes with its claim": together(
                having("reclaimPolicy", "Delete"), lacking("metadata.labels")
            ),
            "shared files are in every zone": adding(_SHARED),
        },
        fails={
            "PHI goes with its claim": having("reclaimPolicy", "Delete"),
            "Kubernetes' default": lacking("reclaimPolicy"),
            "bound before the pod has a zone": having("volumeBindingMode", "Immediate"),
            "a volume that goes with its claim": alone(
                given(
                    "volume",
                    "kubernetes:core/v1:PersistentVolume",
                    {"spec": {"persistentVolumeReclaimPolicy": "Delete"}},
                )
            ),
        },
        unknown={"policy not known": having("reclaimPolicy", UNKNOWN)},
    ),
    Cases(
        rule="k8s-pvc-encrypted-class",
        compliant=[_CLAIM, _CLASS, _STATEFUL_SET],
        passes={
            "a class that a hospital promises to encrypt": together(
                having("spec.storageClassName", "standard-encrypted"), without("phi", "queue")
            )
        },
        fails={
            "no class": lacking("spec.storageClassName"),
            "a class that nobody declares": having("spec.storageClassName", "gp2"),
            "a class that does not encrypt": having("parameters.encrypted", "false", on="phi"),
            "in the template of a StatefulSet": having(
                "spec.volumeClaimTemplates.0.spec.storageClassName", "gp2", on="queue"
            ),
        },
        unknown={
            "class not known": together(having("spec.storageClassName", UNKNOWN), without("queue")),
            "whether it encrypts is not known": having("parameters.encrypted", UNKNOWN, on="phi"),
            "neither name is known": together(
                having("spec.storageClassName", UNKNOWN),
                having("metadata.name", UNKNOWN, on="phi"),
                without("queue"),
            ),
        },
    ),
    Cases(
        rule="k8s-volumes-backed-up",
        compliant=[_CLAIM, _STATEFUL_SET, _VELERO],
        passes={
            "by tag": together(without("velero"), adding(_SELECTION)),
            "by conditions": together(
                without("velero"),
                adding(
                    given(
                        "selection",
                        _SELECTION.type,
                        {"conditions": [{"stringEquals": [{"key": "backup", "value": "daily"}]}]},
                    )
                ),
            ),
            "by a schedule of Velero's": together(
                without("velero"),
                adding(given("daily", "kubernetes:velero.io/v1:Schedule", {"spec": {}})),
            ),
            "a StatefulSet without volumes": alone(
                given("cache", _STATEFUL_SET.type, {"spec": {"replicas": 3}}), _CLAIM, _VELERO
            ),
        },
        fails={
            "none": without("velero"),
            "Velero without a schedule": lacking("values.schedules", on="velero"),
            "another chart": having("chart", "dashboards", on="velero"),
            "a selection that takes nothing": together(
                without("velero"), adding(_SELECTION), lacking("selectionTags", on="selection")
            ),
        },
        unknown={
            "schedules not known": having("values", UNKNOWN, on="velero"),
            "tags not known": together(
                without("velero"),
                adding(_SELECTION),
                having("selectionTags", UNKNOWN, on="selection"),
            ),
        },
    ),
    Cases(
        rule="k8s-log-forwarder-present",
        compliant=[_CLUSTER, _release("opentelemetry-collector")],
        passes={
            "the add-on": together(
                without("logs"),
                adding(
                    given(
                        "addon",
                        "aws:eks/addon:Addon",
                        {"addonName": "amazon-cloudwatch-observability"},
                    )
                ),
            ),
            "a DaemonSet": together(
                without("logs"),
                adding(
                    given(
                        "agent",
                        "kubernetes:apps/v1:DaemonSet",
                        {"metadata": {"name": "fluent-bit"}},
                    )
                ),
            ),
        },
        fails={
            "nothing": without("logs"),
            "another chart": having("chart", "dashboards", on="logs"),
        },
        unknown={"chart not known": having("chart", UNKNOWN, on="logs")},
    ),
]
