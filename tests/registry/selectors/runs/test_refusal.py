"""Refusals of analyses that do not apply, and those that name a missing entry."""

import pytest

from registry.models import AnalysisRun, Layer, Project
from registry.models.material import MaterialKind
from registry.selectors.runs.refusal import does_not_apply, has_positive_electrode
from tests import factories


def refused(code: str, **fields: object) -> AnalysisRun:
    return AnalysisRun(messages=[{"code": code, "text": code, "parameters": {}, **fields}])


@pytest.mark.parametrize(("code", "expected"), [("no-rate-test", True), ("missing-thickness", False)])
def test_a_code_says_whether_an_analysis_applies(project: Project, code: str, expected: bool) -> None:
    assert does_not_apply(refused(code), factories.make_pellet(project)) is expected


def test_a_refusal_that_offers_a_change_applies(project: Project) -> None:
    assert not does_not_apply(refused("no-rate-test", offers=[{"label": "Use it"}]), factories.make_pellet(project))


def test_cells_without_a_positive_electrode_have_no_design(project: Project) -> None:
    lithium = factories.make_material(project, "Li")
    lithium.kind = MaterialKind.METAL
    lithium.save()
    oxide = factories.make_material(project, "NCM")
    cells = [
        factories.make_cell(project, [Layer(position=1, role="cathode", material=material)])
        for material in (lithium, oxide)
    ]
    assert [has_positive_electrode(cell) for cell in cells] == [False, True]
    assert [does_not_apply(refused("missing-design-numbers"), cell) for cell in cells] == [True, False]
