"""Search documents: one row a record, with the words it is found by."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from registry.models.project import Project
from registry.models.record import RecordQuerySet
from registry.text.search_tokens import SearchWord


class SearchKind(models.TextChoices):
    """Kinds of records that are searched, in the order they are shown."""

    CELL = "cell", "Cells"
    MEASUREMENT = "measurement", "Measurements"
    MATERIAL = "material", "Materials"
    FORMULATION = "formulation", "Formulations"
    PUBLICATION = "publication", "Publications"
    FILE = "file", "Files"
    ATTACHMENT = "attachment", "Attachments"
    SETUP = "setup", "Set-ups"
    GROUP = "group", "Groups"
    TABLE = "table", "Tables"
    PROJECT = "project", "Projects"


class TokensField(models.TextField):
    """Tokens separated by blanks, with the lookup `matches=[SearchWord, ...]`."""


@TokensField.register_lookup
class Matches(models.Lookup):
    """Whether all words of a search occur: by the FTS5 table on SQLite, by a GIN index on PostgreSQL."""

    lookup_name = "matches"
    prepare_rhs = False
    rhs: Sequence[SearchWord]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        alias = compiler.quote_name_unless_alias(self.lhs.alias)
        fts = connection.ops.quote_name(f"{self.lhs.target.model._meta.db_table}_fts")
        return f"{alias}.id IN (SELECT rowid FROM {fts} WHERE {fts} MATCH %s)", [_fts5_query(self.rhs)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        column, _ = compiler.compile(self.lhs)
        return f"{_vector(column)} @@ %s::tsquery", [_tsquery(self.rhs)]


def _vector(column: str) -> str:
    return f"array_to_tsvector(array_remove(string_to_array({column}, ' '), ''))"


def _fts5_query(words: Sequence[SearchWord]) -> str:
    return " AND ".join(_combine(word, '"', " *", " AND ", " OR ") for word in words)


def _tsquery(words: Sequence[SearchWord]) -> str:
    return " & ".join(_combine(word, "'", ":*", " & ", " | ") for word in words)


def _combine(word: SearchWord, quote: str, prefix: str, and_: str, or_: str) -> str:
    """One word as an expression; its tokens consist of letters, digits and points only."""
    alternatives = []
    for tokens in word.alternatives:
        quoted = [f"{quote}{token}{quote}" for token in tokens]
        quoted[-1] += prefix if word.is_prefix else ""
        alternatives.append(f"({and_.join(quoted)})")
    return f"({or_.join(alternatives)})"


class TokenIndex(models.Index):
    """The index of tokens: an FTS5 table with its triggers on SQLite, a GIN index on PostgreSQL."""

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Any:
        """Execute all statements but the last, which is returned: an FTS5 table takes five."""
        *before, last = _create_statements(model._meta.db_table, self.name, schema_editor.connection.vendor)
        for statement in before:
            schema_editor.execute(statement, params=None)
        return last

    def remove_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, **kwargs: Any) -> Any:
        """Execute all statements but the last, which is returned."""
        *before, last = _remove_statements(model._meta.db_table, self.name, schema_editor.connection.vendor)
        for statement in before:
            schema_editor.execute(statement, params=None)
        return last


_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* N* Co S* P* M*'"


def _create_statements(table: str, name: str, vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [f"CREATE INDEX {name} ON {table} USING gin (({_vector('tokens')}))"]
    fts, removal = f"{table}_fts", f"INSERT INTO {table}_fts({table}_fts, rowid, tokens) VALUES ('delete', old.id,"
    removal, addition = f"{removal} old.tokens);", f"INSERT INTO {fts}(rowid, tokens) VALUES (new.id, new.tokens);"
    return [
        f"CREATE VIRTUAL TABLE {fts} USING fts5(tokens, content='{table}', content_rowid='id', "
        f"tokenize=\"{_TOKENIZER}\", prefix='2 3')",
        f"CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN {addition} END",
        f"CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN {removal} END",
        f"CREATE TRIGGER {table}_changed AFTER UPDATE OF tokens ON {table} BEGIN {removal} {addition} END",
        # Without it, the removal of a row that was there before is an error.
        f"INSERT INTO {fts}({fts}) VALUES ('rebuild')",
    ]


def _remove_statements(table: str, name: str, vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [f"DROP INDEX IF EXISTS {name}"]
    triggers = [f"DROP TRIGGER IF EXISTS {table}_{event}" for event in ("added", "removed", "changed")]
    return [*triggers, f"DROP TABLE IF EXISTS {table}_fts"]


class SearchDocument(models.Model):
    """How one record is found and shown in search results; rewritten whenever the record changes."""

    project_path: ClassVar[str] = "project"
    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    kind = models.CharField(max_length=16, choices=SearchKind)
    record = models.PositiveBigIntegerField(help_text="Primary key of the record.")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    is_simulated = models.BooleanField(default=False)
    key = models.CharField(
        max_length=300, blank=True, db_index=True, help_text="Refcode, DOI or name, in the form they are compared in."
    )
    title = models.CharField(max_length=300)
    detail = models.CharField(max_length=300, blank=True)
    target = models.CharField(max_length=300, help_text="Page, its argument and an anchor: cell C-00035 M-00012.")
    tokens = TokensField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "record"], name="search_document_once_per_record"),
        ]
        indexes = [TokenIndex(fields=["tokens"], name="search_document_tokens")]

    def __str__(self) -> str:
        return self.title
