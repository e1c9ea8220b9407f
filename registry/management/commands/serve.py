"""Serving the registry with gunicorn."""

import os
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

LAST_PORT = 65_535
ANY_ADDRESS = ("0.0.0.0", "::")


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()
    help = "Serve the pages, the admin and the API until interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        refuse_taken_port(host, port)
        shown = "127.0.0.1" if host in ANY_ADDRESS else host
        base = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
        self.stdout.write(
            f"\nCellar   {base}/\n"
            f"Table    {base}/compare/low-pressure-cells/\n"
            f"Admin    {base}/admin/\n"
            f"API      {base}/api/docs/\n"
            "Stop with Ctrl-C."
        )
        if host in ANY_ADDRESS:
            allowed = ", ".join(settings.ALLOWED_HOSTS)
            self.stdout.write(f"Answers to the names {allowed}: ALLOWED_HOSTS=name1,name2 sets others.")
        self.stdout.flush()
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        os.execv(
            sys.executable,
            [
                sys.executable,
                "-m",
                "gunicorn",
                "registry.wsgi",
                "--bind",
                bind,
                "--workers",
                str(workers),
                "--threads",
                "4",
                "--preload",
                "--log-level",
                "warning",
                "--no-control-socket",
            ],
        )


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CommandError, saying what to do, unless the address can be listened on."""
    if not 1 <= port <= LAST_PORT:
        raise CommandError(f"There is no port {port}: choose one from 1024 to {LAST_PORT}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(
                f"Cannot listen on {host} port {port} ({reason.lower()}). "
                f"Stop what uses it, or choose another port: make run PORT={min(port + 1, LAST_PORT)}"
            ) from error
