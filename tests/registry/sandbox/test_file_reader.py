"""Reading in a sandbox process: any failure of a reader becomes a refusal that names the reader."""

import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry import plugin_loading
from registry.sandbox import server_process
from registry.sandbox.file_reader import Parsed, parse_file

HOSTILE = Path(__file__).parent.parent.parent / "data" / "readers"
SPECTRUM = {"columns": {"0": "frequency_hertz", "1": "real_impedance_ohm", "2": "imaginary_impedance_ohm"}}
STEPS = b"Time / s,Voltage / V,Current / A\n0,0.1,0.01\n1,0.1,0.011\n"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    (tmp_path / "results").mkdir()
    return tmp_path / "results"


@pytest.fixture
def _hostile(settings: LazySettings) -> Iterator[None]:
    settings.REGISTRY_PLUGINS_DIR = str(HOSTILE)
    plugin_loading.load()
    yield
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


def read(results: Path, content: bytes, name: str = "run.dat") -> Parsed:
    path = results.parent / "raw"
    path.write_bytes(content)
    return parse_file(path, name, results, plugins=plugin_loading.plugin_set())


def test_returns_columns_rows_and_reader(results: Path) -> None:
    parsed = read(results, STEPS, "steps.csv")
    (part,) = parsed.parts
    assert (parsed.reader, part.rows, part.columns[0]) == ("declared-csv", 2, "test_time_second")


def test_unrecognised_file_is_refused(results: Path) -> None:
    assert read(results, b"\x00\x01\x02").refusal.code == "unknown-format"


def test_suggests_a_column_mapping_for_an_unrecognised_text_file(results: Path) -> None:
    assert "use a column mapping" in read(results, b"1;2;3\n4;5;6\n", "run.dat").refusal.text
    assert "column mapping" not in read(results, b"\x00\x01").refusal.text


def test_reads_an_unrecognised_text_file_with_a_column_mapping(results: Path, tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"1000;2;-3\n100;5;-6\n")
    parsed = parse_file(tmp_path / "raw", "run.dat", results, SPECTRUM, plugins=plugin_loading.plugin_set())
    assert (parsed.reader, parsed.parts[0].technique, parsed.parts[0].rows) == ("declared-csv", "eis", 2)


def test_recognised_file_is_read_with_the_mapping_if_chosen(results: Path, tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(STEPS)
    parsed = parse_file(tmp_path / "raw", "steps.csv", results, SPECTRUM, plugins=plugin_loading.plugin_set())
    assert parsed.parts[0].columns == tuple(SPECTRUM["columns"].values())


def test_mapping_without_a_supporting_reader_is_refused(results: Path, tmp_path: Path, settings: LazySettings) -> None:
    builtin = settings.REGISTRY_BUILTIN_PLUGINS
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = "", str(HOSTILE)
    plugin_loading.load()
    (tmp_path / "raw").write_bytes(STEPS)
    parsed = parse_file(tmp_path / "raw", "steps.csv", results, SPECTRUM, plugins=plugin_loading.plugin_set())
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = builtin, ""
    plugin_loading.load()
    assert parsed.refusal.code == "no-mapping-reader"


@pytest.mark.usefixtures("_hostile")
@pytest.mark.parametrize(
    ("failure", "code", "detail"),
    [
        ("hangs", "timed-out", " 2 s"),
        ("eats", "out-of-memory", "1 GiB"),
        ("crashes", "crashed", "SIGABRT"),
        ("leaves", "reader-failed", "SystemExit"),
        ("vanishes", "invalid-data", ""),
        ("raises", "reader-failed", "KeyError: 'no such key'"),
        ("words", "reader-failed", "test_time_second with <U3"),
        ("forges", "invalid-data", "columns"),
        ("lies", "invalid-data", ""),
    ],
)
def test_reader_failure_becomes_a_refusal(
    results: Path, settings: LazySettings, failure: str, code: str, detail: str
) -> None:
    settings.PARSE_SECONDS, settings.PARSE_MEMORY_BYTES = 2 if failure == "hangs" else 30, 1024**3
    parsed = read(results, failure.encode())
    assert parsed.refusal.code == code
    assert detail in parsed.refusal.text
    assert f"‘Reader that {failure}’" in parsed.refusal.text
    assert parsed.parts == ()


@pytest.mark.usefixtures("_hostile")
def test_stopped_reader_leaves_no_process(results: Path, settings: LazySettings) -> None:
    settings.PARSE_SECONDS = 1
    read(results, b"hangs")
    # A process that was killed is listed until the system has removed it.
    deadline = time.monotonic() + 5
    while (is_left := _is_running("sleep 600")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_left


def _is_running(command: str) -> bool:
    return command in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


@pytest.mark.usefixtures("_hostile")
def test_reader_output_and_invalid_characters_are_harmless(results: Path) -> None:
    (part,) = read(results, b"shouts").parts
    assert part.header == {"operator": "AB�C"}


@pytest.mark.usefixtures("_hostile")
def test_other_files_are_read_while_one_hangs(results: Path, settings: LazySettings, tmp_path: Path) -> None:
    settings.PARSE_SECONDS = 4
    (tmp_path / "slow" / "results").mkdir(parents=True)
    slow: list[Parsed] = []
    thread = threading.Thread(target=lambda: slow.append(read(tmp_path / "slow" / "results", b"hangs")))
    thread.start()
    parsed = read(results, STEPS, "steps.csv")
    assert parsed.parts
    assert thread.is_alive()
    thread.join()
    assert "was stopped" in slow[0].refusal.text


def test_dead_server_is_replaced(results: Path) -> None:
    read(results, b"nothing known")
    killed = server_process._servers[0].process
    killed.kill()
    killed.wait()
    assert read(results, STEPS, "steps.csv").parts
    assert server_process._servers[0].process.pid != killed.pid


def test_archive_that_would_fill_the_disk_is_refused(results: Path, tmp_path: Path) -> None:
    """100 MiB of zeros deflate to about 100 KiB, 1000 times less."""
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(100 * 1024**2))
    parsed = read(results, (tmp_path / "bomb.xlsx").read_bytes(), "bomb.xlsx")
    assert parsed.refusal.code == "archive-too-large"
    assert "100 MiB" in parsed.refusal.text


def test_archive_larger_than_the_limit_is_refused(results: Path, settings: LazySettings, tmp_path: Path) -> None:
    settings.PARSE_ARCHIVE_BYTES = 1000
    with zipfile.ZipFile(tmp_path / "big.ndax", "w") as archive:
        archive.writestr("data.ndc", bytes(2000))
    assert "was not opened" in read(results, (tmp_path / "big.ndax").read_bytes(), "big.ndax").refusal.text
