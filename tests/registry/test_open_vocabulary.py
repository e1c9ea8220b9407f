"""A technique, layer role and condition of a plugin, in use, and as its records are after it was removed.

The plugin is tests/data/plugins/open_world.py.
"""

from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from registry import plugin_loading
from registry.models import Cell, Comparison, Layer, Measurement, Project
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use
from registry.selectors.comparison.tables import format_table, get_table
from registry.services.cell import save_cell
from registry.services.files.dataset import add_file
from registry.services.files.reading import queue_file
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.record import delete_record, save_record
from tests import factories
from tests.plugin_directory import directory_with
from tests.registry.admin.conftest import Browser
from tests.registry.api.conftest import client_of

PLUGIN = Path(__file__).parent.parent / "data" / "plugins" / "open_world.py"
TIME_SERIES = b"test time / s,voltage / V,current / A\n0,3,0.001\n60,3.1,0.001\n"
DEFINITION = {
    "columns": ["label", "technique", "catholyte.name", "catholyte.thickness_um"],
    "filters": {"technique": "gitt", "catholyte.thickness_um__lte": "60"},
}


@pytest.fixture
def use_plugin(settings: LazySettings) -> Iterator[Callable[[bool], None]]:
    """Load the plugin, or remove it."""
    directory = directory_with(PLUGIN)

    def use(is_present: bool) -> None:
        settings.REGISTRY_PLUGINS_DIR = str(directory) if is_present else ""
        assert plugin_loading.load().problems == []

    yield use
    use(False)


@pytest.fixture(params=["loaded", "removed"])
def measurement(
    public_project: Project, use_plugin: Callable[[bool], None], request: pytest.FixtureRequest
) -> Measurement:
    """A measurement by the technique of the plugin, on a cell with a layer of its role, and a saved table of both."""
    use_plugin(True)
    catholyte = factories.make_material(public_project, name="Ionic liquid", kind="solid_electrolyte")
    layers = [
        Layer(position=1, role="cathode", material=factories.make_material(public_project)),
        Layer(position=2, role="catholyte", material=catholyte, thickness="50 µm"),
    ]
    cell = factories.make_cell(public_project, layers, label="wet")
    measurement = factories.make_measurement(cell, technique="gitt", relative_humidity_percent="0.5 %")
    upload_file(measurement=measurement, file=BytesIO(TIME_SERIES), filename="t.csv", by=None)
    do_due_work()
    saved = Comparison(project=public_project, slug="wet", title="Wet", definition=DEFINITION)
    save_record(saved, by=None)
    use_plugin(request.param == "loaded")
    return Measurement.objects.get(pk=measurement.pk)


@pytest.fixture
def is_loaded(measurement: Measurement) -> bool:
    return "gitt" in plugin_loading.current().techniques


@pytest.fixture
def technique_name(is_loaded: bool) -> str:
    return "Galvanostatic intermittent titration" if is_loaded else "gitt"


@pytest.fixture
def superuser(db: None) -> User:
    return factories.make_user("root", is_staff=True, is_superuser=True)


def test_data_of_the_technique_are_read(measurement: Measurement) -> None:
    assert measurement.datasets.get().status == "parsed"


def test_names_are_the_slugs_once_the_plugin_is_gone(
    measurement: Measurement, is_loaded: bool, technique_name: str
) -> None:
    assert measurement.technique_name == technique_name
    assert measurement.cell.layers.get(position=2).role_name == ("Catholyte" if is_loaded else "catholyte")
    assert measurement.cell.configuration.endswith("/Ionic liquid")


def test_the_pages_show_them(measurement: Measurement, technique_name: str, client: Client) -> None:
    cell = client.get(f"/cells/{measurement.cell.refcode}/")
    assert cell.status_code == 200
    assert technique_name in cell.content.decode()
    listed = client.get("/cells/?technique=gitt&catholyte.thickness_um__lte=60").content.decode()
    assert "wet" in listed
    assert f"technique: {technique_name}" in listed
    assert client.get("/plugins/").status_code == 200


