"""Shared by the commands: the user they read as, and lookup of records by argument."""

from argparse import ArgumentTypeError
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.management import CommandError

from registry.models import Cell, Measurement
from registry.selectors.query.parsing import nearest
from registry.text.cleaning import TextError, clean_text


def command_line_user() -> User:
    """An unsaved superuser: anyone who can run commands can read the database, so every project is visible."""
    return User(username="command line", is_active=True, is_superuser=True)


def get_cell(refcode: str) -> Cell:
    """Return the cell with this refcode; otherwise raise CommandError suggesting the nearest."""
    cell: Cell | None = Cell.objects.filter(refcode__iexact=refcode).select_related("project").first()
    if cell is None:
        known = Cell.objects.values_list("refcode", flat=True)
        raise CommandError(f"Unknown cell ‘{refcode}’.{_hint(refcode, known)}")
    return cell


def get_measurement(refcode: str) -> Measurement:
    """Return the measurement with this refcode; otherwise raise CommandError suggesting the nearest."""
    measurements = Measurement.objects.select_related("cell", "cell__project")
    measurement: Measurement | None = measurements.filter(refcode__iexact=refcode).first()
    if measurement is None:
        known = Measurement.objects.values_list("refcode", flat=True)
        raise CommandError(f"Unknown measurement ‘{refcode}’.{_hint(refcode, known)}")
    return measurement


def text_argument(text: str) -> str:
    """Clean an argument like any stored text; bytes that are not UTF-8 arrive as lone surrogates."""
    try:
        return clean_text(text)
    except TextError as error:
        raise ArgumentTypeError(str(error)) from error


def require_known(kind: str, name: str, known: Iterable[str]) -> None:
    """Raise CommandError with the nearest name and the full list unless the name is known."""
    names = list(known)
    if name not in names:
        raise unknown_name_error(kind, name, names)


def unknown_name_error(kind: str, name: str, known: Iterable[str]) -> CommandError:
    """Return the error for an unknown name, with the nearest name and the full list."""
    names = list(known)
    listed = ", ".join(names) or "none"
    return CommandError(f"Unknown {kind} ‘{name}’.{nearest(name, names)} Available: {listed}.")


def pluralize(count: int, singular: str, plural: str) -> str:
    """Return a count with its noun: 1 analysis, 2 analyses."""
    return f"{count} {singular if count == 1 else plural}"


def _hint(refcode: str, known: Iterable[str]) -> str:
    return nearest(refcode.upper(), known) or " Refcodes are listed on the web pages and in the admin."
