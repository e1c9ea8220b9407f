"""Data sent to and from the process of an analysis, as JSON; never pickle, which runs code when loaded."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace

# Imported by name: a plugin may replace json.dumps later.
from json import dumps
from math import isfinite
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from registry.contract.curve import Plot
from registry.contract.curve_encoding import plot_from_json, plot_to_json, real_numbers
from registry.contract.cycle_table import CycleTable
from registry.contract.estimate_encoding import estimate_from_json, estimate_to_json, fact_from_json, fact_to_json
from registry.contract.input_dataset import Fact
from registry.contract.outcome import Message, NotComputed, Outcome, ParameterChange, Result
from registry.contract.place import Place
from registry.sandbox.contract_violation import LARGEST
from registry.sandbox.outcome_check import LEVELS
from registry.sandbox.run_result import RunResult
from registry.text.cleaning import replace_unstorable

LONGEST_TEXT = 10_000
LONGEST_HASH = 64


def to_json_bytes(data: Any) -> bytes:
    """Plain data as JSON; ValueError for a number that is not finite."""
    return dumps(data, allow_nan=False).encode()


def dump_facts(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Facts as plain data."""
    return {path: fact_to_json(fact) for path, fact in facts.items()}


def load_facts(dumped: Mapping[str, Any]) -> dict[str, Fact]:
    """Load dumped facts."""
    return {path: fact_from_json(fact) for path, fact in dumped.items()}


def dump_result(result: RunResult) -> dict[str, Any]:
    """Serialize a result; inputs are sent as paths only, since the parent side has the facts."""
    return {
        "status": result.status,
        "source_hash": result.source_hash,
        "reads": list(result.reads),
        "messages": [dump_message(message) for message in result.messages],
        "values": [
            {
                "quantity": value.quantity,
                "estimate": estimate_to_json(value.estimate),
                "note": str(value.note),
                "at": dict(value.at),
                "conditions": {str(slug): str(text) for slug, text in value.conditions.items()},
                "method_spread": [[method, float(number)] for method, number in value.method_spread.items()],
            }
            for value in result.outcome.values
        ],
        "not_computed": [
            {**vars(missing), "parameters": _dump_parameters(missing.parameters)}
            for missing in result.outcome.not_computed
        ],
        "curves": [plot_to_json(curve) for curve in result.outcome.curves],
        "cycles": _dump_cycles(result.outcome.cycles),
    }


def load_result(dumped: Mapping[str, Any], facts: Mapping[str, Fact]) -> RunResult:
    """Load a dumped result; TypeError, ValueError, LookupError or AttributeError if it is invalid."""
    messages = tuple(load_message(message) for message in dumped["messages"])
    values = tuple(_load_value(value) for value in dumped["values"])
    curves = tuple(_load_plot(curve) for curve in dumped["curves"])
    missing = tuple(
        NotComputed.stored(
            entry["quantity"],
            entry["code"],
            clean_text(entry["reason"]),
            _load_parameters(entry["parameters"]),
            _load_place(entry["at"]),
        )
        for entry in dumped["not_computed"]
    )
    reads = {path: facts.get(path) for path in map(clean_text, dumped["reads"])}
    outcome = Outcome(values, curves, messages, missing, _load_cycles(dumped["cycles"]))
    source_hash = clean_text(dumped["source_hash"])[:LONGEST_HASH]
    return RunResult(dumped["status"], outcome, messages, reads, source_hash)


def _load_place(at: Mapping[str, int]) -> dict[str, int]:
    place = Place.of(at)
    return {place.kind: place.number} if place else {}


def _load_value(dumped: Mapping[str, Any]) -> Result:
    at = _load_place(dumped["at"])
    conditions = {clean_text(slug): clean_text(text) for slug, text in dumped["conditions"].items()}
    spread = {clean_text(method): number for method, number in dumped["method_spread"]}
    estimate, note = _clean_components(estimate_from_json(dumped["estimate"])), clean_text(dumped["note"])
    return Result(dumped["quantity"], estimate, note, at=at, conditions=conditions, method_spread=spread)


