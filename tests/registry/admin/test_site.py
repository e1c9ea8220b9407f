"""The admin as a whole: its order, its dates, and the sign-in page it shares with the public pages."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import formats, timezone

from registry.admin_site import ORDER
from tests import factories


@pytest.fixture
def admins_client(client, db):
    client.force_login(User.objects.create_superuser("head"))
    return client


@pytest.mark.parametrize("shown", ["app_list", "available_apps"])
def test_the_registry_comes_first_in_the_order_of_the_work(admins_client, project, shown):
    first, *others = admins_client.get(reverse("admin:index")).context[shown]
    assert first["name"] == "Registry"
    assert [model["object_name"] for model in first["models"]] == list(ORDER)
    assert [app["name"] for app in others] == ["Accounts", "API tokens", "Background work", "Sign-in attempts"]


def test_each_model_of_the_registry_has_its_place():
    ours = {model.__name__ for model in admin.site._registry if model._meta.app_label == "registry"}
    assert ours == set(ORDER)


def test_moments_are_printed_one_way(browser, project):
    moment = timezone.now().replace(year=2025, month=3, day=9, hour=17, minute=2)
    assert formats.date_format(moment, "DATETIME_FORMAT") == "2025-03-09 17:02"
    assert formats.date_format(moment, "SHORT_DATE_FORMAT") == formats.date_format(moment) == "2025-03-09"
    assert formats.time_format(moment) == "17:02"
    page = browser.get(reverse("admin:registry_project_changelist")).content.decode()
    assert f"{timezone.localtime(project.created_at):%Y-%m-%d %H:%M}" in page


@pytest.mark.parametrize("typed", ["2025-03-09", "09/03/2025"])
def test_a_date_is_shown_as_iso_however_it_was_typed(browser, project, typed):
    page = reverse("admin:registry_cell_change", args=[factories.make_pellet(project).pk])
    assert browser.errors(browser.fill(page, {"assembled_on": typed})) == {}
    assert 'name="assembled_on" value="2025-03-09"' in browser.get(page).content.decode()


def sign_in(client, password, **query):
    return client.post(f"{reverse('login')}?{urlencode(query)}", {"username": "ada", "password": password})


@pytest.fixture
def ada(db):
    return User.objects.create_user("ada", password="of the engine", is_staff=True)


def test_the_admins_sign_in_is_the_one_page(client, db):
    page = reverse("admin:registry_cell_changelist")
    asked = client.get(page)
    sent = client.get(asked.url)
    assert sent.url == f"{reverse('login')}?next={page}"
    assert client.get(reverse("admin:login")).url == f"{reverse('login')}?next={reverse('admin:index')}"
    assert client.post(reverse("admin:login"), {"username": "ada", "password": "x"}).status_code == 302


def test_who_signs_in_goes_on_to_where_they_were_bound(client, ada):
    page = reverse("admin:registry_cell_changelist")
    assert sign_in(client, "of the engine", next=page).url == page
    assert client.get(reverse("admin:login")).url == reverse("admin:index")


def test_sign_in_leads_nowhere_else(client, ada):
    elsewhere = "https://elsewhere.example/"
    through = client.get(f"{reverse('admin:login')}?{urlencode({'next': elsewhere})}").url
    sent = client.post(through, {"username": "ada", "password": "of the engine"})
    assert sent.url == reverse(settings.LOGIN_REDIRECT_URL)


def test_who_may_not_enter_is_told_so_and_not_sent_in_circles(client, db):
    client.force_login(User.objects.create_user("guest"))
    page = client.get(client.get(reverse("admin:index")).url, follow=True)
    assert page.status_code == 200
    assert "Your account may not open that page" in page.content.decode()


def test_a_name_is_locked_after_too_many_attempts(client, ada):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, "wrong")
    assert answer.status_code == 429
    assert sign_in(client, "of the engine").status_code == 429
