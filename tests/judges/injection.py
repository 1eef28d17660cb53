"""Stands in for the mutating webhooks of the mesh and of Vault: pods get the containers that injection adds.

Admission and the scheduler must count them; what they run does not matter here.
"""

import base64
import contextlib
import datetime as dt
import http.server
import ipaddress
import json
import ssl
import threading
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from phoenix_infra.workloads.addons_mesh import SIDECAR
from tests.judges.addon_objects import RESTRICTED
from tests.judges.kubernetes_api import KubernetesApi

VAULT = "vault.hashicorp.com/"
INJECT_LABEL = "sidecar.istio.io/inject"


def injected(pod: Mapping[str, Any], *, namespace_in_mesh: bool) -> Sequence[Mapping[str, Any]]:
    """The JSON patch for one new pod; empty when nothing is injected into it."""
    metadata, spec = pod["metadata"], pod["spec"]
    wish = metadata.get("labels", {}).get(INJECT_LABEL)
    first = list(spec.get("initContainers", []))
    containers = list(spec["containers"])
    notes = metadata.get("annotations", {})
    has_proxy = any(each["name"] == "istio-proxy" for each in containers)
    # Pods of the host's network are never taken into the mesh (Istio's injector leaves them alone).
    may_join = not has_proxy and not spec.get("hostNetwork") and wish != "false"
    if may_join and (namespace_in_mesh or wish == "true"):
        proxy = _container("istio-proxy", SIDECAR.as_values())
        first.insert(0, {**proxy, "restartPolicy": "Always"})
    if notes.get(f"{VAULT}agent-inject") == "true":
        first.insert(0, _container("vault-agent-init", _agent_resources(notes)))
        if notes.get(f"{VAULT}agent-pre-populate-only") != "true":
            containers.append(_container("vault-agent", _agent_resources(notes)))
    found: list[Mapping[str, Any]] = []
    if first != spec.get("initContainers", []):
        found.append({"op": "add", "path": "/spec/initContainers", "value": first})
    if containers != spec["containers"]:
        found.append({"op": "replace", "path": "/spec/containers", "value": containers})
    return found


def _agent_resources(notes: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        kind: {
            "cpu": notes[f"{VAULT}agent-{kind}-cpu"],
            "memory": notes[f"{VAULT}agent-{kind}-mem"],
        }
        for kind in ("requests", "limits")
    }


def _container(name: str, resources: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "name": name,
        "image": f"judge.invalid/{name}:1",
        "resources": resources,
        "securityContext": {**RESTRICTED, "runAsUser": 1000},
    }


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers AdmissionReviews; the path says whether the namespace is in the mesh."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """One review."""
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = review["request"]
        patch = injected(request["object"], namespace_in_mesh=self.path.startswith("/mesh"))
        response: dict[str, Any] = {"uid": request["uid"], "allowed": True}
        if patch:
            encoded = base64.b64encode(json.dumps(patch).encode()).decode()
            response |= {"patchType": "JSONPatch", "patch": encoded}
        answer = json.dumps(
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Says nothing for each request."""


@contextlib.contextmanager
def injection(api: KubernetesApi, directory: Path) -> Generator[None]:
    """Serves the webhook on loopback and registers it."""
    certificate = _certificate(directory)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.server_address[1]
    bundle = base64.b64encode(certificate.read_bytes().split(b"-----BEGIN EC")[0]).decode()
    api.apply(
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": "judge-injection"},
            "webhooks": [
                _webhook("mesh", f"https://127.0.0.1:{port}/mesh", "In", bundle),
                _webhook("other", f"https://127.0.0.1:{port}/other", "NotIn", bundle),
            ],
        }
    )
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _webhook(name: str, url: str, operator: str, bundle: str) -> Mapping[str, Any]:
    term = {"key": "istio-injection", "operator": operator, "values": ["enabled"]}
    return {
        "name": f"{name}.judge.invalid",
        "clientConfig": {"url": url, "caBundle": bundle},
        "rules": [
            {
                "apiGroups": [""],
                "apiVersions": ["v1"],
                "operations": ["CREATE"],
                "resources": ["pods"],
            }
        ],
        "namespaceSelector": {"matchExpressions": [term]},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 30,
    }


def _certificate(directory: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "judge")])
    now = dt.datetime.now(tz=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = directory / "injection.pem"
    path.touch(mode=0o600)
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    return path
