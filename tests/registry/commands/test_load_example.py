"""`manage.py load_example`; its content is tested with the examples."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.django_db
def test_an_unknown_example_lists_the_available_ones() -> None:
    with pytest.raises(CommandError, match="wu2025"):
        call_command("load_example", "nobody", stdout=StringIO())
