"""The demo lab: every result agrees with the truth of the models that wrote its files."""

from collections import Counter
from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import transaction

from analyses.simulate.demo_cells import CAPACITY_MAH, CYCLES, CYCLING_A, DIE_CM2, FADE, GROWTH, STAGES
from analyses.simulate.full_cell import FullCell
from registry import plugin_loading
from registry.models import (
    AnalysisRun,
    Cell,
    Dataset,
    Formulation,
    GroupRun,
    GroupValue,
    HardwareSetup,
    Material,
    Measurement,
    Value,
)
from registry.selectors.audit.conflict import list_conflicts
from registry.selectors.comparison.tables import format_table, get_table
from tests.registry.examples.demo_truth import Truth, truths

MOST_ERRORS = 4.0
"""Standard uncertainties by which a result may miss the truth beyond its bounds."""
ROUND_OFF = 1e-6
"""Relative difference of the digits of the files."""
OF_SEVERAL_SERIES = {"process_resistance_ratio", "relative_contact_area"}
OF_A_ROW = 2e-3
"""The same, of the time of a row."""


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Output of loading and analysing the demo lab; the rows are rolled back after the module."""
    from django.conf import settings

    output, before = StringIO(), settings.MEDIA_ROOT
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        call_command("load_example", "demo", stdout=output)
        call_command("analyze", stdout=output)
        settings.MEDIA_ROOT = before
        yield output.getvalue()
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def values_by_truth() -> dict[tuple[str, ...], list[Value]]:
    """The results by the keys of their truths."""
    values: dict[tuple[str, ...], list[Value]] = {}
    computed = Value.objects.filter(is_latest=True, magnitude__isnull=False).select_related(
        "cell", "measurement", "run"
    )
    for value in computed:
        label = value.measurement.label if value.measurement else ""
        over = plugin_loading.current().analyses[value.run.analysis].over if value.quantity in OF_SEVERAL_SERIES else ""
        key = value.cell.label, label, value.quantity, str(value.place) if value.place else "", over
        values.setdefault(key, []).append(value)
    return values


def leeway(truth: Truth) -> float:
    """How far a number may be outside an interval by the digits, or the rows, of the files."""
    return (OF_A_ROW if truth.coarse else ROUND_OFF) * abs(truth.number)


def errors(value: Value, truth: Truth) -> float:
    """Standard uncertainties by which the truth is outside the bounds of a value."""
    estimate = value.estimate()
    beyond = max(estimate.lower - truth.number, truth.number - estimate.upper, 0.0) - leeway(truth)
    return max(beyond, 0.0) / (estimate.standard_uncertainty or 1e-300)


def is_inside(value: Value, truth: Truth) -> bool:
    low, high = value.estimate().interval()
    return low - leeway(truth) <= truth.number <= high + leeway(truth)


Comparison = tuple[Truth, Value]


@pytest.fixture(scope="module")
def compared(demo: str, django_db_blocker: pytest.FixtureRequest) -> list[Comparison]:
    """Each result with its truth."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        values = values_by_truth()
        return [(truth, value) for truth in truths() for value in values.get(truth.key, ())]


def test_no_analysis_fails_and_every_kind_of_cell_has_results(demo: str) -> None:
    assert not AnalysisRun.objects.filter(status="failed").exists()
    assert not GroupRun.objects.filter(status="failed").exists()
    assert not Dataset.objects.exclude(status="parsed").exists()
    assert "failed" not in demo


def test_no_number_of_a_simulated_cell_is_in_conflict_with_another() -> None:
    assert list_conflicts(None) == []


def test_every_analysis_has_a_result() -> None:
    done = {run.analysis for model in (AnalysisRun, GroupRun) for run in model.objects.filter(status="done")}
    assert set(plugin_loading.current().analyses) == done


def test_every_kind_of_result_is_compared(compared: list[Comparison]) -> None:
    assert {truth.quantity for truth, _ in compared} == {truth.quantity for truth in truths()}


def test_each_result_is_within_four_standard_uncertainties_of_the_truth(compared: list[Comparison]) -> None:
    misses = [
        f"{truth.cell} {truth.measurement} {truth.quantity} {truth.place}: {value.magnitude:.6g} ± "
        f"{value.standard_uncertainty:.2g}, truth {truth.number:.6g}"
        for truth, value in compared
        if errors(value, truth) > MOST_ERRORS
    ]
    assert misses == []


def test_nineteen_of_twenty_intervals_hold_the_truth(compared: list[Comparison]) -> None:
    uncertain = [(truth, value) for truth, value in compared if value.standard_uncertainty]
    share = sum(is_inside(value, truth) for truth, value in uncertain) / len(uncertain)
    assert len(uncertain) > 200
    assert 0.92 <= share <= 1.0


