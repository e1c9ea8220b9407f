"""Print a comparison table: `manage.py table low-pressure-cells --format latex -o table.tex`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from registry import plugin_loading
from registry.hookspecs import TableFormat
from registry.management.command_line import command_line_user, require_known, text_argument
from registry.selectors.comparison.rendering import RenderingError, render_table
from registry.selectors.comparison.tables import format_table, get_table, list_tables


class Command(BaseCommand):
    help = "Print a comparison table: one of a plugin or a saved one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", type=text_argument, help="Name of the table, e.g. low-pressure-cells.")
        parser.add_argument(
            "--format", help="md (default), csv, json, html, latex, xlsx or a format added by a plugin."
        )
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            help="Write to this file; its extension sets the format unless --format is used.",
        )

    def handle(self, *args: Any, slug: str, output: str | None, **options: Any) -> None:
        user = command_line_user()
        require_known("table", slug, [table.slug for table in list_tables(user)])
        table_format = _get_format(options["format"], output)
        try:
            content = render_table(table_format, format_table(get_table(slug, user), user))
        except ValueError as error:
            raise CommandError(f"The table ‘{slug}’ cannot be printed: {error}") from error
        except RenderingError as error:
            raise CommandError(str(error)) from error
        if output:
            _write(Path(output), content)
            self.stdout.write(f"Wrote {output} ({len(content)} bytes).")
        else:
            self._print(content, table_format)

    def _print(self, content: bytes, table_format: TableFormat) -> None:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            binary = getattr(self.stdout, "buffer", None)
            if binary is None or self.stdout.isatty():
                name, extension = table_format.name, table_format.extension
                raise CommandError(
                    f"{name} is a binary format: write it to a file, e.g. -o table.{extension}"
                ) from None
            binary.write(content)
            return
        self.stdout.write(text, ending="" if text.endswith("\n") else "\n")


def _get_format(name: str | None, output: str | None) -> TableFormat:
    """Return the named format, else the one of the file extension, else Markdown."""
    formats = plugin_loading.current().table_formats
    if name is None and output:
        extension = Path(output).suffix.removeprefix(".").lower()
        matching = [table_format for table_format in formats.values() if table_format.extension == extension]
        if not matching:
            known = ", ".join(f".{table_format.extension}" for table_format in formats.values())
            raise CommandError(f"‘{output}’ has none of the extensions {known}: add --format.")
        return matching[0]
    require_known("table format", name or "md", formats)
    return formats[name or "md"]


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
