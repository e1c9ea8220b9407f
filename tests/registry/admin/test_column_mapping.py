"""Column mappings in the admin: created from a failed file, or selected for a file."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registry.models import ColumnMapping, Dataset
from registry.services.jobs.background import do_due_work
from tests import factories

ADD = "admin:registry_columnmapping_add"
SPECTRUM = b"Freq;Zr;Zi\n1000;10;-1\n100;12;-4\n10;15;-3\n"
COLUMNS = {"Freq": "frequency_hertz", "Zr": "Z' / Ohm", "Zi": "Z'' / Ohm"}


@pytest.fixture
def measurement(project):
    return factories.make_measurement(factories.make_pellet(project), technique="eis")


@pytest.fixture
def failed(browser, measurement):
    upload(browser, measurement)
    dataset = Dataset.objects.get()
    assert dataset.status == "failed"
    return dataset


def upload(browser, measurement, **fields):
    page = reverse("admin:registry_measurement_change", args=[measurement.pk])
    response = browser.fill(page, {"uploads": SimpleUploadedFile("spectrum.txt", SPECTRUM), **fields})
    assert browser.errors(response) == {}
    do_due_work()


def add_url(dataset):
    return f"{reverse(ADD)}?dataset={dataset.pk}"


@pytest.mark.parametrize("page_name", ["measurement", "dataset"])
def test_a_failed_file_links_to_a_new_mapping(browser, failed, page_name):
    record = failed if page_name == "dataset" else failed.measurement
    page = browser.get(reverse(f"admin:registry_{page_name}_change", args=[record.pk]))
    assert add_url(failed) in page.content.decode()


def test_the_page_shows_the_file_and_its_column_headers(browser, failed, project):
    page = browser.get(add_url(failed))
    text = page.content.decode()
    assert " line 1 (semicolon-separated)" in text
    assert "1000;10;-1" in text
    assert "frequency_hertz" in text
    data = browser.form_data(add_url(failed))
    assert (data["project"], data["name"]) == (project.pk, "Mapping for spectrum.txt")
    assert json.loads(data["mapping"]) == {
        "columns": {"Freq": "Frequency / Hz", "Zr": "Z' / Ω", "Zi": "Z'' / Ω"},
        "delimiter": ";",
    }
    assert "Suggested mapping" in text


def test_the_suggested_mapping_is_accepted_with_one_click(browser, failed):
    assert not ColumnMapping.objects.exists()
    assert browser.errors(browser.fill(add_url(failed))) == {}
    do_due_work()
    dataset = Dataset.objects.get()
    assert (dataset.status, dataset.rows, dataset.technique) == ("parsed", 3, "eis")
    assert dataset.mapping == ColumnMapping.objects.get()


def test_the_file_is_imported_with_its_new_mapping(browser, failed):
    response = browser.fill(add_url(failed), {"mapping": json.dumps({"columns": COLUMNS})})
    assert browser.errors(response) == {}
    assert "‘spectrum.txt’" in browser.messages(response)[0]
    do_due_work()
    dataset = Dataset.objects.get()
    assert (dataset.status, dataset.rows, dataset.mapping) == ("parsed", 3, ColumnMapping.objects.get())


def test_an_empty_mapping_is_refused(browser, failed):
    empty = json.dumps({"columns": {"Freq": ""}})
    errors = browser.errors(browser.fill(add_url(failed), {"mapping": empty}))
    assert "‘Freq’" in errors["mapping"][0]
    assert not ColumnMapping.objects.exists()
    assert Dataset.objects.get().status == "failed"


def test_a_viewer_does_not_see_the_file(make_browser, viewer, failed):
    make_browser(viewer)
    other = factories.make_project()
    factories.save_record(factories.Membership(project=other, user=viewer, role="editor"), by=None)
    assert "1000;10;-1" not in make_browser(viewer).get(add_url(failed)).content.decode()


def test_a_mapping_can_be_selected_for_an_upload(browser, measurement, project):
    mapping = factories.make_mapping(project, mapping={"columns": COLUMNS})
    upload(browser, measurement, mapping=mapping.pk)
    assert Dataset.objects.get().status == "parsed"


def test_a_mapping_can_be_selected_for_an_existing_file(browser, failed, project):
    mapping = factories.make_mapping(project, mapping={"columns": COLUMNS})
    browser.fill(reverse("admin:registry_dataset_change", args=[failed.pk]), {"mapping": mapping.pk})
    assert Dataset.objects.get().status == "queued"
    do_due_work()
    assert Dataset.objects.get().status == "parsed"
    page = browser.get(reverse("admin:registry_dataset_change", args=[failed.pk])).content.decode()
    assert "frequency_hertz" in page


def test_saving_unchanged_does_not_queue_the_file(browser, failed):
    browser.fill(reverse("admin:registry_dataset_change", args=[failed.pk]))
    assert Dataset.objects.get().status == "failed"


def test_autocompletes_mappings(browser, project):
    factories.make_mapping(project, "Bench 3")
    factories.make_mapping(factories.make_project(), "Bench of others")
    query = {"app_label": "registry", "model_name": "dataset", "field_name": "mapping", "term": "bench"}
    results = browser.client.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [item["text"] for item in results] == ["Bench 3"]


def test_the_list_counts_files(browser, measurement, project):
    mapping = factories.make_mapping(project, mapping={"columns": COLUMNS})
    upload(browser, measurement, mapping=mapping.pk)
    page = browser.get(reverse("admin:registry_columnmapping_changelist")).content.decode()
    assert '<td class="field-file_count">1</td>' in page


def test_the_json_is_collapsed_when_columns_are_listed(browser, failed):
    page = browser.get(add_url(failed))
    text = page.content.decode()
    assert '<div class="scroller"><table class="columns">' in text
    assert "placeholder" not in text.partition('<table class="columns">')[2].partition("</table>")[0]
    assert "`" not in text.partition('id="id_mapping_helptext"')[2].partition("</div>")[0]
    collapsible = {fieldset.name: bool(fieldset.is_collapsible) for fieldset in page.context["adminform"]}
    assert collapsible == {None: False, "Mapping as JSON": True}
    response = browser.fill(add_url(failed), {"mapping": json.dumps({"columns": {}})})
    assert not any(fieldset.is_collapsible for fieldset in response.context["adminform"])


def test_the_json_is_shown_when_no_columns_are_listed(browser, project):
    mapping = factories.make_mapping(project, mapping={"columns": COLUMNS})
    for page in (reverse(ADD), reverse("admin:registry_columnmapping_change", args=[mapping.pk])):
        assert not any(fieldset.is_collapsible for fieldset in browser.get(page).context["adminform"])
