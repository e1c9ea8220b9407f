from pathlib import Path

from registry.testing import Golden


def test_golden_files_are_next_to_the_test(golden: Golden) -> None:
    assert golden.directory == Path(__file__).parent / "golden"


def test_updates_only_with_the_option(golden: Golden, pytestconfig) -> None:
    assert golden.update is pytestconfig.getoption("--update-golden")
