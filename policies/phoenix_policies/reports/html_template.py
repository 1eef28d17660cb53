"""The auditor's page as a Jinja template."""

from typing import Final

PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Policy verdict: {{ verdict.stack or "resources" }}</title>
<style>
:root { color-scheme: light dark; --line: #8885; --bad: #b3261e; --good: #1b6e3c; --open: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #7bd99a; --open: #ffcf70; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; } h2 { margin-top: 2.5rem; border-bottom: 2px solid var(--line); }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
code { font-size: .85em; } details > summary { cursor: pointer; }
.state { white-space: nowrap; font-weight: 600; }
.violated, .fail, .error { color: var(--bad); } .evidenced { color: var(--good); }
.waived, .not-evaluated, .unknown { color: var(--open); }
.numbers { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; list-style: none; }
.numbers li { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; }
.numbers b { display: block; font-size: 1.5rem; }
@media print { details { display: block; } body { max-width: none; } tr { break-inside: avoid; } }
</style>
</head>
<body>
<h1>Policy verdict: {{ verdict.stack or "resources" }}</h1>
<p>Judged as of {{ verdict.as_of }}. {{ summary.rules }} rules over {{ summary.resources }} declared resources;
{% if verdict.blocked %}<strong class="violated">deployment is blocked</strong>{% else %}<strong class="evidenced">nothing blocks deployment</strong>{% endif %}.
The verdict is about what the stack declares, not about what runs.</p>
<ul class="numbers">
<li><b>{{ summary.passed }}</b>passed</li><li><b>{{ summary.failed }}</b>violations</li>
<li><b>{{ summary.waived }}</b>waived</li><li><b>{{ summary.unknown }}</b>not evaluated</li><li><b>{{ summary.errors }}</b>rule errors</li>
</ul>
{% for title, matrix in matrices if matrix %}
<h2>{{ title }}</h2>
<table>
<caption>Each control, the rules that evidence it, and what a person must still show.</caption>
<thead><tr><th scope="col">Control</th><th scope="col">State</th><th scope="col">Evidence</th></tr></thead>
<tbody>
{% for control, state in matrix %}
<tr>
<th scope="row">{{ control.id }}<br><small>{{ control.title }}</small></th>
<td class="state {{ state | replace(' ', '-') }}">{{ state if control.rules else "no rule" }}</td>
<td>
{% if control.rules %}
<details><summary>{{ control.rules | length }} rules</summary>
<ul>
{% for rule in control.rules %}
{% set counts = verdict.tally.get(rule.id, {}) %}
<li><code>{{ rule.id }}</code> {{ rule.title }} ({{ rule.severity.value }}{% for outcome, number in counts.items() if number %}, {{ outcome.value }}: {{ number }}{% endfor %}{% if not counts %}, met no resource{% endif %})</li>
{% endfor %}
</ul></details>
{% endif %}
{% if control.remains %}<p><small>Still to be shown: {{ control.remains }}.</small></p>{% endif %}
</td>
</tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
{% for title, findings in sections if findings %}
<h2>{{ title }}</h2>
<table>
<thead><tr><th scope="col">Rule</th><th scope="col">Severity</th><th scope="col">Resource</th><th scope="col">What</th><th scope="col">Controls</th></tr></thead>
<tbody>
{% for found in findings %}
<tr><th scope="row"><code>{{ found.rule }}</code></th><td>{{ found.severity.value }}, {{ found.enforcement.value }}</td>
<td><code>{{ found.resource or "the stack" }}</code>{% if found.source %}<br><small>{{ found.source }}</small>{% endif %}</td>
<td>{{ found.message }}<br><small>{{ found.remedy }}</small></td>
<td>{{ (found.hipaa + found.soc2) | join(", ") }}</td></tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
<h2>What no stack can evidence</h2>
<table>
<thead><tr><th scope="col">Control</th><th scope="col">Where to look</th></tr></thead>
<tbody>
{% for control, where in not_evidenced.items() %}
<tr><th scope="row">{{ control }}</th><td>{{ where }}</td></tr>
{% endfor %}
</tbody>
</table>
</body>
</html>
"""
