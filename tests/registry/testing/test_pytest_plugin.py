from pathlib import Path

from registry.testing import Golden


def test_the_golden_files_lie_beside_the_test(golden: Golden) -> None:
    assert golden.directory == Path(__file__).parent / "golden"


def test_nothing_is_written_unless_asked(golden: Golden, pytestconfig) -> None:
    assert golden.update is pytestconfig.getoption("--update-golden")
