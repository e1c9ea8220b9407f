"""A cell and its layers as they stand in the form: what is shown, what follows from it, and saving it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Cell, Layer, Project, Tag
from registry.models.record import is_key
from registry.models.visibility import AnyUser
from registry.models.vocabulary import registered_names
from registry.numbers.formatting import format_with_uncertainty
from registry.selectors.entry.layer_design import list_design_numbers
from registry.selectors.entry.setup_choice import list_setup_choices
from registry.selectors.entry.substance import get_substances
from registry.selectors.history.history import LastChange, last_change
from registry.services.cell import save_cell
from registry.services.drafts.draft import place_dropped_drafts
from registry.services.entry.edit_conflict import EditConflictError, refuse_overwriting
from registry.text.cleaning import TextError, clean_text, name_key
from registry.web.cell_page.stack import StackDrawing, draw_stack, drawn_thickness_um
from registry.web.entry.base.conflict import Conflict, TypedRow, describe_conflict
from registry.web.entry.base.entry_form import FieldProblem, ShownField
from registry.web.entry.base.form_state import FormState
from registry.web.entry.base.rounding_hint import RoundingHint
from registry.web.entry.base.written_echo import Echo, format_plain
from registry.web.entry.cell.cell_files import list_dropped_files
from registry.web.entry.cell.cell_form import FOLDED_FIELDS, MAIN_FIELDS, CellForm, state_of_cell
from registry.web.entry.cell.cell_start import like_text, list_like_choices, visible_setup
from registry.web.entry.cell.layer_form import FOLDED, WHOLE_ROW, LayerForm, layer_pk, state_of_layer
from registry.web.entry.files.files_row import DraftRow

LAYERS = "layers"
LONGEST_NAME, MOST_ALIKE, MOST_HINTS = 160, 100, 2
PARTS = (Layer, Tag)
ELECTRODES = ("cathode", "anode", "sample")


@dataclass(frozen=True)
class ShownLayer:
    """A layer as the template shows it."""

    form: LayerForm
    number: int
    is_last: bool

    @property
    def index(self) -> int:
        return self.number - 1

    @property
    def role(self) -> str:
        return self.form.text("role")

    @property
    def title(self) -> str:
        return registered_names("layer role").get(self.role, "") or f"Layer {self.number}"

    @property
    def role_field(self) -> ShownField:
        return self.form.shown_field("role", **{"aria-label": f"Role of layer {self.number}", "data-role": ""})

    @property
    def numbers(self) -> list[ShownField]:
        return self.form.shown(*WHOLE_ROW)

    @property
    def more(self) -> list[ShownField]:
        return self.form.shown(*FOLDED)


@dataclass(frozen=True)
class DerivedNumber:
    """A number that follows from the layers, as text."""

    name: str
    text: str
    note: str
    warning: str = ""


def stored_state(cell: Cell) -> FormState:
    """The state of the form of a cell as it is stored."""
    layers = cell.layers.select_related("material", "formulation").order_by("position")
    return FormState(state_of_cell(cell), [state_of_layer(layer) for layer in layers])


class CellEntry:
    """The form of a cell with its layers."""

    conflict: Conflict | None = None
    """Why it was not saved, if the cell was changed after the form was opened."""

    def __init__(
        self, state: FormState, *, user: AnyUser, cell: Cell | None = None, is_complete: bool = False, seen: str = ""
    ) -> None:
        self.state, self.user, self.cell, self.is_complete = state, user, cell, is_complete
        self.seen = seen or state.fields.get("seen", "")

    @cached_property
    def project(self) -> Project | None:
        text = self.state.fields.get("project", "")
        return Project.objects.editable_by(self.user).filter(pk=int(text)).first() if is_key(text) else None

    @cached_property
    def layer_forms(self) -> list[LayerForm]:
        rows = self.state.rows
        substances = get_substances(
            self.user,
            texts=[row.get("substance", "") for row in rows],
            keys=[row.get("substance_key", "") for row in rows],
        )
        setup = visible_setup(self.state.fields.get("setup", ""), self.user)
        stored = {layer.pk: layer for layer in self.cell.layers.all()} if self.cell else {}
        forms = []
        for index, row in enumerate(rows):
            layer = stored.pop(layer_pk(row.get("pk", "")) or 0, None) or Layer()
            forms.append(
                LayerForm(
                    self.state.row_data(LAYERS, index),
                    prefix=f"{LAYERS}-{index}",
                    instance=layer,
                    user=self.user,
                    is_complete=self.is_complete,
                    substances=substances,
                    project=self.project,
                    setup=setup,
                )
            )
        return forms

    @cached_property
    def form(self) -> CellForm:
        return CellForm(
            self.state.fields,
            instance=self.cell,
            user=self.user,
            setups=list_setup_choices(self.user, self.project, self.state.fields.get("setup", "")),
            proposed=self.proposed_name,
            is_complete=self.is_complete,
        )

    @cached_property
    def proposed_name(self) -> str:
        """The names of the layers without collectors, numbered if the project has such a cell."""
        drawn = (layer for layer in self.drawn_layers if layer.role != "current_collector")
        name = " | ".join(filter(None, (layer.label for layer in drawn)))[: LONGEST_NAME - 8]
        try:
            name = clean_text(name)
        except TextError:
            return ""
        if not name or self.project is None:
            return name
        candidates = [name, *(f"{name} ({number})" for number in range(2, MOST_ALIKE + 1))]
        others = Cell.objects.filter(project=self.project, label_key__in=candidates)
        taken = set(others.exclude(pk=self.cell.pk if self.cell else None).values_list("label_key", flat=True))
        return next((candidate for candidate in candidates if name_key(candidate) not in taken), "")

    @property
    def shown_layers(self) -> list[ShownLayer]:
        count = len(self.layer_forms)
        return [ShownLayer(form, number, number == count) for number, form in enumerate(self.layer_forms, start=1)]

    @property
    def main_fields(self) -> list[ShownField]:
        return self.form.shown(*MAIN_FIELDS)

    @property
    def folded_fields(self) -> list[ShownField]:
        return self.form.shown(*FOLDED_FIELDS)

    @property
    def last_fields(self) -> list[ShownField]:
        return self.form.shown("tags", "notes")

    @cached_property
    def problems(self) -> list[FieldProblem]:
        """Everything that must be fixed, in the order of the page."""
        return [*self.form.problems(), *self._layer_problems()]

    def _layer_problems(self) -> Iterator[FieldProblem]:
        for shown in self.shown_layers:
            prefix = "" if shown.title.startswith("Layer ") else f"{shown.title}: "
            yield from shown.form.problems(prefix or f"{shown.title}: ")

    def echoes(self) -> dict[str, Echo]:
        """Interpretation of every field, by its id."""
        forms = (self.form, *self.layer_forms)
        return {form[name].auto_id: form.echo(name) for form in forms for name in form.fields}

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What follows from other fields to choose from, by the id of the field: batches from the material, set-ups and
        cells to start from out of the project."""
        setups = self.form.fields["setup"].choices  # type: ignore[attr-defined]
        choices = {form["batch"].auto_id: form.batch_choices for form in self.layer_forms}
        choices[self.form["setup"].auto_id] = [(str(value), str(name)) for value, name in setups]
        if self.cell is None:
            choices["like"] = [(cell.refcode, like_text(cell)) for cell in list_like_choices(self.user, self.project)]
        return choices

    @cached_property
    def drawn_layers(self) -> list[Layer]:
        """The layers as far as they can be read; none before something was typed."""
        forms = [form for form in self.layer_forms if form.errors is not None]
        return [form.drawn_layer(position) for position, form in enumerate(forms, start=1)]

    @property
    def drawing(self) -> StackDrawing | None:
        return draw_stack([layer for layer in self.drawn_layers if layer.role or layer.label])

    @property
    def total_thickness(self) -> str:
        thicknesses = [drawn_thickness_um(layer) for layer in self.drawn_layers]
        known = [thickness for thickness in thicknesses if thickness is not None]
        return f"{format_plain(sum(known), digits=4)} µm" if known and len(known) == len(thicknesses) else ""

    @property
    def derived(self) -> list[DerivedNumber]:
        """Values derived from the layers, each named after its layer."""
        layers = {layer.position: layer for layer in self.drawn_layers}
        lines = []
        for number in list_design_numbers(self.drawn_layers):
            layer = layers.get(number.position)
            name = f"{layer.role_name}, {number.name}" if layer else number.name
            unit = number.unit.replace(" ", "\N{NO-BREAK SPACE}")
            text = f"{format_with_uncertainty(number.estimate)} {unit}".strip()
            lines.append(DerivedNumber(name, text, number.note, number.warning))
        return lines

    @property
    def rounding_hints(self) -> list[RoundingHint]:
        """Offers of one more digit, of the electrodes first: their masses enter the capacity per gram."""
        forms = sorted(self.layer_forms, key=lambda form: form.text("role") not in ELECTRODES)
        return [hint for form in forms for hint in form.rounding_hints()][:MOST_HINTS]

    @cached_property
    def dropped_files(self) -> list[DraftRow]:
        """The files that were dropped on the form of a new cell, and wait until it is saved."""
        return list_dropped_files(self.state, self.user) if self.cell is None else []

    def save(self, by: User, reason: str = "") -> Cell | None:
        """Save the cell with its layers; None, with the errors in the form, if anything is wrong."""
        if not self.form.is_valid() or not all(form.is_valid() for form in self.layer_forms):
            return None
        layers = [form.instance for form in self.layer_forms]
        for position, layer in enumerate(layers, start=1):
            layer.position = position
        try:
            with transaction.atomic():
                if self.cell:
                    refuse_overwriting(self.cell, PARTS, self.seen)
                cell = save_cell(self.form.instance, layers, by=by, reason=reason, tags=self.form.list_tags())
                if keys := [row.draft.pk for row in self.dropped_files]:
                    place_dropped_drafts(cell, keys, by=by)
                return cell
        except EditConflictError as error:
            self.conflict = self._describe_conflict(error.change)
        except ValidationError as error:
            self.form.show_errors(error)
        return None

    def _describe_conflict(self, change: LastChange) -> Conflict:
        assert self.cell is not None
        rows = [
            TypedRow(shown.title, shown.form, row)
            for shown, row in zip(self.shown_layers, self.state.rows, strict=True)
        ]
        stored = stored_state(Cell.objects.get(pk=self.cell.pk))
        return describe_conflict(change, stored=stored, typed=self.state, form=self.form, rows=rows)

    def mark(self) -> str:
        """The mark of the last change of the cell when the form was opened."""
        return self.seen or (last_change(self.cell, PARTS).mark if self.cell else "")
