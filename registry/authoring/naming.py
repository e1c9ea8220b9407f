"""The names a new plugin has, all made from one."""

import keyword
import re
from dataclasses import dataclass

LONGEST = 50


class NameRefused(ValueError):  # noqa: N818
    """A plugin cannot have this name; the text says why, and which would do."""


@dataclass(frozen=True)
class Names:
    """`area-specific-resistance` and what is made of it."""

    name: str
    """Of the analysis, reader or table, and of the entry point."""

    @classmethod
    def of(cls, written: str) -> "Names":
        """Take capitals, blanks and underscores as meant; refuse what is no name."""
        name = re.sub(r"[\s_-]+", "-", written.strip()).strip("-").lower()
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
            raise NameRefused(
                f"‘{written}’ is no name for a plugin: write words of letters and digits with a hyphen between them, "
                "a letter first, such as area-specific-resistance"
            )
        if len(name) > LONGEST:
            raise NameRefused(f"‘{name}’ has {len(name)} characters: {LONGEST} are the most")
        if keyword.iskeyword(name) or keyword.issoftkeyword(name):
            raise NameRefused(f"‘{name}’ is a word of Python: add another word to it")
        return cls(name)

    @property
    def module(self) -> str:
        """The Python file and function."""
        return self.name.replace("-", "_")

    @property
    def title(self) -> str:
        return self.name.replace("-", " ").capitalize()

    @property
    def package(self) -> str:
        """The package that is installed."""
        return f"cellar_{self.module}"

    @property
    def distribution(self) -> str:
        """The name pip knows it by, and its folder."""
        return f"cellar-{self.name}"
