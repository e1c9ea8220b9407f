"""The fields of a layer: material or formulation by name, mass or loading, diameter or area."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from registry.contract.quantity import Quantity
from registry.models import Batch, HardwareSetup, Layer, Material, Project
from registry.models.project import check_link_visible
from registry.models.record import is_key
from registry.models.visibility import AnyUser
from registry.numbers import catalogue, compound
from registry.numbers.formatting import format_with_uncertainty
from registry.numbers.parsing import (
    ImpossibleNumberError,
    MissingUnitError,
    NotationError,
    ParsedNumber,
    Remedy,
    list_remedies,
    parse,
)
from registry.selectors.entry.substance import Substance, Substances, describe_substance, key_of
from registry.services.entry.interpretation import rounding_effect_percent
from registry.text.cleaning import TextError, clean_text
from registry.web.entry.base.entry_form import EntryForm
from registry.web.entry.base.rounding_hint import RoundingHint, get_rounding_hint
from registry.web.entry.base.written_echo import WARNED_PERCENT, Echo, describe_number, echo_number

MASS, DIE_DIAMETER = compound.MASS, catalogue.get("die_diameter_mm")
LOADING, AREA = catalogue.get("mass_loading_mg_cm2"), catalogue.get("area_cm2")
THICKNESS = catalogue.get("thickness_um")
WHOLE_ROW = ("substance", "amount", "size", "thickness")
"""Fields that are always shown; the others are folded away."""
FOLDED = ("batch", "as_written", "apparent_density", "coated_sides")


MEANINGS = {
    "amount": ((compound.MASS, "mass"), (LOADING, "loading")),
    "size": ((compound.DIAMETER, "diameter"), (AREA, "area")),
}
"""Possible meanings of a number in a field, by unit."""


RESULTS = {
    "amount": {
        "sample": "density",
        "cathode": "capacity per gram and energy density",
        "anode": "capacity per gram and energy density",
        "separator": "density and energy density",
        "current_collector": "energy density",
    },
    "thickness": {
        "sample": "conductivity",
        "separator": "conductivity",
        "cathode": "density and porosity",
        "anode": "density and porosity",
    },
}
"""What the rounding of a number matters to, by the role of the layer; nothing in other roles."""


class LayerForm(EntryForm):
    """A layer. A mass is stored as a mass on the area of the layer, a diameter as the area of a disc."""

    substance = forms.CharField(label="Material or formulation", max_length=200)
    substance_key = forms.CharField(required=False, widget=forms.HiddenInput)
    amount = forms.CharField(label="Mass or loading", required=False, max_length=120)
    size = forms.CharField(label="Diameter or area", required=False, max_length=80)
    batch = forms.ChoiceField(required=False)
    pk = forms.CharField(required=False, widget=forms.HiddenInput)

    labels = {"as_written": "Name in the configuration", "apparent_density": "Density including pores"}
    hints = {
        "amount": "10.0 mg or 12.7 mg/cm²",
        "size": "10.0 mm or 45×55 mm",
        "thickness": "e.g. 650 µm",
        "as_written": "if different from that of the material",
        "coated_sides": "for a current collector in a stack",
    }
    wide = frozenset({"substance"})
    comboboxes = {"substance": "all"}
    reads_each_field = False
    renamed = {
        "material": "substance",
        "formulation": "substance",
        "mass_loading": "amount",
        "mass_loading_mg_cm2": "amount",
        "area": "size",
        "area_cm2": "size",
    }

    class Meta:
        model = Layer
        fields = ("role", "thickness", "apparent_density", "coated_sides", "as_written")

    def __init__(
        self,
        data: Mapping[str, str],
        *,
        user: AnyUser,
        substances: Substances,
        project: Project | None,
        setup: HardwareSetup | None = None,
        **kwargs: Any,
    ) -> None:
        self.substances, self.project, self.setup = substances, project, setup
        super().__init__(data, user=user, **kwargs)
        self.matches = substances.match(self.text("substance"), self.text("substance_key"))
        batch = self.fields["batch"]
        assert isinstance(batch, forms.ChoiceField)
        batch.choices = self.batch_choices

    def _batches(self) -> Sequence[Batch]:
        only = self.matches[0] if len(self.matches) == 1 else None
        return list(only.batches.all()) if isinstance(only, Material) else []

    @property
    def batch_choices(self) -> list[tuple[str, str]]:
        """The batches of the material, by primary key."""
        return [("", "not stated"), *((str(item.pk), item.lot) for item in self._batches())]

    @property
    def chosen(self) -> Substance | None:
        """The material or formulation, if exactly one has the name that was typed."""
        return self.matches[0] if len(self.matches) == 1 else None

    @property
    def has_folded_content(self) -> bool:
        return any(self.text(name) for name in FOLDED) or any(self.problem(name) for name in FOLDED)

    @property
    def size_text(self) -> str:
        """The area as it is stored; that of the die if none was typed."""
        text = self.text("size").strip()
        if not text and self.setup is not None and self.setup.die_diameter:
            return compound.disc(self.setup.die_diameter)
        return compound.disc(text) if text and _measures(text, compound.DIAMETER) else text

    @property
    def amount_text(self) -> str:
        """The mass loading as it is stored."""
        text = self.text("amount").strip()
        return compound.mass_on_area(text, self.size_text) if text and self.is_mass else text

    @property
    def is_mass(self) -> bool:
        return _measures(self.text("amount").strip(), compound.MASS)

    def clean_batch(self) -> Batch | None:
        number = str(self.cleaned_data.get("batch") or "")
        return next((item for item in self._batches() if str(item.pk) == number), None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        layer: Layer = self.instance
        layer.material = self.chosen if isinstance(self.chosen, Material) else None
        layer.formulation = self.chosen if not isinstance(self.chosen, Material) else None
        layer.batch = cleaned.get("batch")
        layer.area, layer.mass_loading = self.size_text, self.amount_text
        self._check_substance()
        self._check_units()
        if self.is_mass and not self.size_text:
            text = "Enter the diameter or area of the layer: a mass is stored per area"
            self.add_error("size", ValidationError(text, code="mass-without-area"))
            layer.mass_loading = ""
        elif self.is_mass and _parsed(self.size_text, AREA) is None:
            layer.mass_loading = ""
        return cleaned

    def remedies(self, name: str) -> tuple[Remedy, ...]:
        """Return all that a number without a unit may mean; empty if it has one."""
        text, meanings = self.text(name).strip(), MEANINGS.get(name, ())
        lacking = [(quantity, meaning) for quantity, meaning in meanings if _lacks_unit(text, quantity)]
        return tuple(Remedy(list_remedies(text, quantity)[0].written, meaning) for quantity, meaning in lacking)

    def _check_units(self) -> None:
        """Name every meaning of a number without a unit, and an impossible mass or diameter as one: the model knows
        only areal masses and areas."""
        for name, stored, quantity in (("amount", "mass_loading", MASS), ("size", "area", compound.DIAMETER)):
            text = self.text(name).strip()
            if remedies := self.remedies(name):
                error = ValidationError(str(MissingUnitError(text, remedies)), code="missing-unit")
            elif impossible := _impossible(text, quantity):
                error = ValidationError(impossible, code="impossible-number")
            else:
                continue
            self.add_error(name, error)
            setattr(self.instance, stored, "")

    def echo(self, name: str) -> Echo:
        echo = super().echo(name)
        if name not in MEANINGS:
            return echo
        text = self.text(name).strip()
        # With a comma it may be any of the two, whose units tell them apart.
        of_any = dict.fromkeys(remedy for quantity, _ in MEANINGS[name] for remedy in list_remedies(text, quantity))
        return replace(echo, remedies=self.remedies(name) or tuple(of_any))

    def _check_substance(self) -> None:
        if "substance" in self.errors:
            return
        if not self.matches:
            text = f"No material or formulation is called ‘{self.text('substance')}’: choose one, or add it"
            self.add_error("substance", ValidationError(text, code="unknown-substance"))
        elif self.chosen is None:
            names = ", ".join(f"‘{item.name}’ of {item.project}" for item in self.matches)
            text = f"Several are called ‘{self.text('substance')}’ ({names}): choose one from the list"
            self.add_error("substance", ValidationError(text, code="ambiguous-substance"))
        elif self.project is not None:
            try:
                check_link_visible("substance", self.chosen, self.project)
            except ValidationError as error:
                self.add_error(None, error)

    def _get_validation_exclusions(self) -> set[str]:
        """Links are chosen from those that the user may see; numbers that are composed of two fields are validated."""
        excluded = super()._get_validation_exclusions()
        return (excluded | {"cell", "material", "formulation", "batch"}) - {"mass_loading", "area"}

    def _update_errors(self, errors: ValidationError) -> None:
        """Leave out that neither material nor formulation is chosen: the field says why."""
        if hasattr(errors, "error_dict") and "substance" in self.errors:
            errors.error_dict.pop("material", None)
        if not getattr(errors, "error_dict", True):
            return
        super()._update_errors(errors)

    def validate_constraints(self) -> None:
        """Leave it to the service: it costs a query a row, and the numbers are in range once they are parsed."""

    def validate_unique(self) -> None:
        """As `validate_constraints`."""

    def understood(self, name: str) -> Echo | None:
        text = self.text(name).strip()
        if name == "substance" and self.chosen is not None:
            shown = describe_substance(self.chosen)
            return Echo(shown if self.chosen.name == text else f"{self.chosen.name}: {shown}")
        if name == "amount" and text:
            return echo_number(text, MASS if self.is_mass else LOADING, LOADING, self._results(name))
        if name == "thickness" and text:
            return echo_number(text, THICKNESS, results=self._results(name))
        if name == "size":
            return self._understood_size(text)
        return super().understood(name)

    def _results(self, name: str) -> str:
        return RESULTS[name].get(self.text("role"), "")

    def _understood_size(self, text: str) -> Echo | None:
        if not text and not self.size_text:
            return None
        area = _parsed(self.size_text, AREA)
        if area is None:
            return echo_number(text, compound.DIAMETER if _measures(text, compound.DIAMETER) else AREA)
        estimate = area.digits_estimate()
        if estimate is None:
            return Echo(describe_number(area, AREA), "warn")
        effect = rounding_effect_percent(area, AREA)
        from_setup = "" if text or self.setup is None else f"{self.setup.die_diameter}, from the set-up; "
        shown = f"{from_setup}area {area.sign}{format_with_uncertainty(estimate)} cm²"
        return Echo(shown, "warn" if effect >= WARNED_PERCENT else "")

    def rounding_hints(self) -> list[RoundingHint]:
        """Offers to write the mass or loading, or the diameter, with one more digit."""
        amount, size = self.text("amount"), self.text("size")
        quantity, results = MASS if self.is_mass else LOADING, self._results("amount")
        offers = [get_rounding_hint(self["amount"].auto_id, amount, quantity, LOADING, results)]
        if _measures(size.strip(), compound.DIAMETER):
            offers.append(get_rounding_hint(self["size"].auto_id, size, compound.DIAMETER, DIE_DIAMETER))
        return [offer for offer in offers if offer is not None]

    def drawn_layer(self, position: int) -> Layer:
        """Return the layer as far as it can be read, for the drawing and what follows from the numbers."""
        layer: Layer = self.instance
        drawn = Layer(position=position, role=self.text("role"), as_written=self.text("as_written"))
        drawn.material, drawn.formulation = layer.material, layer.formulation
        if self.chosen is None and self.text("substance").strip():
            drawn.material = Material(name=self.text("substance").strip())
        for slug, field in Layer.magnitude_fields().items():
            text = getattr(layer, field)
            if text and _parsed(text, catalogue.get(slug)) is not None:
                setattr(drawn, field, text)
        return drawn


def state_of_layer(layer: Layer) -> dict[str, str]:
    """Return the texts of the fields of a stored layer: mass and diameter as they were typed."""
    substance = layer.material or layer.formulation
    return {
        "pk": str(layer.pk or ""),
        "role": layer.role,
        "substance": substance.name if substance else "",
        "substance_key": key_of(substance) if substance else "",
        "amount": compound.mass_of(layer.mass_loading, layer.area) or layer.mass_loading,
        "size": compound.diameter_text(layer.area, AREA) or layer.area,
        "thickness": layer.thickness,
        "batch": str(layer.batch_id or ""),
        "as_written": layer.as_written,
        "apparent_density": layer.apparent_density,
        "coated_sides": str(layer.coated_sides or ""),
    }


def _parsed(text: str, quantity: Quantity) -> ParsedNumber | None:
    try:
        return parse(clean_text(text), quantity) if text else None
    except (NotationError, TextError):
        return None


def _lacks_unit(text: str, quantity: Quantity) -> bool:
    try:
        parse(clean_text(text), quantity)
    except MissingUnitError:
        return True
    except (NotationError, TextError):
        return False
    return False


def _impossible(text: str, quantity: Quantity) -> str:
    """Why a number with a unit of this quantity cannot be one; empty if it can, or has another unit."""
    try:
        parse(clean_text(text), quantity)
    except ImpossibleNumberError as error:
        return str(error)
    except (NotationError, TextError):
        return ""
    return ""


def _measures(text: str, quantity: Quantity) -> bool:
    """Whether the text is a number with a unit of this quantity."""
    number = _parsed(text, quantity)
    return number is not None and number.magnitude is not None


def layer_pk(text: str) -> int | None:
    """Return the primary key of a stored layer."""
    return int(text) if is_key(text) else None
