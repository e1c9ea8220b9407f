"""`manage.py load_example`; what it enters is tested with the examples."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.django_db
def test_an_unknown_example_names_those_there_are() -> None:
    with pytest.raises(CommandError, match="There are: wu2025"):
        call_command("load_example", "nobody", stdout=StringIO())
