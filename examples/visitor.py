"""A client of a running server: submits admin forms like a browser and calls the API with a token."""

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
    """The fields of the form that contains the named field, as a browser would submit them."""

    def __init__(self, page: str, has: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.select = self.text = ""
        self.feed(page)
        self.fields = next((form for form in self.forms if has in form), {})
        if not self.fields:
            raise AssertionError(f"no form with the field {has}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
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
    """A browser session and an API client with a token."""

    def __init__(self, base: str, username: str, password: str) -> None:
        self.base = base.rstrip("/")
        # Directly to the server, ignoring any proxy.
        direct = urllib.request.ProxyHandler({})
        self.browser = urllib.request.build_opener(direct, urllib.request.HTTPCookieProcessor(CookieJar()))
        self.script = urllib.request.build_opener(direct)
        self.token = ""
        account = {"username": username, "password": password}
        self.submit("/sign-in/?next=/admin/", account, has="username")
        self.token = self.api("POST", "auth/login/", account)["token"]

    def page(self, path: str) -> str:
        with self.browser.open(self.base + path) as response:
            return response.read().decode()

    def submit(self, path: str, values: Mapping[str, str], *, has: str, files: Files | None = None) -> str:
        """Fill in and submit the form at this path; return the resulting page."""
        fields = Form(self.page(path), has).fields | values
        request = urllib.request.Request(self.base + path, _multipart(fields, files or {}))
        request.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        request.add_header("Referer", self.base + path)
        with self.browser.open(request) as response:
            page = response.read().decode()
            # An invalid form is shown again at the same address.
            if response.geturl().removeprefix(self.base).partition("?")[0] == path.partition("?")[0]:
                raise AssertionError(f"{path} was refused: {_errors(page)}")
        return page

    def api(self, method: str, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.base}/api/{path}", body, {"Content-Type": "application/json"})
        request.method = method
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        try:
            with self.script.open(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None

    def choice(self, model: str, field: str, term: str) -> str:
        """Return the id of the only match in an autocomplete field of the admin."""
        query = urlencode({"app_label": "registry", "model_name": model, "field_name": field, "term": term})
        matches = json.loads(self.page(f"/admin/autocomplete/?{query}"))["results"]
        assert len(matches) == 1, f"{term} has {len(matches)} matches"
        return str(matches[0]["id"])


def _multipart(fields: Mapping[str, str], files: Files) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, path in files.items():
        header = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{path.name}"\r\n\r\n'
        parts.append(header.encode() + path.read_bytes() + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _errors(page: str) -> str:
    _, _, rest = page.partition("errorlist")
    return " ".join(rest[:600].split()) or "no reason is shown"
