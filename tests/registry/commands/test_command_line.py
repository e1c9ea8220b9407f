"""What the commands share."""

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db

UNDECODABLE = "C-\udcff"
"""How Python reads an argument that is not UTF-8."""


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
        ["analyses", "diff", UNDECODABLE, "2"],
        ["load_example", UNDECODABLE],
    ],
    ids=" ".join,
)
def test_an_argument_that_cannot_be_stored_is_refused_in_words(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="This text contains half of a surrogate pair"):
        call_command(*arguments)
