"""Use the two example packages as people do: forms of the web admin, the API, and the pages of a running server.

`python examples/use_packages.py http://127.0.0.1:8000 USERNAME PASSWORD`, from a checkout, with both packages installed
where the server runs. It writes what it sees, and ends with an error at the first thing that is not as it should be.
"""

import json
import math
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "cellar-biologic-mpr" / "tests"))
import mpr

SLUG = "area_specific_resistance_ohm_cm2"
ANALYSIS = "area-specific-resistance"
REPORTED_OHM = 105.0
DIE_CM2 = math.pi / 4
PATIENCE_SECONDS = 90
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
            if kind not in ("checkbox", "radio") or "checked" in attributes:
                self.forms[-1][name] = attributes.get("value", "")

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
        handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()))
        self.browser = urllib.request.build_opener(*handlers)
        self.submit("/admin/login/?next=/admin/", {"username": username, "password": password}, has="username")
        signed_in = self.api("POST", "auth/login/", {"username": username, "password": password})
        self.token = signed_in["token"]

    token = ""

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
            if answer.geturl().removeprefix(self.base).split("?")[0] == path.split("?")[0]:
                raise AssertionError(f"{path} was refused: {_errors(page)}")
        return page

    def api(self, method: str, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.base}/api/{path}", body, {"Content-Type": "application/json"})
        request.method = method
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        try:
            with self.browser_without_cookies().open(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None

    def browser_without_cookies(self) -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))

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


def spectrum_file(place: Path) -> Path:
    """A binary file as EC-Lab writes one: a pellet of 105 ohm between blocking electrodes."""
    frequency = np.logspace(6, 0, 61)
    omega = 2 * np.pi * frequency
    impedance = REPORTED_OHM / (1 + (1j * omega * REPORTED_OHM * 1e-9)) + 1 / (1e-5 * (1j * omega) ** 0.9)
    columns = {
        "freq/Hz": frequency,
        "Re(Z)/Ohm": impedance.real,
        "-Im(Z)/Ohm": -impedance.imag,
        "time/s": frequency * 0,
    }
    return mpr.written(place, {name: column.tolist() for name, column in columns.items()}, technique=0x1D)


def main(base: str, username: str, password: str) -> None:
    visitor = Visitor(base, username, password)
    entered = visitor.api("GET", "plugins/?page_size=1000")["results"]
    for name in ("biologic-mpr", "area-specific-resistance"):
        (plugin,) = [one for one in entered if one["name"] == name]
        assert plugin["state"] == "loaded", plugin
        assert f"cellar-{name}" in visitor.page("/plugins/")
        say(f"{name} from {plugin['source']} {plugin['version']}: {', '.join(plugin['adds'])}")
    cell = enter_cell(visitor)
    typed = enter_value(visitor, cell)
    uploaded = upload(visitor, cell)
    run(visitor, typed, faces=2)
    read_and_filter(visitor, cell, typed, uploaded)
    compare(visitor)


def enter_cell(visitor: Visitor) -> str:
    """A pellet in a die of 10 mm, over the API."""
    visitor.api("POST", "projects/", {"slug": "packages", "name": "Packages", "visibility": "public"})
    lpscl = {"project": "packages", "name": "LPSCl", "kind": "solid_electrolyte"}
    material = visitor.api("POST", "materials/", lpscl)["id"]
    die = {"project": "packages", "name": "Die 10", "kind": "die", "die_diameter": "10 mm (exact)", "blocks": "ions"}
    visitor.api("POST", "setups/", die)
    layers = [{"role": "sample", "material": material, "thickness": "600 µm"}]
    pellet = {"project": "packages", "label": "Pellet", "format": "blocking_pellet", "layers": layers}
    return str(visitor.api("POST", "cells/", pellet)["refcode"])


def measurement(visitor: Visitor, cell: str, label: str, typed: Mapping[str, str], files: Files | None = None) -> str:
    """Enter a measurement in the web admin; returns its refcode."""
    fields = {
        "cell": visitor.choice("measurement", "cell", cell),
        "setup": visitor.choice("measurement", "setup", "Die 10"),
        "technique": "eis",
        "label": label,
        "stack_pressure": "10 MPa",
        "temperature": "25 °C",
    }
    visitor.submit("/admin/registry/measurement/add/", fields | typed, has="technique", files=files)
    found = visitor.api("GET", f"measurements/?refcode={cell}&technique=eis")["results"]
    return str(next(one["refcode"] for one in found if one["label"] == label))


