"""Search documents: one row a record, with the words it is found by."""

from dataclasses import dataclass
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


CODES = {kind: code for code, kind in enumerate(SearchKind.values)}
"""A number below KINDS for each kind, which is part of the primary keys: new kinds come last."""
KINDS = 16


def document_pk(kind: str, record: int) -> int:
    """The primary key of the document of a record: in the index, it tells the record, and a later one is higher."""
    return record * KINDS + CODES[kind]


def filter_tokens(kind: str, project: int, is_simulated: bool) -> list[str]:
    """Tokens by which the index itself filters; no word of a search has such a form."""
    return [f"k={kind}", f"p={project}", f"s={int(is_simulated)}"]


@dataclass(frozen=True)
class TokenQuery:
    """Words to find, and what the index of SQLite filters by as well as the conditions of the query, so that it can end
    early: `limit` is the number of newest documents to find."""

    words: tuple[SearchWord, ...]
    kinds: tuple[str, ...] = ()
    projects: tuple[int, ...] | None = None
    simulated: bool | None = None
    limit: int | None = None

    def fts5_query(self) -> str:
        """The query in the language of FTS5."""
        filters = [[f"k={kind}" for kind in self.kinds], [f"p={project}" for project in self.projects or ()]]
        filters.append([] if self.simulated is None else [f"s={int(self.simulated)}"])
        quoted = [" OR ".join(f'"{token}"' for token in tokens) for tokens in filters if tokens]
        words = [_combine(word, '"', " *", " AND ", " OR ") for word in self.words]
        return " AND ".join([*(f"({text})" for text in quoted), *words])

    def tsquery(self) -> str:
        """The words in the language of PostgreSQL, which filters by columns."""
        return " & ".join(_combine(word, "'", ":*", " & ", " | ") for word in self.words)


class TokensField(models.TextField):
    """Tokens separated by blanks, with the lookup `matches=TokenQuery(...)`."""


@TokensField.register_lookup
class Matches(models.Lookup):
    """Whether all words of a search occur: by the FTS5 table on SQLite, by a GIN index on PostgreSQL."""

    lookup_name = "matches"
    prepare_rhs = False
    rhs: TokenQuery

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        alias = compiler.quote_name_unless_alias(self.lhs.alias)
        fts = connection.ops.quote_name(f"{self.lhs.target.model._meta.db_table}_fts")
        limit = "" if self.rhs.limit is None else f" ORDER BY rowid DESC LIMIT {self.rhs.limit}"
        return f"{alias}.id IN (SELECT rowid FROM {fts} WHERE {fts} MATCH %s{limit})", [self.rhs.fts5_query()]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        column, _ = compiler.compile(self.lhs)
        return f"{_vector(column)} @@ %s::tsquery", [self.rhs.tsquery()]


class FoundBy(models.Func):
    """Whether the search document of a record matches, by the primary key of the record: `FoundBy("cell_id", ...)`."""

    output_field = models.BooleanField()

    def __init__(self, column: str | models.F, query: TokenQuery | None = None) -> None:
        super().__init__(models.F(column) if isinstance(column, str) else column)
        assert query is None or len(query.kinds) == 1
        self.query = query

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        assert self.query is not None
        column, parameters = compiler.compile(self.source_expressions[0])
        fts = connection.ops.quote_name(f"{SearchDocument._meta.db_table}_fts")
        matching = f"SELECT rowid / {KINDS} FROM {fts} WHERE {fts} MATCH %s"
        return f"{column} IN ({matching})", (*parameters, self.query.fts5_query())

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        assert self.query is not None
        column, parameters = compiler.compile(self.source_expressions[0])
        table = connection.ops.quote_name(SearchDocument._meta.db_table)
        matching = f"SELECT record FROM {table} WHERE kind = %s AND {_vector('tokens')} @@ %s::tsquery"
        return f"{column} IN ({matching})", (*parameters, self.query.kinds[0], self.query.tsquery())


def _vector(column: str) -> str:
    return f"array_to_tsvector(array_remove(string_to_array({column}, ' '), ''))"


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
        f"tokenize=\"{_TOKENIZER}\", prefix='1 2 3')",
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
