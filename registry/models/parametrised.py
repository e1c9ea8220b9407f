"""Mixin for records that set analysis parameters."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from registry.plugin_loading.parameters import clean_settings


class Parametrised(models.Model):
    """A project, cell, measurement or group with analysis parameters. A measurement overrides its cell; a cell and a
    group override their project."""

    scopes: ClassVar[tuple[str, ...]] = ("measurement", "cell", "series")

    parameters = models.JSONField(
        default=dict,
        blank=True,
        help_text="Analysis parameters set here, by analysis and parameter; all others are inherited.",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        try:
            self.parameters = clean_settings(self.parameters, scopes=self.scopes, stored=self.parameters_stored())
        except ValidationError as error:
            raise ValidationError({"parameters": error.error_list}) from error

    def parameters_stored(self) -> dict[str, dict[str, object]]:
        """Return the parameters stored in the database."""
        stored = type(self)._default_manager.filter(pk=self.pk).values_list("parameters", flat=True).first()
        return stored or {}
