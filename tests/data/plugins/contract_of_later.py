"""States another version of the contract."""

from registry.hookspecs import Quantity, hookimpl

CONTRACT_VERSION = 99


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity(slug="contract_of_later_s_cm", name="Trial", unit="S/cm", unit_label="S cm⁻¹")]
