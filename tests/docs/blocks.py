"""The blocks of a page of the documentation: code, and what is typed in a terminal with what it says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
NAMED_FILE = re.compile(r"`(?P<path>[^`\s]+\.py)`:\s*\Z")


@dataclass(frozen=True)
class Block:
    """A fenced block; `file` is where the sentence before it says the code goes."""

    language: str
    text: str
    file: str = ""


def blocks_of(page: Path) -> list[Block]:
    """Every block of a page, in order."""
    text = page.read_text()
    found = []
    for fence in FENCE.finditer(text):
        named = NAMED_FILE.search(text[: fence.start()])
        found.append(Block(fence["language"], fence["text"], named["path"] if named else ""))
    return found


def commands_of(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a terminal, with what it should say."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, said = part.partition("\n")
        yield command, said


def says(expected: str, said: str) -> bool:
    """Whether a command said what is written; `...` stands for anything."""
    parts = [re.escape(part) for part in expected.strip().split("...")]
    return re.fullmatch(r".*?".join(parts), said.strip(), re.DOTALL) is not None