def enter_value(visitor: Visitor, cell: str) -> str:
    """A resistance typed into the admin is analysed by itself."""
    typed = {"values-0-quantity": "resistance_ohm", "values-0-written": f"{REPORTED_OHM:g} Ω"}
    refcode = measurement(visitor, cell, "typed", typed)
    value = wait_for(visitor, refcode)
    assert math.isclose(value["magnitude"], REPORTED_OHM * DIE_CM2, rel_tol=1e-9), value
    say(f"{refcode}: {REPORTED_OHM:g} Ω typed in the admin gives {value['magnitude']:.4g} Ω cm²")
    return refcode


def upload(visitor: Visitor, cell: str) -> str:
    """A binary file put on a measurement is read by one package, analysed by Cellar, and that by the other package."""
    with tempfile.TemporaryDirectory() as directory:
        path = spectrum_file(Path(directory) / "pellet.mpr")
        refcode = measurement(visitor, cell, "uploaded", {}, {"uploads": path})
    value = wait_for(visitor, refcode)
    assert math.isclose(value["magnitude"], REPORTED_OHM * DIE_CM2, rel_tol=0.02), value
    (dataset,) = visitor.api("GET", f"datasets/?measurement={refcode}")["results"]
    assert dataset["reader"] == "biologic-mpr", dataset
    say(f"{refcode}: pellet.mpr read by {dataset['reader']} gives {value['magnitude']:.4g} Ω cm²")
    return refcode


def wait_for(visitor: Visitor, refcode: str, run: int = 0) -> dict[str, Any]:
    """The value of the package's quantity on a measurement, when it is there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        values = visitor.api("GET", f"values/?measurement={refcode}&quantity={SLUG}")["results"]
        if values and run in (0, values[0]["run"]):
            return dict(values[0])
        time.sleep(0.5)
    runs = visitor.api("GET", f"runs/?measurement={refcode}")["results"]
    raise AssertionError(
        f"no {SLUG} of {refcode}: {[(one['analysis'], one['status'], one['messages']) for one in runs]}"
    )


def run(visitor: Visitor, refcode: str, *, faces: int) -> None:
    """Run the analysis over the API, with a parameter of its own."""
    order = {"measurement": refcode, "analysis": ANALYSIS, "parameters": {"faces": faces}}
    asked = visitor.api("POST", "runs/", order)
    value = wait_for(visitor, refcode, asked["id"])
    assert math.isclose(value["magnitude"], REPORTED_OHM * DIE_CM2 / faces, rel_tol=1e-9), value
    say(f"{refcode}: run over the API with faces={faces}, {value['magnitude']:.4g} Ω cm²")


def read_and_filter(visitor: Visitor, cell: str, typed: str, uploaded: str) -> None:
    """Ask for cells by the package's quantity, with its unit and by numbers."""
    below = visitor.api("GET", f"cells/?{SLUG}__lte={quote('50 Ω cm²')}")["results"]
    assert [one["refcode"] for one in below] == [cell], below
    assert [one["measurement"] for one in below[0]["matches"]] == [typed], below[0]["matches"]
    above = visitor.api("GET", f"measurements/?{SLUG}__gt=50")["results"]
    assert [one["refcode"] for one in above] == [uploaded], above
    assert visitor.api("GET", f"cells/?{SLUG}__gt=500")["results"] == []
    assert "Area-specific resistance" in visitor.page(f"/cells/{cell}/")
    say(f"{SLUG}__lte=50 Ω cm² finds {typed}, {SLUG}__gt=50 finds {uploaded}")


def compare(visitor: Visitor) -> None:
    """The package's table, on its page and as a file."""
    page = visitor.page(f"/compare/{ANALYSIS}/")
    text = visitor.page(f"/compare/{ANALYSIS}/?format=md")
    assert "Ω cm²" in page, page
    assert text.count("Pellet") == 2, text
    say(text.rstrip())


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
