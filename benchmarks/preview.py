"""Speed of the preview: ratios measured side by side in one run, never a pass mark.

python benchmarks/preview.py            production, or the synthetic stack while there is none
python benchmarks/preview.py synthetic  a stack of this file's own
"""

import functools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
REPEATS = 5
HOSPITALS = (10, 50, 100, 250, 500)

_PROBE = """
import json, resource, sys, time
started = time.perf_counter()
sys.path.insert(0, {root!r})
from benchmarks.preview import subject
program = subject({kind!r}, {hospitals})
graph = program()
print(json.dumps(dict(
    seconds=time.perf_counter() - started,
    resources=len(graph.resources),
    megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
)))
"""


def subject(kind: str, hospitals: int) -> Callable[[], Any]:
    """What is recorded: the real production stack with so many hospitals, or a synthetic one."""
    from phoenix_infra.preview import record, record_program

    if kind == "production":
        overrides = {"phoenix:hospitals": {"count": hospitals}}
        return functools.partial(record, "production", overrides=overrides)
    return functools.partial(record_program, functools.partial(synthetic, hospitals * 10))


def synthetic(count: int) -> None:
    """Components of ten in the shape of the real stack: half Kubernetes, half AWS, shallow dependencies."""
    import pulumi
    import pulumi_aws as aws
    import pulumi_kubernetes as kubernetes

    cloud = aws.Provider("aws", region="us-east-1", allowed_account_ids=["111122223333"])
    cluster = kubernetes.Provider("cluster", kubeconfig="{}")
    meta = kubernetes.meta.v1.ObjectMetaArgs

    class Service(pulumi.ComponentResource):
        def __init__(self, name: str) -> None:
            super().__init__(
                "phoenix:k8s:Service",
                name,
                None,
                pulumi.ResourceOptions(providers=[cloud, cluster]),
            )
            child = pulumi.ResourceOptions(parent=self)
            topic = aws.sns.Topic(f"{name}-topic", opts=child)
            bucket = aws.s3.Bucket(f"{name}-bucket", tags={"Owner": name}, opts=child)
            aws.s3.BucketPublicAccessBlock(
                f"{name}-block", bucket=bucket.id, block_public_acls=True, opts=child
            )
            aws.ssm.Parameter(f"{name}-parameter", type="String", value=topic.arn, opts=child)
            for number in range(5):
                kubernetes.core.v1.ConfigMap(
                    f"{name}-config-{number}",
                    metadata=meta(name=f"{name}-{number}", namespace="apps"),
                    data={"bucket": bucket.bucket},
                    opts=child,
                )
            self.register_outputs({})

    for number in range(count // 10):
        Service(f"service-{number}")


def bare(graph: Any) -> Callable[[], None]:
    """Registers the recorded resources again, without the program that declared them."""
    import pulumi

    nodes = [graph.by_urn[urn] for urn in graph.deployment_order]
    own = [node for node in nodes if node.kind in ("custom", "component") and node.parent]

    def program() -> None:
        registered: dict[str, Any] = {}
        for node in own:
            parent = registered.get(node.parent)
            provider = registered.get(node.provider.rpartition("::")[0])
            options = pulumi.ResourceOptions(parent=parent, provider=provider)
            registered[node.urn] = _registered(node, options)

    return program


def _registered(node: Any, options: Any) -> Any:
    import pulumi

    inputs: Mapping[str, Any] = dict(node.inputs)
    if node.kind == "component":
        return pulumi.ComponentResource(node.type, node.name, None, options)
    if node.is_provider:
        return pulumi.ProviderResource(node.type.rpartition(":")[2], node.name, inputs, options)
    # The cost of a registration grows with the outputs of a class: a bare one has as many.
    properties = {**dict.fromkeys(output_names(node.type)), **inputs}
    return pulumi.CustomResource(node.type, node.name, properties, options)


@functools.cache
def output_names(type_: str) -> tuple[str, ...]:
    """The outputs of the SDK's class for a type, which the program has imported."""
    package, _, rest = type_.partition(":")
    module, _, name = rest.rpartition(":")
    python = (
        f"pulumi_{package}.{module.split('/')[0].replace('lambda', 'lambda_').replace('/', '.')}"
    )
    found = getattr(sys.modules.get(python), name, None)
    return (
        tuple(key for key in dir(found) if isinstance(getattr(found, key, None), property))
        if found
        else ()
    )


def fresh(kind: str, hospitals: int, *flags: str) -> dict[str, float]:
    """One recording in a process of its own."""
    code = _PROBE.format(root=str(ROOT), kind=kind, hospitals=hospitals)
    done = subprocess.run(
        [sys.executable, *flags, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def seconds(action: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main(arguments: list[str]) -> None:
    """Prints every measurement."""
    real = (ROOT / "phoenix_infra" / "stack.py").is_file()
    kind = arguments[0] if arguments else "production" if real else "synthetic"
    print(f"preview of {kind}")
    _against_bare_registration(kind)
    _starts(kind)
    _growth(kind)
    if kind == "production":
        large = fresh("synthetic", 550)
        print(
            f"synthetic stack: {large['resources']} resources in {large['seconds']:.1f} s, {large['megabytes']:.0f} MB"
        )


def _against_bare_registration(kind: str) -> None:
    from phoenix_infra.preview import record_program

    program = subject(kind, 50)
    graph = program()
    again = bare(graph)
    recorded = functools.partial(record_program, again, project=graph.project, stack=graph.stack)
    recorded()
    pairs = [(seconds(program), seconds(recorded)) for _ in range(REPEATS)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"  {len(graph.resources)} resources: program {mine:.2f} s, bare registration {theirs:.2f} s, "
        f"ratio {ratio:.2f} (goal: at most 1.5)"
    )


def _starts(kind: str) -> None:
    warm = statistics.median(fresh(kind, 50)["seconds"] for _ in range(3))
    cold = fresh(kind, 50, "-B", "-X", "pycache_prefix=" + _empty_directory())["seconds"]
    print(
        f"  fresh process: {warm:.2f} s with byte code, {cold:.2f} s without, ratio {cold / warm:.1f}"
    )


def _empty_directory() -> str:
    import tempfile

    return tempfile.mkdtemp(prefix="no-byte-code-")


def _growth(kind: str) -> None:
    for hospitals in HOSPITALS:
        found = fresh(kind, hospitals)
        per_resource = found["seconds"] / found["resources"] * 1000
        print(
            f"  {hospitals:4} hospitals: {found['resources']:5.0f} resources, {found['seconds']:6.2f} s, "
            f"{per_resource:5.2f} ms a resource, {found['megabytes']:4.0f} MB"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
