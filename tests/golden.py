"""Writes the golden URN list of every stack: `python -m tests.golden`."""

from pathlib import Path

from phoenix_infra.preview import record

ROOT = Path(__file__).resolve().parent.parent


def write() -> None:
    """One sorted URN a line, one file a stack."""
    folder = Path(__file__).parent / "golden"
    folder.mkdir(exist_ok=True)
    for path in sorted(ROOT.glob("Pulumi.*.yaml")):
        stack = path.name.split(".")[1]
        urns = [node.urn for node in record(stack, root=ROOT).resources]
        (folder / f"{stack}.txt").write_text("\n".join(urns) + "\n")


if __name__ == "__main__":
    write()
