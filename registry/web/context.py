"""Template context of every page."""

from django.http import HttpRequest

from cellar_registry import program


def command_line(request: HttpRequest) -> dict[str, str]:
    """The management command as it is run here: `manage.py`, or `cellar` if installed."""
    return {"program": program()}
