"""Comments on the page of a cell, with and without htmx."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from registry.models import Cell, Comment, Project
from registry.services.comment import edit_comment, write_comment
from tests import factories

HTMX = {"HX-Request": "true"}


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_cell(project)


def test_a_viewer_writes_edits_and_deletes(cell: Cell, client: Client, viewer: User) -> None:
    client.force_login(viewer)
    address = f"/cells/{cell.refcode}/comments/"
    response = client.post(address, {"text": "**a**\r\nb"})
    comment = Comment.objects.get()
    assert response["Location"] == f"/cells/{cell.refcode}/#comment-{comment.pk}"
    assert comment.text == "**a**\nb"
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "<strong>a</strong>" in page
    assert f'action="/comments/{comment.pk}/"' in page
    assert client.post(f"/comments/{comment.pk}/", {"text": "c"}).status_code == 302
    assert Comment.objects.get().text == "c"
    assert client.post(f"/comments/{comment.pk}/", {"action": "delete"})["Location"].endswith("/#comments")
    assert not Comment.objects.exists()
    changes = client.get(f"{cell.get_absolute_url()}history/").context["changes"]
    descriptions = [change.description for change in changes]
    assert descriptions[:3] == [
        "Comment: deleted: ‘c’",
        "Comment: text ‘**a**\nb’ → ‘c’",
        "Comment: created",
    ]


def test_a_comment_that_is_sent_twice_is_stored_once(cell: Cell, client: Client, viewer: User, owner: User) -> None:
    for user, text in ((viewer, "a"), (viewer, "a "), (viewer, "b"), (owner, "a")):
        client.force_login(user)
        client.post(f"/cells/{cell.refcode}/comments/", {"text": text})
    assert sorted(Comment.objects.values_list("text", flat=True)) == ["a", "a", "b"]
    Comment.objects.update_untracked(created_at=timezone.now() - timedelta(minutes=1))
    client.post(f"/cells/{cell.refcode}/comments/", {"text": "a"})
    assert Comment.objects.count() == 4


def test_the_sign_in_page_leads_back_to_the_cell_and_says_why(cell: Cell, client: Client) -> None:
    page = f"http://testserver{cell.get_absolute_url()}"
    response = client.post(f"/cells/{cell.refcode}/comments/", {"text": "x"}, headers={"Referer": page})
    assert response["Location"] == f"/sign-in/?expired=1&next={cell.get_absolute_url()}"
    assert 'role="alert"' in client.get(response["Location"]).content.decode()


def test_htmx_gets_the_comments_only(cell: Cell, client: Client, viewer: User) -> None:
    measurement = factories.make_measurement(cell)
    client.force_login(viewer)
    data = {"text": "<script>x</script>", "measurement": measurement.refcode}
    part = client.post(f"/cells/{cell.refcode}/comments/", data, headers=HTMX).content.decode()
    assert "<html" not in part
    assert "&lt;script&gt;" in part
    assert f'href="#{measurement.refcode}"' in part
    comment = Comment.objects.get()
    assert comment.measurement == measurement
    refused = client.post(f"/comments/{comment.pk}/", {"text": " "}, headers=HTMX).content.decode()
    assert 'role="alert"' in refused
    assert '<details class="noprint" open>' in refused
    data = {"text": "x" * 10_001, "measurement": measurement.refcode}
    refused = client.post(f"/cells/{cell.refcode}/comments/", data, headers=HTMX).content.decode()
    assert "x" * 10_001 in refused
    assert f'<option value="{measurement.refcode}" selected>' in refused
    assert Comment.objects.count() == 1


def test_others_read_only(public_project: Project, client: Client, outsider: User) -> None:
    cell = factories.make_cell(public_project)
    author = factories.make_member(public_project, "viewer", "mara")
    comment = edit_comment(write_comment(cell, "seen", by=author), "seen twice", by=author)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "seen twice" in page
    assert "mara" not in page
    assert 'id="comment-text"' not in page
    assert client.post(f"/cells/{cell.refcode}/comments/", {"text": "x"})["Location"].startswith("/sign-in/")
    client.force_login(outsider)
    assert "mara" in client.get(cell.get_absolute_url()).content.decode()
    assert client.post(f"/cells/{cell.refcode}/comments/", {"text": "x"}).status_code == 403
    for action in ("save", "delete"):
        data = {"text": "x", "action": action}
        assert client.post(f"/comments/{comment.pk}/", data).status_code == 403
    assert client.post(f"/comments/{comment.pk}/", {"action": "other"}).status_code == 404
    assert Comment.objects.get().text == "seen twice"


def test_what_is_hidden_is_not_found(cell: Cell, project: Project, client: Client, outsider: User) -> None:
    comment = write_comment(cell, "hidden", by=None)
    client.force_login(outsider)
    assert client.post(f"/comments/{comment.pk}/", {"text": "x"}).status_code == 404
    assert client.post(f"/cells/{cell.refcode}/comments/", {"text": "x"}).status_code == 404


def test_a_measurement_of_another_cell_is_not_found(cell: Cell, project: Project, client: Client, owner: User) -> None:
    other = factories.make_measurement(factories.make_cell(project))
    client.force_login(owner)
    data = {"text": "x", "measurement": other.refcode}
    assert client.post(f"/cells/{cell.refcode}/comments/", data).status_code == 404


def test_the_number_of_queries_does_not_grow(
    cell: Cell, client: Client, owner: User, django_assert_max_num_queries: object
) -> None:
    client.force_login(owner)
    counts = []
    for number in range(2):
        write_comment(cell, "a", by=factories.make_member(cell.project, "viewer", f"v{number}"))
        write_comment(factories.make_measurement(cell), "b", by=owner)
        with django_assert_max_num_queries(40) as captured:  # type: ignore[operator]
            client.get(cell.get_absolute_url())
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_without_scripts_too_a_refused_comment_is_shown_as_typed(cell: Cell, client: Client, owner: User) -> None:
    measurement = factories.make_measurement(cell)
    client.force_login(owner)
    address, text = f"/cells/{cell.refcode}/comments/", "x" * 10_001
    refused = client.post(address, {"text": text, "measurement": measurement.refcode})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    assert (refused.context["typed"], refused.context["chosen"]) == (text, measurement.refcode)
    comment = write_comment(cell, "kept", by=owner)
    edited = client.post(f"/comments/{comment.pk}/", {"text": text})
    assert edited.status_code == 422
    assert (edited.context["typed"], edited.context["edited"]) == (text, comment.pk)
    assert Comment.objects.get().text == "kept"
    assert client.get(address)["Location"] == f"{cell.get_absolute_url()}#comments"
    assert client.get(f"/comments/{comment.pk}/")["Location"].endswith(f"#comment-{comment.pk}")


def test_a_comment_sent_after_the_session_has_ended_is_shown_again(
    public_project: Project, client: Client, outsider: User
) -> None:
    cell, owner = factories.make_cell(public_project), factories.make_member(public_project, "owner", "mara")
    comment = write_comment(cell, "kept", by=owner)
    for address in (f"/cells/{cell.refcode}/comments/", f"/comments/{comment.pk}/"):
        client.logout()
        sign_in = client.post(address, {"text": "late", "typed_by": owner.pk})
        kept = sign_in.context["kept"]
        assert (sign_in.status_code, kept.path, kept.fields["text"]) == (403, address, ["late"])
        client.force_login(owner)
        shown = client.post(address, dict(kept.pairs))
        assert (shown.status_code, shown.context["typed"]) == (200, "late")
        assert 'role="alert"' not in shown.content.decode()
        assert Comment.objects.get().text == "kept"
    client.force_login(outsider)
    assert client.post(address, {"text": "late", "action": "restore"}).status_code == 403
