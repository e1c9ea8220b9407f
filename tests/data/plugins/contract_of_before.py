"""States another version of the contract."""

from registry.hookspecs import Quantity, hookimpl

CONTRACT_VERSION = 1


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity(slug="contract_of_before_s_cm", name="Trial", unit="S/cm", unit_label="S cm⁻¹")]
