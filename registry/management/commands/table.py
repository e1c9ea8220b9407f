"""Print a comparison table: `manage.py table low-pressure-cells --format latex -o table.tex`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from registry import plugin_loading
from registry.hookspecs import TableFormat
from registry.management.command_line import operator, require_known, text_argument
from registry.selectors.comparison.rendering import RenderingError, render_table
from registry.selectors.comparison.tables import format_table, get_table, list_tables


class Command(BaseCommand):
    help = "Print a comparison table, declared by a plugin or saved by a person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", type=text_argument, help="Which table, such as low-pressure-cells.")
        parser.add_argument("--format", help="md (the default), csv, json, html, latex, xlsx or what plugins add.")
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="Write to a file; its ending can stand for --format."
        )

    def handle(self, *args: Any, slug: str, output: str | None, **options: Any) -> None:
        user = operator()
        require_known("table", slug, [entry.slug for entry in list_tables(user)])
        table_format = _format(options["format"], output)
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
                name, ending = table_format.name, table_format.extension
                raise CommandError(f"{name} is not for a terminal: give a file, such as -o table.{ending}") from None
            binary.write(content)
            return
        self.stdout.write(text, ending="" if text.endswith("\n") else "\n")


def _format(name: str | None, output: str | None) -> TableFormat:
    """The format asked for, else the one the file's ending belongs to, else Markdown."""
    formats = plugin_loading.current().table_formats
    if name is None and output:
        ending = Path(output).suffix.removeprefix(".").lower()
        found = [item for item in formats.values() if item.extension == ending]
        if not found:
            known = ", ".join(f".{entry.extension}" for entry in formats.values())
            raise CommandError(f"‘{output}’ ends in none of {known}: say which --format is meant.")
        return found[0]
    require_known("table format", name or "md", formats)
    return formats[name or "md"]


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
