"""Use the two example packages as people do: forms of the web admin, the API, and the pages of a running server.

`python examples/use_packages.py http://127.0.0.1:8000 USERNAME PASSWORD`, from a checkout, with both packages installed
where the server runs. It writes what it sees, and ends with an error at the first thing that is not as it should be.
"""

import math
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from visitor import Files, Visitor

sys.path.insert(0, str(Path(__file__).parent / "cellar-biologic-mpr" / "tests"))
import mpr

SLUG = "area_specific_resistance_ohm_cm2"
ANALYSIS = "area-specific-resistance"
REPORTED_OHM = 105.0
DIE_CM2 = math.pi / 4
PATIENCE_SECONDS = 90


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
        (plugin,) = [item for item in entered if item["name"] == name]
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
    found = visitor.api("GET", f"measurements/?cell={cell}&technique=eis")["results"]
    return str(next(item["refcode"] for item in found if item["label"] == label))


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
    assert [item["refcode"] for item in below] == [cell], below
    assert [entry["measurement"] for entry in below[0]["matches"]] == [typed], below[0]["matches"]
    above = visitor.api("GET", f"measurements/?{SLUG}__gt=50")["results"]
    assert [element["refcode"] for element in above] == [uploaded], above
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
