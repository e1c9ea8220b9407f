"""Analyses without a run yet."""

from collections import Counter

from registry.models import AnalysisRun
from registry.web.cell_page.not_run import list_not_run


def test_an_analysis_of_the_technique_is_named_until_it_has_run() -> None:
    names = {analysis.name for analysis in list_not_run("measurement", Counter(["eis"]), [])}
    assert "ionic-conductivity" in names
    left = list_not_run("measurement", Counter(["eis"]), [AnalysisRun(analysis="ionic-conductivity")])
    assert names - {analysis.name for analysis in left} == {"ionic-conductivity"}
