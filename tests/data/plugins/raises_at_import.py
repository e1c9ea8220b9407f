"""A plugin that imports a missing library."""

import a_library_nobody_installed  # noqa: F401
