"""Records that set parameters of analyses for what lies in them."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from registry.plugin_loading.parameters import settings_checked


class Parametrised(models.Model):
    """A project, cell or measurement with parameters of its own; the nearest to a measurement counts."""

    scopes: ClassVar[tuple[str, ...]] = ("measurement", "cell")

    parameters = models.JSONField(
        default=dict,
        blank=True,
        help_text="What is set here for its analyses, by analysis and parameter; the rest is as set further out.",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        try:
            self.parameters = settings_checked(self.parameters, scopes=self.scopes, kept=self.parameters_stored())
        except ValidationError as error:
            raise ValidationError({"parameters": error.messages}) from error

    def parameters_stored(self) -> dict[str, dict[str, object]]:
        """As the database has them."""
        stored = type(self)._default_manager.filter(pk=self.pk).values_list("parameters", flat=True).first()
        return stored or {}
