from registry.web.plots.style import COLOURS, PATTERNS, css_classes, get_style


def test_no_two_of_the_first_series_look_alike() -> None:
    assert len({get_style(index) for index in range(COLOURS * PATTERNS)}) == COLOURS * PATTERNS


def test_the_first_line_is_solid() -> None:
    assert css_classes(0) == "series-1 pattern-0"
