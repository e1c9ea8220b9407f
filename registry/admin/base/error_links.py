"""Links at the top of a form to each field with an error."""

from typing import Any, NamedTuple

from django.utils.text import capfirst


class FieldError(NamedTuple):
    """A field or group of rows with an error."""

    element_id: str
    label: str


def list_field_errors(form: Any, inlines: Any) -> list[FieldError]:
    """Return the fields with errors in page order: those of the record, then those of the inlines."""
    errors = _form_errors(form, "")
    for inline in inlines:
        meta, formset = inline.opts.model._meta, inline.formset
        if formset.non_form_errors():
            errors.append(FieldError(f"{formset.prefix}-group", capfirst(meta.verbose_name_plural)))
        for number, row in enumerate(formset.forms, start=1):
            title = f"{capfirst(inline.opts.verbose_name)} {number}"
            if row.non_field_errors():
                errors.append(FieldError(row.prefix, title))
            errors += _form_errors(row, f"{title}: ")
    return errors


def _form_errors(form: Any, prefix: str) -> list[FieldError]:
    return [FieldError(bound.id_for_label, f"{prefix}{bound.label}") for bound in form if bound.errors]
