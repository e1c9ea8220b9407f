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
from tests.registry.web.conftest import fill

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
    names = [name for name, _ in client.get(save(cell.project)).context["downloads"]]
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
