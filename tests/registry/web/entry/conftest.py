"""An editor who is not staff, and the texts of a filled form."""

from collections.abc import Mapping, Sequence

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Project
from tests import factories

FULL_CELL = (
    {"role": "cathode", "substance": "NCM90", "amount": "10.0 mg", "size": "10.00 mm", "thickness": "40 µm"},
    {"role": "separator", "substance": "LPSC", "amount": "80.0 mg", "size": "10.00 mm", "thickness": "0.65 mm"},
    {"role": "anode", "substance": "Lithium", "thickness": "100 µm"},
)


def form_data(
    prefix: str, rows: Sequence[Mapping[str, str]], action: str = "save", **fields: object
) -> dict[str, object]:
    """The data that a browser sends for a form with rows."""
    data: dict[str, object] = {prefix: [str(index) for index in range(len(rows))], "action": action}
    for index, row in enumerate(rows):
        data |= {f"{prefix}-{index}-{name}": text for name, text in row.items()}
    return data | fields


@pytest.fixture
def editor(project: Project) -> User:
    return factories.make_member(project, "editor", "mara")


@pytest.fixture
def as_editor(editor: User, client: Client) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def materials(project: Project) -> None:
    factories.make_material(project, "NCM90", theoretical_capacity="200 mAh/g")
    factories.make_material(project, "LPSC", kind="solid_electrolyte", density="1.86 g/cm³")
    factories.make_material(project, "Lithium", kind="metal_or_alloy")
