"""A measurement can have several datasets by declared role: pieces of one test, and logs next to it."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from rest_framework.test import APIClient

from analyses.uncertainty import Estimate
from registry.contract.inputs import Inputs
from registry.contract.outcome import Outcome, Result
from registry.contract.vocabulary import UNDECLARED
from registry.hookspecs import Analysis
from registry.models import Dataset, Measurement, Project
from registry.sandbox.columns import load_data
from registry.sandbox.executor import execute
from registry.sandbox.run_result import RunResult
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use, list_datasets_by_role
from registry.selectors.analysis_inputs.targets import AnalysisTarget, get_target
from registry.services.files.dataset import add_file
from registry.services.files.reading import claim_file, read_claimed_file
from registry.services.files.roles import declare_role
from registry.services.files.upload import upload_file
from registry.services.runs.analysis import _unread_continuations
from tests import factories
from tests.coded import refuses
from tests.plugins.readers.samples import PEIS

HEADER = "test_time_second,voltage_volt,current_ampere\n"
PRESSURE = b"test_time_second,stack_pressure_megapascal\n0,10\n60,10.5\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="cycling")


def piece(number: int) -> bytes:
    return f"{HEADER}0,{number}.0,0.1\n1,{number}.5,0.1\n".encode()


def add(measurement: Measurement, content: bytes, filename: str = "run.csv") -> Dataset:
    (dataset,) = add_file(measurement=measurement, file=io.BytesIO(content), filename=filename, by=None)
    return dataset


def upload(measurement: Measurement, content: bytes, role: str) -> Dataset:
    (dataset,) = upload_file(
        measurement=measurement, file=io.BytesIO(content), filename=f"{role}.csv", role=role, by=None
    )
    claimed = claim_file()
    assert claimed is not None
    assert read_claimed_file(claimed)
    dataset.refresh_from_db()
    return dataset


def target_of(measurement: Measurement) -> AnalysisTarget:
    return get_target(measurement=Measurement.objects.get(pk=measurement.pk))


def inputs_of(measurement: Measurement) -> Inputs:
    target = target_of(measurement)
    loaders = {path: (lambda file=file: load_data(file)) for path, file in target.datasets.items()}
    return Inputs(target.facts, loaders.get("", dict), columns_of=loaders)


def volts(inputs: Inputs, role: str) -> list[float]:
    return [float(dataset.column("voltage_volt")[0]) for dataset in inputs.datasets(role)]


def test_without_a_role_no_file_is_taken_for_the_main_one(measurement: Measurement) -> None:
    first, second = add(measurement, piece(1), "first.csv"), add(measurement, piece(2), "second.csv")
    assert get_dataset_in_use(measurement).dataset is None
    assert list_datasets_by_role(measurement) == {UNDECLARED: [first, second]}
    inputs = inputs_of(measurement)
    with refuses("several-datasets"):
        _ = inputs.dataset
    assert inputs.datasets("continuation") == ()
    assert [dataset.filename for dataset in inputs.datasets(UNDECLARED)] == ["first.csv", "second.csv"]


def test_pieces_of_a_test_are_read_in_order(measurement: Measurement) -> None:
    first, second, third = (add(measurement, piece(number), f"{number}.csv") for number in (1, 2, 3))
    declare_role(first, role="main", by=None)
    declare_role(third, role="continuation", by=None)
    declare_role(second, role="continuation", by=None)
    assert volts(inputs_of(measurement), "main") == [1.0]
    assert volts(inputs_of(measurement), "continuation") == [3.0, 2.0]
    declare_role(third, role="continuation", order=3, by=None)
    inputs = inputs_of(measurement)
    assert volts(inputs, "continuation") == [2.0, 3.0]
    assert inputs.reads["datasets.continuation.1.sha256"] == second.content_sha256
    assert inputs.reads["datasets.continuation.count"] == 2


def test_a_declared_main_dataset_is_used_and_not_the_newest_file(measurement: Measurement) -> None:
    first = add(measurement, piece(1), "first.csv")
    add(measurement, piece(2), "second.csv")
    declare_role(first, role="main", by=None)
    assert get_dataset_in_use(Measurement.objects.get(pk=measurement.pk)).dataset == first


def test_a_dataset_with_another_role_is_never_the_main_one(measurement: Measurement) -> None:
    only = add(measurement, piece(1))
    declare_role(only, role="continuation", by=None)
    assert get_dataset_in_use(Measurement.objects.get(pk=measurement.pk)).dataset is None
    with pytest.raises(ValidationError):
        only.check_usable_by(measurement)


def test_a_selected_dataset_beside_another_main_one_is_undecided(measurement: Measurement) -> None:
    first, second = add(measurement, piece(1), "first.csv"), add(measurement, piece(2), "second.csv")
    declare_role(first, role="main", by=None)
    measurement.dataset = second
    measurement.save()
    assert get_dataset_in_use(Measurement.objects.get(pk=measurement.pk)).undecided


def test_there_is_one_main_dataset(measurement: Measurement) -> None:
    first, second = add(measurement, piece(1), "first.csv"), add(measurement, piece(2), "second.csv")
    declare_role(first, role="main", by=None)
    with pytest.raises(ValidationError):
        declare_role(second, role="main", by=None)
    declare_role(first, role="", by=None)
    declare_role(second, role="main", by=None)
    assert (second.role, second.order, first.order) == ("main", 1, None)


def test_a_pressure_log_is_read_beside_the_voltage(measurement: Measurement) -> None:
    add(measurement, piece(1))
    log = upload(measurement, PRESSURE, "pressure_log")
    assert (log.status, log.technique, log.role, log.order) == ("parsed", "pressure", "pressure_log", 1)
    inputs = inputs_of(measurement)
    assert volts(inputs, "main") == [1.0]
    (dataset,) = inputs.datasets("pressure_log")
    assert dataset.column("stack_pressure_megapascal").tolist() == [10.0, 10.5]
    assert dataset.header["delimiter"] == "comma"
    assert inputs.reads["datasets.pressure_log.1.sha256"] == log.content_sha256


def test_data_that_cannot_have_the_role_are_refused_with_a_code(measurement: Measurement) -> None:
    dataset = upload(measurement, piece(1), "pressure_log")
    assert dataset.status == "failed"
    assert [message["code"] for message in dataset.messages] == ["role-mismatch"]
    with pytest.raises(ValidationError):
        declare_role(add(measurement, piece(2)), role="pressure_log", by=None)


def test_a_file_with_several_datasets_loses_its_role(project: Project) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    dataset = upload(measurement, PEIS, "main")
    assert (dataset.role, dataset.order) == ("", None)
    assert "ambiguous-role" in [message["code"] for message in dataset.messages]


def test_an_unknown_role_is_refused(measurement: Measurement) -> None:
    with pytest.raises(ValidationError):
        declare_role(add(measurement, piece(1)), role="divination", by=None)
    with pytest.raises(ValidationError):
        upload_file(measurement=measurement, file=io.BytesIO(piece(2)), filename="a.csv", role="divination", by=None)


def test_a_dataset_of_a_role_without_data_is_a_refusal(measurement: Measurement) -> None:
    def reads_log(inputs: Inputs) -> Outcome:
        return Outcome((Result("cycle_count", Estimate.exact(len(inputs.datasets("pressure_log")))),))

    add(measurement, piece(1))
    upload(measurement, piece(2), "pressure_log")
    analysis = Analysis(
        name="log",
        version="1",
        title="Log",
        description="",
        techniques=("cycling",),
        outputs=("cycle_count",),
        run=reads_log,
    )
    result = execute(analysis, inputs_of(measurement))
    assert (result.status, result.messages[0].code) == ("refused", "dataset-without-data")


def test_only_what_reads_a_role_becomes_stale(measurement: Measurement) -> None:
    add(measurement, piece(1))
    before = target_of(measurement).facts
    upload(measurement, PRESSURE, "pressure_log")
    after = target_of(measurement).facts
    changed = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    assert changed
    assert all(path.startswith("datasets.pressure_log.") for path in changed)


def test_a_run_that_read_only_the_first_piece_says_so(measurement: Measurement) -> None:
    declare_role(add(measurement, piece(1), "1.csv"), role="main", by=None)
    declare_role(add(measurement, piece(2), "2.csv"), role="continuation", by=None)
    inputs = inputs_of(measurement)
    assert inputs.dataset is not None
    (warning,) = _unread_continuations(RunResult("done", reads=inputs.reads))
    assert (warning.code, warning.parameters["count"]) == ("continuation-not-read", 1)
    inputs.datasets("continuation")
    assert _unread_continuations(RunResult("done", reads=inputs.reads)) == []


def test_the_datasets_of_measurements_of_a_cell_have_roles(measurement: Measurement) -> None:
    add(measurement, piece(1))
    upload(measurement, PRESSURE, "pressure_log")
    target = get_target(cell=measurement.cell)
    loaders = {path: (lambda file=file: load_data(file)) for path, file in target.datasets.items()}
    (own,) = Inputs(target.facts, columns_of=loaders).measurements("cycling")
    (log,) = own.datasets("pressure_log")
    assert log.column("stack_pressure_megapascal").tolist() == [10.0, 10.5]
    assert volts(own, "main") == [1.0]


def test_only_editors_declare_roles(measurement: Measurement, viewer: User, colleague: User) -> None:
    dataset = add(measurement, piece(1))
    with pytest.raises(PermissionDenied):
        declare_role(dataset, role="main", by=viewer)
    declare_role(dataset, role="main", by=colleague)
    entry = dataset.history.first()
    assert (entry.role, entry.history_user) == ("main", colleague)


def test_the_api_declares_and_shows_roles(measurement: Measurement, colleague: User) -> None:
    dataset = add(measurement, piece(1))
    api = APIClient()
    api.force_authenticate(colleague)
    answer = api.patch(f"/api/datasets/{dataset.pk}/", {"role": "continuation", "order": 2}, format="json")
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["role"], answer.json()["order"]) == ("continuation", 2)
    assert [row["id"] for row in api.get("/api/datasets/?role=continuation").json()["results"]] == [dataset.pk]
    assert api.get(f"/api/measurements/{measurement.refcode}/").json()["datasets"][0]["role"] == "continuation"
    assert api.patch(f"/api/datasets/{dataset.pk}/", {"role": "divination"}, format="json").status_code == 400
    file = io.BytesIO(PRESSURE)
    file.name = "log.csv"
    sent = {"measurement": measurement.refcode, "file": file, "role": "pressure_log"}
    assert api.post("/api/datasets/", sent, format="multipart").json()[0]["role"] == "pressure_log"
