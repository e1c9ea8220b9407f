"""What is proposed for a file, and where it comes from."""

import io
from datetime import date

import pytest
from django.contrib.auth.models import User

from registry.models import FileDraft, Project
from registry.services.drafts.draft import DraftChanges, add_draft, change_draft, read_at_once
from registry.services.drafts.proposal import load_part
from tests import factories
from tests.plugins.readers.samples import BIOLOGIC_SETTINGS, GCPL, MODULO, PEIS, SEM

TIMES = "Test time / s,Voltage / V,Current / A,Cycle count\n"
CYCLES = TIMES + "".join(f"{10 * row},{3 + row % 2},{(-1) ** row},{row // 4 + 1}\n" for row in range(8))


def drop(by: User, content: bytes | str, name: str, **cell: str) -> FileDraft:
    project = Project.objects.get()
    draft, _ = add_draft(
        file=io.BytesIO(content.encode() if isinstance(content, str) else content),
        filename=name,
        cell=factories.make_cell(project, **cell),
        by=by,
    )
    return read_at_once(draft)


@pytest.mark.parametrize(
    ("content", "name", "cell_format", "proposed"),
    [
        (PEIS, "a.mpt", "die", ("eis", "file")),
        (PEIS, "a_OCV.mpt", "die", ("eis", "file")),
        (GCPL, "a.mpt", "die", ("cycling", "file")),
        (GCPL, "a.mpt", "symmetric", ("symmetric_cycling", "cell")),
        (GCPL, "a_CA.mpt", "die", ("chronoamperometry", "name")),
        (CYCLES, "a.csv", "die", ("cycling", "file")),
        (SEM, "SEM_cross.tif", "die", ("sem", "name")),
        (SEM, "IMG_2231.tif", "die", ("photograph", "name")),
        (SEM, "cross.tif", "die", ("", "")),
        (b"%PDF-1.7", "a.pdf", "die", ("", "")),
    ],
)
def test_the_technique_and_its_source(
    colleague: User, content: bytes | str, name: str, cell_format: str, proposed: tuple[str, str]
) -> None:
    draft = drop(colleague, content, name, format=cell_format)
    assert (draft.technique, draft.technique_source) == proposed


def test_conditions_have_their_source(colleague: User) -> None:
    log = "Frequency / Hz,Z' / Ohm,Z'' / Ohm,Ambient temperature / degC\n1000,1,-2,25\n100,2,-3,25.2\n"
    draft = drop(colleague, log, "x_10MPa_60C.csv")
    assert draft.conditions == {
        "stack_pressure_mpa": {"text": "10 MPa", "source": "name"},
        "temperature_degc": {"text": "25.1 °C", "source": "file"},
    }


def test_the_date_is_that_of_the_file(colleague: User) -> None:
    assert BIOLOGIC_SETTINGS[3].endswith("01:18:45.867")
    assert drop(colleague, PEIS, "a.mpt").measured_on == date(2025, 5, 15)
    assert drop(colleague, CYCLES, "a.csv").measured_on is None


def test_a_test_has_its_cycles_and_its_duration(colleague: User) -> None:
    (part,) = drop(colleague, CYCLES, "a.csv").parts
    assert (part["cycles"], part["seconds"], part["range"]) == (2, 70.0, {"voltage_volt": [3.0, 4.0]})


def test_a_rate_is_proposed_for_cycling_alone(colleague: User) -> None:
    draft = drop(colleague, GCPL, "a_1C.mpt")
    assert draft.conditions["c_rate"]["text"] == "1C"
    draft = change_draft(draft, DraftChanges(technique="chronoamperometry"), by=colleague)
    assert "c_rate" not in draft.conditions


def test_a_flat_voltage_of_a_cycling_test_is_not_its_dc_voltage(colleague: User) -> None:
    flat = CYCLES.replace(",4.0,", ",3.0,").replace(",4,", ",3,")
    draft = drop(colleague, flat, "a.csv")
    assert draft.technique == "cycling"
    assert "voltage_v" not in draft.conditions
    draft = change_draft(draft, DraftChanges(technique="ocv"), by=colleague)
    assert "voltage_v" in draft.conditions


def test_the_state_of_one_chosen_recording_is_proposed(colleague: User) -> None:
    draft = drop(colleague, PEIS, "a.mpt")
    assert (draft.recording, draft.conditions) == ("each", {})
    draft = change_draft(draft, DraftChanges(recording="1"), by=colleague)
    assert draft.conditions["voltage_v"] == {"text": "3.800 V", "source": "file"}


def test_recordings_of_several_techniques_are_proposed_one_each(colleague: User) -> None:
    draft = drop(colleague, MODULO, "a.mpt")
    assert len({part["technique"] for part in draft.parts}) == 2
    assert draft.recording == "each"


@pytest.mark.parametrize(("content", "name"), [(PEIS, "a.mpt"), (SEM, "a.tif")])
def test_a_dataset_is_restored_as_it_was_read(colleague: User, content: bytes, name: str) -> None:
    part = load_part(drop(colleague, content, name).parts[0])
    assert part.path.is_file()
    assert part.has_picture == (name == "a.tif")
    if part.image:
        assert (part.image.width, part.image.height) == (8, 6)
        assert part.image.thumbnail.is_file()
