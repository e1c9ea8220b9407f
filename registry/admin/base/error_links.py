"""What stands in the way of saving a form: each field at fault by name, and where on the page it is."""

from typing import Any, NamedTuple

from django.utils.text import capfirst


class FieldError(NamedTuple):
    """A field or a group of rows that was refused."""

    place: str
    name: str


def list_field_errors(form: Any, inlines: Any) -> list[FieldError]:
    """The fields at fault in the order of the page: of the record, then of the rows entered with it."""
    found = _of_fields(form, "")
    for inline in inlines:
        names, formset = inline.opts.model._meta, inline.formset
        if formset.non_form_errors():
            found.append(FieldError(f"{formset.prefix}-group", capfirst(names.verbose_name_plural)))
        for number, row in enumerate(formset.forms, start=1):
            title = f"{capfirst(inline.opts.verbose_name)} {number}"
            if row.non_field_errors():
                found.append(FieldError(row.prefix, title))
            found += _of_fields(row, f"{title}: ")
    return found


def _of_fields(form: Any, before: str) -> list[FieldError]:
    return [FieldError(bound.id_for_label, f"{before}{bound.label}") for bound in form if bound.errors]
