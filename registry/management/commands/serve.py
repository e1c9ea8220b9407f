"""Serve the registry with gunicorn: `manage.py serve`."""

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cellar_registry import IS_CHECKOUT, command, python_command, python_environment
from registry.data_directory import create_directory

PAGES = {"Cellar": "/", "Tables": "/compare/", "Admin": "/admin/", "API": "/api/docs/"}
"""Pages printed at the start, which exist also while the registry is empty."""
LAST_PORT = 65_535
POLL_SECONDS = 0.2
RESTART_SECONDS = 1.0
STOP_SECONDS = 30
ANY_ADDRESS = ("0.0.0.0", "::")
# Import first: gunicorn puts the current directory, which may hold another `registry`, first on the path.
GUNICORN = "import registry; from gunicorn.app.wsgiapp import run; run()"


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()
    help = "Serve the web pages, the admin and the API, with a background worker, until interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: %(default)s).")
        parser.add_argument("--port", type=int, default=8000, help="Port to listen on (default: %(default)s).")
        parser.add_argument("--workers", type=int, default=2, help="Number of server processes (default: %(default)s).")
        parser.add_argument(
            "--no-work",
            action="store_true",
            help=f"Start no background worker; run `{command('run_worker')}` elsewhere.",
        )

    def handle(self, *args: Any, host: str, port: int, workers: int, no_work: bool, **options: Any) -> None:
        refuse_taken_port(host, port)
        create_directory(Path(settings.DATA_DIR))
        display_host = "127.0.0.1" if host in ANY_ADDRESS else host
        base = f"http://[{display_host}]:{port}" if ":" in display_host else f"http://{display_host}:{port}"
        addresses = "".join(f"{name:<9}{base}{path}\n" for name, path in PAGES.items())
        self.stdout.write(f"\n{addresses}Data     {settings.DATA_DIR}\nStop with Ctrl-C.")
        if host in ANY_ADDRESS:
            allowed = ", ".join(settings.ALLOWED_HOSTS)
            self.stdout.write(f"Allowed host names: {allowed}. To change: ALLOWED_HOSTS=name1,name2")
        self.stdout.flush()
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        server = python_command("-c", GUNICORN, "registry.wsgi", "--bind", bind, "--workers", str(workers))
        server += ["--threads", "4", "--preload", "--log-level", "warning", "--no-control-socket"]
        if no_work:
            os.execve(sys.executable, server, python_environment())
        sys.exit(supervise(server, python_command("-m", "registry", "run_worker", "--parent", str(os.getpid()))))


def command_for_port(port: int) -> str:
    """Return the command that serves on this port."""
    return f"make run PORT={port}" if IS_CHECKOUT else command(f"serve --port {port}")


def supervise(server: list[str], worker: list[str]) -> int:
    """Run the server and a worker, restarting the worker if it exits, until the server exits or a signal arrives."""
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stopped.append(number))
    # In new sessions: Ctrl-C reaches only this process, which forwards it once.
    environment = python_environment()
    serving = subprocess.Popen(server, env=environment, start_new_session=True)
    working = subprocess.Popen(worker, env=environment, start_new_session=True)
    while not stopped and serving.poll() is None:
        time.sleep(POLL_SECONDS)
        if working.poll() is not None and not stopped:
            time.sleep(RESTART_SECONDS)
            working = subprocess.Popen(worker, env=environment, start_new_session=True)
    for process in (serving, working):
        if process.poll() is None:
            process.terminate()
    for process in (serving, working):
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # Another worker resumes its run when the lease expires.
            process.kill()
            process.wait()
    return 0 if stopped else serving.returncode


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CommandError if the address cannot be listened on."""
    if not 1 <= port <= LAST_PORT:
        raise CommandError(f"Invalid port {port}: choose one from 1024 to {LAST_PORT}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(
                f"Cannot listen on {host} port {port} ({reason.lower()}). "
                f"Stop the program that uses it or choose another port: {command_for_port(min(port + 1, LAST_PORT))}"
            ) from error
