"""Analyses of a plugin over its own technique, condition and quantities run in their own process as here.

The plugins are those of tests/data/raman.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, Dataset, Project, QuantityDescription
from registry.numbers import catalogue
from registry.sandbox.plugin_set import load_plugins
from registry.selectors.column_mapping import list_mappable_columns
from registry.selectors.comparison.tables import build_table, format_table
from registry.services.column_mapping import validate_column_mapping
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.quantity_description import keep_descriptions
from registry.services.runs.analysis import analysis_batch
from tests import factories
from tests.plugin_directory import directory_with

PLUGINS = Path(__file__).parent.parent / "data" / "raman"
ANALYSES = ["raman-peak", "raman-power-shift", "raman-power-shift-cell", "laser-damage"]


@pytest.fixture
def use_plugins(settings: LazySettings) -> Iterator[Callable[[bool], None]]:
    """Load the plugins, or remove them."""
    directory = directory_with(*PLUGINS.glob("*.py"))

    def use(is_present: bool) -> None:
        settings.REGISTRY_PLUGINS_DIR = str(directory) if is_present else ""
        assert plugin_loading.load().problems == []

    use(True)
    yield use
    use(False)


def spectrum(position: float, header: str = "raman_shift_per_centimetre,intensity_count") -> BytesIO:
    """A text table whose columns are those the technique declares."""
    rows = "".join(f"{position + step},{100 - abs(step)}\n" for step in range(-5, 6))
    return BytesIO(f"{header}\n{rows}".encode())


@pytest.fixture
def cell(use_plugins: Callable[[bool], None], public_project: Project) -> Cell:
    """A cell with a peak at 250, 249 and 248 cm⁻¹ at 1, 2 and 3 mW, from text tables."""
    cell = factories.make_cell(public_project)
    for power in (1, 2, 3):
        measurement = factories.make_measurement(cell, technique="raman", laser_power_mw=f"{power} mW")
        upload_file(measurement=measurement, file=spectrum(251.0 - power), filename=f"{power}.csv", by=None)
    do_due_work()
    return cell


@pytest.mark.usefixtures("use_plugins")
def test_the_process_of_runs_knows_what_this_one_does() -> None:
    plugins = plugin_loading.current()
    loaded = load_plugins(plugin_loading.plugin_set().key)
    for kind in ("analyses", "readers", "techniques", "layer_roles", "conditions"):
        assert getattr(loaded, kind).keys() == getattr(plugins, kind).keys()


def test_an_analysis_over_the_condition_of_another_plugin_runs(cell: Cell) -> None:
    run = AnalysisRun.objects.get(cell=cell, is_latest=True, analysis="laser-damage")
    assert (run.status, run.messages) == ("done", [])
    assert [(value.quantity, value.magnitude) for value in run.values.all()] == [("raman_power_shift_per_cm_mw", 1)]
    curve = run.curves.get()
    assert (curve.x_quantity, curve.y_quantity) == ("laser_power_mw", "raman_peak_position_per_cm")


def test_an_analysis_over_the_condition_of_its_own_plugin_runs(cell: Cell) -> None:
    for name in ("raman-power-shift", "raman-power-shift-cell"):
        run = AnalysisRun.objects.get(cell=cell, is_latest=True, analysis=name)
        assert (run.status, [value.magnitude for value in run.values.all()]) == ("done", [-1])


def test_a_text_table_with_the_columns_of_the_technique_is_its_data(cell: Cell) -> None:
    datasets = Dataset.objects.filter(measurement__cell=cell)
    assert {(item.reader, item.technique, item.status) for item in datasets} == {("declared-csv", "raman", "parsed")}


def test_a_column_mapping_names_the_columns_of_the_technique(
    use_plugins: Callable[[bool], None], public_project: Project
) -> None:
    assert list_mappable_columns()["raman_shift_per_centimetre"] == "per centimetre"
    columns = {"shift": "raman_shift_per_centimetre", "signal": "Intensity / counts"}
    mapping = factories.make_mapping(public_project, mapping={"columns": columns})
    measurement = factories.make_measurement(factories.make_cell(public_project), technique="raman")
    file = spectrum(250.0, "shift,signal")
    upload_file(measurement=measurement, file=file, filename="a.txt", mapping=mapping, by=None)
    do_due_work()
    dataset = measurement.datasets.get()
    assert (dataset.status, dataset.columns) == ("parsed", ["raman_shift_per_centimetre", "intensity_count"])
    use_plugins(False)
    with pytest.raises(ValidationError) as error:
        validate_column_mapping(mapping.mapping)
    assert [item.code for item in error.value.error_dict["mapping"]] == ["invalid-column-mapping"]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("raman_shift_per_centimetre / m-1,intensity_count", "invalid-column"),
        ("raman_shift_per_centimetre,angle", "missing-columns"),
    ],
)
@pytest.mark.usefixtures("use_plugins")
def test_a_text_table_with_other_columns_is_refused(header: str, code: str, public_project: Project) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project), technique="raman")
    upload_file(measurement=measurement, file=spectrum(250.0, header), filename="a.csv", by=None)
    do_due_work()
    (message,) = measurement.datasets.get().messages
    assert message["code"] == code
    assert "Raman spectroscopy" in message["text"] or code != "missing-columns"


def test_an_analysis_its_process_does_not_have_is_reported_as_such(cell: Cell) -> None:
    def run(inputs: object) -> None: ...

    unknown = Analysis(
        name="of-no-plugin", version="1", title="Unknown", description="", techniques=("eis",), outputs=(), run=run
    )
    with analysis_batch() as batch:
        result = batch.run(unknown, {}, {})
    assert (result.status, [message.code for message in result.messages]) == ("failed", ["analysis-not-loaded"])


def test_numbers_keep_name_and_unit_without_the_plugin(
    cell: Cell, use_plugins: Callable[[bool], None], client: Client, admin_client: Client
) -> None:
    use_plugins(False)
    for slug, name, unit in (
        ("raman_peak_position_per_cm", "Raman peak position", "cm⁻¹"),
        ("raman_power_shift_per_cm_mw", "Raman shift with laser power", "cm⁻¹ mW⁻¹"),
        ("laser_power_mw", "Laser power", "mW"),
    ):
        quantity = catalogue.get_or_placeholder(slug)
        assert (quantity.name, quantity.unit_label) == (name, unit)
    page = client.get(f"/cells/{cell.refcode}/").content.decode()
    assert "Raman peak position / " in page
    assert page.count("not registered</span>") >= 2
    run = AnalysisRun.objects.filter(cell=cell, analysis="raman-peak").first()
    assert run is not None
    run_page = client.get(f"/runs/{run.pk}/").content.decode()
    assert "Raman peak position" in run_page
    assert "not registered</span>" in run_page
    assert "Raman peak position" in admin_client.get("/admin/registry/value/").content.decode()
    definition = {"columns": ["label", {"key": "raman_peak_position_per_cm", "at": "peak:1"}]}
    printed = format_table(build_table("gone", "Gone", definition), AnonymousUser())
    assert (printed.headings[1].title, printed.headings[1].unit) == ("Raman peak position, peak 1", "cm⁻¹")


def test_descriptions_follow_the_plugin_and_those_of_before_are_kept_by_a_migration(
    use_plugins: Callable[[bool], None], db: None
) -> None:
    QuantityDescription.objects.all().delete()
    call_command("migrate", verbosity=0)
    kept = QuantityDescription.objects.get(slug="laser_power_mw")
    assert kept.quantity == catalogue.get("laser_power_mw")
    assert not QuantityDescription.objects.filter(slug="stack_pressure_mpa").exists()
    kept.description |= {"name": "Power", "of_a_later_version": 1}
    kept.save()
    keep_descriptions(["laser_power_mw"])
    assert QuantityDescription.objects.get(slug="laser_power_mw").quantity.name == "Laser power"
