"""Serving the registry with gunicorn."""

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

LAST_PORT = 65_535
LOOK_SECONDS = 0.2
RESTART_SECONDS = 1.0
STOP_SECONDS = 30
ANY_ADDRESS = ("0.0.0.0", "::")
# Imported before gunicorn puts the current directory first, where another `registry` may lie.
GUNICORN = "import registry; from gunicorn.app.wsgiapp import run; run()"


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()
    help = "Serve the pages, the admin and the API until interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
        parser.add_argument(
            "--no-work", action="store_true", help=f"leave background work to a `{command('run_worker')}` elsewhere"
        )

    def handle(self, *args: Any, host: str, port: int, workers: int, no_work: bool, **options: Any) -> None:
        refuse_taken_port(host, port)
        create_directory(Path(settings.DATA_DIR))
        shown = "127.0.0.1" if host in ANY_ADDRESS else host
        base = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
        self.stdout.write(
            f"\nCellar   {base}/\n"
            f"Table    {base}/compare/low-pressure-cells/\n"
            f"Admin    {base}/admin/\n"
            f"API      {base}/api/docs/\n"
            f"Data     {settings.DATA_DIR}\n"
            "Stop with Ctrl-C."
        )
        if host in ANY_ADDRESS:
            allowed = ", ".join(settings.ALLOWED_HOSTS)
            self.stdout.write(f"Answers to the names {allowed}: ALLOWED_HOSTS=name1,name2 sets others.")
        self.stdout.flush()
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        server = python_command("-c", GUNICORN, "registry.wsgi", "--bind", bind, "--workers", str(workers))
        server += ["--threads", "4", "--preload", "--log-level", "warning", "--no-control-socket"]
        if no_work:
            os.execve(sys.executable, server, python_environment())
        sys.exit(keep(server, python_command("-m", "registry", "run_worker", "--parent", str(os.getpid()))))


def port_option(port: int) -> str:
    """How another port is chosen here."""
    return f"make run PORT={port}" if IS_CHECKOUT else command(f"serve --port {port}")


def keep(server: list[str], worker: list[str]) -> int:
    """Run the server with a worker beside it, started anew when it ends, until the server ends or one says stop."""
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stopped.append(number))
    # A group of their own: Ctrl-C reaches this process alone, which passes it on once.
    environment = python_environment()
    serving = subprocess.Popen(server, env=environment, start_new_session=True)
    working = subprocess.Popen(worker, env=environment, start_new_session=True)
    while not stopped and serving.poll() is None:
        time.sleep(LOOK_SECONDS)
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
            # Another worker takes up the run it was at when the lease has run out.
            process.kill()
            process.wait()
    return 0 if stopped else serving.returncode


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
                f"Stop what uses it, or choose another port: {port_option(min(port + 1, LAST_PORT))}"
            ) from error
