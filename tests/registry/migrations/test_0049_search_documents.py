"""The index of search documents comes with the migration and goes with it."""

import pytest
from django.core.management import call_command
from django.db import connection

from registry.models import Material, SearchDocument
from registry.models.search_document import TokenQuery
from registry.selectors.search import parse_search_text
from registry.services.search.updates import rebuild_documents
from tests import factories
from tests.registry.migrations.conftest import Schema

BEFORE, AFTER = "0048_file_draft", "0049_search_documents"


def index_tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if name.startswith("registry_searchdocument")]


@pytest.mark.slow  # replaced by a squashed migration, so it does not change any more
def test_the_index_goes_and_comes_back(schema: Schema) -> None:
    schema.start(BEFORE)
    assert index_tables() == []
    schema.migrate(AFTER)
    assert SearchDocument._meta.db_table in index_tables()
    schema.migrate(BEFORE)
    assert index_tables() == []
    schema.migrate(AFTER)
    assert SearchDocument._meta.db_table in index_tables()


@pytest.mark.django_db(transaction=True)
def test_the_index_survives_a_flush_and_an_upset_of_its_rows() -> None:
    project = factories.make_project()
    material = factories.make_material(project, "LPSCl")
    words = TokenQuery(parse_search_text("lpscl").words)
    assert SearchDocument.objects.filter(tokens__matches=words).count() == 1
    Material.objects.filter(pk=material.pk)[0].delete()
    assert not SearchDocument.objects.filter(tokens__matches=words).exists()
    factories.make_material(project, "LPSCl")
    call_command("flush", interactive=False, verbosity=0)
    assert not SearchDocument.objects.exists()
    factories.make_material(factories.make_project(), "LPSCl")
    rebuild_documents()
    assert SearchDocument.objects.filter(tokens__matches=words).count() == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO registry_searchdocument_fts(registry_searchdocument_fts) VALUES ('integrity-check')"
            )
