"""Where a reported number was printed."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from registry.models.record import ProjectRecord
from registry.text.doi import clean_doi


class Publication(ProjectRecord):
    """A paper. Authors are one a line, 'Family, Given'."""

    key = models.SlugField(max_length=80, help_text="Citation key, for example wu2025.")
    doi = models.CharField("DOI", max_length=200, blank=True)
    authors = models.TextField(help_text="One a line: Family, Given. A last line ‘et al.’ if the list is not complete.")
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
                violation_error_message="This project has a publication with this key already.",
            ),
            models.UniqueConstraint(
                "project",
                Lower("doi"),
                condition=~models.Q(doi=""),
                name="publication_doi_unique_in_project",
                violation_error_message="This project has a publication with this DOI already.",
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
        """The reference as a list prints it: first author et al., title, journal volume, pages (year)."""
        names = [name for name in self.author_list() if name != "et al."]
        many = len(names) > 1 or "et al." in self.author_list()
        who = (names[0] if names else "Unknown") + (" et al." if many else "")
        where = " ".join(part for part in (self.journal, self.volume) if part)
        place = ", ".join(part for part in (where, self.pages) if part)
        when = f"({self.year})" if self.year else ""
        tail = " ".join(part for part in (place, when) if part)
        if not place and when:
            return f"{who} {self.title.rstrip('.')} {when}."
        return f"{who} {self.title.rstrip('.')}." + (f" {tail}." if tail else "")

    def bibtex(self) -> str:
        """The entry for a bibliography, made from the fields."""
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
