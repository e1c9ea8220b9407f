"""What every page knows."""

from django.http import HttpRequest

from cellar_registry import program


def command_line(request: HttpRequest) -> dict[str, str]:
    """What management commands begin with here: `manage.py`, or `cellar` when installed."""
    return {"program": program()}
