"""Buttons next to messages that change a parameter: shown to editors, refused to others, useless when outdated."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import AnalysisRun, Cell, Measurement

OFFER = {"parameter": "last_points", "value": 3, "label": "Use three points"}


def offering(cell: Cell, status: str = "done", level: str = "warning") -> AnalysisRun:
    """A run of the cell one of whose messages offers a change."""
    run = AnalysisRun.objects.get(cell=cell, analysis="electronic-conductivity", is_latest=True)
    parameter, value = next(iter(run.parameters.items()))
    offers = [OFFER | {"parameter": parameter, "value": value}]
    run.messages = [
        {"code": "plain", "text": "Plain.", "level": "warning", "parameters": {}},
        {"code": "offering", "text": "Offering.", "level": level, "parameters": {}, "offers": offers},
    ]
    run.status = status
    run.save(update_fields=["messages", "status"])
    return run


def address(run: AnalysisRun) -> str:
    return f"/runs/{run.pk}/offers/"


PLACE = {"message": "1", "offer": "0"}


@pytest.mark.parametrize("level", ["warning", "info"])
def test_editors_see_the_button_on_both_pages_and_others_do_not(
    private_cell: Cell, owner: User, viewer: User, client: Client, level: str
) -> None:
    run = offering(private_cell, level=level)
    for page in (f"/runs/{run.pk}/", f"/cells/{private_cell.refcode}/"):
        client.force_login(viewer)
        assert address(run) not in client.get(page).content.decode()
        client.force_login(owner)
        text = client.get(page).content.decode()
        assert text.count(address(run)) == 1
        assert OFFER["label"] in text


def test_a_click_makes_the_change_and_returns_to_the_record(private_cell: Cell, owner: User, client: Client) -> None:
    run = offering(private_cell)
    client.force_login(owner)
    response = client.post(address(run), PLACE)
    assert (response.status_code, response.headers["Location"]) == (302, run.of.get_absolute_url())
    parameter = run.messages[1]["offers"][0]["parameter"]
    assert parameter in Measurement.objects.get(pk=run.measurement_id).parameters["electronic-conductivity"]
    assert AnalysisRun.objects.filter(cell=private_cell, analysis=run.analysis, status="queued").exists()
    assert 'class="success"' in client.get(f"/cells/{private_cell.refcode}/").content.decode()


def test_a_click_on_an_outdated_page_changes_nothing_and_says_so(
    private_cell: Cell, owner: User, client: Client
) -> None:
    run = offering(private_cell)
    AnalysisRun.objects.filter(pk=run.pk).update(is_latest=False)
    client.force_login(owner)
    assert client.post(address(run), PLACE).status_code == 302
    assert 'class="error"' in client.get(f"/cells/{private_cell.refcode}/").content.decode()
    assert Measurement.objects.get(pk=run.measurement_id).parameters == {}


def test_a_superseded_run_shows_no_button(private_cell: Cell, owner: User, client: Client) -> None:
    run = offering(private_cell)
    AnalysisRun.objects.filter(pk=run.pk).update(is_latest=False)
    client.force_login(owner)
    assert address(run) not in client.get(f"/runs/{run.pk}/").content.decode()


def test_no_button_while_the_analysis_is_queued(private_cell: Cell, owner: User, client: Client) -> None:
    run = offering(private_cell)
    client.force_login(owner)
    client.post(address(run), PLACE)
    for page in (f"/runs/{run.pk}/", f"/cells/{private_cell.refcode}/"):
        assert address(run) not in client.get(page).content.decode()


def test_others_are_refused(private_cell: Cell, cell: Cell, viewer: User, outsider: User, client: Client) -> None:
    """A private run does not exist for outsiders and visitors; a public one may not be changed by them."""
    private, public = offering(private_cell), offering(cell)
    assert client.post(address(private), PLACE).status_code == 404
    assert client.post(address(public), PLACE).status_code == 403
    client.force_login(outsider)
    assert client.post(address(private), PLACE).status_code == 404
    assert client.post(address(public), PLACE).status_code == 403
    client.force_login(viewer)
    assert client.post(address(private), PLACE).status_code == 403
    assert Measurement.objects.get(pk=private.measurement_id).parameters == {}


@pytest.mark.parametrize("data", [{}, {"message": "0", "offer": "0"}, {"message": "x", "offer": "0"}])
def test_what_is_not_offered_does_not_exist(private_cell: Cell, owner: User, client: Client, data: dict) -> None:
    run = offering(private_cell)
    client.force_login(owner)
    assert client.post(address(run), data).status_code == 404


def test_a_click_needs_the_token_and_a_post(private_cell: Cell, owner: User) -> None:
    run = offering(private_cell)
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert client.post(address(run), PLACE).status_code == 403
    assert client.get(address(run)).status_code == 405
