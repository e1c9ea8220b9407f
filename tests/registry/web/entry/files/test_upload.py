"""Files of a request are kept as drafts."""

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from registry.models import FileDraft, Project
from registry.web.entry.files.upload import receive_files
from tests import factories

SPECTRUM = b"Frequency / Hz,Z' / Ohm,Z'' / Ohm\n1000,10,-2\n100,12,-4\n10,15,-3\n"


def test_new_and_known_files_are_told_from_those_that_are_refused(
    project: Project, owner: User, rf: RequestFactory
) -> None:
    cell = factories.make_pellet(project)
    names = (("a.csv", SPECTRUM), ("same.csv", SPECTRUM), ("empty.csv", b""))
    files = [SimpleUploadedFile(name, content) for name, content in names]
    upload = receive_files(rf.post("/files/", {"files": files}), cell, owner)
    draft = FileDraft.objects.get()
    assert (upload.added, upload.known, draft.cell) == ([draft], [draft], cell)
    assert [name for name, _ in upload.errors] == ["empty.csv"]
