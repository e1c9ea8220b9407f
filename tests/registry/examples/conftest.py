"""The paper, entered and analysed once for each module of this directory."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction


@pytest.fixture(scope="module")
def paper(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """What `load_example wu2025` said; its rows are rolled back after the module."""
    said = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        call_command("load_example", "wu2025", stdout=said)
        call_command("analyze", stdout=StringIO())
        yield said.getvalue()
        transaction.set_rollback(True)
