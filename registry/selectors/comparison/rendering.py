"""Render a formatted table as a file with a table format of a plugin."""

import logging

from registry import plugin_loading
from registry.hookspecs import PrintedTable, TableFormat
from registry.sandbox.plugin_errors import error_summary

logger = logging.getLogger(__name__)


class RenderingError(RuntimeError):
    """A table format failed to render a file; the text names the plugin and the reason."""


def render_table(table_format: TableFormat, printed: PrintedTable) -> bytes:
    """Render the table; anything the plugin raises becomes a RenderingError."""
    name = table_format.name
    plugin = plugin_loading.current().plugin_of("table format", name)
    try:
        content = table_format.render(printed)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        logger.exception("Table format %s of %s failed", name, plugin)
        package = str(getattr(table_format.render, "__module__", "")).partition(".")[0]
        reason = error_summary(error, package)
        raise RenderingError(f"Table format ‘{name}’ of plugin {plugin} failed: {reason}. Choose another.") from error
    if not isinstance(content, bytes):
        type_name = type(content).__name__
        raise RenderingError(
            f"Table format ‘{name}’ of plugin {plugin} returned {type_name}, not bytes. Choose another."
        )
    return content
