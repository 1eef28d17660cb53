"""Graph and verdict as people read them: a tree by component, findings by severity, one summary line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text
from rich.tree import Tree

from phoenix_infra.preview.graph import STACK_TYPE, Graph, Kind, Node

if TYPE_CHECKING:
    from phoenix_policies import Finding, Verdict

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_SHOWN_TYPES = 6
_SHOWN_FINDINGS = 5


def print_preview(console: Console, graph: Graph, verdict: "Verdict", *, show_all: bool) -> None:
    """The whole preview."""
    console.print(tree_of(graph, show_all=show_all))
    for line in verdict_lines(verdict, show_all=show_all):
        console.print(line, soft_wrap=True)
    console.print(Text(summary_line(graph, verdict)), soft_wrap=True)


def tree_of(graph: Graph, *, show_all: bool) -> Tree:
    """Components with the number of resources below them; what they hold, summed up by type."""
    children: dict[str, list[Node]] = {}
    for node in graph.resources:
        children.setdefault(node.parent, []).append(node)
    sizes = _sizes(graph)
    root = next((node for node in graph.resources if node.type == STACK_TYPE), None)
    total = sum(node.type != STACK_TYPE for node in graph.resources)
    tree = Tree(Text(f"{graph.stack}  {total} resources, {graph.mode} values", style="bold"))
    if root is not None:
        _grow(tree, root.urn, children, sizes, show_all=show_all)
    return tree


def _grow(
    branch: Tree,
    parent: str,
    children: Mapping[str, Sequence[Node]],
    sizes: Mapping[str, int],
    *,
    show_all: bool,
) -> None:
    below = sorted(children.get(parent, ()), key=lambda node: (node.type, node.name))
    leaves = [node for node in below if node.urn not in children]
    for node in below:
        if node.urn in children:
            label = f"{node.name}  {short_type(node.type)}  {sizes[node.urn]}"
            _grow(branch.add(Text(label)), node.urn, children, sizes, show_all=show_all)
    if show_all:
        for node in leaves:
            branch.add(Text(f"{node.name}  {node.type}  {node.source}", style="dim"))
    elif leaves:
        branch.add(Text(_by_type(leaves), style="dim"))


def _by_type(leaves: Sequence[Node]) -> str:
    counts = Counter(short_type(node.type) for node in leaves)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{count} {name}" for name, count in ordered[:_SHOWN_TYPES]]
    rest = sum(count for _, count in ordered[_SHOWN_TYPES:])
    return ", ".join(parts) + (f", {rest} more" if rest else "")


def _sizes(graph: Graph) -> Mapping[str, int]:
    """How many resources that are no mere grouping lie below each URN."""
    sizes: Counter[str] = Counter()
    by_urn = graph.by_urn
    for node in graph.resources:
        if node.kind is Kind.COMPONENT:
            continue
        parent = node.parent
        while parent:
            sizes[parent] += 1
            parent = by_urn[parent].parent if parent in by_urn else ""
    return sizes


def short_type(type_: str) -> str:
    """`rds.Cluster` for `aws:rds/cluster:Cluster`."""
    package, _, rest = type_.partition(":")
    module, _, name = rest.rpartition(":")
    module = module.split("/")[0]
    return f"{module}.{name}" if module and package != "pulumi" else name or type_


def verdict_lines(verdict: "Verdict", *, show_all: bool) -> Iterator[RenderableType]:
    """Findings rule by rule, the blocking ones first: what was found where, control ids and remedy once."""
    shown = [f for f in verdict.findings if show_all or f.outcome.value in {"fail", "error"}]
    ordered = sorted(shown, key=lambda f: (f.outcome.value, f.enforcement.value == "advisory"))
    for (outcome, enforcement), of_kind in groupby(ordered, key=_kind):
        findings = list(of_kind)
        yield Text(f"\n{outcome} / {enforcement}: {len(findings)}", style=_heading(findings))
        by_rule = sorted(findings, key=lambda f: (f.severity.rank, f.rule))
        for _, group in groupby(by_rule, key=lambda f: f.rule):
            yield _rule(list(group), show_all=show_all)


def _kind(finding: "Finding") -> tuple[str, str]:
    return finding.outcome.value, finding.enforcement.value


def _heading(findings: Sequence["Finding"]) -> str:
    return _STYLES.get(min(findings, key=lambda f: f.severity.rank).severity.value, "")


def _rule(findings: Sequence["Finding"], *, show_all: bool) -> Text:
    first = findings[0]
    text = Text(f"  {first.rule}", style="bold")
    text.append(f" [{first.severity.value}, {first.enforcement.value}]\n", style="not bold")
    limit = len(findings) if show_all else _SHOWN_FINDINGS
    for finding in findings[:limit]:
        name = finding.resource.rsplit("::", 1)[-1] or "the stack"
        place = f" ({finding.source})" if finding.source else ""
        text.append(f"    {finding.type} {name}: {finding.message}{place}\n", style="not bold")
    if len(findings) > limit:
        text.append(f"    and {len(findings) - limit} more; --all lists them\n", style="not bold")
    controls = ", ".join((*first.hipaa, *first.soc2))
    text.append(f"    controls: {controls}\n    remedy: {first.remedy}", style="not bold dim")
    return text


def summary_line(graph: Graph, verdict: "Verdict") -> str:
    """One line that says it all."""
    summary = verdict.summary
    word = "BLOCKED" if verdict.blocked else "clean"
    return (
        f"{graph.stack}: {word} - {summary['resources']} resources, {summary['rules']} rules, "
        f"{summary['passed']} passed, {summary['failed']} failed ({summary['blocking']} blocking), "
        f"{summary['unknown']} unknown, {summary['waived']} waived, {summary['errors']} errors"
    )
