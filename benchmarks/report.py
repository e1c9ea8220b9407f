"""The page of results."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_QUERIES = 10
MOST_TIMES = 3.0
LINE = 118


@dataclass(frozen=True)
class Comparison:
    """One task, done by Cellar and by the least code that could do it."""

    task: str
    beside: str
    seconds: float
    seconds_beside: float
    queries: int
    size: str
    bounded: bool = True

    @property
    def ratio(self) -> float:
        return self.seconds / self.seconds_beside

    @property
    def holds(self) -> bool:
        return self.ratio <= MOST_TIMES and self.queries <= MOST_QUERIES


@dataclass(frozen=True)
class Measured:
    """All that was measured on one database."""

    database: str
    machine: str
    comparisons: Sequence[dict[str, object]]
    profile: Sequence[str]
    """Where the time of the slowest bounded task goes."""


@dataclass(frozen=True)
class Bounded:
    """A ratio and the most it may be."""

    task: str
    size: str
    beside: str
    ratio: float
    bound: float | None
    measured: str
    """The two numbers, with their units."""

    @property
    def verdict(self) -> str:
        if self.bound is None:
            return "no bound"
        return "yes" if self.ratio <= self.bound else "**no**"


@dataclass(frozen=True)
class Section:
    """What one benchmark found; without rows, its words say why."""

    title: str
    words: str
    rows: Sequence[Bounded] = ()
    blocks: Sequence[str] = field(default=())
    """Markdown that stands below the table."""

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Section":
        """The section that was written down as JSON."""
        return cls(**given | {"rows": [Bounded(**row) for row in given["rows"]]})

    def text_block(self) -> str:
        """The section as Markdown."""
        parts = [f"## {self.title}", "\n".join(textwrap.wrap(self.words, LINE))]
        if self.rows:
            parts.append(_bounded_table(self.rows))
        return "\n\n".join([*parts, *self.blocks]) + "\n"


HEAD = """# Benchmarks

Written by `make bench`. Every ratio is taken in one run, on one machine, of Cellar and what it is held against on the
same data, and stands beside the most it may be; ratios travel between machines, milliseconds do not.

Pages and tables are held against hand-written SQL for the same rows (`benchmarks/by_hand.py`), in the same process,
each the fastest of several alternating warm rounds, as what else the machine does only adds: at most {queries} SQL
queries, whatever the length, and at most {times:g} times the time. The data are made by a seeded generator
(`benchmarks/data.py`): 10,000 cells with 30,000 layers, 15,000 measurements and 67,500 values.
"""


def page(measured: Sequence[Measured], sections: Sequence[Section]) -> str:
    """The results as Markdown."""
    parts = [HEAD.format(queries=MOST_QUERIES, times=MOST_TIMES)]
    for item in measured:
        comparisons = [Comparison(**fields) for fields in item.comparisons]  # type: ignore[arg-type]
        parts.append(f"## {item.database}\n\n{item.machine}\n\n{_table(comparisons)}\n")
        parts.append("Where the time of the worst of these goes:\n\n```\n" + "\n".join(item.profile) + "\n```\n")
    parts += [section.text_block() for section in sections]
    return "\n".join(parts)


def _bounded_table(rows: Sequence[Bounded]) -> str:
    lines = [
        "| task | size | beside | ratio | at most | measured | within bounds |",
        "| --- | --- | --- | ---: | ---: | --- | --- |",
    ]
    for row in rows:
        bound = "" if row.bound is None else f"{row.bound:.3g}"
        lines.append(
            f"| {row.task} | {row.size} | {row.beside} | {row.ratio:.3g} | {bound} | {row.measured} | {row.verdict} |"
        )
    return "\n".join(lines)


def _table(comparisons: Sequence[Comparison]) -> str:
    lines = [
        "| task | size | beside | ratio | ms | ms beside | SQL queries | within bounds |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in comparisons:
        verdict = ("yes" if row.holds else "**no**") if row.bounded else "no bound"
        lines.append(
            f"| {row.task} | {row.size} | {row.beside} | {row.ratio:.2f} | {row.seconds * 1e3:.1f} "
            f"| {row.seconds_beside * 1e3:.1f} | {row.queries} | {verdict} |"
        )
    return "\n".join(lines)
