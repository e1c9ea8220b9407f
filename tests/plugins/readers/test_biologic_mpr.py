from pathlib import Path

from plugins.readers.biologic_mpr import read, recognises, register_readers
from registry.contract.reader import PACKAGE_MISSING
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
from tests.plugins.readers.samples import MPR, write


def test_states_which_package_reads_it(tmp_path: Path) -> None:
    assert recognises(MPR, "run.mpr")
    with refuses(PACKAGE_MISSING, UnreadableFile, package="cellar-biologic-mpr"):
        read(write(tmp_path, MPR))


def test_comes_after_the_package_that_reads_it() -> None:
    (reader,) = register_readers()
    assert reader.priority < 0
