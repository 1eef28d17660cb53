"""Every value on a Helm release is one that its chart knows."""

import dataclasses

import pytest

from tests.judges.accepted import split
from tests.judges.charts import faults as chart_faults
from tests.judges.charts import release_faults
from tests.judges.manifests import releases
from tests.judges.report import note
from tests.judges.stacks import STACKS, graph


def test_every_value_is_one_that_the_chart_knows() -> None:
    found = [fault for stack in STACKS for fault in chart_faults(graph(stack))]
    left, stale = split("charts", found)
    note(
        "charts",
        version="pinned in data/sources.yaml",
        judged="Helm releases of " + ", ".join(STACKS),
        objects=sum(len(releases(graph(stack))) for stack in STACKS),
        findings=len(left),
    )
    assert not left, "\n".join(left)
    assert not stale, f"accepted but no longer found: {[e.match for e in stale]}"


@pytest.mark.parametrize(
    ("chart", "values", "said"),
    [
        ("keda", {"rezources": {}}, "rezources is no value"),
        ("keda", {"operator": "two"}, "operator is str"),
        ("cert-manager", {"replicaCount": "two"}, "schema says"),
    ],
)
def test_a_wrong_value_is_found(chart: str, values: dict[str, object], said: str) -> None:
    release = next(r for r in releases(graph("onprem")) if str(r.inputs["chart"]).endswith(chart))
    planted = {**release.inputs, "values": values}
    assert any(
        said in fault for fault in release_faults(dataclasses.replace(release, inputs=planted))
    )
