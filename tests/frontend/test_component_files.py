"""A component's ES modules as the one text that Streamlit takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.frontend.components.shared.files import script


def written(folder: Path, **modules: str) -> str:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return script(str(folder / "__init__.py"), "entry.js")


def test_each_module_is_there_once_before_those_that_import_it(tmp_path: Path) -> None:
    text = written(
        tmp_path,
        entry='import { a } from "./one.js"\nimport { b as c } from "./two.js"\nexport default function () { a(c) }\n',
        one="export const a = 1\n",
        two='import { a } from "./one.js"\nexport class b {}\n',
    )
    assert text.count("const a = 1") == 1
    assert text.index("const a = 1") < text.index("class b {}") < text.index("export default function ()")
    assert "export class" not in text


@pytest.mark.parametrize(
    "modules, sentence",
    [
        ({"entry": 'import x from "./one.js"\n', "one": ""}, "is not a form of import or export"),
        ({"entry": "export { x }\n"}, "is not a form of import or export"),
        (
            {"entry": 'import { a } from "./one.js"\n', "one": 'import { b } from "./entry.js"\n'},
            "entry.js imports itself, by way of one.js",
        ),
    ],
)
def test_what_it_cannot_join_is_named(tmp_path: Path, modules: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        written(tmp_path, **modules)
