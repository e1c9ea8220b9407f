"""Column mappings in the admin: made from a file that failed, chosen for one that is there or comes."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registry.models import ColumnMapping, Dataset
from registry.services.background import do_due_work
from tests import factories

ADD = "admin:registry_columnmapping_add"
SPECTRUM = b"Freq;Zr;Zi\n1000;10;-1\n100;12;-4\n10;15;-3\n"
COLUMNS = {"Freq": "frequency_hertz", "Zr": "Z' / Ohm", "Zi": "Z'' / Ohm"}


@pytest.fixture
def measurement(project):
    return factories.make_measurement(factories.make_pellet(project), technique="eis")


@pytest.fixture
def failed(browser, measurement):
    send(browser, measurement)
    dataset = Dataset.objects.get()
    assert dataset.status == "failed"
    return dataset


def send(browser, measurement, **more):
    page = reverse("admin:registry_measurement_change", args=[measurement.pk])
    response = browser.fill(page, {"uploads": SimpleUploadedFile("spectrum.txt", SPECTRUM), **more})
    assert browser.errors(response) == {}
    do_due_work()


def make_from(dataset):
    return f"{reverse(ADD)}?dataset={dataset.pk}"


@pytest.mark.parametrize("where", ["measurement", "dataset"])
def test_a_file_that_failed_leads_to_a_mapping_for_it(browser, failed, where):
    record = failed if where == "dataset" else failed.measurement
    page = browser.get(reverse(f"admin:registry_{where}_change", args=[record.pk]))
    assert make_from(failed) in page.content.decode()


def test_the_page_shows_how_the_file_begins_and_the_heads_it_found(browser, failed, project):
    page = browser.get(make_from(failed))
    text = page.content.decode()
    assert "The heads found in line 1, parted by semicolon." in text
    assert "1000;10;-1" in text
    assert "frequency_hertz" in text
    shown = browser.shown(make_from(failed))
    assert (shown["project"], shown["name"]) == (project.pk, "Like spectrum.txt")
    assert json.loads(shown["mapping"]) == {"columns": {"Freq": "", "Zr": "", "Zi": ""}, "delimiter": ";"}


def test_the_file_is_read_by_the_mapping_made_for_it(browser, failed):
    response = browser.fill(make_from(failed), {"mapping": json.dumps({"columns": COLUMNS})})
    assert browser.errors(response) == {}
    assert "‘spectrum.txt’ is read by it in the background." in browser.said(response)
    do_due_work()
    dataset = Dataset.objects.get()
    assert (dataset.status, dataset.rows, dataset.mapping) == ("parsed", 3, ColumnMapping.objects.get())


def test_a_mapping_that_is_not_filled_in_is_refused_beside_its_field(browser, failed):
    errors = browser.errors(browser.fill(make_from(failed)))
    assert "has no name for ‘Freq’" in errors["mapping"][0]
    assert not ColumnMapping.objects.exists()
    assert Dataset.objects.get().status == "failed"


def test_a_viewer_is_not_shown_how_a_file_begins(make_browser, viewer, failed):
    make_browser(viewer)
    other = factories.make_project()
    factories.save_record(factories.Membership(project=other, user=viewer, role="editor"), by=None)
    assert "1000;10;-1" not in make_browser(viewer).get(make_from(failed)).content.decode()


def test_a_mapping_is_chosen_when_a_file_is_sent(browser, measurement, project):
    mapping = factories.make_mapping(project, mapping={"columns": COLUMNS})
    send(browser, measurement, mapping=mapping.pk)
    assert Dataset.objects.get().status == "parsed"


def test_a_mapping_is_chosen_for_a_file_that_is_there(browser, failed, project):
    mapping = factories.make_mapping(project, mapping={"columns": COLUMNS})
    browser.fill(reverse("admin:registry_dataset_change", args=[failed.pk]), {"mapping": mapping.pk})
    assert Dataset.objects.get().status == "queued"
    do_due_work()
    assert Dataset.objects.get().status == "parsed"
    page = browser.get(reverse("admin:registry_dataset_change", args=[failed.pk])).content.decode()
    assert "frequency_hertz" in page


def test_saving_without_a_choice_has_nothing_read_again(browser, failed):
    browser.fill(reverse("admin:registry_dataset_change", args=[failed.pk]))
    assert Dataset.objects.get().status == "failed"


def test_mappings_are_offered_as_one_types(browser, project):
    factories.make_mapping(project, "Bench 3")
    factories.make_mapping(factories.make_project(), "Bench of others")
    asked = {"app_label": "registry", "model_name": "dataset", "field_name": "mapping", "term": "bench"}
    found = browser.client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [item["text"] for item in found] == ["Bench 3"]


def test_the_list_counts_files(browser, measurement, project):
    mapping = factories.make_mapping(project, mapping={"columns": COLUMNS})
    send(browser, measurement, mapping=mapping.pk)
    page = browser.get(reverse("admin:registry_columnmapping_changelist")).content.decode()
    assert '<td class="field-file_count">1</td>' in page


def test_the_heads_stand_out_and_the_mapping_as_text_is_folded(browser, failed):
    page = browser.get(make_from(failed))
    text = page.content.decode()
    assert '<div class="scroller"><table class="heads">' in text
    assert "placeholder" not in text.partition('<table class="heads">')[2].partition("</table>")[0]
    assert "`" not in text.partition('id="id_mapping_helptext"')[2].partition("</div>")[0]
    folded = {fieldset.name: bool(fieldset.is_collapsible) for fieldset in page.context["adminform"]}
    assert folded == {None: False, "The mapping as text": True}
    refused = browser.fill(make_from(failed))
    assert not any(fieldset.is_collapsible for fieldset in refused.context["adminform"])


def test_the_mapping_is_open_where_no_heads_are_shown(browser, project):
    mapping = factories.make_mapping(project, mapping={"columns": COLUMNS})
    for page in (reverse(ADD), reverse("admin:registry_columnmapping_change", args=[mapping.pk])):
        assert not any(fieldset.is_collapsible for fieldset in browser.get(page).context["adminform"])
