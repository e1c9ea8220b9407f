"""The page of a cell with 1,000 cycles and six plots: SQL queries, and the first useful paint in Chromium.

Useful is the first frame that has the headline numbers and a plot. The reference is a bare page that loads the same
bundle of plotly and draws the same six figures, from numbers it has in itself; useful is its first frame with a plot.
"""

import io
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.report import Bounded, Section

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CYCLES, ROWS_PER_CYCLE, PLOTS = 1000, 40, 6
MAX_QUERIES, MAX_RATIO = 12, 2.0
ROUNDS = 7
ANALYSES = ("cycling-summary", "capacity-retention", "charge-discharge-curves")
PLOTLY = "registry/vendor/plotly-cartesian.min.js"
CELL_IS_USEFUL = "document.querySelector('dl.strip dd') && document.querySelector('figure.plot svg.plot')"
BARE_IS_USEFUL = "document.querySelector('.main-svg .scatterlayer path')"
WATCH = """
const look = () => ({condition}) ? requestAnimationFrame(() => {{ window.usefulAt = performance.now(); }})
  : requestAnimationFrame(look);
look();
"""
BARE = """<!doctype html><title>Bare</title>{boxes}<script src="/static/{plotly}"></script>
<script>{figures}.forEach((figure, n) => Plotly.newPlot("plot-" + n, figure.data, figure.layout));</script>"""


def measure() -> Section:
    """Fill a database with one cell and load its page and the bare page in turn."""
    import django

    django.setup()
    from django.conf import settings

    from benchmarks.session import getter, queries_of, scratch_database

    settings.ALLOWED_HOSTS = ["*"]
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    with scratch_database():
        address, editor = fill()
        queries = {}
        for name, user in (("anonymous", None), ("for an editor", editor)):
            load = getter(address, user)
            load()
            queries[name] = queries_of(load)
        paints = _paint(address)
    size = f"{CYCLES:,} cycles, {CYCLES * ROWS_PER_CYCLE:,} rows, {PLOTS} plots or more"
    rows = [
        Bounded(f"SQL queries, {name}", size, "one query", count, MAX_QUERIES, f"{count} queries")
        for name, count in queries.items()
    ]
    if paints:
        cell, bare = paints
        measured = f"{cell:.0f} ms against {bare:.0f} ms"
        rows.append(Bounded("First useful paint", size, "a bare page with plotly", cell / bare, MAX_RATIO, measured))
    return Section("The page of a cell", TEXT, rows)


TEXT = (
    "A cell with one cycling test, read from rows, with the plots of its per-cycle numbers and of its file. Useful is "
    "the first frame in Chromium that has the headline numbers and a plot, from the start of the navigation with an "
    "empty cache, the time of the server included. The bare page loads the same bundle of plotly and "
    "draws six figures of the same cell, which it has in itself; useful is its first frame with a plot. Each is the "
    f"fastest of {ROUNDS} loads in turn, because other load only adds time."
)


def fill() -> "tuple[str, User]":
    """Store the cell with the results of its test; return the address of its page, and an editor of its project."""
    from django.contrib.auth.models import User

    from registry.models import Cell, Layer, Material, Measurement, Membership, Project
    from registry.selectors.analysis_inputs.due import list_due_jobs
    from registry.services.cell import save_cell
    from registry.services.files.dataset import add_file
    from registry.services.measurement import save_measurement
    from registry.services.record import save_record
    from registry.services.runs.analysis import run_jobs

    project = save_record(Project(slug="bench", name="Bench", visibility="public"), by=None)
    material = save_record(Material(project=project, name="NCM", kind="active_material"), by=None)
    cathode = Layer(position=1, role="cathode", material=material, thickness="50 µm", area="0.785 cm2")
    cell = save_cell(Cell(project=project, label="Bench", format="die"), [cathode], by=None)
    measurement = save_measurement(Measurement(cell=cell, technique="cycling"), {}, by=None)
    add_file(measurement=measurement, file=io.BytesIO(_rows()), filename="cycles.csv", by=None)
    run_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk), names=ANALYSES), by=None)
    editor = User.objects.create_user("editor")
    Membership.objects.create(project=project, user=editor, role="editor")
    return cell.get_absolute_url(), editor


def _rows() -> bytes:
    """Charge and discharge at 1 mA between 3.0 and 4.3 V, with a capacity that falls by 0.02 % a cycle."""
    half = ROWS_PER_CYCLE // 2
    share = np.linspace(0, 1, half)
    lines, start = ["test_time_second,voltage_volt,current_ampere,cycle_count"], 0.0
    for cycle in range(1, CYCLES + 1):
        seconds = 3600 * 1.5 * 0.9998**cycle
        for current, voltage in ((1e-3, 3.0 + 1.3 * share), (-1e-3, 4.3 - 1.3 * share)):
            lines += [
                f"{start + seconds * s:.2f},{v:.4f},{current},{cycle}" for s, v in zip(share, voltage, strict=True)
            ]
            start += seconds + 10
    return "\n".join(lines).encode()


def _paint(address: str) -> tuple[float, float] | None:
    """Milliseconds to the first useful paint of the cell page and of the bare page; None without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return None
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread
    from playwright.sync_api import sync_playwright

    bare = _bare_page()
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    times: tuple[list[float], list[float]] = ([], [])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for number in range(ROUNDS + 1):
            for path, condition, answer in (
                (address, CELL_IS_USEFUL, times[0]),
                ("/bare", BARE_IS_USEFUL, times[1]),
            ):
                milliseconds = _load(browser, f"http://127.0.0.1:{server.port}{path}", condition, bare)
                if number:
                    answer.append(milliseconds)
        browser.close()
    server.terminate()
    return min(times[0]), min(times[1])


def _load(browser: Any, url: str, condition: str, bare: str) -> float:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.route("**/bare", lambda route: route.fulfill(body=bare, content_type="text/html; charset=utf-8"))
    page.add_init_script(WATCH.format(condition=condition))
    page.goto(url)
    # Its content security policy forbids to wait for an expression within the page.
    while (milliseconds := page.evaluate("window.usefulAt")) is None:
        page.wait_for_timeout(20)
    context.close()
    return float(milliseconds)


def _bare_page() -> str:
    from registry.models import Curve
    from registry.web.plots.figure import build_figure

    curves = Curve.objects.filter(kind="line").order_by("pk")[:PLOTS]
    figures = [build_figure(curve.kind, curve.data) for curve in curves]
    if len(figures) < PLOTS:
        raise RuntimeError(f"only {len(figures)} of {PLOTS} plots")
    boxes = "".join(f'<div id="plot-{number}"></div>' for number in range(PLOTS))
    # Colours are names of custom properties, which plotly does not know.
    text = json.dumps(figures).replace('"--p', '"#0068a8", "token": "--p')
    return BARE.format(boxes=boxes, plotly=PLOTLY, figures=text.replace("</", "<\\/"))
