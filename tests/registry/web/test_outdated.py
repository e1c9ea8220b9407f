"""The notice of outdated results: why, how many, and a button that computes exactly these again."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import AnalysisRun, Cell, Comparison
from registry.models.analysis_run import StaleCause
from registry.services.record import save_record
from tests import factories

OUTDATED = "electronic-conductivity"
TABLE = {"columns": [{"key": "refcode"}, {"key": "electronic_conductivity_s_cm", "origin": "computed"}]}


def make_outdated(cell: Cell) -> AnalysisRun:
    """The latest run of one analysis of a cell, now of another version than the loaded one."""
    run = AnalysisRun.objects.get(cell=cell, analysis=OUTDATED, is_latest=True)
    AnalysisRun.objects.filter(pk=run.pk).update(version="0.0.1")
    return run


def save_table(cell: Cell) -> str:
    table = Comparison(project=cell.project, slug="conductivities", title="Conductivities", definition=TABLE)
    save_record(table, by=None)
    return "/compare/conductivities/"


def addresses(cell: Cell) -> dict[str, str]:
    """The pages with a notice, each with the address of its button."""
    return {
        cell.get_absolute_url(): f"{cell.get_absolute_url()}outdated/",
        save_table(cell): "/compare/conductivities/outdated/",
        f"/projects/{cell.project.slug}/outdated/": f"/projects/{cell.project.slug}/outdated/",
    }


def get(client: Client, page: str) -> Any:
    return client.get(page, headers={"HX-Request": "true"} if page.startswith("/projects") else {})


def read(client: Client, page: str) -> str:
    return str(get(client, page).content.decode())


def test_current_results_have_no_notice(private_cell: Cell, owner: User, client: Client) -> None:
    client.force_login(owner)
    for page in addresses(private_cell):
        assert "notice outdated" not in read(client, page)


def test_the_notice_says_what_changed_and_only_editors_get_the_button(
    private_cell: Cell, owner: User, viewer: User, client: Client
) -> None:
    make_outdated(private_cell)
    for page, button in addresses(private_cell).items():
        for user, buttons in ((viewer, 0), (owner, 1)):
            client.force_login(user)
            text = read(client, page)
            assert 'aria-label="Outdated results"' in text
            assert re.search(r"version 0\.0\.1 to \d", text)
            assert text.count(f'action="{button}"') == buttons


@pytest.mark.parametrize("number", range(3))
def test_the_button_queues_exactly_these_runs(private_cell: Cell, owner: User, client: Client, number: int) -> None:
    run = make_outdated(private_cell)
    page, button = list(addresses(private_cell).items())[number]
    client.force_login(owner)
    assert client.post(button).status_code == 302
    (queued,) = AnalysisRun.objects.filter(status="queued")
    assert (queued.target, queued.analysis, queued.started_by) == (run.target, OUTDATED, owner)
    response = get(client, page)
    assert (response.context["outdated"].number, response.context["outdated"].number_pending) == (1, 1)
    assert f'action="{button}"' not in response.content.decode()


def test_the_page_of_a_table_follows_the_runs(private_cell: Cell, owner: User, client: Client) -> None:
    make_outdated(private_cell)
    page = save_table(private_cell)
    client.force_login(owner)
    client.post(f"{page}outdated/")
    (queued,) = AnalysisRun.objects.filter(status="queued")
    text = read(client, page)
    follow = re.search(r'data-follow="([^"]+)"', text)
    assert follow
    assert f'data-pending="run-{queued.pk}-queued"' in text
    assert json.loads(client.get(follow[1]).content) == {"pending": [f"run-{queued.pk}-queued"]}
    client.logout()
    assert json.loads(client.get(follow[1]).content) == {"pending": []}
    for number in ("9" * 30, "9" * 5000, "²", "-1"):
        assert json.loads(client.get(f"/runs/pending/?runs={number}").content) == {"pending": []}


def test_others_cannot_queue_them(private_cell: Cell, viewer: User, outsider: User, client: Client) -> None:
    make_outdated(private_cell)
    buttons = addresses(private_cell).values()
    for user, statuses in ((viewer, {403, 302}), (outsider, {404})):
        client.force_login(user)
        assert {client.post(button).status_code for button in buttons} <= statuses
    assert not AnalysisRun.objects.filter(status="queued").exists()


def test_a_changed_number_is_named(private_cell: Cell, owner: User, client: Client) -> None:
    layer = private_cell.layers.get()
    layer.thickness = "0.0700 cm"
    save_record(layer, by=None)
    client.force_login(owner)
    assert StaleCause.ENTERED.label in read(client, private_cell.get_absolute_url())


def test_all_marks_of_a_table_are_small_if_they_share_the_reason(
    private_cell: Cell, owner: User, client: Client
) -> None:
    other = factories.make_pellet(private_cell.project)
    run = make_outdated(private_cell)
    client.force_login(owner)
    page = save_table(private_cell)
    # A single mark is not repeated: it stays a footnote.
    assert "outdated-mark" not in read(client, page)
    (value,) = run.values.all()
    copy = AnalysisRun.objects.get(pk=run.pk)
    copy.pk, copy.cell, copy.measurement = None, other, factories.make_measurement(other, technique="chronoamperometry")
    copy.save()
    value.pk, value.run, value.cell, value.measurement = None, copy, other, copy.measurement
    value.save()
    text = read(client, page)
    assert text.count("outdated-mark") == 2
    assert "Computed by version" not in text
    assert client.get(f"{page}?format=md").content.decode().count("version 0.0.1") == 1


def test_the_notice_costs_at_most_two_queries(private_cell: Cell, owner: User, client: Client) -> None:
    client.force_login(owner)
    page = save_table(private_cell)
    for address, most in ((private_cell.get_absolute_url(), 1), (page, 2)):
        client.get(address)
        AnalysisRun.objects.update(version="0.0.1")
        with CaptureQueriesContext(connection) as outdated:
            client.get(address)
        for run in AnalysisRun.objects.all():
            loaded = client.get(f"/runs/{run.pk}/").context["loaded_version"]
            AnalysisRun.objects.filter(pk=run.pk).update(version=loaded)
        with CaptureQueriesContext(connection) as current:
            client.get(address)
        assert len(outdated) <= len(current) + most
