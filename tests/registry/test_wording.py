"""Sentences that people act on, as they read them. All other tests compare codes, fields, names and numbers."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from registry.contract.analysis_support.cell.pellet import read_pellet
from registry.hookspecs import Inputs, Refused
from registry.models import Material, Project
from registry.numbers import units
from registry.services.record import delete_record, save_record
from tests import factories


def test_a_refusal_says_what_is_missing_and_where_to_enter_it() -> None:
    facts = {"layers.count": 1, "layers.1.role": "sample", "layers.1.name": "LPSCl"}
    with pytest.raises(Refused) as refusal:
        read_pellet(Inputs(facts))
    assert refusal.value.text == "no pellet thickness: enter it for layer 1 (sample, LPSCl)"


def test_a_wrong_unit_says_which_would_fit() -> None:
    with pytest.raises(units.UnitError) as error:
        units.factor("mA", "MPa")
    assert str(error.value) == "‘mA’ is a current; use a pressure such as MPa"


def test_a_record_in_use_says_where(project: Project) -> None:
    material = factories.make_material(project, "LPSCl")
    formulation = factories.make_formulation(project, (material, "active", "100 %"), name="Composite")
    with pytest.raises(ValidationError) as error:
        delete_record(material, by=None)
    (text,) = error.value.messages
    assert text == f"‘LPSCl’ is in use by formulation {formulation.name}: remove it there first."


def test_a_refused_write_names_the_project(project: Project, viewer: User) -> None:
    with pytest.raises(PermissionDenied) as error:
        save_record(Material(project=project, name="X", kind="coating"), by=viewer)
    assert str(error.value) == "You are not an editor of the project ‘Lab’."


def test_the_api_says_what_to_send(project: Project, owner: User) -> None:
    client = APIClient()
    client.force_authenticate(owner)
    response = client.post("/api/materials/", {"project": project.slug}, format="json")
    assert response.json()["fields"]["name"] == ["Missing: send a value."]


def test_a_record_one_may_not_see_is_not_found(project: Project) -> None:
    cell = factories.make_cell(project)
    response = APIClient().get(f"/api/cells/{cell.refcode}/")
    assert response.json()["error"] == "Not found, or you do not have access: check the URL or sign in."


def test_a_search_without_results_says_how_to_go_on(db: None, client: Client) -> None:
    page = client.get("/cells/?q=nowhere").content.decode()
    assert "No cell matches these filters. Remove one, or " in page


@pytest.mark.django_db
def test_the_first_user_is_told_how_to_sign_in() -> None:
    call_command("create_first_user", stdout=StringIO())
    output = StringIO()
    call_command("create_first_user", stdout=output)
    assert output.getvalue() == "Sign in as admin. To reset the password: manage.py changepassword admin\n"


@pytest.mark.django_db
def test_a_refused_file_says_that_nothing_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    with pytest.raises(CommandError) as error:
        call_command("ingest", str(path), "--dry-run", stdout=StringIO())
    assert str(error.value).splitlines()[-1] == "Nothing was saved: 1 file cannot be imported."
