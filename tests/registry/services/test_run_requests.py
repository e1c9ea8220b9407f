"""The change of a parameter that a run offers is made on the record, for editors, once."""

import io
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied

from registry import plugin_loading
from registry.contract.analysis_support.impedance.outlier_points import LEFT_OUT
from registry.contract.analysis_support.impedance.spectrum_input import JOINED, SEGMENTS
from registry.models import AnalysisRun, Measurement, Project
from registry.services.files.dataset import add_file
from registry.services.parameters import set_parameters
from registry.services.run_requests import accept_offer
from registry.services.runs.analysis import run_analysis
from registry.services.runs.queue import do_due_runs
from tests import factories
from tests.coded import invalid
from tests.spectra import ONE_ARC, ONE_ARC_VALUES, columns_of, make_spectrum

CASE_14 = Path(__file__).parents[2] / "data" / "cases" / "14-outlier-points" / "n5_outliers.csv"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    """A pellet with the spectrum of case 14."""
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    add_file(measurement=measurement, file=io.BytesIO(CASE_14.read_bytes()), filename="eis.csv", by=None)
    return measurement


@pytest.fixture
def run(measurement: Measurement) -> AnalysisRun:
    analysis = plugin_loading.current().analyses["ionic-conductivity"]
    return run_analysis(measurement=measurement, analysis=analysis, by=None)


def place_of(run: AnalysisRun, code: str) -> int:
    return [message["code"] for message in run.messages].index(code)


def latest(run: AnalysisRun) -> AnalysisRun:
    return AnalysisRun.objects.get(measurement=run.measurement, analysis=run.analysis, is_latest=True)


def test_an_editor_leaves_out_points_and_uses_one_again(run: AnalysisRun, owner: User) -> None:
    """75.0 Ω by construction once both points are left out."""
    queued = accept_offer(run, message=place_of(run, "outliers-in-resistance"), offer=0, by=owner)
    assert queued.status == "queued"
    measurement = Measurement.objects.get(pk=run.measurement_id)
    assert measurement.parameters == {"ionic-conductivity": {LEFT_OUT: "10000, 31.6228"}}
    change = measurement.history.first()
    assert (change.history_user, change.history_change_reason) == (owner, "analysis parameters changed")
    do_due_runs()
    without = latest(run)
    assert without.values.get(quantity="resistance_ohm").magnitude == pytest.approx(75.0, abs=0.05)
    accept_offer(without, message=place_of(without, "point-left-out"), offer=0, by=owner)
    do_due_runs()
    assert latest(run).parameters[LEFT_OUT] == "31.6228"


@pytest.mark.parametrize(("name", "points"), [("ionic-conductivity", 10), ("relaxation-times", 20)])
def test_segments_of_a_sweep_that_overlap_are_joined_by_one_click(
    project: Project, owner: User, name: str, points: int
) -> None:
    """At 10 points per decade the segments have two frequencies in common and are one dataset; at 20, they are two."""
    frequencies = np.geomspace(1e6, 1e3, 3 * points + 1), np.geomspace(1.5e3, 0.1, 4 * points)
    halves = [columns_of(make_spectrum(ONE_ARC, ONE_ARC_VALUES, 1e-3, 5, frequency)) for frequency in frequencies]
    rows = [row for half in halves for row in zip(*half.values(), strict=True)]
    text = "Frequency / Hz,Z' / Ohm,Z'' / Ohm\n" + "".join("{:.6g},{:.6g},{:.6g}\n".format(*row) for row in rows)
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    datasets = add_file(measurement=measurement, file=io.BytesIO(text.encode()), filename="eis.csv", by=None)
    assert len(datasets) == points // 10
    run = run_analysis(measurement=measurement, analysis=plugin_loading.current().analyses[name], by=None)
    assert (run.status, run.messages[0]["code"]) == ("refused", "sweep-in-segments")
    accept_offer(run, message=0, offer=0, by=owner)
    do_due_runs()
    joined = latest(run)
    assert (joined.status, joined.parameters[SEGMENTS]) == ("done", JOINED)
    assert joined.stale_since is None
    if name == "ionic-conductivity":
        assert joined.values.get(quantity="resistance_ohm").magnitude == pytest.approx(1050, rel=0.01)
    accept_offer(joined, message=place_of(joined, "segments-joined"), offer=0, by=owner)
    do_due_runs()
    assert latest(run).status == "refused"


def test_a_second_click_and_a_parameter_changed_meanwhile_change_nothing(run: AnalysisRun, owner: User) -> None:
    position = place_of(run, "outlier-point")
    set_parameters(run.measurement, {"ionic-conductivity": {LEFT_OUT: "100000"}}, by=owner)
    with invalid("offer-outdated"):
        accept_offer(run, message=position, offer=0, by=owner)
    measurement = Measurement.objects.get(pk=run.measurement_id)
    assert measurement.parameters == {"ionic-conductivity": {LEFT_OUT: "100000"}}


def test_a_superseded_run_offers_nothing(run: AnalysisRun, owner: User) -> None:
    run_analysis(measurement=run.measurement, analysis=plugin_loading.current().analyses["ionic-conductivity"], by=None)
    with invalid("offer-outdated"):
        accept_offer(run, message=place_of(run, "outlier-point"), offer=0, by=owner)


@pytest.mark.parametrize("who", ["viewer", "outsider"])
def test_others_may_not(run: AnalysisRun, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        accept_offer(run, message=place_of(run, "outlier-point"), offer=0, by=request.getfixturevalue(who))
    assert Measurement.objects.get(pk=run.measurement_id).parameters == {}


@pytest.mark.parametrize(("message", "offer"), [(0, 0), (-1, 0), (99, 0), (1, 9)])
def test_what_is_not_offered_is_an_error(run: AnalysisRun, owner: User, message: int, offer: int) -> None:
    with pytest.raises(ObjectDoesNotExist):
        accept_offer(run, message=message, offer=offer, by=owner)
