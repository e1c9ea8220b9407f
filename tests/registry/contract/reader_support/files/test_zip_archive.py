import zipfile
from pathlib import Path

from registry.contract.reader_support.files.zip_archive import zip_problem
from tests.plugins.readers.samples import arbin_workbook, write


def test_accepts_a_valid_archive(tmp_path: Path) -> None:
    assert zip_problem(write(tmp_path, arbin_workbook())) is None


def test_refuses_a_truncated_archive(tmp_path: Path) -> None:
    assert zip_problem(write(tmp_path, arbin_workbook()[:-40])).code == "damaged-archive"


def test_refuses_a_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.ndc", bytes(64 << 20))
    assert path.stat().st_size < 1 << 17
    problem = zip_problem(path)
    assert (problem.code, problem.parameters) == ("archive-too-large", {"mebibytes": 64})
