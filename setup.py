"""What pyproject.toml cannot say about the wheel: its packages have other names there than their folders have here."""

from tempfile import TemporaryDirectory

from setuptools import find_namespace_packages, setup

# Installed, `app` would be too common a name; the assets lie where `inception_models.shipped` looks first.
FOLDERS = {"inception_explorer": "app", "inception_models": "inception_models", "inception_models.assets": "assets"}


def packages() -> list[str]:
    """Every package by its name in the wheel; a folder of assets is one too."""
    return [
        ".".join((name, *below))
        for name, folder in FOLDERS.items()
        for below in ((), *(p.split(".") for p in find_namespace_packages(folder, exclude=["*__pycache__"])))
    ]


with TemporaryDirectory() as outside:  # what a build leaves in the checkout would be packed again by the next one
    setup(
        packages=packages(),
        package_dir=FOLDERS,
        options={"build": {"build_base": outside}, "egg_info": {"egg_base": outside}},
    )