def test_bare_and_coated_cells_differ_as_their_models_do(compared: list[Comparison]) -> None:
    fade = {truth.cell: value for truth, value in compared if truth.quantity == "capacity_fade_percent_per_cycle"}
    bare, coated = ([value.magnitude for cell, value in fade.items() if cell.startswith(kind)] for kind in FADE)
    assert min(bare) > max(coated)
    # Four against four: of 70 ways to divide them, two are as extreme.
    (run,) = GroupRun.objects.filter(analysis="group-comparison", is_latest=True)
    chances = [message["parameters"].get("probability") for message in run.messages]
    assert min(chance for chance in chances if isinstance(chance, float)) == pytest.approx(2 / 70)


@pytest.mark.parametrize("kind", list(FADE))
def test_the_means_of_replicates_hold_the_mean_of_their_kind(kind: str) -> None:
    model = FullCell(CAPACITY_MAH, 55.0, FADE[kind], GROWTH[kind], STAGES)
    first, last = (float(model.discharge_mah(cycle, CYCLING_A)) for cycle in (3, CYCLES))
    expected = {
        "areal_capacity_mah_cm2": first / DIE_CM2,
        "capacity_fade_percent_per_cycle": 100 * (1 - last / first) / (CYCLES - 3),
    }
    means = GroupValue.objects.filter(run__group__slug=kind.lower(), run__is_latest=True, at_kind="")
    for quantity, number in expected.items():
        low, high = means.get(quantity=quantity).estimate().interval()
        assert low <= number <= high


def test_spectra_of_full_cells_have_the_three_processes_of_their_model() -> None:
    peaks = Value.objects.filter(quantity="process_probability_percent", is_latest=True, magnitude__gte=80)
    counts = Counter(peaks.filter(cell__label__contains=" cell 1").values_list("measurement__refcode", flat=True))
    assert list(counts.values()) == [3] * 10


def test_patterns_and_pictures_are_read() -> None:
    patterns = Dataset.objects.filter(measurement__technique="xrd")
    assert {tuple(sorted(dataset.columns)) for dataset in patterns} == {("intensity_count", "two_theta_degree")}
    pictures = Dataset.objects.filter(measurement__technique="sem")
    assert {(picture.has_picture, picture.pixel_width_um) for picture in pictures} == {(True, 0.05)}
    logs = Dataset.objects.filter(role="pressure_log")
    assert {dataset.reader for dataset in (*patterns, *pictures, *logs)} == {"xrdml", "picture", "declared-csv"}


def test_of_four_symmetric_cells_one_has_a_short_circuit() -> None:
    counts = Value.objects.filter(quantity="short_circuit_count", is_latest=True).values_list("magnitude", flat=True)
    assert sorted(counts) == [0.0, 0.0, 0.0, 1.0, 1.0]
    extents = ("short_circuit_count", "cycled_time_h")
    assert not GroupValue.objects.filter(quantity__in=extents, run__is_latest=True).exists()


def test_every_cell_file_and_material_says_that_it_is_simulated() -> None:
    assert set(Cell.objects.values_list("origin", flat=True)) == {"simulated"}
    for model in (Material, Formulation, HardwareSetup):
        assert all("(simulated)" in name for name in model.objects.values_list("name", flat=True))
    assert all("simulated" in dataset.filename for dataset in Dataset.objects.all())
    texts = Dataset.objects.filter(filename__endswith=".txt")
    assert all("simulated" in dataset.header["comments"] for dataset in texts)


@pytest.mark.parametrize("slug", ["low-pressure-cells", "conductivity-pressure", "electronic-conductivity-vgcf"])
def test_no_table_of_a_paper_has_a_simulated_cell(slug: str) -> None:
    table = get_table(slug, AnonymousUser())
    assert format_table(table, AnonymousUser()).rows == ()


def test_a_table_that_asks_for_simulated_cells_says_so_in_every_row() -> None:
    table = get_table("low-pressure-cells", AnonymousUser())
    printed = format_table(table, AnonymousUser(), {"origin": ["simulated"]})
    assert len(printed.rows) == 15
    number = printed.footnotes.index("Simulated, not measured.") + 1
    assert all(number in row[0].notes and row[0].text == "Simulated" for row in printed.rows)


def test_loading_and_analysing_again_changes_nothing() -> None:
    def counts() -> list[int]:
        return [model.objects.count() for model in (Cell, Measurement, Dataset, Value, AnalysisRun, GroupRun)]

    before, output = counts(), StringIO()
    call_command("load_example", "demo", stdout=output)
    call_command("analyze", stdout=output)
    assert counts() == before
    assert "already loaded" in output.getvalue()
    assert "Nothing to run" in output.getvalue()
