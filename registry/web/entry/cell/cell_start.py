"""Start of a new cell: a cell type, another cell, or nothing; and the last used project."""

from dataclasses import dataclass

from django.db.models import Case, Q, When
from django.utils.text import Truncator

from registry.models import Cell, CellFormat, CellOrigin, HardwareSetup, Project
from registry.models.record import is_key
from registry.models.visibility import AnyUser
from registry.services.cell import copy_cell
from registry.web.entry.base.form_state import FormState, Row
from registry.web.entry.cell.cell_form import state_of_cell
from registry.web.entry.cell.layer_form import state_of_layer

COLLECTOR = "current_collector"
LIKE_CHOICES, LIKE_LENGTH = 12, 40


@dataclass(frozen=True)
class CellStart:
    """A kind of stack: its format and the roles of its layers, from the top."""

    slug: str
    name: str
    format: str
    roles: tuple[str, ...]


STARTS = (
    CellStart("die-full-cell", "Die full cell", CellFormat.DIE, ("cathode", "separator", "anode")),
    CellStart("symmetric", "Symmetric", CellFormat.SYMMETRIC, ("cathode", "separator", "anode")),
    CellStart("blocking-pellet", "Blocking pellet", CellFormat.BLOCKING, ("sample",)),
    CellStart("coin", "Coin", CellFormat.COIN, ("cathode", "separator", "anode")),
    CellStart("pouch", "Pouch", CellFormat.POUCH, (COLLECTOR, "cathode", "separator", "anode", COLLECTOR)),
    CellStart("blank", "Blank", "", ("",)),
)


def start_by_slug(slug: str) -> CellStart | None:
    return next((start for start in STARTS if start.slug == slug), None)


def apply_start(state: FormState, start: CellStart) -> None:
    """Set the format and the layers; what was typed in a layer stays, in the first layer of its role."""
    typed = [row for row in state.rows if any(text for name, text in row.items() if name not in ("role", "pk"))]
    rows: list[Row] = []
    for role in start.roles:
        same = next((row for row in typed if row.get("role") == role), None)
        if same is not None:
            typed.remove(same)
        rows.append(same or {"role": role})
    state.rows = rows + typed if start.roles != ("",) else typed or rows
    if start.format:
        state.fields["format"] = start.format


def state_like(cell: Cell) -> FormState:
    """Return the state of a form for a cell like this one: without name, date, failure and notes."""
    copy, layers = copy_cell(cell)
    fields = state_of_cell(copy) | {"tags": state_of_cell(cell)["tags"]}
    return FormState(fields, [state_of_layer(layer) | {"pk": ""} for layer in layers])


def list_like_choices(user: AnyUser, project: Project | None) -> list[Cell]:
    """Cells to start from: the newest of the project first; simulated ones only if they are of the project."""
    of_project = Q(project=project.pk if project else None)
    cells = Cell.objects.visible_to(user).filter(of_project | ~Q(origin=CellOrigin.SIMULATED))
    return list(cells.order_by(Case(When(of_project, then=0), default=1), "-pk")[:LIKE_CHOICES])


def like_text(cell: Cell) -> str:
    """The text of such a choice."""
    return f"like {cell.refcode} {Truncator(cell.label).chars(LIKE_LENGTH)}"


def last_project(user: AnyUser) -> Project | None:
    """The project of the cell that the user changed last, if it is still editable; else the only one there is."""
    editable = Project.objects.editable_by(user)
    newest = Cell.history.filter(history_user_id=user.pk).order_by("-history_id").values_list("project_id", flat=True)
    last = newest.first()
    project = editable.filter(pk=last).first() if last else None
    if project is None:
        projects = list(editable.order_by("name")[:2])
        project = projects[0] if len(projects) == 1 else None
    return project


def visible_setup(text: str, user: AnyUser) -> HardwareSetup | None:
    """Return the set-up chosen in a form."""
    return HardwareSetup.objects.visible_to(user).filter(pk=int(text)).first() if is_key(text) else None
