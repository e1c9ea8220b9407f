"""Every study of docs/uncertainty.md, by subject."""

from tests.calibration import impedance
from tests.calibration.study import Study

SUBJECTS: dict[str, tuple[Study, ...]] = {
    "Impedance spectra": impedance.STUDIES,
}
STUDIES = tuple(study for studies in SUBJECTS.values() for study in studies)
