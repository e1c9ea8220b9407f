"""A visitor of a running server: fills in forms of its admin as a browser would, and asks its API with a token."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

BOUNDARY = "----a-form-of-the-admin"
Files = Mapping[str, Path]


class Form(HTMLParser):
    """The fields of the form on a page that has the named one, as a browser would send them back."""

    def __init__(self, page: str, has: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.select = self.text = ""
        self.feed(page)
        self.fields = next((form for form in self.forms if has in form), {})
        if not self.fields:
            raise AssertionError(f"no form with the field {has}")

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        name, kind = attributes.get("name", ""), attributes.get("type", "text")
        if tag == "form":
            self.forms.append({})
        elif not self.forms:
            return
        elif tag == "select":
            self.select = name
            self.forms[-1][name] = ""
        elif tag == "option" and self.select and "selected" in attributes:
            self.forms[-1][self.select] = attributes.get("value", "")
        elif tag == "textarea":
            self.text = name
            self.forms[-1][name] = ""
        elif tag == "input" and name and kind not in ("submit", "file", "button"):
            is_sent = kind not in ("checkbox", "radio") or "checked" in attributes
            self.forms[-1] |= {name: attributes.get("value", "")} if is_sent else {}

    def handle_data(self, data: str) -> None:
        if self.text:
            self.forms[-1][self.text] += data

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select
        self.text = "" if tag == "textarea" else self.text


class Visitor:
    """Somebody at a browser, and a script with a token."""

    def __init__(self, base: str, username: str, password: str) -> None:
        self.base = base.rstrip("/")
        # Straight to the server, whatever proxy this machine has.
        direct = urllib.request.ProxyHandler({})
        self.browser = urllib.request.build_opener(direct, urllib.request.HTTPCookieProcessor(CookieJar()))
        self.script = urllib.request.build_opener(direct)
        self.token = ""
        account = {"username": username, "password": password}
        self.submit("/sign-in/?next=/admin/", account, has="username")
        self.token = self.api("POST", "auth/login/", account)["token"]

    def page(self, path: str) -> str:
        with self.browser.open(self.base + path) as answer:
            return answer.read().decode()

    def submit(self, path: str, typed: Mapping[str, str], *, has: str, files: Files | None = None) -> str:
        """Fill in the form at this address and send it; returns the page that follows."""
        fields = Form(self.page(path), has).fields | typed
        request = urllib.request.Request(self.base + path, _multipart(fields, files or {}))
        request.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        request.add_header("Referer", self.base + path)
        with self.browser.open(request) as answer:
            page = answer.read().decode()
            # A form that is refused is shown again at its own address.
            if answer.geturl().removeprefix(self.base).partition("?")[0] == path.partition("?")[0]:
                raise AssertionError(f"{path} was refused: {_errors(page)}")
        return page

    def api(self, method: str, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.base}/api/{path}", body, {"Content-Type": "application/json"})
        request.method = method
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        try:
            with self.script.open(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None

    def choice(self, model: str, field: str, term: str) -> str:
        """What the admin offers in a field with a search, by its first answer."""
        asked = urlencode({"app_label": "registry", "model_name": model, "field_name": field, "term": term})
        found = json.loads(self.page(f"/admin/autocomplete/?{asked}"))["results"]
        assert len(found) == 1, f"{term} is offered {len(found)} times"
        return str(found[0]["id"])


def _multipart(fields: Mapping[str, str], files: Files) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, path in files.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{path.name}"\r\n\r\n'
        parts.append(head.encode() + path.read_bytes() + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _errors(page: str) -> str:
    _, _, rest = page.partition("errorlist")
    return " ".join(rest[:600].split()) or "no reason is shown"
