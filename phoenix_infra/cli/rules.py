"""`phoenix rules`: lists, filters and explains the rules, and shows which control has which rule."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from phoenix_infra.cli.console import emit
from phoenix_infra.preview.errors import PreviewError

if TYPE_CHECKING:
    from phoenix_policies import Rule


def rules(
    rule_id: Annotated[str | None, typer.Argument(help="Explain this rule.")] = None,
    *,
    type_: Annotated[
        str | None, typer.Option("--type", help="Only rules for this type token.")
    ] = None,
    control: Annotated[
        str | None, typer.Option(help="Only rules with this HIPAA citation or SOC 2 criterion.")
    ] = None,
    severity: Annotated[str | None, typer.Option(help="Only rules of this severity.")] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Each control with its rules.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine readable.")] = False,
) -> None:
    """List the rules, explain one, or show the coverage of controls."""
    from phoenix_policies import load_pack

    pack = load_pack()
    if rule_id is not None:
        found = pack.by_id.get(rule_id)
        if found is None:
            raise PreviewError(
                f"there is no rule {rule_id!r}; {_suggestion(rule_id, list(pack.by_id))}"
            )
        emit(json.dumps(_document(found), indent=1) if as_json else _explained(found), None)
        return
    chosen = [
        rule
        for rule in sorted(pack.rules, key=lambda rule: rule.id)
        if (type_ is None or type_ in rule.types)
        and (control is None or control in rule.controls)
        and (severity is None or severity == rule.severity.value)
    ]
    if coverage:
        emit(_coverage(chosen, as_json=as_json), None)
    elif as_json:
        emit(json.dumps([_document(rule) for rule in chosen], indent=1), None)
    else:
        lines = [f"{r.id}  {r.severity.value}  {r.enforcement.value}  {r.title}" for r in chosen]
        emit("\n".join([*lines, f"{len(chosen)} rules"]), None)


def _suggestion(rule_id: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(rule_id, known, n=1)
    return f"did you mean {close[0]}?" if close else "`phoenix rules` lists them"


def _document(rule: "Rule") -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "types": list(rule.types),
        "severity": rule.severity.value,
        "enforcement": rule.enforcement.value,
        "hipaa": list(rule.hipaa),
        "soc2": list(rule.soc2),
        "remedy": rule.remedy,
        "sources": list(rule.sources),
        "tier": rule.tier.value,
        "scope": "stack" if rule.over_stack else "resource",
        "inProcessOnly": rule.in_process_only,
        "needsPeer": rule.needs_peer,
        "waivable": rule.waivable,
    }


def _explained(rule: "Rule") -> str:
    where = rule.in_process_only or "phoenix preview, phoenix check and the Pulumi engine"
    return "\n".join(
        [
            f"{rule.id}: {rule.title}",
            f"  severity    {rule.severity.value}, {rule.enforcement.value}",
            f"  types       {', '.join(rule.types)}",
            f"  hipaa       {', '.join(rule.hipaa)}",
            f"  soc2        {', '.join(rule.soc2)}",
            f"  remedy      {rule.remedy}",
            f"  judged by   {where}",
            f"  answers to  {', '.join(rule.sources)}",
        ]
    )


def _coverage(chosen: "list[Rule]", *, as_json: bool) -> str:
    table: dict[str, list[str]] = {}
    for rule in chosen:
        for control in rule.controls:
            table.setdefault(control, []).append(rule.id)
    ordered = {control: table[control] for control in sorted(table)}
    if as_json:
        return json.dumps(ordered, indent=1)
    return "\n".join(f"{control}  {len(ids)}  {', '.join(ids)}" for control, ids in ordered.items())
