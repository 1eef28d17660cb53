"""One compliant Deployment that the pod rules bend."""

from typing import Any

from tests.policies.cases import Given, given

DIGEST = "sha256:" + "ab" * 32
IMAGE = f"481516234299.dkr.ecr.us-east-1.amazonaws.com/orders:1.4.2@{DIGEST}"
LABELS = {"phoenix.health/workload": "orders"}
RECOMMENDED = {
    "app.kubernetes.io/name": "orders",
    "app.kubernetes.io/part-of": "phoenix-guardian",
    "app.kubernetes.io/managed-by": "pulumi",
    "owner": "commerce",
    "data-classification": "phi",
}
CONTAINER: dict[str, Any] = {
    "name": "orders",
    "image": IMAGE,
    "imagePullPolicy": "IfNotPresent",
    "securityContext": {
        "privileged": False,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    },
    "resources": {
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"memory": "256Mi"},
    },
    "readinessProbe": {"httpGet": {"path": "/health/ready", "port": 8080}},
    "livenessProbe": {"httpGet": {"path": "/health/live", "port": 8080}},
    "ports": [{"containerPort": 8080}],
    "env": [{"name": "LOG_LEVEL", "value": "INFO"}],
    "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
}
POD: dict[str, Any] = {
    "serviceAccountName": "orders",
    "automountServiceAccountToken": False,
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "topologySpreadConstraints": [
        {"topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
    ],
    "containers": [CONTAINER],
    "volumes": [{"name": "tmp", "emptyDir": {}}],
}
SPEC: dict[str, Any] = {
    "replicas": 3,
    "revisionHistoryLimit": 5,
    "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
    "selector": {"matchLabels": LABELS},
    "template": {"metadata": {"labels": LABELS}, "spec": POD},
}
METADATA: dict[str, Any] = {
    "name": "orders",
    "namespace": "commerce",
    "labels": {**LABELS, **RECOMMENDED},
}
DEPLOYMENT_TYPE = "kubernetes:apps/v1:Deployment"
DEPLOYMENT: Given = given("orders", DEPLOYMENT_TYPE, {"metadata": METADATA, "spec": SPEC})
POD_PATH = "spec.template.spec"
CONTAINER_PATH = "spec.template.spec.containers.0"
SECURITY_PATH = f"{CONTAINER_PATH}.securityContext"
