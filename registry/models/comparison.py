"""Saved comparison tables."""

from django.db import models

from registry.models.record import ProjectRecord


class Comparison(ProjectRecord):
    """A saved comparison table. `definition` contains its columns, filters, order and row key, as in
    hookspecs.Table."""

    slug = models.SlugField(unique=True, max_length=80)
    title = models.CharField(max_length=200)
    definition = models.JSONField()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title
