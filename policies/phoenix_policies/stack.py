"""Every resource of a stack, indexed by type and joined to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from phoenix_policies import joins, tokens
from phoenix_policies.controls import FRAMEWORKS, Framework
from phoenix_policies.joins import Joined
from phoenix_policies.resource import Resource
from phoenix_policies.truth import Truth, some


class Stack:
    """One stack; `peer` is the stack of the other region when it is judged together with this one."""

    def __init__(
        self,
        resources: Iterable[Resource],
        peer: Stack | None = None,
        *,
        frameworks: Sequence[Framework] = FRAMEWORKS,
    ) -> None:
        self.resources: tuple[Resource, ...] = tuple(resources)
        # whose rules are judged: leaving one out is itself something to judge (A7.15)
        self.frameworks: tuple[Framework, ...] = tuple(frameworks)
        self._peer = peer
        self._by_urn = {r.urn: r for r in self.resources}
        self._by_type: dict[str, list[Resource]] = {}
        for one in self.resources:
            self._by_type.setdefault(one.type, []).append(one)
        self._urns = {
            type_: frozenset(r.urn for r in found) for type_, found in self._by_type.items()
        }
        self._identifiers: dict[str, frozenset[str]] = {}

    @property
    def peer(self) -> Stack:
        """The other region's stack; only rules declared with `needs_peer` may ask."""
        if self._peer is None:
            message = "this rule reads the peer stack: declare it with needs_peer=True"
            raise LookupError(message)
        return self._peer

    @property
    def has_peer(self) -> bool:
        return self._peer is not None

    @property
    def both(self) -> tuple[Resource, ...]:
        """The resources of this stack and of the peer."""
        return self.resources + self.peer.resources

    def get(self, urn: str) -> Resource | None:
        return self._by_urn.get(urn)

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types (`aws:rds/*` and the like allowed); patches are left out."""
        for type_ in dict.fromkeys(tokens.canonical(t) for t in types):
            if type_.endswith("*"):
                candidates: Iterable[Resource] = (
                    r for r in self.resources if tokens.covers(type_, r.type)
                )
            else:
                candidates = self._by_type.get(type_, ())
            yield from (r for r in candidates if not r.is_patch)

    def referrers(self, target: Resource, type_: str | Sequence[str], *keys: str) -> Joined:
        """The resources of these types whose input behind one of `keys` means the target.

        A key is a path with dots (`"defaultActions.targetGroupArn"`); lists on the way are flattened.
        """
        return self._join(
            (source, self.refers(source, target, *keys), source)
            for source in self.of(*_types(type_))
        )

    def referents(self, source: Resource, type_: str | Sequence[str], *keys: str) -> Joined:
        """The resources of these types that the source's input behind one of `keys` means."""
        return self._join(
            (target, self.refers(source, target, *keys), source)
            for target in self.of(*_types(type_))
        )

    def refers(self, source: Resource, target: Resource, *keys: str) -> Truth:
        """Whether an input of the source behind one of `keys` means the target."""
        same_type = self._urns.get(target.type, frozenset[str]())
        return some(
            joins.refers(source, value, target, same_type, self._identify)
            for key in keys
            for value in source.props.each(*key.split("."))
        )

    def _identify(self, target: Resource) -> frozenset[str]:
        known = self._identifiers.get(target.urn)
        if known is None:
            known = self._identifiers[target.urn] = joins.identifiers(target)
        return known

    def children(self, parent: Resource, *types: str) -> list[Resource]:
        """Resources registered under this one."""
        return [r for r in self.of(*types) if r.parent == parent.urn]

    @staticmethod
    def _join(found: Iterable[tuple[Resource, Truth, Resource]]) -> Joined:
        sure: list[Resource] = []
        maybe: list[Resource] = []
        places: list[str] = []
        for one, match, source in found:
            if match.value is True:
                sure.append(one)
            elif match.value is None:
                maybe.append(one)
                places += [f"{source.name}.{place}" for place in match.places]
        return Joined(tuple(sure), tuple(maybe), tuple(dict.fromkeys(places)))


def _types(type_: str | Sequence[str]) -> tuple[str, ...]:
    return (type_,) if isinstance(type_, str) else tuple(type_)
