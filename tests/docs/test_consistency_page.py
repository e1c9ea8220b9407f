"""The page on consistency has every relation and limit."""

from pathlib import Path

from analyses.consistency.limits import LIMITS
from analyses.consistency.relations import RELATIONS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "consistency.md"


def test_every_relation_and_limit_is_on_the_page_with_its_source() -> None:
    text = PAGE.read_text()
    missing = [item.title for item in RELATIONS if f"| {item.title} |" not in text or item.source not in text]
    missing += [item.name for item in LIMITS if f"| {item.name} |" not in text or item.source not in text]
    assert missing == []


def test_the_plot_is_there() -> None:
    assert "consistency-detection.svg" in PAGE.read_text()
    assert (ROOT / "docs" / "consistency-detection.svg").read_text().count("<polyline") == 3
