"""Checks the outcome of an analysis against the contract."""

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from analyses.component import Component
from analyses.uncertainty import Estimate
from registry.contract.analysis import Analysis
from registry.contract.outcome import Message, NotComputed, Outcome, ParameterChange, Result
from registry.contract.place import Place
from registry.numbers import catalogue
from registry.sandbox.contract_violation import LARGEST, ContractViolation, check_text, expect
from registry.sandbox.cycle_table_check import cycle_table_fault
from registry.sandbox.plot_check import check_plot

LONGEST_NOTE = 300
LONGEST_CONDITION = 100
LONGEST_NAME = 200
LONGEST_CAUSE = 2000
LEVELS = ("info", "warning")


def check_outcome(analysis: Analysis, outcome: Any) -> None:
    """Raise ContractViolation unless the outcome is one this analysis may return."""
    expect(outcome, Outcome, "run() returned")
    for name in ("values", "curves", "messages", "not_computed"):
        items = getattr(outcome, name)
        if isinstance(items, str) or not isinstance(items, Sequence):
            kind = type(items).__name__
            raise ContractViolation(f"returned an Outcome whose `{name}` is a {kind}: write `{name}=(...,)`")
    for index, result in enumerate(outcome.values):
        expect(result, Result, f"values[{index}] is")
        _check_result(analysis, result)
    for index, missing in enumerate(outcome.not_computed):
        expect(missing, NotComputed, f"not_computed[{index}] is")
        if not analysis.may_return(missing.quantity):
            raise ContractViolation(
                f"explains why there is no {missing.quantity}, which is not declared in `outputs`: add it there"
            )
        check_text(missing.reason, f"the reason why there is no {missing.quantity}", LARGEST)
    _check_places(outcome)
    for index, message in enumerate(outcome.messages):
        expect(message, Message, f"messages[{index}] is")
        check_text(message.text, f"the text of messages[{index}]", LARGEST)
        if message.level not in LEVELS:
            raise ContractViolation(f"messages[{index}] has the level ‘{message.level}’: use {' or '.join(LEVELS)}")
        _check_offers(analysis, message, index)
    if repeated := _repeated([check_plot(curve, index) for index, curve in enumerate(outcome.curves)]):
        raise ContractViolation(f"returned two curves named ‘{repeated}’: rename one")
    if outcome.cycles is not None and (fault := cycle_table_fault(outcome.cycles)):
        raise ContractViolation(fault)


def _check_offers(analysis: Analysis, message: Message, index: int) -> None:
    """Raise ContractViolation unless each change offered is one of a parameter of the analysis."""
    declared = {parameter.name: parameter for parameter in analysis.parameters}
    for offer in message.offers:
        expect(offer, ParameterChange, f"an offer of messages[{index}] is")
        if offer.parameter not in declared:
            raise ContractViolation(f"messages[{index}] offers to change ‘{offer.parameter}’, which is not a parameter")
        expect(offer.value, declared[offer.parameter].type, f"the value offered in messages[{index}] is")
        check_text(offer.label, f"the label of an offer of messages[{index}]", LONGEST_NAME)


def _check_places(outcome: Outcome) -> None:
    """Raise ContractViolation unless each quantity comes once, or once a place, with the same word for its places."""
    kinds: dict[str, str] = {}
    keys: list[str] = []
    results: list[Result | NotComputed] = [*outcome.values, *outcome.not_computed]
    for result in results:
        place = _place(result)
        keys.append(result.key)
        if place and kinds.setdefault(result.quantity, place.kind) != place.kind:
            raise ContractViolation(
                f"returned {result.quantity} at a {kinds[result.quantity]} and at a {place.kind}: use one word for the "
                "places of a quantity"
            )
    if repeated := _repeated(keys):
        raise ContractViolation(f"returned {repeated} twice: return each quantity once, or once a place")


def _place(result: Result | NotComputed) -> Place | None:
    try:
        return result.place
    except ValueError as error:
        raise ContractViolation(f"the place of {result.quantity} is malformed: {error}") from error


def _check_result(analysis: Analysis, result: Any) -> None:
    expect(result.estimate, Estimate, f"the estimate of {result.quantity} is")
    if not analysis.may_return(result.quantity):
        raise ContractViolation(
            f"returned {result.quantity}, which is not declared in `outputs`: add it there, or do not return it"
        )
    estimate, quantity = result.estimate, catalogue.get(result.quantity)
    returned = f"returned {result.quantity} = {estimate.magnitude:g}"
    if reason := catalogue.range_error(quantity, estimate.magnitude, is_mean=analysis.returns_member_quantities):
        raise ContractViolation(f"{returned}: {reason}. Raise Refused if the data do not allow a result")
    if max(abs(estimate.lower), abs(estimate.upper), estimate.standard_uncertainty) > LARGEST:
        raise ContractViolation(f"{returned}, too large to store: check the unit")
    check_text(result.note, f"the note of {result.quantity}", LONGEST_NOTE, may_be_empty=True)
    _check_conditions(analysis, result)
    _check_components(result)
    _check_method_spread(result)


def _check_conditions(analysis: Analysis, result: Any) -> None:
    """Raise ContractViolation unless the conditions are texts by slug, and of a group."""
    expect(result.conditions, Mapping, f"the conditions of {result.quantity} are")
    if result.conditions and analysis.scope != "group":
        raise ContractViolation(
            f"returned {result.quantity} with conditions: only a group analysis states those its cells share, other "
            "results have those of their measurement"
        )
    for text in (*result.conditions, *result.conditions.values()):
        check_text(text, f"a condition of {result.quantity}", LONGEST_CONDITION)


def _check_components(result: Result) -> None:
    """Raise ContractViolation unless the components have names; one without a name comes from an input without any."""
    for component in result.estimate.components:
        expect(component, Component, f"a component of {result.quantity} is")
        check_text(component.name, f"the name of a component of {result.quantity}", LONGEST_NAME, may_be_empty=True)
        cause = f"the shared cause of the component ‘{component.name}’ of {result.quantity}"
        check_text(component.shared, cause, LONGEST_CAUSE, may_be_empty=True)


def _check_method_spread(result: Result) -> None:
    """Raise ContractViolation unless the spread maps the names of methods to finite numbers."""
    expect(result.method_spread, Mapping, f"the method_spread of {result.quantity} is")
    for method, number in result.method_spread.items():
        check_text(method, f"a method in the method_spread of {result.quantity}", LONGEST_NAME)
        is_number = isinstance(number, Real) and not isinstance(number, bool)
        if not (is_number and abs(number) <= LARGEST):
            raise ContractViolation(
                f"returned {result.quantity} by the method ‘{method}’ as {number!r:.40}: use a finite number"
            )


def _repeated(names: Sequence[str]) -> str:
    """The first name that is there twice; empty if each is there once."""
    return next((name for index, name in enumerate(names) if name in names[:index]), "")
