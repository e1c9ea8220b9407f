"""Use the two example packages on a running server: admin forms, API and web pages.

`python examples/use_packages.py http://127.0.0.1:8000 USERNAME PASSWORD`, from a checkout, with both packages installed
where the server runs. It prints each step and stops with an error at the first unexpected result.
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


def write_spectrum(path: Path) -> Path:
    """Write an EC-Lab binary file: a pellet of 105 ohm between blocking electrodes."""
    frequency = np.logspace(6, 0, 61)
    omega = 2 * np.pi * frequency
    impedance = REPORTED_OHM / (1 + (1j * omega * REPORTED_OHM * 1e-9)) + 1 / (1e-5 * (1j * omega) ** 0.9)
    columns = {
        "freq/Hz": frequency,
        "Re(Z)/Ohm": impedance.real,
        "-Im(Z)/Ohm": -impedance.imag,
        "time/s": frequency * 0,
    }
    return mpr.write_mpr(path, {name: column.tolist() for name, column in columns.items()}, technique=0x1D)


def main(base: str, username: str, password: str) -> None:
    visitor = Visitor(base, username, password)
    plugins = visitor.api("GET", "plugins/?page_size=1000")["results"]
    for name in ("biologic-mpr", "area-specific-resistance"):
        (plugin,) = [plugin for plugin in plugins if plugin["name"] == name]
        assert plugin["state"] == "loaded", plugin
        assert f"cellar-{name}" in visitor.page("/plugins/")
        adds = ", ".join(f"{item['kind']} {item['name']}" for item in plugin["adds"])
        say(f"{name} from {plugin['source']} {plugin['version']}: {adds}")
    cell = create_cell(visitor)
    entered = enter_value(visitor, cell)
    uploaded = upload(visitor, cell)
    run(visitor, entered, faces=2)
    read_and_filter(visitor, cell, entered, uploaded)
    compare(visitor)


def create_cell(visitor: Visitor) -> str:
    """Create a pellet in a 10 mm die with the API and return its refcode."""
    visitor.api("POST", "projects/", {"slug": "packages", "name": "Packages", "visibility": "public"})
    lpscl = {"project": "packages", "name": "LPSCl", "kind": "solid_electrolyte"}
    material = visitor.api("POST", "materials/", lpscl)["id"]
    die = {"project": "packages", "name": "Die 10", "kind": "die", "die_diameter": "10 mm (exact)", "blocks": "ions"}
    visitor.api("POST", "setups/", die)
    layers = [{"role": "sample", "material": material, "thickness": "600 µm"}]
    pellet = {"project": "packages", "label": "Pellet", "format": "blocking_pellet", "layers": layers}
    return str(visitor.api("POST", "cells/", pellet)["refcode"])


def create_measurement(
    visitor: Visitor, cell: str, label: str, values: Mapping[str, str], files: Files | None = None
) -> str:
    """Create a measurement in the admin and return its refcode."""
    fields = {
        "cell": visitor.choice("measurement", "cell", cell),
        "setup": visitor.choice("measurement", "setup", "Die 10"),
        "technique": "eis",
        "label": label,
        "conditions.stack_pressure_mpa": "10 MPa",
        "conditions.temperature_degc": "25 °C",
    }
    visitor.submit("/admin/registry/measurement/add/", fields | values, has="technique", files=files)
    measurements = visitor.api("GET", f"measurements/?cell={cell}&technique=eis")["results"]
    return str(next(item["refcode"] for item in measurements if item["label"] == label))


def enter_value(visitor: Visitor, cell: str) -> str:
    """Enter a resistance in the admin; it is analysed automatically."""
    values = {"values-0-quantity": "resistance_ohm", "values-0-written": f"{REPORTED_OHM:g} Ω"}
    refcode = create_measurement(visitor, cell, "entered", values)
    value = wait_for(visitor, refcode)
    assert math.isclose(value["magnitude"], REPORTED_OHM * DIE_CM2, rel_tol=1e-9), value
    say(f"{refcode}: {REPORTED_OHM:g} Ω entered in the admin gives {value['magnitude']:.4g} Ω cm²")
    return refcode


def upload(visitor: Visitor, cell: str) -> str:
    """Upload a binary file: one package reads it, Cellar analyses it, and the other package uses the result."""
    with tempfile.TemporaryDirectory() as directory:
        path = write_spectrum(Path(directory) / "pellet.mpr")
        refcode = create_measurement(visitor, cell, "uploaded", {}, {"uploads": path})
    value = wait_for(visitor, refcode)
    assert math.isclose(value["magnitude"], REPORTED_OHM * DIE_CM2, rel_tol=0.02), value
    (dataset,) = visitor.api("GET", f"datasets/?measurement={refcode}")["results"]
    assert dataset["reader"] == "biologic-mpr", dataset
    say(f"{refcode}: pellet.mpr read by {dataset['reader']} gives {value['magnitude']:.4g} Ω cm²")
    return refcode


def wait_for(visitor: Visitor, refcode: str, run: int = 0) -> dict[str, Any]:
    """Wait for the value of the package's quantity on a measurement and return it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        values = visitor.api("GET", f"values/?measurement={refcode}&quantity={SLUG}")["results"]
        if values and run in (0, values[0]["run"]):
            return dict(values[0])
        time.sleep(0.5)
    runs = visitor.api("GET", f"runs/?measurement={refcode}")["results"]
    raise AssertionError(
        f"no {SLUG} of {refcode}: {[(run['analysis'], run['status'], run['messages']) for run in runs]}"
    )


def run(visitor: Visitor, refcode: str, *, faces: int) -> None:
    """Run the analysis with the API and a parameter."""
    request = {"measurement": refcode, "analysis": ANALYSIS, "parameters": {"faces": faces}}
    queued = visitor.api("POST", "runs/", request)
    value = wait_for(visitor, refcode, queued["id"])
    assert math.isclose(value["magnitude"], REPORTED_OHM * DIE_CM2 / faces, rel_tol=1e-9), value
    say(f"{refcode}: run with the API and faces={faces}, {value['magnitude']:.4g} Ω cm²")


def read_and_filter(visitor: Visitor, cell: str, entered: str, uploaded: str) -> None:
    """Filter cells and measurements by the package's quantity, with and without a unit."""
    below = visitor.api("GET", f"cells/?{SLUG}__lte={quote('50 Ω cm²')}")["results"]
    assert [item["refcode"] for item in below] == [cell], below
    assert [entry["measurement"] for entry in below[0]["matches"]] == [entered], below[0]["matches"]
    above = visitor.api("GET", f"measurements/?{SLUG}__gt=50")["results"]
    assert [element["refcode"] for element in above] == [uploaded], above
    assert visitor.api("GET", f"cells/?{SLUG}__gt=500")["results"] == []
    assert "Area-specific resistance" in visitor.page(f"/cells/{cell}/")
    say(f"{SLUG}__lte=50 Ω cm² finds {entered}, {SLUG}__gt=50 finds {uploaded}")


def compare(visitor: Visitor) -> None:
    """Check the package's table on its page and as a file."""
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
