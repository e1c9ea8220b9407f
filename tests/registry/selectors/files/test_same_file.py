"""The same file on two measurements."""

import io
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from registry.models import Cell, Dataset, Measurement, Project
from registry.selectors.files.same_file import list_with_same_file
from registry.services.files.dataset import add_file
from tests import factories

ROWS = b"test_time_second,voltage_volt,current_ampere\n0,3.0,0.001\n60,3.1,0.001\n120,3.2,0.001\n"

pytestmark = pytest.mark.django_db


def uploaded(measurement: Measurement, content: bytes = ROWS) -> Dataset:
    (dataset,) = add_file(measurement=measurement, file=io.BytesIO(content), filename="test.csv", by=None)
    return dataset


@pytest.fixture
def cell(public_project: Project) -> Cell:
    return factories.make_cell(public_project)


def test_the_same_file_on_another_cell_is_listed(cell: Cell, public_project: Project) -> None:
    own = uploaded(factories.make_measurement(cell, technique="cycling"))
    other = uploaded(factories.make_measurement(factories.make_cell(public_project), technique="cycling"))
    uploaded(factories.make_measurement(cell, technique="cycling"), ROWS + b"180,3.3,0.001\n")
    assert list_with_same_file([own, other], None) == {own.pk: [other.measurement], other.pk: [own.measurement]}


def test_two_techniques_of_one_cell_may_share_a_file(cell: Cell) -> None:
    own = uploaded(factories.make_measurement(cell, technique="cycling"))
    uploaded(factories.make_measurement(cell, technique="pressure"))
    assert list_with_same_file([own], None) == {}
    again = uploaded(factories.make_measurement(cell, technique="cycling"))
    assert list_with_same_file([own], None) == {own.pk: [again.measurement]}


def test_a_measurement_that_the_user_may_not_see_is_not_named(cell: Cell, project: Project) -> None:
    own = uploaded(factories.make_measurement(cell, technique="cycling"))
    uploaded(factories.make_measurement(factories.make_cell(project), technique="cycling"))
    assert list_with_same_file([own], AnonymousUser()) == {}


def test_no_datasets() -> None:
    assert list_with_same_file([], None) == {}


def test_page_api_and_command_name_it(cell: Cell, client: Client, public_project: Project, tmp_path) -> None:
    own = uploaded(factories.make_measurement(cell, technique="cycling"))
    other = uploaded(factories.make_measurement(factories.make_cell(public_project), technique="cycling"))
    page = client.get(cell.get_absolute_url()).content.decode()
    assert f'href="{other.measurement.get_absolute_url()}"' in page
    listed = APIClient().get("/api/datasets/").json()["results"]
    assert [row["same_file_on"] for row in listed] == [[other.measurement.refcode], [own.measurement.refcode]]
    path = tmp_path / "test.csv"
    path.write_bytes(ROWS)
    third = factories.make_measurement(factories.make_cell(public_project), technique="cycling")
    output = io.StringIO()
    call_command("ingest", str(path), measurement=third.refcode, stdout=output)
    assert {own.measurement.refcode, other.measurement.refcode} <= set(re.findall(r"M-[0-9]+", output.getvalue()))
