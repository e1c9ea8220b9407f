"""Cells and their layers in stacking order."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction

from registry import plugin_loading
from registry.contract.builtin_vocabulary import CURRENT_COLLECTOR
from registry.models.fields import MagnitudeField, Quantified, WrittenField, positive
from registry.models.parametrised import Parametrised
from registry.models.project import check_link_visible
from registry.models.record import ProjectRecord, Record
from registry.models.text import KeyField
from registry.models.vocabulary import VocabularyField
from registry.plugin_loading.names import layer_role_name


class RefcodeCounter(models.Model):
    """The last number assigned for a prefix; refcodes are never reused, even after a deletion."""

    prefix = models.CharField(max_length=8, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last:05d}"

    @classmethod
    def next(cls, prefix: str) -> str:
        """Return the next refcode, such as C-00042."""
        with transaction.atomic():
            cls.objects.get_or_create(prefix=prefix)
            counter = cls.objects.select_for_update().get(prefix=prefix)
            counter.last += 1
            counter.save(update_fields=["last"])
        return f"{prefix}-{counter.last:05d}"


class Coded(models.Model):
    """Mixin for an immutable refcode, assigned on first save."""

    refcode_prefix = ""

    refcode = models.CharField(max_length=16, unique=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if not self.refcode:
            self.refcode = RefcodeCounter.next(self.refcode_prefix)
        elif self.pk and type(self)._default_manager.filter(pk=self.pk).exclude(refcode=self.refcode).exists():
            raise ValidationError({"refcode": ValidationError("A refcode cannot be changed.", code="refcode-fixed")})
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class CellFormat(models.TextChoices):
    DIE = "die", "Die cell"
    SYMMETRIC = "symmetric", "Symmetric cell"
    BLOCKING = "blocking_pellet", "Pellet between blocking electrodes"
    COIN = "coin", "Coin cell"
    POUCH = "pouch", "Pouch cell"
    SAMPLE = "sample", "Unassembled sample (powder, film or electrode)"
    NOT_STATED = "not_stated", "Not stated"


class CellOrigin(models.TextChoices):
    OWN = "own", "Own"
    LITERATURE = "literature", "Literature"
    SIMULATED = "simulated", "Simulated"


class CoatedSides(models.IntegerChoices):
    """On how many sides a current collector is coated."""

    ONE = 1, "One side"
    BOTH = 2, "Both sides, shared by two repeat units"


class Cell(Coded, Parametrised, ProjectRecord, Quantified):
    """A cell, pellet or sample. A literature cell requires its publication; a simulated one has none."""

    refcode_prefix = "C"

    label = models.CharField(max_length=160)
    label_key = KeyField(source="label")
    format = models.CharField(max_length=16, choices=CellFormat)
    origin = models.CharField(max_length=16, choices=CellOrigin, default=CellOrigin.OWN)
    publication = models.ForeignKey(
        "registry.Publication", on_delete=models.PROTECT, null=True, blank=True, related_name="cells"
    )
    fabrication_pressure = WrittenField(quantity="fabrication_pressure_mpa", help_text="E.g. 360 MPa")
    fabrication_pressure_mpa = MagnitudeField(written="fabrication_pressure")
    repeat_units = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1, "Enter 1 or more repeat units.")],
        help_text="Number of times the layers below repeat in the stack; leave empty if they are the complete cell.",
    )
    footprint = WrittenField(
        quantity="footprint_cm2", help_text="Outer area of the cell with its packaging, e.g. 4×5 cm²"
    )
    footprint_cm2 = MagnitudeField(written="footprint")
    packaging_mass = WrittenField(
        quantity="packaging_mass_mg", help_text="Pouch foil, or can with spacer and spring, e.g. 850 mg"
    )
    packaging_mass_mg = MagnitudeField(written="packaging_mass")
    packaging_thickness = WrittenField(
        quantity="packaging_thickness_um", help_text="Thickness of both sides together, e.g. 230 µm"
    )
    packaging_thickness_um = MagnitudeField(written="packaging_thickness")
    tab_mass = WrittenField(
        quantity="tab_mass_mg", help_text="All tabs, e.g. 120 mg; 0 mg (exact) if the packaging mass includes them"
    )
    tab_mass_mg = MagnitudeField(written="tab_mass")
    assembled_on = models.DateField(null=True, blank=True)
    failure = models.CharField(
        max_length=200,
        blank=True,
        help_text="Why the cell failed, e.g. short circuit in the first charge; leave empty if it did not fail.",
    )
    configuration = models.TextField(blank=True, editable=False)
    configuration_key = KeyField(source="configuration")

    class Meta:
        ordering = ["refcode"]
        indexes = [
            # Numbers of visible cells of each publication are counted in the index alone.
            models.Index(
                fields=["publication", "project"],
                condition=models.Q(publication__isnull=False),
                name="cell_publication_project",
            ),
            models.Index(fields=["project"], condition=models.Q(origin="simulated"), name="cell_simulated"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "label_key"],
                name="cell_label_unique_in_project",
                violation_error_message="This project already has a cell with this label.",
            ),
            models.CheckConstraint(condition=models.Q(format__in=CellFormat.values), name="cell_format_known"),
            models.CheckConstraint(condition=models.Q(origin__in=CellOrigin.values), name="cell_origin_known"),
            positive("footprint_cm2", "cell"),
            positive("packaging_mass_mg", "cell"),
            positive("packaging_thickness_um", "cell"),
            models.CheckConstraint(
                condition=models.Q(repeat_units__isnull=True) | models.Q(repeat_units__gte=1),
                name="cell_repeat_units_from_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(origin=CellOrigin.LITERATURE) | models.Q(publication__isnull=False),
                name="cell_from_literature_has_publication",
                violation_error_message="A literature cell requires a publication.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refcode} {self.label}".strip()

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("web:cell", args=[self.refcode])

    def clean(self) -> None:
        super().clean()
        if self.origin == CellOrigin.LITERATURE and self.publication is None:
            text = "A literature cell requires a publication."
            raise ValidationError({"publication": ValidationError(text, code="publication-required")})
        if self.publication and self.project_id:
            check_link_visible("publication", self.publication, self.project)

    @property
    def is_simulated(self) -> bool:
        """Whether its measurements are of a model, not of a cell."""
        return self.origin == CellOrigin.SIMULATED


class Layer(Record, Quantified):
    """One layer of a cell: a material or a formulation. Position 1 is the cathode side by convention."""

    project_path = "cell__project"

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="layers")
    position = models.PositiveSmallIntegerField()
    role = VocabularyField(kind="layer role")
    material = models.ForeignKey(
        "registry.Material", on_delete=models.PROTECT, null=True, blank=True, related_name="layers"
    )
    formulation = models.ForeignKey(
        "registry.Formulation", on_delete=models.PROTECT, null=True, blank=True, related_name="layers"
    )
    batch = models.ForeignKey("registry.Batch", on_delete=models.PROTECT, null=True, blank=True, related_name="layers")
    as_written = models.CharField(
        "display name",
        max_length=120,
        blank=True,
        help_text="Name used in the cell configuration, if different from the material name.",
    )
    as_written_key = KeyField(source="as_written")
    mass_loading = WrittenField(quantity="mass_loading_mg_cm2", help_text="Mass per area, e.g. 11.2 mg/cm²")
    mass_loading_mg_cm2 = MagnitudeField(written="mass_loading")
    area = WrittenField(quantity="area_cm2", help_text="E.g. 3×3 cm² (exact)")
    area_cm2 = MagnitudeField(written="area")
    thickness = WrittenField(quantity="thickness_um", help_text="E.g. 50 µm or 0.06 cm (inferred)")
    thickness_um = MagnitudeField(written="thickness")
    apparent_density = WrittenField(
        quantity="apparent_density_g_cm3", help_text="Density of the layer as built, pores included, e.g. 3.2 g/cm³"
    )
    apparent_density_g_cm3 = MagnitudeField(written="apparent_density")
    coated_sides = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        choices=CoatedSides,
        help_text="Only for a current collector in a stack with repeat units.",
    )

    class Meta:
        ordering = ["cell", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "position"],
                name="layer_position_unique",
                violation_error_message="This cell already has a layer at this position.",
            ),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="layer_position_from_one"),
            models.CheckConstraint(
                condition=models.Q(material__isnull=True) ^ models.Q(formulation__isnull=True),
                name="layer_is_material_or_formulation",
                violation_error_message="Select either a material or a formulation.",
            ),
            positive("mass_loading_mg_cm2", "layer"),
            positive("area_cm2", "layer"),
            positive("thickness_um", "layer"),
            positive("apparent_density_g_cm3", "layer"),
            models.CheckConstraint(
                condition=models.Q(coated_sides__isnull=True) | models.Q(coated_sides__range=(1, 2)),
                name="layer_coated_sides_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.role_name}: {self.name}"

    @property
    def role_name(self) -> str:
        """Name of the role; its slug if its plugin is not loaded."""
        return layer_role_name(self.role)

    @property
    def name(self) -> str:
        """Name of the material or formulation."""
        source = self.material or self.formulation
        return source.name if source else ""

    @property
    def label(self) -> str:
        return self.as_written or self.name

    def clean(self) -> None:
        super().clean()
        if bool(self.material_id) == bool(self.formulation_id):
            # An error on a field keeps the constraint from reporting the same again.
            text = "Select either a material or a formulation."
            raise ValidationError({"material": ValidationError(text, code="material-or-formulation")})
        if self.coated_sides is not None and self.role != CURRENT_COLLECTOR:
            text = "Only a current collector has coated sides: leave this empty for other layers."
            raise ValidationError({"coated_sides": ValidationError(text, code="coated-sides-without-collector")})
        if self.batch and self.batch.material_id != self.material_id:
            text = f"‘{self.batch}’ is not a batch of ‘{self.name}’."
            raise ValidationError({"batch": ValidationError(text, code="batch-of-another-material")})
        if self.cell_id:
            for field in ("material", "formulation"):
                if linked := getattr(self, field):
                    check_link_visible(field, linked, self.cell.project)


def build_configuration(layers: list[Layer]) -> str:
    """Return the configuration as in papers, cathode/electrolyte/anode, without current collectors."""
    roles = plugin_loading.current().layer_roles
    return "/".join(layer.label for layer in layers if layer.role not in roles or roles[layer.role].in_configuration)
