"""A resource monitor that records every registration and answers as the engine and its providers would."""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2

from phoenix_infra.preview import eks_expansion
from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.graph import STACK_TYPE, Graph, Kind, Mode
from phoenix_infra.preview.order import deployment_order
from phoenix_infra.preview.registration import Registration, Transform, options_of
from phoenix_infra.preview.transforms import apply_transforms, stack_transform_of, transforms_of
from phoenix_infra.preview.values import Place, Subject, compute
from phoenix_infra.preview.wire import (
    UNKNOWN,
    Value,
    decode_properties,
    encode_properties,
    has_unknown,
    is_secret,
    reveal,
    secret,
)

STACK_REFERENCE = "pulumi:pulumi:StackReference"


class MissingReferenceError(Exception):
    """The program reads a stack whose exports are not in memory yet."""

    def __init__(self, stack_name: str) -> None:
        super().__init__(stack_name)
        self.stack_name = stack_name


class _Untaught(Mocks):
    """The stock monitor's mocks are never asked: everything is answered here."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise PreviewError(f"{args.typ} {args.name} was registered past the recorder")

    def call(self, args: MockCallArgs) -> Any:
        raise PreviewError(f"{args.token} was called past the recorder")


class RecordingMonitor(MockMonitor):
    """Keeps registrations by URN, in the order they came."""

    def __init__(
        self,
        *,
        project: str,
        stack: str,
        mode: Mode,
        references: Mapping[str, Mapping[str, Value]],
        find_source: Callable[[Any], str],
        on_registration: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(_Untaught())
        self.project = project
        self.stack = stack
        self.known = mode is Mode.KNOWN
        self.mode = mode
        self.registrations: dict[str, Registration] = {}
        self.exports: dict[str, Value] = {}
        self.warnings: list[str] = []
        self._references = references
        self._find_source = find_source
        self._on_registration = on_registration
        self._transforms_of_stack: list[Transform] = []

    # The protocol: names and signatures are the engine's.

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The engine leaves the stack's own type out of qualified types; the stock monitor does not."""
        if parent:
            parent_type = parent.split("::", 3)[2]
            if parent_type != STACK_TYPE:
                type_ = f"{parent_type}${type_}"
        return f"urn:pulumi:{self.stack}::{self.project}::{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - protocol
        resource = self._received(request)
        chain = self._transform_chain(resource)
        changed = apply_transforms(chain, resource)
        resource.region = self.region_of(resource)
        self.add(resource)
        if resource.kind is Kind.COMPONENT:
            return resource_pb2.RegisterResourceResponse(urn=resource.urn)
        if resource.kind is Kind.REMOTE:
            resource.outputs = self._expand(resource, dict(request.providers))
            answer = encode_properties(resource.outputs)
            return resource_pb2.RegisterResourceResponse(urn=resource.urn, object=answer)
        added = self.settle(resource)
        if resource.outputs and not changed:
            # Copying the request is far cheaper than encoding what was just decoded.
            answer = struct_pb2.Struct()
            answer.CopyFrom(request.object)
            for key, value in added.items():
                answer.fields[key].CopyFrom(encode_properties({key: value}).fields[key])
        else:
            answer = encode_properties({k: v for k, v in resource.outputs.items() if k != "id"})
        return resource_pb2.RegisterResourceResponse(
            urn=resource.urn, id=resource.id, object=answer
        )

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - protocol
        if request.type != STACK_REFERENCE:
            raise PreviewError(
                f"{request.type} {request.name} reads an existing resource ({request.id}); the program may "
                "only read what another stack exports, through a StackReference"
            )
        exports = self._references.get(request.id)
        if exports is None:
            raise MissingReferenceError(request.id)
        state: dict[str, Value] = {
            "name": request.id,
            "outputs": dict(exports),
            "secretOutputNames": sorted(k for k, v in exports.items() if is_secret(v)),
        }
        urn = self.make_urn(request.parent, request.type, request.name)
        resource = Registration(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent,
            kind=Kind.READ,
            provider=request.provider,
            inputs={"name": request.id},
            outputs=state | {"id": request.id},
            id=request.id,
            dependencies=list(request.dependencies),
            source=self._find_source(request),
        )
        self.add(resource)
        return resource_pb2.ReadResourceResponse(
            urn=urn, id=request.id, properties=encode_properties(state)
        )

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - protocol
        if request.tok != "pulumi:pulumi:getResource":
            raise PreviewError(
                f"{request.tok} is a look-up; the program declares its stack from settings alone, "
                "so put the value into the stack file instead"
            )
        resource = self.registrations[str(decode_properties(request.args)["urn"])]
        state = {k: v for k, v in resource.outputs.items() if k != "id"}
        found = {"urn": resource.urn, "id": resource.id or UNKNOWN, "state": state}
        answer: dict[str, Any] = {"return": encode_properties(found)}  # a keyword in Python
        return resource_pb2.ResourceInvokeResponse(**answer)

    def Call(self, request: Any) -> Any:  # noqa: N802 - protocol
        raise PreviewError(
            f"{request.tok} is a call of a provider's method, which a preview cannot make"
        )

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - protocol
        outputs = decode_properties(request.outputs)
        resource = self.registrations[request.urn]
        resource.registered_outputs = outputs
        if resource.type == STACK_TYPE:
            self.exports = outputs
        return empty_pb2.Empty()

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802 - protocol
        self._transforms_of_stack.append(stack_transform_of(request))
        return empty_pb2.Empty()

    # What registrations need from each other.

    def add(self, resource: Registration) -> None:
        """Keeps a registration; a second one under the same URN is the engine's error."""
        if resource.urn in self.registrations:
            first = self.registrations[resource.urn].source
            raise PreviewError(
                f"Duplicate resource URN {resource.urn}: registered at {first or '(unknown)'} and at "
                f"{resource.source or '(unknown)'}; give one of them another name"
            )
        self.registrations[resource.urn] = resource
        if self._on_registration is not None:
            self._on_registration(resource.urn)

    def add_child(self, resource: Registration) -> None:
        """Registers what a remote component's own provider would register."""
        parent = self.registrations[resource.parent]
        resource.source = parent.source
        resource.inherit(parent)
        apply_transforms(self._transform_chain(resource), resource)
        resource.region = self.region_of(resource)
        self.add(resource)
        self.settle(resource)

    def settle(self, resource: Registration) -> dict[str, Value]:
        """Gives a custom resource the outputs its provider would answer; tells which are no inputs."""
        if self._provider_is_unknown(resource):
            return {}  # the engine does not call such a provider: not even inputs come back
        added: dict[str, Value] = {}
        if self.known:
            subject = Subject(
                type=resource.type,
                name=resource.name,
                inputs=resource.inputs,
                place=self._place_of(resource),
            )
            computed = compute(subject)
            resource.id = computed.id
            added = dict(computed.outputs)
        for key in resource.options.get("additionalSecretOutputs", ()):
            value = added.get(key, resource.inputs.get(key))
            if key in added or key in resource.inputs:
                added[key] = secret(value)
            elif not self.known:
                added[key] = secret(UNKNOWN)
        resource.outputs = {**resource.inputs, **added}
        if resource.id:
            resource.outputs["id"] = resource.id
        return added

    def region_of(self, resource: Registration) -> str:
        """The region input of an AWS resource or, without one, of its provider."""
        if not resource.type.startswith(("aws:", "pulumi:providers:aws")):
            return ""
        given = reveal(resource.inputs.get("region"))
        if isinstance(given, str) and not has_unknown(given):
            return given
        provider = self._provider_of(resource)
        region = reveal(provider.inputs.get("region")) if provider else ""
        return region if isinstance(region, str) and not has_unknown(region) else ""

    def graph(self) -> Graph:
        """Everything recorded, frozen."""
        nodes = tuple(self.registrations[urn].node() for urn in sorted(self.registrations))
        return Graph(
            stack=self.stack,
            project=self.project,
            mode=self.mode,
            resources=nodes,
            deployment_order=deployment_order(nodes),
            exports=self.exports,
            warnings=tuple(self.warnings),
        )

    def _received(self, request: Any) -> Registration:
        kind = Kind.CUSTOM if request.custom else Kind.REMOTE if request.remote else Kind.COMPONENT
        resource = Registration(
            urn=self.make_urn(request.parent, request.type, request.name),
            type=request.type,
            name=request.name,
            parent=request.parent,
            kind=kind,
            inputs=decode_properties(request.object),
            provider=request.provider if kind is not Kind.COMPONENT else "",
            source=self._find_source(request),
            dependencies=list(request.dependencies),
            property_dependencies={
                k: list(v.urns) for k, v in request.propertyDependencies.items()
            },
            options=options_of(request),
            transforms=transforms_of(request.transforms),
        )
        resource.inherit(self.registrations.get(resource.parent))
        return resource

    def _transform_chain(self, resource: Registration) -> list[Transform]:
        """Own transforms first, then each parent's, then the stack's."""
        chain = list(resource.transforms)
        parent = self.registrations.get(resource.parent)
        while parent is not None:
            chain += parent.transforms
            parent = self.registrations.get(parent.parent)
        return chain + self._transforms_of_stack

    def _expand(self, resource: Registration, providers: Mapping[str, str]) -> dict[str, Value]:
        if resource.type != eks_expansion.TYPE:
            raise PreviewError(
                f"{resource.type} {resource.name} is a remote component: its children are made by a provider "
                "that a preview does not run, so no policy could judge them; declare them in the program"
            )
        return eks_expansion.expand(self, resource, providers)

    def _provider_of(self, resource: Registration) -> Registration | None:
        return self.registrations.get(resource.provider.rpartition("::")[0])

    def _provider_is_unknown(self, resource: Registration) -> bool:
        provider = self._provider_of(resource)
        return provider is not None and has_unknown(provider.inputs)

    def _place_of(self, resource: Registration) -> Place:
        provider = self._provider_of(resource)
        accounts = reveal(provider.inputs.get("allowedAccountIds")) if provider else None
        if isinstance(accounts, str) and not has_unknown(accounts):
            accounts = json.loads(accounts)  # a provider's structured inputs travel as JSON text
        account = (
            cast(list[str], accounts)[0]
            if isinstance(accounts, list) and accounts
            else Place().account
        )
        return Place(account=account, region=resource.region or Place().region)
