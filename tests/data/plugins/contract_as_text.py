"""States another version of the contract."""

from registry.hookspecs import Quantity, hookimpl

CONTRACT_VERSION = "2"


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity(slug="contract_as_text_s_cm", name="Trial", unit="S/cm", unit_label="S cm⁻¹")]
