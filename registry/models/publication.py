"""Publications: the sources of reported values."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from registry.models.record import ProjectRecord
from registry.text.doi import clean_doi


class Publication(ProjectRecord):
    """A paper. Authors are listed one per line as 'Family, Given'."""

    key = models.SlugField(max_length=80, help_text="Citation key, e.g. wu2025.")
    doi = models.CharField("DOI", max_length=200, blank=True)
    authors = models.TextField(help_text="One per line: Family, Given. End an incomplete list with the line ‘et al.’.")
    title = models.TextField()
    journal = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    volume = models.CharField(max_length=40, blank=True)
    pages = models.CharField(max_length=60, blank=True, help_text="Pages or article number.")

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(
                "project",
                Lower("key"),
                name="publication_key_unique_in_project",
                violation_error_message="This project already has a publication with this key.",
            ),
            models.UniqueConstraint(
                "project",
                Lower("doi"),
                condition=~models.Q(doi=""),
                name="publication_doi_unique_in_project",
                violation_error_message="This project already has a publication with this DOI.",
            ),
            models.CheckConstraint(
                condition=models.Q(year__isnull=True) | models.Q(year__gte=1800, year__lte=2200),
                name="publication_year_plausible",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        super().clean()
        try:
            self.doi = clean_doi(self.doi)
        except ValueError as error:
            raise ValidationError({"doi": str(error)}) from error

    def author_list(self) -> list[str]:
        return [line.strip() for line in self.authors.splitlines() if line.strip()]

    def citation(self) -> str:
        """Return the reference: first author et al., title, journal volume, pages (year)."""
        names = [name for name in self.author_list() if name != "et al."]
        many = len(names) > 1 or "et al." in self.author_list()
        authors = (names[0] if names else "Unknown") + (" et al." if many else "")
        journal = " ".join(part for part in (self.journal, self.volume) if part)
        source = ", ".join(part for part in (journal, self.pages) if part)
        year = f"({self.year})" if self.year else ""
        ending = " ".join(part for part in (source, year) if part)
        if not source and year:
            return f"{authors} {self.title.rstrip('.')} {year}."
        return f"{authors} {self.title.rstrip('.')}." + (f" {ending}." if ending else "")

    def bibtex(self) -> str:
        """Return the publication as a BibTeX entry."""
        names = ["others" if name == "et al." else name for name in self.author_list()]
        fields = {
            "author": " and ".join(names),
            "title": f"{{{self.title}}}",
            "journal": self.journal,
            "year": str(self.year or ""),
            "volume": self.volume,
            "pages": self.pages.replace("–", "--"),
            "doi": self.doi,
        }
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@article{{{self.key},\n" + ",\n".join(lines) + "\n}"
