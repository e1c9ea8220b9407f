"""A record with rows as it stands in a form: a material with batches, a formulation, a project with members."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from registry.models.record import Record, is_key
from registry.selectors.history.history import LastChange, last_change
from registry.services.entry.edit_conflict import EditConflictError, refuse_overwriting
from registry.web.entry.base.conflict import Conflict, TypedRow, describe_conflict
from registry.web.entry.base.entry_form import EntryForm, FieldProblem, ShownField
from registry.web.entry.base.form_state import FormState, Row


@dataclass(frozen=True)
class ShownRow:
    """A row as the template shows it."""

    index: int
    fields: Sequence[ShownField]
    hidden: Sequence[Any]
    is_last: bool
    form: EntryForm

    @property
    def number(self) -> int:
        return self.index + 1


class RecordEntry(ABC):
    """The form of a record and its rows; each kind of record has a subclass."""

    model: ClassVar[type[Record]]
    form_class: ClassVar[type[EntryForm]]
    noun: ClassVar[str]
    field_names: ClassVar[tuple[str, ...]]
    folded_names: ClassVar[tuple[str, ...]] = ()
    """Fields that are folded away in a dialog."""
    last_names: ClassVar[tuple[str, ...]] = ()
    """Fields below the rows."""
    prefix: ClassVar[str] = "rows"
    """Of the names of the inputs of the rows."""
    rows_heading: ClassVar[str] = ""
    """Empty if the record has no rows."""
    row_noun: ClassVar[str] = "row"
    row_names: ClassVar[tuple[str, ...]] = ()
    is_ordered: ClassVar[bool] = False
    """Whether the order of the rows says something."""
    new_row: ClassVar[Mapping[str, str]] = {}
    parts: ClassVar[tuple[type[Record], ...]] = ()
    """Models of the rows that are replaced together."""
    help_text: ClassVar[str] = ""
    template: ClassVar[str] = "web/entry/record.html"
    deletion_kind: ClassVar[str] = ""
    """Of the address of the page that deletes such a record; empty if there is none."""
    list_route: ClassVar[str] = "web:materials"
    list_name: ClassVar[str] = "Materials"
    conflict: Conflict | None = None
    """Why it was not saved, if the record was changed after the form was opened."""

    def __init__(
        self, state: FormState, *, user: User, record: Any = None, is_complete: bool = False, is_dialog: bool = False
    ) -> None:
        self.state, self.user, self.record = state, user, record
        self.is_complete, self.is_dialog = is_complete, is_dialog

    @classmethod
    @abstractmethod
    def initial_state(cls, record: Any, user: User) -> FormState:
        """Return the state for a new record, or of one that exists."""

    def build_row_forms(self) -> list[EntryForm]:
        """Return the form of each row."""
        return []

    @abstractmethod
    def write(self, reason: str) -> Record:
        """Save the valid forms through a service."""

    @property
    def list_url(self) -> str:
        return reverse(self.list_route)

    @property
    def project_key(self) -> str:
        """Key of the project whose names are suggested, if no field of the form has it."""
        return ""

    @cached_property
    def form(self) -> EntryForm:
        options: dict[str, Any] = {"user": self.user, "is_complete": self.is_complete, "auto_id": self.auto_id}
        return self.form_class(self.state.fields, instance=self.record, **options)

    @property
    def auto_id(self) -> str:
        """Of the ids of the fields; in a dialog they differ from those of the page below it."""
        return f"id_{self.model._meta.model_name}_%s" if self.is_dialog else "id_%s"

    @cached_property
    def row_forms(self) -> list[EntryForm]:
        return self.build_row_forms()

    @property
    def fields(self) -> list[ShownField]:
        folded = self.folded_names if self.is_dialog else ()
        return self.form.shown(*(name for name in self.field_names if name not in folded))

    @property
    def grouped_fields(self) -> list[tuple[str, str, list[ShownField]]]:
        """Further fields below headings, each with a note."""
        return []

    @property
    def folded_fields(self) -> list[ShownField]:
        """Fields that a dialog folds away."""
        return self.form.shown(*self.folded_names) if self.is_dialog else []

    @property
    def has_folded_problem(self) -> bool:
        return any(self.form.problem(name) for name in self.folded_names)

    @property
    def last_fields(self) -> list[ShownField]:
        return [] if self.is_dialog else self.form.shown(*self.last_names)

    @property
    def has_rows(self) -> bool:
        """Whether the form shows rows; a dialog only those without which the record says nothing."""
        return bool(self.rows_heading) and (self.is_ordered or not self.is_dialog)

    @property
    def rows(self) -> list[ShownRow]:
        count = len(self.row_forms)
        return [
            ShownRow(
                index,
                form.shown(*self.row_names),
                form.hidden_fields(),
                index == count - 1,
                form,
            )
            for index, form in enumerate(self.row_forms)
        ]

    @property
    def problems(self) -> list[FieldProblem]:
        return [*self.form.problems(), *self._row_problems()]

    def _row_problems(self) -> Iterable[FieldProblem]:
        for number, form in enumerate(self.row_forms, start=1):
            yield from form.problems(f"{self.row_noun.capitalize()} {number}: ")

    def is_filled(self, row: Row) -> bool:
        """Whether something was typed in a row, or it is one that exists."""
        return any(text.strip() for name, text in row.items() if text != self.new_row.get(name, ""))

    def row_options(self, index: int) -> dict[str, Any]:
        """Return the arguments of the form of a row; an empty row is not saved, so that it may be incomplete."""
        is_complete = self.is_complete and self.is_filled(self.state.rows[index])
        prefix = f"{self.prefix}-{index}"
        return {"prefix": prefix, "user": self.user, "is_complete": is_complete, "auto_id": self.auto_id}

    def filled_row_forms(self) -> list[EntryForm]:
        """Return the forms of the rows in which something was typed."""
        return [form for form, row in zip(self.row_forms, self.state.rows, strict=True) if self.is_filled(row)]

    def save(self) -> Record | None:
        """Save the record with its rows; None, with the errors in the forms, if anything is wrong."""
        forms = [self.form, *self.filled_row_forms()]
        if not all(form.is_valid() for form in forms):
            return None
        try:
            with transaction.atomic():
                if self.record is not None:
                    refuse_overwriting(self.record, self.parts, self.state.fields.get("seen", ""))
                return self.write(self.state.fields.get("reason", "").strip())
        except EditConflictError as error:
            self.conflict = self._describe_conflict(error.change)
        except ValidationError as error:
            self.form.show_errors(error)
        return None

    def _describe_conflict(self, change: LastChange) -> Conflict:
        numbered = enumerate(zip(self.row_forms, self.state.rows, strict=True), start=1)
        rows = [
            TypedRow(f"{self.row_noun.capitalize()} {number}", form, row)
            for number, (form, row) in numbered
            if self.is_filled(row)
        ]
        stored = self.initial_state(self.model._default_manager.get(pk=self.record.pk), self.user)
        change = replace(change, mark=last_change(self.record, self.parts).mark)
        return describe_conflict(change, stored=stored, typed=self.state, form=self.form, rows=rows)

    def mark(self) -> str:
        """The mark of the last change of the record when the form was opened."""
        seen = self.state.fields.get("seen", "")
        return seen or (last_change(self.record, self.parts).mark if self.record is not None else "")


def row_instance(manager: Any, text: str) -> Any:
    """Return the stored row with this primary key among those of a record, or None."""
    return manager.filter(pk=int(text)).first() if is_key(text) else None


def texts_of(record: Any, names: Iterable[str]) -> Row:
    """Return the texts of fields of a record."""
    values = {name: record._meta.get_field(name).value_from_object(record) for name in names}
    return {name: "" if value is None else str(value) for name, value in values.items()}
