"""Part of Cellar: the Django app, and the contract that plugins import."""

from cellar_registry import require_own_packages

__version__ = "0.1.0"

require_own_packages()
