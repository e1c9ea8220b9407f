"""`manage.py serve`: refuses a port in use before anything starts."""

import socket
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cellar_registry import python_command, python_environment
from registry.management.commands.serve import GUNICORN, PAGES, refuse_taken_port


def test_a_port_in_use_is_refused_with_an_alternative() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=rf"port {port}\b.*PORT={port + 1}"):
            call_command("serve", port=port)


@pytest.mark.parametrize("path", PAGES.values())
def test_the_pages_printed_exist_in_an_empty_registry(db: None, client: Client, path: str) -> None:
    assert client.get(path, follow=True).status_code == 200


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_refuses_a_port_that_does_not_exist(port: int) -> None:
    with pytest.raises(CommandError, match=rf"{port}\b.* 1024 to 65535"):
        refuse_taken_port("127.0.0.1", port)


def test_refuses_an_address_of_another_machine() -> None:
    """192.0.2.1 is reserved for documentation (RFC 5737), so no machine has it."""
    with pytest.raises(CommandError, match=r"192\.0\.2\.1"):
        refuse_taken_port("192.0.2.1", 8000)


def test_a_free_port_is_free_afterwards() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    refuse_taken_port("127.0.0.1", port)
    refuse_taken_port("127.0.0.1", port)


def test_the_current_directory_does_not_hide_the_registry(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "__init__.py").write_text("raise SystemExit('the wrong registry')")
    command = python_command("-c", GUNICORN, "--check-config", "registry.wsgi")
    environment = python_environment()
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
