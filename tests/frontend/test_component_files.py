"""A component's ES modules as the one text that Streamlit takes."""

from __future__ import annotations

import re
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


def test_modules_of_one_name_in_folders_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    for folder, value in (("a", 1), ("b/a", 2)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "one.js").write_text(f"export const x = {value}\n")
    text = written(
        tmp_path,
        entry='import { x } from "./a/one.js"\nimport { x as y } from "./b/a/one.js"\nexport default function () {}\n',
    )
    constants = re.findall(r"^const (\w+) = \(\(\) =>", text, re.MULTILINE)
    assert len(set(constants)) == 2
    assert re.findall(r"^const \{ (.*) \} = (\w+)$", text, re.MULTILINE) == [
        ("x", constants[0]),
        ("x: y", constants[1]),
    ]


def test_comments_stay_at_home_and_texts_do_not(tmp_path: Path) -> None:
    text = written(
        tmp_path,
        entry="// Why\n/**\n * @param {number} a\n */\n"
        'export default function (a) {\n  // how\n  return "// a" + a // b\n}\n',
    )
    assert text.splitlines()[1:] == ["export default function (a) {", '  return "// a" + a // b', "}"]


@pytest.mark.parametrize(
    "modules, sentence",
    [
        ({"entry": 'import x from "./one.js"\n', "one": ""}, "is not a form of import or export"),
        ({"entry": "export { x }\n"}, "is not a form of import or export"),
        ({"entry": "export let x = 1\n"}, "is not a form of import or export"),
        (
            {"entry": 'import { a } from "./one.js"\n', "one": "export default function () {}\n"},
            "one.js: 'export default function .* is not a form",
        ),
        ({"entry": 'import { a, b } from "./one.js"\n', "one": "export const a = 1\n"}, "entry.js imports b, which"),
        (
            {"entry": 'import { a } from "./one.js"\n', "one": 'import { b } from "./entry.js"\n'},
            "entry.js imports itself, by way of one.js",
        ),
    ],
)
def test_what_it_cannot_join_is_named(tmp_path: Path, modules: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        written(tmp_path, **modules)
