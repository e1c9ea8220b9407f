"""`manage.py create_first_user`: creates one account and shows its password once."""

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import RequestFactory

from tests import factories


def create_first_user() -> str:
    output = StringIO()
    call_command("create_first_user", stdout=output)
    return output.getvalue()


@pytest.mark.django_db
def test_the_shown_password_works() -> None:
    shown = re.search(r"Sign in as admin with the password (\S+)", create_first_user())
    assert shown
    user = authenticate(RequestFactory().post("/sign-in/"), username="admin", password=shown[1])
    assert user is not None
    assert (user.is_superuser, user.is_staff) == (True, True)


@pytest.mark.django_db
def test_a_second_call_changes_nothing_and_says_how_to_reset() -> None:
    create_first_user()
    before = User.objects.get().password
    assert create_first_user().endswith("manage.py changepassword admin\n")
    assert User.objects.get().password == before


@pytest.mark.django_db
def test_two_registries_have_two_passwords() -> None:
    first = create_first_user()
    User.objects.all().delete()
    assert create_first_user() != first


@pytest.mark.django_db
def test_names_the_existing_administrator() -> None:
    factories.make_user("curie", is_superuser=True, is_staff=True)
    assert create_first_user().endswith("manage.py changepassword curie\n")
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_never_promotes_an_existing_user_called_admin() -> None:
    factories.make_user("admin")
    assert "manage.py createsuperuser" in create_first_user()
    assert not User.objects.get().is_superuser
