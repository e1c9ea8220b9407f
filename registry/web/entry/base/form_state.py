"""Contents of the fields of a form with rows, as typed: from a request, a draft, a record or a template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from registry.models.record import is_key
from registry.web.entry.base.kept_form import LEFT_OUT

Row = dict[str, str]


@dataclass
class FormState:
    """The texts of the fields of a record and of its rows, in order."""

    fields: Row = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    is_overwriting: bool = False
    """Whether the user chose to save it over another change."""

    @classmethod
    def from_post(cls, post: QueryDict, prefix: str) -> "FormState":
        """Read the fields; the rows are those that the inputs named after the prefix list, in this order."""
        numbers = [number for number in post.getlist(prefix) if number.isascii() and number.isdecimal()]
        rows: list[Row] = [{} for _ in numbers]
        by_start = {f"{prefix}-{number}-": row for number, row in zip(numbers, rows, strict=True)}
        fields: Row = {}
        for name, value in post.items():
            text = str(value).replace("\r\n", "\n")  # as browsers send a line break
            start = "-".join(name.split("-")[:2]) + "-"
            if start in by_start:
                by_start[start][name.removeprefix(start)] = text
            elif name not in (prefix, *LEFT_OUT) and not name.startswith(f"{prefix}-"):
                fields[name] = text
        return cls(fields, rows)

    @classmethod
    def from_json(cls, data: Any) -> "FormState":
        """Read a stored draft; what is not a text is left out."""
        fields, rows = (data.get("fields"), data.get("rows")) if isinstance(data, Mapping) else (None, None)
        return cls(_texts(fields), [_texts(row) for row in rows] if isinstance(rows, list) else [])

    def as_json(self) -> dict[str, Any]:
        """Return the state as it is stored in a draft."""
        return {"fields": self.fields, "rows": self.rows}

    def row_data(self, prefix: str, index: int) -> Row:
        """Return a row as the data of a form with the prefix `layers-0`."""
        return {f"{prefix}-{index}-{name}": text for name, text in self.rows[index].items()}

    def change_rows(self, change: str, new_row: Row) -> int | None:
        """Apply `add`, `add:3`, `remove:2`, `up:2` or `down:2`; return the index of the row concerned, None if there is
        none."""
        kind, _, number = change.partition(":")
        if kind == "add":
            count = int(number) if number.isascii() and number.isdecimal() and len(number) < 3 else 1
            self.rows += [dict(new_row) for _ in range(count)]
            return len(self.rows) - 1
        index = int(number) if is_key(number) else -1
        if not 0 <= index < len(self.rows):
            return None
        if kind == "remove":
            del self.rows[index]
            return min(index, len(self.rows) - 1)
        other = index + {"up": -1, "down": 1}.get(kind, 0)
        if not 0 <= other < len(self.rows):
            return index
        self.rows[index], self.rows[other] = self.rows[other], self.rows[index]
        return other

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in a field, apart from what a choice presets."""
        return not any(text.strip() for row in (self.fields, *self.rows) for text in row.values())


def _texts(data: Any) -> Row:
    items = data.items() if isinstance(data, Mapping) else ()
    return {name: text for name, text in items if isinstance(name, str) and isinstance(text, str)}