def _clean_components(estimate: Estimate) -> Estimate:
    """The estimate with texts of its components that every database stores."""
    if not estimate.components:
        return estimate
    components = (
        replace(part, name=clean_text(part.name), shared=clean_text(part.shared)) for part in estimate.components
    )
    return replace(estimate, components=tuple(components))


def dump_message(message: Message) -> dict[str, Any]:
    """A message as plain data, as it is also stored; `offers` only if it has some."""
    dumped = {**vars(message), "parameters": _dump_parameters(message.parameters)}
    offers = [vars(offer) for offer in dumped.pop("offers")]
    return dumped | ({"offers": offers} if offers else {})


def _dump_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters without numbers that are not finite, which JSON does not have."""
    return {name: _dump_parameter(value) for name, value in parameters.items()}


def _dump_parameter(value: Any) -> Any:
    if isinstance(value, list):
        return [_dump_parameter(item) for item in value]
    if isinstance(value, Mapping):
        return _dump_parameters(value)
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def _dump_cycles(table: CycleTable | None) -> dict[str, Any] | None:
    """A per-cycle table as plain data; numbers are packed, which takes a tenth of the time of JSON numbers."""
    if table is None:
        return None
    columns = {slug: _pack(numbers) for slug, numbers in table.columns.items()}
    return {"cycles": _pack(table.cycles), "columns": columns, "groups": [str(name) for name in table.groups]}


def _load_cycles(dumped: Mapping[str, Any] | None) -> CycleTable | None:
    if dumped is None:
        return None
    columns = {clean_text(slug): _unpack(numbers) for slug, numbers in dumped["columns"].items()}
    groups = tuple(map(clean_text, dumped["groups"]))
    return CycleTable(cycles=_unpack(dumped["cycles"]), columns=columns, groups=groups)


def _pack(numbers: Any) -> str:
    column = real_numbers(numbers)
    column[np.isnan(column)] = np.nan
    return b64encode(column.astype("<f8").tobytes()).decode()


def _unpack(packed: str) -> np.ndarray:
    return np.frombuffer(b64decode(packed, validate=True), "<f8")


def load_message(dumped: Mapping[str, Any]) -> Message:
    """Load a dumped message; TypeError, ValueError or LookupError if it is invalid."""
    if dumped["level"] not in LEVELS:
        raise ValueError(f"a message has the level {dumped['level']!r:.40}")
    parameters = _load_parameters(dumped["parameters"])
    offers = tuple(_load_offer(offer) for offer in dumped.get("offers", ()))
    return Message.stored(dumped["code"], clean_text(dumped["text"]), dumped["level"], parameters, offers)


def _load_offer(dumped: Mapping[str, Any]) -> ParameterChange:
    """A change of a parameter as every database stores it."""
    value = _load_parameter(dumped["value"])
    return ParameterChange(clean_text(dumped["parameter"]), value, clean_text(dumped["label"]))


def _load_parameters(dumped: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a message as every database stores them; one that cannot be stored becomes its text."""
    return {clean_text(str(name)): _load_parameter(value) for name, value in dumped.items()}


def _load_parameter(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_load_parameter(item) for item in value]
    if isinstance(value, Mapping):
        return _load_parameters(value)
    if value is None or isinstance(value, bool):
        return value
    is_storable = isinstance(value, int | float) and abs(value) < LARGEST
    return value if is_storable else str(value)


def _load_plot(dumped: Mapping[str, Any]) -> Plot:
    return plot_from_json(_clean_texts(dumped))


def _clean_texts(dumped: Any) -> Any:
    """Clean every text of a dumped plot, except packed numbers."""
    if isinstance(dumped, str):
        return clean_text(dumped)
    if isinstance(dumped, Mapping) and "packed" not in dumped:
        return {name: _clean_texts(value) for name, value in dumped.items()}
    if isinstance(dumped, list) and dumped and isinstance(dumped[0], str | Mapping):
        return [_clean_texts(value) for value in dumped]
    return dumped


def clean_text(text: str) -> str:
    """Text that every database stores: no NUL, no surrogates, of bounded length."""
    cleaned = replace_unstorable(text[:LONGEST_TEXT])
    return cleaned if len(text) <= LONGEST_TEXT else f"{cleaned} …"
