"""The add-ons of one stack: selection, order, and the checks that hold over all of them (X-09)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from phoenix_infra.workloads.addon import Addon, AddonPod, PodSecurity
from phoenix_infra.workloads.namespaces import NamespaceSpec


@dataclass(frozen=True, kw_only=True)
class AddonCatalogue:
    """The add-ons of one stack, in the order in which they can be installed."""

    namespaces: tuple[NamespaceSpec, ...]
    addons: tuple[Addon, ...]

    def __post_init__(self) -> None:
        """One owner per object, every name resolvable, every exception justified."""
        problems = (
            *_twice("namespace", (space.name for space in self.namespaces)),
            *_twice("add-on", (addon.name for addon in self.addons)),
            *_two_owners(self.addons),
            *_unknown_names(self),
            *_uncovered_privileges(self),
        )
        if problems:
            raise ValueError("; ".join(problems))

    def get(self, name: str) -> Addon:
        """The add-on of this name; raises KeyError."""
        for addon in self.addons:
            if addon.name == name:
                return addon
        raise KeyError(f"no add-on {name!r}")

    def has(self, name: str) -> bool:
        """Whether this stack runs the add-on."""
        return any(addon.name == name for addon in self.addons)

    def pod(self, path: str) -> tuple[Addon, AddonPod]:
        """The pod behind `addon/pod`; raises KeyError."""
        addon_name, _, pod_name = path.partition("/")
        addon = self.get(addon_name)
        return addon, addon.pod(pod_name)

    def pods(self) -> tuple[tuple[Addon, AddonPod], ...]:
        """Every pod with its add-on."""
        return tuple((addon, pod) for addon in self.addons for pod in addon.pods)

    def in_namespace(self, name: str) -> tuple[tuple[Addon, AddonPod], ...]:
        """Every pod of a namespace."""
        return tuple((addon, pod) for addon, pod in self.pods() if addon.namespace_of(pod) == name)


def _twice(noun: str, names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    found: list[str] = []
    for name in names:
        if name in seen:
            found.append(f"{noun} {name!r} is declared twice")
        seen.add(name)
    return found


def _two_owners(addons: Sequence[Addon]) -> list[str]:
    """Two writers of one object undo each other for ever (X-09)."""
    owner_of: dict[str, str] = {}
    found: list[str] = []
    for addon in addons:
        claims = [
            *addon.owns,
            *(f"{pod.kind}/{addon.namespace_of(pod)}/{pod.name}" for pod in addon.pods),
        ]
        for thing in claims:
            other = owner_of.setdefault(thing, addon.name)
            if other != addon.name:
                found.append(f"{thing} has two owners: {other} and {addon.name}; keep one")
    return found


def _unknown_names(catalogue: AddonCatalogue) -> list[str]:
    namespaces = {space.name for space in catalogue.namespaces}
    installed: set[str] = set()
    found: list[str] = []
    for addon in catalogue.addons:
        if addon.namespace not in namespaces:
            found.append(f"{addon.name}: namespace {addon.namespace!r} is not declared")
        found += [
            f"{addon.name}: comes after {name!r}, which is not before it"
            for name in addon.after
            if name not in installed
        ]
        installed.add(addon.name)
    for addon, pod in catalogue.pods():
        if addon.namespace_of(pod) not in namespaces:
            found.append(f"{addon.name}/{pod.name}: namespace {pod.namespace!r} is not declared")
        for call in pod.calls:
            try:
                catalogue.pod(call.pod)[1].port(call.port)
            except KeyError as error:
                found.append(
                    f"{addon.name}/{pod.name} calls {call.pod}:{call.port}: {error.args[0]}"
                )
    return found


def _uncovered_privileges(catalogue: AddonCatalogue) -> list[str]:
    level = {space.name: space.pod_security for space in catalogue.namespaces}
    return [
        f"{addon.name}/{pod.name} needs {', '.join(pod.privileges)}, "
        f"but namespace {addon.namespace_of(pod)} is {level[addon.namespace_of(pod)]}"
        for addon, pod in catalogue.pods()
        if pod.privileges and level.get(addon.namespace_of(pod)) is PodSecurity.RESTRICTED
    ]
