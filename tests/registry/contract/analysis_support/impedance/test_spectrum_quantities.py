from registry.contract.analysis_support.impedance.spectrum_quantities import ARC_QUANTITIES, SPECTRUM_QUANTITIES


def test_every_quantity_of_arcs_is_there_once() -> None:
    slugs = [quantity.slug for quantity in SPECTRUM_QUANTITIES]
    assert {quantity.slug for quantity in ARC_QUANTITIES} < set(slugs)
    assert len(set(slugs)) == len(slugs)
