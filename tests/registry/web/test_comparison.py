"""Comparison tables on pages and as files."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry import plugin_loading
from registry.models import Cell, Comparison, Project
from registry.services.record import save_record
from tests import factories
from tests.registry.web.conftest import fill

API = "/api/comparisons/mine/"
COLUMNS = ["label", "resistance_ohm", "electronic_conductivity_s_cm"]


def save(project: Project, **definition: object) -> str:
    contents = {"columns": COLUMNS, "filters": {"technique": "chronoamperometry"}} | definition
    save_record(Comparison(project=project, slug="mine", title="Mine", definition=contents), by=None)
    return "/compare/mine/"


def test_a_disagreeing_number_is_marked_and_links_to_its_measurement(cell: Cell, client: Client) -> None:
    response = client.get(save(cell.project))
    text = response.content.decode()
    measurement = cell.measurements.get(technique="chronoamperometry")
    assert f'href="/cells/{cell.refcode}/#{measurement.refcode}"' in text
    assert 'class="number disagrees"' in text
    assert '<a href="#note-a">a</a>' in text
    assert 'id="note-a"' in text


@pytest.mark.parametrize("name", list(plugin_loading.current().table_formats))
def test_every_format_is_sent_as_a_file(cell: Cell, client: Client, name: str) -> None:
    response = client.get(f"{save(cell.project)}?format={name}")
    written = plugin_loading.current().table_formats[name]
    assert response.status_code == 200
    assert response.headers["Content-Type"] == written.media_type
    assert response.headers["Content-Disposition"] == f'attachment; filename="mine.{written.extension}"'
    assert response.content


def test_an_unknown_format_is_refused_with_the_available_formats(cell: Cell, client: Client) -> None:
    response = client.get(f"{save(cell.project)}?format=markdwn")
    assert response.status_code == 400
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "Available formats: csv, html, json, latex, md, xlsx" in response.content.decode()


def test_parameters_filter_the_table_and_its_files(cell: Cell, client: Client) -> None:
    fill(cell.project, "Other pellet")
    address = save(cell.project)
    assert len(client.get(address).context["table"].rows) == 2
    filtered = client.get(f"{address}?label=Other+pellet")
    assert len(filtered.context["table"].rows) == 1
    assert f"{address}?format=md&amp;label=Other+pellet" in filtered.content.decode()


def test_an_unknown_parameter_is_refused_with_the_nearest_one(cell: Cell, client: Client) -> None:
    response = client.get(f"{save(cell.project)}?anod=Li")
    assert response.status_code == 400
    assert "‘anode’" in response.content.decode()


def test_a_transposed_table_has_its_headings_down_the_side(cell: Cell, client: Client) -> None:
    text = client.get(save(cell.project, transposed=True)).content.decode()
    assert '<th scope="row">Resistance <span class="unit">/ Ω</span></th>' in text


def test_the_name_column_stays_visible(cell: Cell, client: Client) -> None:
    text = client.get(save(cell.project, columns=["technique", "label", "resistance_ohm"])).content.decode()
    assert '<th scope="col" class=" named">Label</th>' in text


def test_a_caption_that_repeats_the_title_is_hidden(cell: Cell, client: Client) -> None:
    assert '<caption id="caption" class="hidden">' in client.get(save(cell.project, caption="Mine")).content.decode()
    Comparison.objects.all().delete()
    assert '<caption id="caption"><span' in client.get(save(cell.project, caption="Of pellets")).content.decode()


def test_an_invalid_condition_is_named_by_its_label(cell: Cell, client: Client) -> None:
    response = client.get(f"{save(cell.project)}?resistance_ohm__gte=abc")
    assert response.status_code == 400
    assert re.search(r"\bResistance [^<]*: ‘abc’ ", response.content.decode())
    assert '<li class="invalid">' in response.content.decode()


def test_formats_have_display_names(cell: Cell, client: Client) -> None:
    response = client.get(save(cell.project))
    names = [name for name, _ in response.context["downloads"]]
    assert response.content.count(b"?format=") == len(names)
    assert response.content.index(b"?format=csv") < response.content.index(b"<table")
    assert names == ["CSV", "HTML", "JSON", "LaTeX", "Markdown", "Excel"]


def test_a_table_nobody_may_see_does_not_exist(project: Project, outsider: User, owner: User, client: Client) -> None:
    address = save(project)
    assert client.get(address).status_code == 404
    client.force_login(outsider)
    assert client.get(address).status_code == 404
    client.force_login(owner)
    assert client.get(address).status_code == 200


def test_a_table_costs_the_same_for_one_row_and_for_four(cell: Cell, client: Client) -> None:
    address = save(cell.project)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(3):
        fill(cell.project, f"Pellet {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def test_a_table_saved_before_its_text_was_checked_harms_no_page(public_project: Project, client: Client) -> None:
    definition = {"columns": ["label", {"key": "configuration", "heading": "\ud800"}], "caption": "half \ud800"}
    if connection.vendor != "sqlite":
        definition = {"columns": ["label"], "caption": 5}
    Comparison(project=public_project, slug="bad", title="Bad", definition=definition).save()
    assert "Bad" in client.get("/compare/").content.decode()
    answer = client.get("/compare/bad/")
    assert answer.status_code == 400
    for path in ("/api/comparisons/", "/api/comparisons/bad/", "/api/comparisons/bad/definition/"):
        assert client.get(path).status_code < 500


def test_an_empty_field_takes_the_restriction_to_this_work_away(cell: Cell, client: Client) -> None:
    address = save(cell.project, this_work="other")
    assert not client.get(address).context["table"].rows
    condition = "&quantity=&operator=gte&number="
    shown = client.get(f"{address}?this_work={condition}", follow=True)
    assert len(shown.context["table"].rows) == 1
    assert len(client.get("/compare/mine.json?this_work=").json()["rows"]) == 1


def test_this_work_names_projects_and_cells_that_one_sees(cell: Cell, project: Project, client: Client) -> None:
    hidden = factories.make_cell(project)
    address = save(cell.project)
    for name in (project.slug, hidden.refcode, "C-99999", "nonsense"):
        answers = [client.get(path, {"this_work": name}) for path in (address, "/compare/mine.json", API)]
        assert [answer.status_code for answer in answers] == [400, 400, 400]
        assert answers[2].json()["code"] == "unknown-this-work"
    assert len(client.get(address, {"this_work": cell.refcode}).context["table"].rows) == 1


def test_both_forms_keep_what_the_other_sends(cell: Cell, client: Client) -> None:
    other = fill(cell.project, "Other pellet")
    query = f"?this_work={cell.project.slug}&compare_with={other.refcode}&replicates=mean&q=pellet"
    context = client.get(save(cell.project) + query).context
    assert context["kept_by_filters"] == [("compare_with", other.refcode)]
    assert context["kept_by_comparing"] == [("q", "pellet"), ("replicates", "mean"), ("this_work", cell.project.slug)]


def test_errors_of_a_file_are_in_its_format(cell: Cell, client: Client) -> None:
    save(cell.project)
    for query in ("?anod=Li", "?anode=", "?page=2", "?format=csv", "?replicates=mean&replicates=each"):
        response = client.get(f"/compare/mine.json{query}")
        assert (response.status_code, response.headers["Content-Type"]) == (400, "application/json")
        assert response.json()["parameter"] in query
        assert client.get(f"/compare/mine.csv{query}").headers["Content-Type"].startswith("text/plain")


def test_an_error_offers_only_parameters_that_a_table_takes(cell: Cell, client: Client) -> None:
    save(cell.project)
    text = client.get(f"{API}?zzzz=1").json()["error"]
    assert "this_work" in text
    assert not {"ordering", "page_size"} & set(re.findall(r"\w+", text))