def test_the_api_filters_by_them(measurement: Measurement, client: Client) -> None:
    def refcodes(query: str) -> list[str]:
        return [item["refcode"] for item in client.get(f"/api/cells/?{query}").json()["results"]]

    cell = measurement.cell.refcode
    assert refcodes("technique=gitt") == [cell]
    assert refcodes("technique=gitt&relative_humidity_percent__lte=1") == [cell]
    assert refcodes("catholyte.thickness_um__lte=60") == [cell]
    assert refcodes("catholyte.thickness_um__gt=60") == []
    assert client.get("/api/measurements/?technique=gitt").json()["count"] == 1
    assert client.get("/api/datasets/?technique=gitt").json()["count"] == 1
    assert client.get(f"/api/measurements/{measurement.refcode}/").json()["technique"] == "gitt"
    assert client.get(f"/api/cells/{cell}/").json()["layers"][1]["role"] == "catholyte"


def test_the_search_word_of_a_role_finds_its_material(
    measurement: Measurement, is_loaded: bool, client: Client
) -> None:
    count = client.get("/api/cells/?electrolyte=Ionic liquid").json()["count"]
    assert count == (1 if is_loaded else 0)
    assert client.get("/api/cells/?material=Ionic liquid").json()["count"] == 1
    assert client.get("/api/cells/?cathode=Ionic liquid").json()["count"] == 0


@pytest.mark.parametrize("query", ["technique=gtt", "technique=divination", "anolyte.thickness_um__lte=60"])
def test_an_unknown_technique_or_role_is_refused(measurement: Measurement, client: Client, query: str) -> None:
    assert client.get(f"/api/cells/?{query}").status_code == 400


def test_saved_tables_show_them(measurement: Measurement, technique_name: str, client: Client) -> None:
    (row,) = format_table(get_table("wet", AnonymousUser()), AnonymousUser()).rows
    assert "Ionic liquid" in client.get("/compare/wet/").content.decode()
    assert [cell.text for cell in row] == ["wet", technique_name, "Ionic liquid", "50"]


def test_the_table_of_the_plugin_comes_and_goes_with_it(measurement: Measurement, is_loaded: bool) -> None:
    assert ("titrations" in plugin_loading.current().tables) == is_loaded
    if is_loaded:
        (row,) = format_table(get_table("titrations", AnonymousUser()), AnonymousUser()).rows
        assert row[3].text == "50"


def test_records_can_be_saved_and_changed_in_other_fields(measurement: Measurement, superuser: User) -> None:
    api = client_of(superuser)
    sent = {"label": "renamed", "technique": "gitt"}
    response = api.patch(f"/api/measurements/{measurement.refcode}/", sent, format="json")
    assert (response.status_code, response.json()["label"]) == (200, "renamed")
    layers = api.get(f"/api/cells/{measurement.cell.refcode}/").json()["layers"]
    layers[1]["thickness"], layers[1]["thickness_um"] = "40 µm", 40
    response = api.patch(f"/api/cells/{measurement.cell.refcode}/", {"layers": layers}, format="json")
    assert response.json()["layers"][1]["thickness_um"] == 40


def test_new_records_with_an_unregistered_slug_are_refused(
    measurement: Measurement, is_loaded: bool, superuser: User
) -> None:
    sent = {"cell": measurement.cell.refcode, "technique": "gitt"}
    response = client_of(superuser).post("/api/measurements/", sent, format="json")
    assert response.status_code == (201 if is_loaded else 400)
    if not is_loaded:
        assert "technique" in response.json()["error"]


def test_an_unknown_slug_is_refused_with_the_nearest(measurement: Measurement) -> None:
    with pytest.raises(ValidationError) as refused:
        factories.make_measurement(measurement.cell, technique="cyclig")
    (error,) = refused.value.error_dict["technique"]
    assert error.code == "unknown-technique"
    assert "‘cycling’" in error.message
    layer = Layer(position=1, role="catode", material=factories.make_material(measurement.cell.project))
    with pytest.raises(ValidationError) as refused:
        factories.make_cell(measurement.cell.project, [layer])
    assert "‘cathode’" in str(refused.value)


