import logging
import warnings

import numpy as np
import pytest

from registry.sandbox.library_reports import MOST_REPORTS, collected_reports
from tests.coded import message_of


def test_what_is_logged_and_warned_is_a_message_each() -> None:
    with collected_reports() as messages:
        logging.getLogger("fastnda.ndax").warning("missing channel %d", 3)
        logging.getLogger("fastnda.ndax").warning("missing channel %d", 3)
        logging.getLogger("tifffile").error("damaged\npage")
        warnings.warn("a block is damaged", UserWarning, stacklevel=1)
    assert [message.code for message in messages] == ["library-report"] * 3
    assert {message.level for message in messages} == {"warning"}
    assert message_of(messages, "library-report", library="fastnda").parameters["report"].endswith("3")
    assert message_of(messages, "library-report", library="tifffile").parameters["report"] == "damaged page"
    assert message_of(messages, "library-report", library="test_library_reports")


def test_the_package_of_a_warning_is_named() -> None:
    with collected_reports() as messages:
        np.log(np.array([-1.0]))
        warnings.warn_explicit("odd", UserWarning, "/x/site-packages/library/module.py", 1)
    assert message_of(messages, "library-report", library="library")


def test_remarks_for_developers_and_of_less_weight_are_none() -> None:
    with collected_reports() as messages:
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        logging.getLogger("library").info("reading")
    assert messages == []


def test_a_malformed_template_of_a_library_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with collected_reports() as messages:
        logging.getLogger("library").warning("%d channels", "many")
    assert message_of(messages, "library-report", library="library")


def test_many_reports_are_counted() -> None:
    with collected_reports() as messages:
        for row in range(MOST_REPORTS + 5):
            logging.getLogger("library").warning("row %d", row)
    assert len(messages) == MOST_REPORTS + 1
    assert message_of(messages, "further-library-reports", count=5)


def test_nothing_is_collected_after_an_error() -> None:
    with pytest.raises(ValueError, match="damaged"), collected_reports():
        raise ValueError("damaged")
    assert logging.getLogger().handlers == [
        handler for handler in logging.getLogger().handlers if type(handler).__name__ != "_Reports"
    ]
