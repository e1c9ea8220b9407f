"""A plugin that needs a library nobody installed."""

import a_library_nobody_installed  # noqa: F401
