"""DOIs as copied from papers, and their normalised form."""

import pytest

from registry.text.doi import clean_doi

DOI = "10.1038/s41563-024-02066-9"


@pytest.mark.parametrize(
    "written",
    [
        DOI,
        f" {DOI}\n",
        DOI.upper(),
        *(f"{DOI}{end}" for end in (".", ",", ";", ":", "…", "!", "。", "?", "*", ")", "].", "\u200b", ").”")),
        *(f"{start}{DOI}" for start in ("doi:", "DOI: ", "doi ", "https://doi.org/", "http://dx.doi.org/", "doi.org/")),
        f"DOI: https://doi.org/{DOI}",
        f"https://doi.org/{DOI}?utm_source=mail#abstract",
        f"https://www.doi.org/{DOI.replace('/', '%2F')}",
        f"<https://doi.org/{DOI}>",
        f"(doi:{DOI})",
        *(DOI.replace("-", dash) for dash in "‐‑‒–—―−⸺⁃︲"),
        DOI.replace("s415", "s\u00ad415"),
    ],
)
def test_normalises_all_spellings_of_a_doi(written: str) -> None:
    assert clean_doi(written) == DOI


@pytest.mark.parametrize(
    "doi",
    [
        "10.1016/s0167-2738(98)00123-4",
        "10.1016/0022-0728(94)03453-(x)",
        "10.1002/(sici)1097-4636(199824)43:4<422::aid-jbm9>3.0.co;2-x",
        "10.1000/xyz_1",
    ],
)
def test_keeps_brackets_within_the_doi(doi: str) -> None:
    assert clean_doi(f"{doi}.") == doi


def test_empty_text_stays_empty() -> None:
    assert clean_doi(" ") == ""


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("none", "a DOI looks like"),
        ("10.1016", "a DOI looks like"),
        ("10.1016/", "a DOI looks like"),
        ("https://example.org/10.1016/x", "a DOI looks like"),
        ("10.1016/j. ensm", "contains a space"),
        ("10.1016/j\0", "control character"),
        ("...", "a DOI looks like"),
    ],
)
def test_refuses_text_that_is_not_a_doi(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        clean_doi(written)
