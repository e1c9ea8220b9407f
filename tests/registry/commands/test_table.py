"""`manage.py table`."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registry.models import Comparison, Project
from registry.selectors.query.limits import MAX_CONDITIONS
from tests import factories

SLUG = "low-pressure-cells"


def table(*arguments: str) -> str:
    output = io.StringIO()
    call_command("table", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture(autouse=True)
def _a_private_cell(project: Project) -> None:
    publication = factories.make_publication(project)
    cell = factories.make_cell(project, origin="literature", publication=publication)
    measurement = factories.make_measurement(cell)
    factories.report(measurement, "cycle_count", "500")
    factories.report(measurement, "capacity_retention_percent", "95.5 %")


def test_prints_markdown_with_private_projects() -> None:
    assert "95.5" in table(SLUG)


def test_prints_the_requested_format() -> None:
    assert json.loads(table(SLUG, "--format", "json"))["slug"] == SLUG


def test_the_file_extension_sets_the_format(tmp_path: Path) -> None:
    table(SLUG, "-o", str(tmp_path / "table.xlsx"))
    assert (tmp_path / "table.xlsx").read_bytes().startswith(b"PK")


def test_a_spreadsheet_is_not_printed_to_a_terminal() -> None:
    with pytest.raises(CommandError, match=r"-o table\.xlsx"):
        table(SLUG, "--format", "xlsx")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["low-presure-cells"], "‘low-pressure-cells’?"),
        ([SLUG, "--format", "latx"], "‘latex’?"),
        ([SLUG, "-o", "table.docx"], "add --format"),
        ([SLUG, "-o", "/nowhere/at/all/table.md"], "Cannot write"),
    ],
)
def test_an_invalid_argument_is_named(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError) as error:
        table(*arguments)
    assert message in str(error.value)


def test_a_saved_table_with_too_many_conditions_is_refused(project: Project) -> None:
    """Also one saved under a higher limit."""
    filters = {"anode": [f"M{number}" for number in range(MAX_CONDITIONS + 1)]}
    definition = {"columns": ["label"], "filters": filters}
    Comparison(project=project, slug="old", title="Old", definition=definition).save()
    with pytest.raises(CommandError, match=f"at most {MAX_CONDITIONS} conditions"):
        table("old")
