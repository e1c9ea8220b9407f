"""Fenced blocks of documentation pages: code, and terminal sessions with expected output."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
NAMED_FILE = re.compile(r"`(?P<path>[^`\s]+\.py)`:\s*\Z")


@dataclass(frozen=True)
class Block:
    """A fenced block; `file` is the file name in the sentence before it."""

    language: str
    text: str
    file: str = ""


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page in order."""
    text = page.read_text()
    blocks = []
    for fence in FENCE.finditer(text):
        named = NAMED_FILE.search(text[: fence.start()])
        blocks.append(Block(fence["language"], fence["text"], named["path"] if named else ""))
    return blocks


def commands_of(block: Block) -> Iterator[tuple[str, str]]:
    """Yield each command of a terminal session with its expected output."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def matches(expected: str, output: str) -> bool:
    """True if the output matches the expected one, in which `...` matches anything."""
    parts = [re.escape(part) for part in expected.strip().split("...")]
    return re.fullmatch(r".*?".join(parts), output.strip(), re.DOTALL) is not None
