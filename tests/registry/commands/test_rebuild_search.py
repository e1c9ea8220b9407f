"""`manage.py rebuild_search`."""

import io

from django.core.management import call_command

from registry.models import Project, SearchDocument
from tests import factories


def test_writes_the_documents_of_all_records(project: Project) -> None:
    factories.make_cell(project)
    SearchDocument.objects.all().delete()
    output = io.StringIO()
    call_command("rebuild_search", stdout=output)
    assert sorted(SearchDocument.objects.values_list("kind", flat=True)) == ["cell", "project"]
    assert output.getvalue().startswith("2 records")
