"""The names of a new plugin, all derived from one."""

import keyword
import re
from dataclasses import dataclass

MAX_LENGTH = 50


class NameRefused(ValueError):  # noqa: N818
    """A plugin cannot have this name; the text says why and suggests a valid form."""


@dataclass(frozen=True)
class Names:
    """A plugin name such as `area-specific-resistance`, and the names derived from it."""

    name: str
    """Name of the analysis, reader or table, and of the entry point."""

    @classmethod
    def of(cls, written: str) -> "Names":
        """Normalise capitals, spaces and underscores; refuse an invalid name."""
        name = re.sub(r"[\s_-]+", "-", written.strip()).strip("-").lower()
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
            raise NameRefused(
                f"‘{written}’ is not a valid plugin name: write words of letters and digits joined by hyphens, "
                "starting with a letter, such as area-specific-resistance"
            )
        if len(name) > MAX_LENGTH:
            raise NameRefused(f"‘{name}’ has {len(name)} characters: use at most {MAX_LENGTH}")
        if keyword.iskeyword(name) or keyword.issoftkeyword(name):
            raise NameRefused(f"‘{name}’ is a Python keyword: add another word")
        return cls(name)

    @property
    def module(self) -> str:
        """Name of the Python file and function."""
        return self.name.replace("-", "_")

    @property
    def title(self) -> str:
        return self.name.replace("-", " ").capitalize()

    @property
    def package(self) -> str:
        """Name of the Python package."""
        return f"cellar_{self.module}"

    @property
    def distribution(self) -> str:
        """Name for pip, and of the directory."""
        return f"cellar-{self.name}"
