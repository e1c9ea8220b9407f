"""An edit conflict as its form shows it: who changed the record meanwhile, and what differs from what was typed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.selectors.history.history import LastChange
from registry.web.entry.base.entry_form import EntryForm
from registry.web.entry.base.form_state import FormState, Row

SAVE, SAVE_OVER = "save", "save-over"
"""Actions of a form; the second is followed by the mark of the change that is overwritten."""
MOST_DIFFERENCES = 20


@dataclass(frozen=True)
class Difference:
    """A field as it is stored now, and as it was typed."""

    label: str
    stored: str
    typed: str


@dataclass(frozen=True)
class Conflict:
    """The change that would be overwritten."""

    by: str
    when: datetime
    mark: str
    differences: Sequence[Difference]

    @property
    def shown(self) -> Sequence[Difference]:
        return self.differences[:MOST_DIFFERENCES]

    @property
    def number_hidden(self) -> int:
        return max(0, len(self.differences) - MOST_DIFFERENCES)

    @property
    def action(self) -> str:
        """The action of the button that saves what was typed over it."""
        return f"{SAVE_OVER}:{self.mark}"


@dataclass(frozen=True)
class TypedRow:
    """A row of a form with what it is called."""

    title: str
    form: EntryForm
    row: Row


def describe_conflict(
    change: LastChange, *, stored: FormState, typed: FormState, form: EntryForm, rows: Sequence[TypedRow]
) -> Conflict:
    """Compare what is stored with what was typed."""
    differences = [*_compare(form, stored.fields, typed.fields), *_compare_rows(rows, stored.rows)]
    return Conflict(change.by or "another user", change.when, change.mark, differences)


def accept_overwriting(state: FormState, action: str) -> str:
    """Return the action; one that saves over a change takes its mark as seen."""
    kind, _, mark = action.partition(":")
    if kind != SAVE_OVER:
        return action
    state.fields["seen"], state.is_overwriting = mark, True
    return SAVE


def _compare(form: EntryForm, stored: Row, typed: Row, prefix: str = "") -> Iterator[Difference]:
    for name, field in form.fields.items():
        texts = [row.get(name, "").strip() for row in (stored, typed)]
        if texts[0] != texts[1] and not field.widget.is_hidden:
            yield Difference(f"{prefix}{field.label}", *(_display(field, text) for text in texts))


def _compare_rows(rows: Sequence[TypedRow], stored: Sequence[Row]) -> Iterator[Difference]:
    others = {row["pk"]: row for row in stored if row.get("pk")}
    for typed in rows:
        other = others.pop(typed.row.get("pk", ""), None)
        if other is not None:
            yield from _compare(typed.form, other, typed.row, f"{typed.title}: ")
        elif any(text.strip() for text in typed.row.values()):
            yield Difference(typed.title, "does not exist", "entered")
    for other in others.values():
        name = other.get("substance") or other.get("name") or other.get("quantity") or other.get("role", "")
        yield Difference(f"Row {name}".strip(), "entered", "does not exist")


def _display(field: object, text: str) -> str:
    """The text of a choice, for a field with choices."""
    names = {str(value): str(name) for value, name in _flat(getattr(field, "choices", ()))}
    return names.get(text, text)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[object, object]]:
    """The choices, without the groups they may be in."""
    for value, name in choices:
        if isinstance(name, list | tuple):
            yield from name
        else:
            yield value, name
