"""Compiles the translation catalogues while the package is built; the rest is declared in pyproject.toml."""

import shutil
from pathlib import Path
from typing import ClassVar

from setuptools import Command, setup
from setuptools.command.build import build

CATALOGUES = "admin_app/translations/*/LC_MESSAGES/*.po"


class CompileCatalogues(Command):
    """Every .po becomes a .mo: beside it for an editable install, otherwise in the folder being built."""

    description = "compile the translation catalogues"
    user_options: ClassVar[list[tuple[str, str, str]]] = []

    def initialize_options(self) -> None:
        self.build_lib = None
        self.editable_mode = False

    def finalize_options(self) -> None:
        self.set_undefined_options("build_py", ("build_lib", "build_lib"))

    def run(self) -> None:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for source, target in self._catalogues():
            with source.open("rb") as po:
                catalogue = read_po(po, locale=source.parts[-3], abort_invalid=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as mo:
                write_mo(mo, catalogue)

    def _catalogues(self) -> list[tuple[Path, Path]]:
        root = Path() if self.editable_mode else Path(self.build_lib)
        return [(po, root / po.with_suffix(".mo")) for po in sorted(Path().glob(CATALOGUES))]

    # setuptools asks every step of a build these three questions
    def get_source_files(self) -> list[str]:
        return [str(source) for source, _ in self._catalogues()]

    def get_outputs(self) -> list[str]:
        return [str(target) for _, target in self._catalogues()]

    def get_output_mapping(self) -> dict[str, str]:
        return {}


class Build(build):
    sub_commands: ClassVar[list[tuple[str, object]]] = [*build.sub_commands, ("compile_catalogues", None)]

    def run(self) -> None:
        # what an earlier build left would be packed again, modules that are no more included
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


setup(cmdclass={"build": Build, "compile_catalogues": CompileCatalogues})
