"""What pyproject.toml cannot say: `templates/` lies beside `registry/` in a checkout and inside it in the wheel."""

from tempfile import TemporaryDirectory

from setuptools import find_packages, setup

# A `build/` left in the checkout would put modules that are gone into the next wheel.
with TemporaryDirectory() as build:
    setup(
        packages=[*find_packages(include=["registry*", "plugins*", "analyses*"]), "registry.templates"],
        package_dir={"registry.templates": "templates"},
        options={"build": {"build_base": build}},
    )
