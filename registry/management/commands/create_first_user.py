"""The first account of a new registry, with a password made at random."""

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction

from cellar_registry import command

PASSWORD_BYTES = 12


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()
    help = "Create the user ‘admin’ if nobody can administer this registry yet, and show the password once."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            standing = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
            if standing is None:
                self._create()
                return
        reset = command(f"changepassword {standing.username}")
        self.stdout.write(f"Sign in as {standing.username}. Password lost? {reset}")

    def _create(self) -> None:
        username = "admin"
        if User.objects.filter(username=username).exists():
            create = command("createsuperuser")
            self.stdout.write(f"The user ‘{username}’ exists but may not administer: {create} makes another one.")
            return
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        User.objects.create_superuser(username, password=password)
        self.stdout.write(f"Sign in as {username} with the password {password}")
        self.stdout.write(f"It is shown this once. Another: {command(f'changepassword {username}')}")
