"""Create the first account of a new registry: `manage.py create_first_user`."""

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction

from cellar_registry import command

PASSWORD_BYTES = 12


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()
    help = "Create the superuser ‘admin’ with a random password, shown once, unless a superuser exists."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            superuser = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
            if superuser is None:
                self._create()
                return
        reset = command(f"changepassword {superuser.username}")
        self.stdout.write(f"Sign in as {superuser.username}. To reset the password: {reset}")

    def _create(self) -> None:
        username = "admin"
        if User.objects.filter(username=username).exists():
            create = command("createsuperuser")
            self.stdout.write(f"The user ‘{username}’ exists but is not an active superuser: create one with {create}")
            return
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        User.objects.create_superuser(username, password=password)
        self.stdout.write(f"Sign in as {username} with the password {password}")
        self.stdout.write(f"This password is shown only once. To change it: {command(f'changepassword {username}')}")
