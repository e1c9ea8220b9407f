"""The first account: made once, its password shown once."""

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import RequestFactory

from tests import factories


def first_user() -> str:
    told = StringIO()
    call_command("create_first_user", stdout=told)
    return told.getvalue()


@pytest.mark.django_db
def test_the_password_it_shows_signs_in() -> None:
    shown = re.search(r"Sign in as admin with the password (\S+)", first_user())
    assert shown
    user = authenticate(RequestFactory().post("/sign-in/"), username="admin", password=shown[1])
    assert user is not None
    assert (user.is_superuser, user.is_staff) == (True, True)


@pytest.mark.django_db
def test_a_second_time_it_says_how_to_reset_and_changes_nothing() -> None:
    first_user()
    before = User.objects.get().password
    assert first_user() == "Sign in as admin. Password lost? manage.py changepassword admin\n"
    assert User.objects.get().password == before


@pytest.mark.django_db
def test_two_registries_have_two_passwords() -> None:
    first = first_user()
    User.objects.all().delete()
    assert first_user() != first


@pytest.mark.django_db
def test_names_the_administrator_there_is() -> None:
    factories.make_user("curie", is_superuser=True, is_staff=True)
    assert "Sign in as curie." in first_user()
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_never_makes_an_administrator_of_a_user_called_admin() -> None:
    factories.make_user("admin")
    assert "may not administer" in first_user()
    assert not User.objects.get().is_superuser
