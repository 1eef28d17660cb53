"""A small client of the Kubernetes API: JSON over one kept-open TLS connection for each thread."""

import http.client
import json
import ssl
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlencode

Object: TypeAlias = dict[str, Any]
FIELD_MANAGER = "phoenix-judge"


class ApiError(Exception):
    """The API server refused; the message is its own."""

    def __init__(self, status: int, message: str, what: str) -> None:
        """Keeps the HTTP status beside the server's message."""
        super().__init__(f"{what}: {status} {message}")
        self.status = status
        self.message = message


class KubernetesApi:
    """Requests to one API server, with resource paths taken from its own discovery."""

    def __init__(self, port: int, token: str, ca_file: str) -> None:
        """Remembers where the server is; connects on first use."""
        self._port = port
        self._token = token
        self._tls = ssl.create_default_context(cafile=ca_file)
        self._local = threading.local()
        self._resources: dict[tuple[str, str], Mapping[str, Any]] = {}

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        token: str | None = None,
    ) -> Any:
        """One request; the decoded answer, or an ApiError."""
        target = f"{path}?{urlencode(query)}" if query else path
        headers = {
            "Authorization": f"Bearer {token or self._token}",
            "Accept": "application/json",
            "Content-Type": content_type,
        }
        payload = None if body is None else json.dumps(body)
        status, data = self._send(method, target, payload, headers)
        if status >= 400:
            try:
                message = str(json.loads(data).get("message", data))
            except ValueError:
                message = data.decode(errors="replace")
            raise ApiError(status, message, f"{method} {path}")
        try:
            return json.loads(data) if data else {}
        except ValueError:
            return data.decode()

    def _send(
        self, method: str, target: str, payload: str | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        for attempt in (1, 2):
            connection: http.client.HTTPSConnection | None = getattr(self._local, "kept", None)
            if connection is None:
                connection = http.client.HTTPSConnection(
                    "127.0.0.1", self._port, context=self._tls, timeout=60
                )
                self._local.kept = connection
            try:
                connection.request(method, target, payload, dict(headers))
                response = connection.getresponse()
                return response.status, response.read()
            except (http.client.HTTPException, OSError):
                connection.close()
                self._local.kept = None
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def resource(self, api_version: str, kind: str) -> Mapping[str, Any]:
        """What discovery says of a kind: its plural and whether it is namespaced."""
        if (api_version, kind) not in self._resources:
            found = self.request("GET", _group_path(api_version))
            for entry in found.get("resources", []):
                if "/" not in entry["name"]:
                    self._resources[api_version, entry["kind"]] = entry
        if (api_version, kind) not in self._resources:
            raise ApiError(404, f"no kind {kind} in {api_version}", "discovery")
        return self._resources[api_version, kind]

    def path(self, api_version: str, kind: str, namespace: str = "", name: str = "") -> str:
        """The path of a collection or of one object in it."""
        entry = self.resource(api_version, kind)
        path = _group_path(api_version)
        if entry["namespaced"] and namespace:
            path += f"/namespaces/{namespace}"
        path += f"/{entry['name']}"
        return f"{path}/{name}" if name else path

    def path_of(self, manifest: Mapping[str, Any]) -> str:
        """The path of the object that a manifest describes."""
        metadata = manifest["metadata"]
        namespaced = self.resource(manifest["apiVersion"], manifest["kind"])["namespaced"]
        namespace = metadata.get("namespace", "default") if namespaced else ""
        return self.path(manifest["apiVersion"], manifest["kind"], namespace, metadata["name"])

    def apply(self, manifest: Mapping[str, Any]) -> Object:
        """Server-side apply with strict field validation, as the Pulumi provider does."""
        return self.request(
            "PATCH",
            self.path_of(manifest),
            manifest,
            query={"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict", "force": "true"},
            content_type="application/apply-patch+yaml",
        )

    def create(self, manifest: Mapping[str, Any]) -> Object:
        """Creates an object in the collection its manifest names."""
        metadata = manifest["metadata"]
        path = self.path(manifest["apiVersion"], manifest["kind"], metadata.get("namespace", ""))
        return self.request("POST", path, manifest)

    def merge(self, path: str, patch: Mapping[str, Any]) -> Object:
        """A merge patch of an object or of its subresource."""
        return self.request("PATCH", path, patch, content_type="application/merge-patch+json")

    def items(
        self, api_version: str, kind: str, namespace: str = "", **query: str
    ) -> Sequence[Object]:
        """All objects of a kind, in one namespace or in all."""
        path = self.path(api_version, kind, namespace)
        return self.request("GET", path, query=query or None)["items"]


def _group_path(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
