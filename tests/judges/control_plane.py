"""A real Kubernetes control plane on loopback: etcd, API server, scheduler, controllers and kwok for the nodes."""

import contextlib
import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.judges.kubernetes_api import ApiError, KubernetesApi
from tests.judges.tools import binary

STAGES = Path(__file__).resolve().parent / "data" / "kwok-stages.yaml"
READY_WITHIN_SECONDS = 120
_PR_SET_PDEATHSIG = 1
# The default set plus nothing: Pod Security, quotas, limit ranges and service accounts are on by default.
DISABLED_CONTROLLERS = (
    # The judge sets the replica count that a profile asks for.
    "horizontal-pod-autoscaler-controller",
)


class ControlPlaneError(Exception):
    """A part of the control plane did not start; the message holds the end of its log."""


@dataclass
class ControlPlane:
    """The running processes and how to reach the API server."""

    directory: Path
    ports: dict[str, int]
    token: str
    api: KubernetesApi
    kubeconfig: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(
        default_factory=dict[str, "subprocess.Popen[bytes]"]
    )
    logs: dict[str, IO[bytes]] = field(default_factory=dict[str, "IO[bytes]"])

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Starts one program with its output in a log file of its own."""
        log = (self.directory / f"{name}.log").open("wb")
        self.logs[name] = log
        self.processes[name] = subprocess.Popen(
            [str(binary(name)), *arguments],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=self.directory,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - prctl(2) takes no lock
            env={"PATH": os.environ["PATH"], "HOME": str(self.directory)},
        )

    def log_end(self, name: str) -> str:
        """The last lines a program wrote."""
        return (self.directory / f"{name}.log").read_text(errors="replace")[-3000:]

    def wait_ready(self) -> None:
        """Waits for the API server; fails at once when a process has ended."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            self.check_alive()
            try:
                if self.api.request("GET", "/readyz") == "ok":
                    return
            except (OSError, ApiError):
                pass
            time.sleep(0.3)
        raise ControlPlaneError(f"kube-apiserver is not ready:\n{self.log_end('kube-apiserver')}")

    def check_alive(self) -> None:
        """Raises when a program has ended by itself."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise ControlPlaneError(
                    f"{name} ended with code {process.returncode}:\n{self.log_end(name)}"
                )

    def stop(self) -> None:
        """Ends every process that was started here, whatever state it is in."""
        for process in reversed(self.processes.values()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for log in self.logs.values():
            log.close()


def _end_with_parent() -> None:
    """Asks Linux to end this process when the test run is killed before it can clean up (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def free_ports(count: int) -> list[int]:
    """Different ports on loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def _write_private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    return path


def _signing_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _kubeconfig(port: int, token: str) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "judge",
            "clusters": [
                {
                    "name": "judge",
                    "cluster": {
                        "server": f"https://127.0.0.1:{port}",
                        "certificate-authority": "certificates/apiserver.crt",
                    },
                }
            ],
            "users": [{"name": "judge", "user": {"token": token}}],
            "contexts": [{"name": "judge", "context": {"cluster": "judge", "user": "judge"}}],
        }
    )


def _api_server_arguments(directory: Path, ports: dict[str, int]) -> list[str]:
    key = directory / "service-account.key"
    return [
        f"--etcd-servers=http://127.0.0.1:{ports['etcd']}",
        "--bind-address=127.0.0.1",
        f"--secure-port={ports['api']}",
        f"--cert-dir={directory / 'certificates'}",
        f"--token-auth-file={directory / 'tokens.csv'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-cluster-ip-range=172.20.0.0/16",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",
        "--endpoint-reconciler-type=none",
        "--profiling=false",
    ]


def _start_controllers(plane: ControlPlane) -> None:
    directory = plane.directory
    common = [
        f"--kubeconfig={plane.kubeconfig}",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        f"--authentication-kubeconfig={plane.kubeconfig}",
        f"--authorization-kubeconfig={plane.kubeconfig}",
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
    ]
    plane.start(
        "kube-controller-manager",
        [
            *common,
            f"--secure-port={plane.ports['controllers']}",
            f"--service-account-private-key-file={directory / 'service-account.key'}",
            f"--root-ca-file={directory / 'certificates/apiserver.crt'}",
            "--controllers=*," + ",".join(f"-{name}" for name in DISABLED_CONTROLLERS),
            # Nodes have no kubelet and send no heartbeats: a slow machine must not look like a dead node.
            "--node-monitor-grace-period=86400s",
            "--concurrent-deployment-syncs=10",
            "--concurrent-resource-quota-syncs=10",
        ],
    )
    plane.start("kube-scheduler", [*common, f"--secure-port={plane.ports['scheduler']}"])
    plane.start(
        "kwok",
        [
            f"--kubeconfig={plane.kubeconfig}",
            "--manage-all-nodes=true",
            "--server-address=",
            "--node-lease-duration-seconds=0",
            f"--config={STAGES}",
        ],
    )


@contextlib.contextmanager
def control_plane() -> Generator[ControlPlane]:
    """Starts everything, yields the running control plane, and ends it whatever happens."""
    with tempfile.TemporaryDirectory(prefix="phoenix-judge-") as name:
        directory = Path(name)
        etcd, peer, api, scheduler, controllers = free_ports(5)
        ports = {"etcd": etcd, "api": api, "scheduler": scheduler, "controllers": controllers}
        token = secrets.token_hex(16)
        (directory / "certificates").mkdir()
        _write_private(directory / "tokens.csv", f'{token},judge,judge,"system:masters"\n')
        _write_private(directory / "service-account.key", _signing_key())
        kubeconfig = _write_private(directory / "kubeconfig", _kubeconfig(api, token))
        certificate = directory / "certificates" / "apiserver.crt"
        plane: ControlPlane | None = None
        launcher = ControlPlane(
            directory=directory,
            ports=ports,
            token=token,
            api=None,  # pyright: ignore[reportArgumentType]  # the certificate does not exist yet
            kubeconfig=kubeconfig,
        )
        try:
            launcher.start(
                "etcd",
                [
                    f"--data-dir={directory / 'etcd'}",
                    f"--listen-client-urls=http://127.0.0.1:{etcd}",
                    f"--advertise-client-urls=http://127.0.0.1:{etcd}",
                    f"--listen-peer-urls=http://127.0.0.1:{peer}",
                    f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
                    f"--initial-cluster=default=http://127.0.0.1:{peer}",
                    "--unsafe-no-fsync=true",
                    "--log-level=error",
                ],
            )
            launcher.start("kube-apiserver", _api_server_arguments(directory, ports))
            deadline = time.monotonic() + READY_WITHIN_SECONDS
            while not certificate.exists():
                launcher.check_alive()
                if time.monotonic() > deadline:
                    raise ControlPlaneError(launcher.log_end("kube-apiserver"))
                time.sleep(0.1)
            launcher.api = KubernetesApi(api, token, str(certificate))
            plane = launcher
            plane.wait_ready()
            _start_controllers(plane)
            yield plane
        finally:
            launcher.stop()
