"""The worked example, loaded and analysed once per module."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction


@pytest.fixture(scope="module")
def paper(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """Output of `load_example wu2025`; the rows are rolled back after the module."""
    output = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        call_command("load_example", "wu2025", stdout=output)
        call_command("analyze", stdout=StringIO())
        yield output.getvalue()
        transaction.set_rollback(True)
