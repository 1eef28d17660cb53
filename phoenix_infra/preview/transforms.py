"""Resource transforms: found through the SDK's public mocks, applied as the engine applies them."""

from collections.abc import Iterable
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2

from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.registration import Registration, Transform
from phoenix_infra.preview.wire import Value

_LISTS = {
    "ignoreChanges": "ignore_changes",
    "additionalSecretOutputs": "additional_secret_outputs",
    "replaceOnChanges": "replace_on_changes",
}
_SCALARS = {
    "protect": "protect",
    "retainOnDelete": "retain_on_delete",
    "deleteBeforeReplace": "delete_before_replace",
    "import": "import_",
}


class _Catcher(Mocks):
    """Receives the transforms of a request; MockResourceArgs.transforms is their public form."""

    def __init__(self) -> None:
        self.caught: list[Transform] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.caught = list(args.transforms)  # pyright: ignore[reportAttributeAccessIssue] - async ones are refused below
        return "", {}

    def call(self, args: MockCallArgs) -> Any:
        raise PreviewError(f"{args.token} was called while transforms were looked up")

    def register_transform(self, transform: Any) -> None:
        self.caught = [transform]


def transforms_of(callbacks: Any) -> tuple[Transform, ...]:
    """The functions behind the callback tokens of a registration."""
    if not callbacks:
        return ()
    catcher = _Catcher()
    monitor: Any = MockMonitor(catcher)
    monitor.RegisterResource(
        resource_pb2.RegisterResourceRequest(
            type="phoenix:preview:Transforms", name="transforms", transforms=callbacks
        )
    )
    return tuple(catcher.caught)


def stack_transform_of(callback: Any) -> Transform:
    """The function behind the token of a stack-wide transform."""
    catcher = _Catcher()
    monitor: Any = MockMonitor(catcher)
    monitor.RegisterStackTransform(callback)
    return catcher.caught[0]


def apply_transforms(chain: Iterable[Transform], resource: Registration) -> bool:
    """Runs the chain over inputs and options; unknown and secret values are seen in wire form.

    Answers whether there was anything to run.
    """
    ran = False
    for transform in chain:
        ran = True
        result: Any = transform(
            pulumi.ResourceTransformArgs(
                custom=resource.kind == "custom",
                type_=resource.type,
                name=resource.name,
                props=dict(resource.inputs),
                opts=_as_options(resource.options),
            )
        )
        if result is None:
            continue
        if not isinstance(result, pulumi.ResourceTransformResult):
            raise PreviewError(
                f"{resource.type} {resource.name}: a transform answered {type(result).__name__}; "
                "the preview runs only plain functions that answer ResourceTransformResult or None"
            )
        resource.inputs = {key: _plain(resource, key, value) for key, value in result.props.items()}
        _take_options(resource.options, result.opts)
    return ran


def _plain(resource: Registration, key: str, value: Any) -> Value:
    if isinstance(value, pulumi.Output):
        raise PreviewError(
            f"{resource.type} {resource.name}: a transform set {key} to an Output; set plain values"
        )
    return value


def _as_options(options: dict[str, Value]) -> pulumi.ResourceOptions:
    known = {a: options[n] for n, a in (_SCALARS | _LISTS).items() if n in options}
    result = pulumi.ResourceOptions()
    for attribute, value in known.items():
        setattr(result, attribute, list(value) if attribute in _LISTS.values() else value)
    return result


def _take_options(options: dict[str, Value], result: pulumi.ResourceOptions | None) -> None:
    if result is None:
        return
    for name, attribute in (_SCALARS | _LISTS).items():
        value = getattr(result, attribute)
        if value is None:
            options.pop(name, None)
        else:
            options[name] = sorted(value) if name in _LISTS else value
