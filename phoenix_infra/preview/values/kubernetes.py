"""Computed values: what an API server adds to an object, and what a Helm release reports."""

from collections.abc import Mapping
from typing import cast

from phoenix_infra.preview.values.facts import Computed, Subject
from phoenix_infra.preview.wire import Value, is_unknown, reveal

CREATED = "2026-01-01T00:00:00Z"
CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterPolicy",
        "ClusterIssuer",
        "ClusterSecretStore",
        "CSIDriver",
        "CSINode",
        "CustomResourceDefinition",
        "DeviceClass",
        "EC2NodeClass",
        "FlowSchema",
        "GatewayClass",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "NodePool",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeSnapshotClass",
    }
)
_RELEASE = "kubernetes:helm.sh/v3:Release"


def compute_kubernetes(subject: Subject) -> Computed:
    """The id and computed outputs of a Kubernetes object or Helm release."""
    if subject.type == _RELEASE:
        return _release(subject)
    kind = subject.type.rsplit(":", 1)[1]
    given = reveal(subject.inputs.get("metadata"))
    metadata: dict[str, Value] = (
        dict(cast(Mapping[str, Value], given)) if isinstance(given, dict) else {}
    )
    name = _text(metadata, "name") or f"{subject.name}-{subject.digest(8)}"
    scoped = kind in CLUSTER_SCOPED
    namespace = "" if scoped else _text(metadata, "namespace") or "default"
    metadata |= {
        "name": name,
        "uid": subject.uuid(),
        "resourceVersion": "1",
        "generation": 1,
        "creationTimestamp": CREATED,
    }
    if namespace:
        metadata["namespace"] = namespace
    outputs: dict[str, Value] = {"metadata": metadata}
    if subject.type == "kubernetes:core/v1:Service":
        outputs |= _service(subject, name, namespace)
    return Computed(id=f"{namespace}/{name}" if namespace else name, outputs=outputs)


def _service(subject: Subject, name: str, namespace: str) -> dict[str, Value]:
    given = reveal(subject.inputs.get("spec"))
    if not isinstance(given, dict):
        return {}
    spec: dict[str, Value] = dict(cast(Mapping[str, Value], given))
    octets = [int(subject.digest(2, salt), 16) for salt in ("third", "fourth")]
    spec.setdefault("clusterIP", f"172.20.{octets[0]}.{octets[1]}")
    status: Value = {"loadBalancer": {}}
    if spec.get("type") == "LoadBalancer":
        host = f"k8s-{namespace[:8]}-{name[:8]}-{subject.digest(16)}.elb.{subject.place.region}.amazonaws.com"
        status = {"loadBalancer": {"ingress": [{"hostname": host}]}}
    return {"spec": spec, "status": status}


def _release(subject: Subject) -> Computed:
    name = subject.text("name") or f"{subject.name}-{subject.digest(8)}"
    namespace = subject.text("namespace") or "default"
    return Computed(
        id=f"{namespace}/{name}",
        outputs={
            "name": name,
            "namespace": namespace,
            "resourceNames": {},
            "status": {
                "name": name,
                "namespace": namespace,
                "chart": subject.text("chart"),
                "version": subject.text("version"),
                "appVersion": subject.text("version"),
                "revision": 1,
                "status": "deployed",
            },
        },
    )


def _text(fields: Mapping[str, Value], key: str) -> str:
    value = reveal(fields.get(key))
    return value if isinstance(value, str) and not is_unknown(value) else ""
