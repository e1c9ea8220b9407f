"""One quantity, reported beside computed."""

from registry import plugin_loading
from registry.models import Cell, Value
from registry.services.runs.analysis import run_analysis
from registry.web.cell_page.quantity_row import lines_of


def test_a_quantity_two_analyses_computed_says_which_gave_each(cell: Cell) -> None:
    value = Value.objects.get(cell=cell, origin="computed", quantity="electronic_conductivity_s_cm", is_latest=True)
    assert value.run is not None
    (line,) = lines_of([value], {})
    assert line.computed_by == ""
    run = run_analysis(
        measurement=value.measurement, analysis=plugin_loading.current().analyses[value.run.analysis], by=None
    )
    run.analysis = "gone-away"
    other = Value.objects.get(run=run)
    other.run = run
    assert [one.computed_by for one in lines_of([value, other], {})] == ["Electronic conductivity", "gone-away"]
