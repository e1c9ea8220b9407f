import tomllib
from pathlib import Path

import pytest

from analyses.simulate.demo_files import FILES, file_content

DEMO = Path(__file__).parents[3] / "registry" / "examples" / "demo"


def test_every_file_is_of_a_measurement_and_every_measurement_has_one() -> None:
    cells = [cell for path in DEMO.glob("cells/*.toml") for cell in tomllib.loads(path.read_text())["cell"]]
    named = [file["name"] for cell in cells for part in cell["measurements"] for file in part["files"]]
    assert sorted(named) == sorted(FILES)


def test_a_file_is_the_same_each_time() -> None:
    name = "NCM_2wt-VGCF_simulated.txt"
    assert file_content(name) == file_content(name)


def test_every_name_says_that_it_is_simulated() -> None:
    assert all("_simulated." in name for name in FILES)


def test_an_unknown_file_is_an_error() -> None:
    with pytest.raises(KeyError):
        file_content("measured.csv")
