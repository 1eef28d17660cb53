"""Public CRDs and charts, pinned by commit and sha256: read beside the project when there, else downloaded."""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from tests.judges.tools import CACHE, HERE, ROOT, ToolUnavailableError

BESIDE = ROOT.parent / "shared"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A folder of one public repository at one commit."""

    kind: str
    folder: str
    repository: str
    commit: str
    path: str
    files: Mapping[str, str]
    version: str = ""

    def read(self, name: str) -> str:
        """One file's text, with its sum checked; raises ToolUnavailableError."""
        expected = self.files[name]
        beside = BESIDE / self.kind / self.folder / name
        kept = CACHE / "sources" / f"{expected}-{name}"
        for path in (beside, kept):
            if path.is_file():
                data = path.read_bytes()
                if hashlib.sha256(data).hexdigest() == expected:
                    return data.decode()
        folder = "" if self.path == "." else f"{self.path}/"
        url = f"https://raw.githubusercontent.com/{self.repository}/{self.commit}/{folder}{name}"
        try:
            with urllib.request.urlopen(url, timeout=60) as response:  # https literal above
                data = response.read()
        except (urllib.error.URLError, TimeoutError) as error:
            raise ToolUnavailableError(
                f"{self.folder}/{name} is not beside the project and {url} failed: {error}"
            ) from error
        if hashlib.sha256(data).hexdigest() != expected:
            raise ToolUnavailableError(f"{url} has another sha256 than data/sources.yaml says")
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data)
        return data.decode()


@cache
def _listed() -> Mapping[str, Any]:
    return yaml.safe_load((HERE / "data" / "sources.yaml").read_text())


def sources(kind: str) -> Sequence[Source]:
    """All pinned folders of `charts` or `crd-manifests`."""
    return [
        Source(
            kind=kind,
            folder=entry["folder"],
            repository=entry["repository"],
            commit=entry["commit"],
            path=entry["path"],
            files=entry["files"],
            version=entry.get("version", ""),
        )
        for entry in _listed()[kind]
    ]


def custom_resource_definitions() -> Iterator[Mapping[str, Any]]:
    """Every pinned CustomResourceDefinition."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for source in sources("crd-manifests"):
        for name in source.files:
            for document in yaml.load_all(source.read(name), Loader=loader):  # a safe loader
                if document and document.get("kind") == "CustomResourceDefinition":
                    yield document
