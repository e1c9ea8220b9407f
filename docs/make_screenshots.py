"""Takes the screenshots of the README and of docs/screenshots, of the worked example and the demo lab.

    .venv/bin/python docs/make_screenshots.py [DATA_DIRECTORY]

Chromium must be installed. Without a directory, both examples are loaded and analysed in a temporary one, which takes
some minutes. A user with the role owner of both projects is created in it.
"""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
TARGET = Path(__file__).parent / "screenshots"
USER = "reader"
PAGES = {
    "home": "/",
    "cell": "/cells/C-00048/",
    "conductivity": "/cells/C-00035/",
    "new-cell": "/cells/new/?like=C-00048",
    "table": "/compare/low-pressure-cells/?compare_with=M-00027",
    "search": "/search/?q=LPSCl",
}
SIZES = {"desk": (1440, 1000), "phone": (375, 800)}
CREATE_USER = """
from django.contrib.auth.models import User
from registry.models import Membership, Project
user, _ = User.objects.get_or_create(username={user!r})
user.set_password({password!r})
user.save()
for project in Project.objects.all():
    Membership.objects.get_or_create(project=project, user=user, defaults={{"role": "owner"}})
"""


def manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


def wait_for(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=5)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit(f"{address} does not answer")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def sign_in(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.fill("input[name=username]", USER)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")


def take(address: str, password: str) -> None:
    TARGET.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size, (width, height) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            sign_in(page, address, password)
            for name, path in PAGES.items():
                page.goto(f"{address}{path}", wait_until="networkidle")
                page.screenshot(path=TARGET / f"{name}-{size}.png")
            page.close()
        browser.close()


def main() -> None:
    directory = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="cellar-screenshots-")
    environment = os.environ | {"CELLAR_DATA_DIR": directory}
    manage(environment, "migrate", "--verbosity", "0")
    for example in ("wu2025", "demo"):
        manage(environment, "load_example", example)
    manage(environment, "analyze")
    password = secrets.token_urlsafe()
    manage(environment, "shell", "-c", CREATE_USER.format(user=USER, password=password))
    port = free_port()
    server = subprocess.Popen([sys.executable, "manage.py", "serve", "--port", str(port)], cwd=ROOT, env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        take(f"http://127.0.0.1:{port}", password)
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
