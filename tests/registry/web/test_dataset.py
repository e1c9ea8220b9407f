"""Downloads of raw files."""

from django.core.files.storage import default_storage
from django.test import Client

from registry.models import Cell, Dataset
from tests.registry.web.conftest import PER_CYCLE


def test_sends_the_file_unchanged_and_never_as_a_page(cell: Cell, client: Client) -> None:
    dataset = Dataset.objects.get(measurement__cell=cell)
    response = client.get(f"/datasets/{dataset.pk}/file/")
    assert b"".join(response.streaming_content) == PER_CYCLE.encode()  # type: ignore[attr-defined]
    assert response.headers["Content-Disposition"] == 'attachment; filename="cycles.csv"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "application/octet-stream"


def test_a_missing_file_is_not_found(cell: Cell, client: Client) -> None:
    dataset = Dataset.objects.get(measurement__cell=cell)
    default_storage.delete(dataset.raw_file.path)
    assert client.get(f"/datasets/{dataset.pk}/file/").status_code == 404
