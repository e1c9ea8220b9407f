"""Which techniques data fit, by their columns and what their file states."""

import pytest

from registry import plugin_loading
from registry.contract.builtin_vocabulary import CYCLE_CAPACITIES, FORCE_LOG, PRESSURE_LOG, SPECTRUM, TIME_SERIES
from registry.hookspecs import Technique
from registry.plugin_loading import Plugins
from registry.plugin_loading.loaded import Provided
from registry.plugin_loading.names import technique_in_sentence
from registry.plugin_loading.suitability import DataKind, misfit

OVER_TIME = ["chronoamperometry", "cycling", "symmetric_cycling", "pressure"]
UNSTATED = ["chronoamperometry", "cycling", "symmetric_cycling", "open_circuit", "pressure"]


@pytest.mark.parametrize(
    ("columns", "stated", "fitting"),
    [
        (TIME_SERIES, "", UNSTATED),
        (TIME_SERIES, "cycling", OVER_TIME),
        (TIME_SERIES, "chronoamperometry", ["chronoamperometry"]),
        (TIME_SERIES, "eis", []),
        (SPECTRUM, "cycling", []),
        ((*TIME_SERIES, *SPECTRUM), "cycling", OVER_TIME),
        ((*TIME_SERIES, *SPECTRUM), "eis", ["eis"]),
        (CYCLE_CAPACITIES, "", ["cycling"]),
        (SPECTRUM, "", ["eis"]),
        (SPECTRUM[:2], "", []),
        (PRESSURE_LOG, "", ["pressure"]),
        (FORCE_LOG, "", ["pressure"]),
        (("two_theta_degree", "intensity_count"), "", ["xrd"]),
        (TIME_SERIES, "of_a_plugin_that_is_gone", UNSTATED),
        (TIME_SERIES[:2], "open_circuit", ["open_circuit"]),
    ],
)
def test_columns_and_the_stated_technique_determine_what_data_fit(
    columns: tuple[str, ...], stated: str, fitting: list[str]
) -> None:
    assert DataKind(technique=stated, columns=columns).fitting() == fitting


def test_a_picture_fits_techniques_with_pictures() -> None:
    assert DataKind(technique="", columns=(), has_picture=True).fitting() == ["sem", "photograph"]


def test_a_technique_that_is_not_loaded_takes_any_data() -> None:
    assert DataKind(technique="", columns=SPECTRUM).suits("gitt")


def test_a_technique_with_neither_columns_nor_picture_takes_no_data() -> None:
    plugins = Plugins()
    plugins.techniques["porosimetry"] = Technique(slug="porosimetry", name="Porosimetry")
    with plugin_loading.in_use(plugins):
        assert not DataKind(technique="", columns=SPECTRUM).suits("porosimetry")
        refusal = misfit("The file", [DataKind(technique="", columns=SPECTRUM)], "porosimetry")
    assert refusal.code == "technique-mismatch"
    assert refusal.parameters["needed"] == "no data, only values"


def test_data_of_another_technique_are_named_as_such() -> None:
    """Both take images: what differs is the technique."""
    plugins = Plugins()
    plugins.techniques["raman"] = Technique(slug="raman", name="Raman spectroscopy", has_picture=True)
    plugins.providers[Provided("technique", "raman")] = "lab"
    with plugin_loading.in_use(plugins):
        refusal = misfit("The file", [DataKind(technique="raman", columns=(), has_picture=True)], "sem")
        assert technique_in_sentence("sem") == "scanning electron microscopy"
    assert refusal.code == "technique-mismatch"
    assert (refusal.parameters["data"], refusal.parameters["technique"]) == (
        "Raman spectroscopy",
        "scanning electron microscopy",
    )
