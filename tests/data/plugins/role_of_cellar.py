"""A plugin with a layer role that exists."""

from registry.hookspecs import LayerRole, hookimpl


@hookimpl
def register_layer_roles() -> list[LayerRole]:
    return [LayerRole(slug="anode", name="Anode")]
