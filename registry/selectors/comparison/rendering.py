"""A printed table as the bytes of a file, by the format of a plugin."""

import logging

from registry import plugin_loading
from registry.hookspecs import PrintedTable, TableFormat
from registry.sandbox.plugin_errors import error_summary

logger = logging.getLogger(__name__)


class RenderingError(RuntimeError):
    """A table format did not give a file; the text says whose it is and why."""


def render_table(table_format: TableFormat, printed: PrintedTable) -> bytes:
    """Write the table; whatever the plugin raises instead becomes FormatFailed."""
    name = table_format.name
    plugin = plugin_loading.current().plugin_of("table format", name)
    try:
        content = table_format.render(printed)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        logger.exception("the table format %s of %s failed", name, plugin)
        package = str(getattr(table_format.render, "__module__", "")).partition(".")[0]
        words = error_summary(error, package)
        raise RenderingError(f"The format ‘{name}’ of the plugin {plugin} failed: {words}. Choose another.") from error
    if not isinstance(content, bytes):
        kind = type(content).__name__
        raise RenderingError(f"The format ‘{name}’ of the plugin {plugin} gave a {kind}, not bytes. Choose another.")
    return content
