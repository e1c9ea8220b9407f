"""The admin site: model order, date formats and sign-in."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import formats, timezone

from registry.admin_site import MODEL_ORDER
from tests import factories


@pytest.fixture
def superuser_client(client, db):
    client.force_login(User.objects.create_superuser("head"))
    return client


@pytest.mark.parametrize("variable", ["app_list", "available_apps"])
def test_the_registry_comes_first(superuser_client, project, variable):
    first, *others = superuser_client.get(reverse("admin:index")).context[variable]
    assert first["name"] == "Registry"
    assert [model["object_name"] for model in first["models"]] == list(MODEL_ORDER)
    assert [app["name"] for app in others] == ["Accounts", "API tokens", "Background tasks", "Sign-in attempts"]


def test_all_models_are_ordered():
    names = {model.__name__ for model in admin.site._registry if model._meta.app_label == "registry"}
    assert names == set(MODEL_ORDER)


def test_dates_and_times_use_iso_format(browser, project):
    moment = timezone.now().replace(year=2025, month=3, day=9, hour=17, minute=2)
    assert formats.date_format(moment, "DATETIME_FORMAT") == "2025-03-09 17:02"
    assert formats.date_format(moment, "SHORT_DATE_FORMAT") == formats.date_format(moment) == "2025-03-09"
    assert formats.time_format(moment) == "17:02"
    page = browser.get(reverse("admin:registry_project_changelist")).content.decode()
    assert f"{timezone.localtime(project.created_at):%Y-%m-%d %H:%M}" in page


@pytest.mark.parametrize("text", ["2025-03-09", "09/03/2025"])
def test_a_date_is_shown_in_iso_format(browser, project, text):
    page = reverse("admin:registry_cell_change", args=[factories.make_pellet(project).pk])
    assert browser.errors(browser.fill(page, {"assembled_on": text})) == {}
    assert 'name="assembled_on" value="2025-03-09"' in browser.get(page).content.decode()


def sign_in(client, password, **query):
    return client.post(f"{reverse('login')}?{urlencode(query)}", {"username": "ada", "password": password})


@pytest.fixture
def ada(db):
    return User.objects.create_user("ada", password="of the engine", is_staff=True)


def test_the_admin_uses_the_sign_in_page(client, db):
    page = reverse("admin:registry_cell_changelist")
    first = client.get(page)
    second = client.get(first.url)
    assert second.url == f"{reverse('login')}?next={page}"
    assert client.get(reverse("admin:login")).url == f"{reverse('login')}?next={reverse('admin:index')}"
    assert client.post(reverse("admin:login"), {"username": "ada", "password": "x"}).status_code == 302


def test_sign_in_redirects_to_the_requested_page(client, ada):
    page = reverse("admin:registry_cell_changelist")
    assert sign_in(client, "of the engine", next=page).url == page
    assert client.get(reverse("admin:login")).url == reverse("admin:index")


def test_sign_in_does_not_redirect_to_other_sites(client, ada):
    elsewhere = "https://elsewhere.example/"
    url = client.get(f"{reverse('admin:login')}?{urlencode({'next': elsewhere})}").url
    response = client.post(url, {"username": "ada", "password": "of the engine"})
    assert response.url == reverse(settings.LOGIN_REDIRECT_URL)


def test_a_non_staff_user_is_refused_without_a_redirect_loop(client, db):
    client.force_login(User.objects.create_user("guest"))
    page = client.get(client.get(reverse("admin:index")).url, follow=True)
    assert page.status_code == 200
    assert '<p class="error" role="alert">' in page.content.decode()


def test_an_account_is_locked_after_too_many_attempts(client, ada):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, "wrong")
    assert response.status_code == 429
    assert sign_in(client, "of the engine").status_code == 429
