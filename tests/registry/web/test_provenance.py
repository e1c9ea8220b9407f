"""Where a number comes from."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import Cell, Value, ValueOrigin
from tests import factories

PART = {"HX-Request": "true"}
MOST_QUERIES = 8


def number(cell: Cell, quantity: str, origin: str = ValueOrigin.COMPUTED) -> Value:
    return Value.objects.get(cell=cell, quantity=quantity, origin=origin, is_latest=True, at_number=None)


def test_a_computed_number_leads_to_its_run_and_its_bytes(cell: Cell, client: Client) -> None:
    value = number(cell, "capacity_retention_percent")
    assert value.run is not None
    with CaptureQueriesContext(connection) as queries:
        text = client.get(f"/values/{value.pk}/", headers=PART).content.decode()
    assert len(queries) <= MOST_QUERIES
    assert "<html" not in text
    assert f'href="/runs/{value.run.pk}/"' in text
    (file,) = re.findall(r'href="(/datasets/\d+/file/)"', text)
    assert b"".join(client.get(file).streaming_content).startswith(b"cycle,")  # type: ignore[attr-defined]
    assert value.run.version in text


def test_inputs_and_parameters_are_listed(cell: Cell, client: Client) -> None:
    response = client.get(f"/values/{number(cell, 'electronic_conductivity_s_cm').pk}/", headers=PART)
    labels = [row.label for row in response.context["inputs"]]
    assert "Reported: resistance" in labels
    assert not [label for label in labels if "SHA-256" in label]
    assert response.context["files"] == ()


def test_a_reported_number_says_who_entered_it_and_where_it_is_printed(cell: Cell, client: Client, owner: User) -> None:
    value = number(cell, "electronic_conductivity_s_cm", ValueOrigin.REPORTED)
    response = client.get(f"/values/{value.pk}/")
    assert response.headers["Vary"].count("HX-Request") == 1
    assert "<html" in response.content.decode()
    assert response.context["written"] == "6.89×10⁻⁵ S/cm"


@pytest.mark.parametrize("headers", [{}, PART])
def test_others_see_no_provenance(private_cell: Cell, client: Client, headers: dict[str, str]) -> None:
    value = number(private_cell, "capacity_retention_percent")
    assert client.get(f"/values/{value.pk}/", headers=headers).status_code == 404


def test_every_number_of_the_page_has_its_provenance(cell: Cell, client: Client) -> None:
    factories.report(cell.measurements.earliest("pk"), "relaxation_time_s", "0.1 s", at="peak:1")
    text = client.get(cell.get_absolute_url()).content.decode()
    named = {int(pk) for pk in re.findall(r'data-provenance="/values/(\d+)/"', text)}
    shown = Value.objects.filter(cell=cell, is_latest=True, missing="")
    assert named >= set(shown.values_list("pk", flat=True))