def test_admin_forms_keep_them(measurement: Measurement, is_loaded: bool, superuser: User) -> None:
    browser = Browser(superuser)
    url = f"/admin/registry/measurement/{measurement.pk}/change/"
    response = browser.fill(url, {"label": "renamed"})
    assert browser.errors(response) == {}
    measurement.refresh_from_db()
    assert (measurement.label, measurement.technique) == ("renamed", "gitt")
    cell_url = f"/admin/registry/cell/{measurement.cell_id}/change/"
    assert browser.errors(browser.fill(cell_url, {"notes": "kept"})) == {}
    assert Cell.objects.get().layers.get(position=2).role == "catholyte"
    choices = dict(
        browser.get("/admin/registry/measurement/add/").context["adminform"].form.fields["technique"].choices
    )
    assert ("gitt" in choices) == is_loaded
    assert "GITT" in browser.get("/admin/registry/measurement/").content.decode() or not is_loaded
    assert browser.get("/admin/registry/measurement/?technique=gitt").status_code == 200
    assert browser.get("/admin/registry/dataset/").status_code == 200


def test_admin_forms_offer_the_registered_ones_by_name(
    measurement: Measurement, is_loaded: bool, superuser: User
) -> None:
    browser = Browser(superuser)
    new = browser.get("/admin/registry/measurement/add/").content.decode()
    assert '<select name="technique"' in new
    assert '<option value="eis">Electrochemical impedance spectroscopy</option>' in new
    assert ('<option value="gitt">' in new) == is_loaded
    kept = browser.get(f"/admin/registry/measurement/{measurement.pk}/change/").content.decode()
    assert '<option value="gitt" selected>' in kept
    cell = browser.get(f"/admin/registry/cell/{measurement.cell_id}/change/").content.decode()
    assert '<select name="layers-1-role"' in cell
    assert '<option value="separator">Separator</option>' in cell
    assert '<option value="catholyte" selected>' in cell
    assert ('<option value="catholyte">' in cell) == is_loaded


def test_they_can_be_deleted(measurement: Measurement) -> None:
    cell = measurement.cell
    delete_record(measurement, by=None)
    save_cell(cell, [], by=None)
    assert not Layer.objects.exists()
    delete_record(cell, by=None)
    assert not Cell.objects.exists()


def test_history_shows_them(measurement: Measurement, superuser: User) -> None:
    api: APIClient = client_of(superuser)
    assert api.get(f"/api/measurements/{measurement.refcode}/history/").status_code == 200
    assert api.get(f"/api/cells/{measurement.cell.refcode}/history/").status_code == 200


def test_ingest_knows_the_technique_by_slug_and_name(
    measurement: Measurement, is_loaded: bool, technique_name: str, tmp_path: Path
) -> None:
    path, output = tmp_path / "other.csv", StringIO()
    path.write_bytes(TIME_SERIES.replace(b"3.1", b"3.2"))
    if is_loaded:
        options = ("--cell", measurement.cell.refcode, "--technique", technique_name)
        call_command("ingest", str(path), *options, stdout=output)
        assert measurement.cell.measurements.filter(technique="gitt").count() == 2
    else:
        with pytest.raises(CommandError):
            call_command("ingest", str(path), "--measurement", measurement.refcode, stdout=output)
        assert measurement.datasets.count() == 1


def test_new_data_of_an_unregistered_technique_are_refused(measurement: Measurement, is_loaded: bool) -> None:
    other = TIME_SERIES.replace(b"3.1", b"3.2")
    if is_loaded:
        upload_file(measurement=measurement, file=BytesIO(other), filename="u.csv", by=None)
        assert measurement.datasets.count() == 2
        return
    with pytest.raises(ValidationError) as refused:
        upload_file(measurement=measurement, file=BytesIO(other), filename="u.csv", by=None)
    assert [error.code for error in refused.value.error_dict["file"]] == ["technique-not-registered"]
    with pytest.raises(ValidationError) as refused:
        add_file(measurement=measurement, file=BytesIO(other), filename="u.csv", by=None)
    assert [error.code for error in refused.value.error_dict["file"]] == ["technique-not-registered"]


def test_data_read_again_without_the_plugin_are_kept(measurement: Measurement) -> None:
    queue_file(measurement.datasets.get(), by=None)
    do_due_work()
    dataset = measurement.datasets.get()
    assert (dataset.status, dataset.rows) == ("parsed", 2)
    assert get_dataset_in_use(measurement).dataset == dataset


def test_the_schema_lists_the_registered_ones(measurement: Measurement, is_loaded: bool, client: Client) -> None:
    text = client.get("/api/schema/").content.decode()
    assert ("catholyte.thickness_um" in text) == is_loaded
    assert ("gitt" in text) == is_loaded
