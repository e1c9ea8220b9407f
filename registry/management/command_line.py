"""What the commands share: on whose behalf they read, and finding what an argument names."""

from argparse import ArgumentTypeError
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.management import CommandError

from registry.models import Cell, Measurement
from registry.selectors.query.parsing import nearest
from registry.text.cleaning import TextError, clean_text


def operator() -> User:
    """Whoever can run commands can read the database file, so reads through here see every project. Never saved."""
    return User(username="command line", is_active=True, is_superuser=True)


def cell_named(refcode: str) -> Cell:
    """The cell with this refcode, or an error that names the nearest."""
    found: Cell | None = Cell.objects.filter(refcode__iexact=refcode).select_related("project").first()
    if found is None:
        known = Cell.objects.values_list("refcode", flat=True)
        raise CommandError(f"There is no cell ‘{refcode}’.{_hint(refcode, known)}")
    return found


def measurement_named(refcode: str) -> Measurement:
    """The measurement with this refcode, or an error that names the nearest."""
    measurements = Measurement.objects.select_related("cell", "cell__project")
    found: Measurement | None = measurements.filter(refcode__iexact=refcode).first()
    if found is None:
        known = Measurement.objects.values_list("refcode", flat=True)
        raise CommandError(f"There is no measurement ‘{refcode}’.{_hint(refcode, known)}")
    return found


def text_argument(text: str) -> str:
    """A word of the command line as text is stored; bytes that are no UTF-8 arrive as halves of surrogate pairs."""
    try:
        return clean_text(text)
    except TextError as error:
        raise ArgumentTypeError(str(error)) from error


def require_known(kind: str, name: str, known: Iterable[str]) -> None:
    """Raise CommandError naming the nearest, and all there are, unless the name is known."""
    names = list(known)
    if name not in names:
        raise unknown(kind, name, names)


def unknown(kind: str, name: str, known: Iterable[str]) -> CommandError:
    """The error that names the nearest, and all there are."""
    names = list(known)
    listed = ", ".join(names) or "none"
    return CommandError(f"There is no {kind} ‘{name}’.{nearest(name, names)} There are: {listed}.")


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun: 1 analysis, 2 analyses."""
    return f"{count} {one if count == 1 else many}"


def _hint(refcode: str, known: Iterable[str]) -> str:
    return nearest(refcode.upper(), known) or " The pages and the admin list the refcodes."
