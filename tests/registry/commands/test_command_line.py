"""Arguments shared by the commands."""

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db

UNDECODABLE = "C-\udcff"
"""An argument that is not UTF-8, as Python decodes it."""


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze", "--cell", UNDECODABLE],
        ["analyze", "--project", UNDECODABLE],
        ["analyze", "--analysis", UNDECODABLE],
        ["ingest", "file.csv", "--cell", UNDECODABLE],
        ["ingest", "file.csv", "--measurement", UNDECODABLE],
        ["ingest", "file.csv", "--cell", "C-00001", "--setup", UNDECODABLE],
        ["ingest", "file.csv", "--cell", "C-00001", "--label", UNDECODABLE],
        ["ingest", "file.csv", "--cell", "C-00001", "--mapping", UNDECODABLE],
        ["ingest", "file.csv", "--cell", "C-00001", "--stack-pressure", UNDECODABLE],
        ["table", UNDECODABLE],
        ["reparse", "--reader", UNDECODABLE],
        ["compare_versions", UNDECODABLE, "2"],
        ["load_example", UNDECODABLE],
    ],
    ids=" ".join,
)
def test_an_argument_that_is_not_utf8_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="surrogate"):
        call_command(*arguments)
