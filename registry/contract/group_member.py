"""A cell of a group as a group analysis reads it. Every read is recorded."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Self, get_args

from analyses.uncertainty import Estimate
from registry.contract.in_text import number_in_text, quantity_in_text, recipe_number_in_text, technique_in_text
from registry.contract.input_dataset import Fact
from registry.contract.layer import Layer, bound_text, get_layers, get_only_layer
from registry.contract.outcome import Refused
from registry.contract.place import Place, value_key
from registry.contract.quantity import Quantity

GroupKind = Literal["replicates", "recipe", "comparison"]
GROUP_KINDS: tuple[GroupKind, ...] = get_args(GroupKind)
POTENTIAL_SCALE = "potential_scale"
"""Key of the scale among the conditions, whose text says all: `vs Li/Li⁺`."""
MEASURED = "measured"
"""Last part of the path of the fact that says how a value was obtained."""


OF_TEST = ("describes_test", "end_of", "if_not_ended")
"""Fields of a quantity that say what it has to do with the end of a test, in the texts of that fact."""


class Measured(NamedTuple):
    """Properties in which two values must agree to be compared: quantity, place, technique, conditions and source."""

    quantity: str
    place: Place | None
    technique: str
    """Slug of the technique; empty for a cell-level value."""
    conditions: tuple[tuple[str, str], ...]
    """Each condition that was entered, by slug, in order: `(("stack_pressure_mpa", "10"),)`; a bound as `<0.1`."""
    origin: str
    """`computed` or `reported`."""
    analysis: str
    """Name of the analysis that computed it; empty for a reported value."""
    describes_test: bool = False
    """Whether the quantity says how far a test went, or how it was evaluated."""
    end_of: str = ""
    """If the quantity says when a test ended, the slug of the one that every such test has, ended or not."""
    if_not_ended: str = ""
    """What to do while tests have not ended."""

    @property
    def label(self) -> str:
        """Technique, conditions and source in a few words: `EIS, stack pressure 10 MPa, computed`."""
        conditions = (
            number if slug == POTENTIAL_SCALE else number_in_text(slug, number) for slug, number in self.conditions
        )
        technique = technique_in_text(self.technique) if self.technique else ""
        return ", ".join(filter(None, (technique, *conditions, self.origin)))

    def facts(self) -> tuple[str, ...]:
        """Return it as the texts of a fact."""
        head = (f"origin={self.origin}", f"analysis={self.analysis}", f"technique={self.technique}")
        of_test = zip(OF_TEST, ("yes" * self.describes_test, self.end_of, self.if_not_ended), strict=True)
        texts = (*self.conditions, *(pair for pair in of_test if pair[1]))
        return (*head, *(f"{name}={text}" for name, text in texts))

    def with_test_of(self, quantity: Quantity) -> Self:
        """Return it with what its quantity has to do with the end of a test."""
        return self._replace(**{name: getattr(quantity, name) for name in OF_TEST})

    @classmethod
    def of(cls, quantity: str, place: Place | None, facts: Iterable[str]) -> Self:
        """Return it from the texts of a fact."""
        texts = dict(text.split("=", 1) for text in facts)
        origin, analysis, technique = (texts.pop(name, "") for name in ("origin", "analysis", "technique"))
        describes_test, end_of, if_not_ended = (texts.pop(name, "") for name in OF_TEST)
        conditions = tuple(sorted(texts.items()))
        return cls(quantity, place, technique, conditions, origin, analysis, bool(describes_test), end_of, if_not_ended)


@dataclass(frozen=True)
class MemberValue:
    """A value of a cell of a group, computed or reported, at the conditions of its measurement."""

    measured: Measured
    """Quantity, conditions and source. Only values that are equal in it may be averaged or compared."""
    record: str
    """Refcode of the measurement, or of the cell for a cell-level value."""
    estimate: Estimate | None
    """The number; None if it is only a bound."""
    bound: str = ""
    """A number that is only a bound, as written: `<600 µm`."""
    conditions: Mapping[str, str] = field(default_factory=dict)
    """Conditions by slug, as in `measured`."""


class GroupMember:
    """The inputs of one cell of a group: its label, recipe, layers, and the values of its measurements."""

    def __init__(self, refcode: str, fact: Callable[[str], Fact]) -> None:
        self.refcode = refcode
        """Refcode of the cell, for messages."""
        self._fact = fact

    def fact(self, path: str) -> Fact:
        """Return a fact of the cell, such as `cell.format` or `layers.2.name`; None if missing."""
        return self._fact(f"members.{self.refcode}.{path}")

    @property
    def label(self) -> str:
        """The short name of the cell in this group, such as bare; its refcode if it has none."""
        return str(self.fact("label") or self.refcode)

    @property
    def failure(self) -> str:
        """Why the cell failed, as entered; empty if it did not."""
        return str(self.fact("cell.failure") or "")

    @property
    def recipe_number(self) -> Estimate:
        """In a recipe series, the number in which the recipes differ; refuse if the cell lacks it."""
        fact = self.fact("recipe_number")
        if isinstance(fact, Estimate):
            return fact
        over = recipe_number_in_text(str(self._fact("group.over")))
        if bound := bound_text(fact):
            raise Refused(
                "only-a-bound",
                "no recipe number ({over}): only a bound, {bound}, is recorded for {cell}; enter the number",
                over=over,
                bound=bound,
                cell=self.refcode,
            )
        raise Refused(
            "missing-recipe-number",
            "no recipe number ({over}): enter it for exactly one layer of {cell}",
            over=over,
            cell=self.refcode,
        )

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of the cell in stacking order."""
        return get_layers(self.fact)

    def only_layer(self, role: str) -> Layer:
        """Return the only layer with this role; refuse if the cell has none or several."""
        return get_only_layer(self.layers, role)

    @property
    def quantities(self) -> tuple[str, ...]:
        """Slugs of the quantities of which the cell or one of its measurements has a value."""
        listed = self.fact("quantities")
        return listed if isinstance(listed, tuple) else ()

    def values(self, quantity: str) -> tuple[MemberValue, ...]:
        """Return all values of a quantity, computed and reported, of every measurement of the cell."""
        listed = self.fact(f"values.{quantity}")
        return tuple(self._value(quantity, key) for key in listed) if isinstance(listed, tuple) else ()

    def _value(self, quantity: str, key: str) -> MemberValue:
        source, _, at = key.partition("@")
        described, number = self.fact(f"values.{quantity}.{key}.{MEASURED}"), self.fact(f"values.{quantity}.{key}")
        place = Place.parse(at) if at else None
        measured = Measured.of(quantity, place, described if isinstance(described, tuple) else ())
        estimate = number if isinstance(number, Estimate) else None
        return MemberValue(measured, source.partition("/")[0], estimate, bound_text(number), dict(measured.conditions))

    def value(self, quantity: str, *, origin: str = "", **conditions: str) -> MemberValue | None:
        """Return the only value of a quantity, None if there is none; refuse if there are several.

        `origin` (`computed` or `reported`) and conditions by slug (`stack_pressure_mpa="10"`) choose among them.
        """
        chosen = [
            value
            for value in self.values(quantity)
            if origin in ("", value.measured.origin)
            and all(value.conditions.get(slug) == number for slug, number in conditions.items())
        ]
        if len(chosen) > 1:
            raise Refused(
                "several-values",
                "{cell} has {count} values of {quantity}: choose among {choices}",
                cell=self.refcode,
                count=len(chosen),
                quantity=quantity_in_text(quantity),
                choices="; ".join(f"{value.record} ({value.measured.label})" for value in chosen),
            )
        return chosen[0] if chosen else None


def member_value_key(record: str, origin: str, analysis: str, place: Place | None) -> str:
    """Return the key of a value among those of a quantity of a cell: `M-00012/computed/ionic-conductivity@peak:2`."""
    return value_key("/".join(filter(None, (record, origin, analysis))), place)
