"""The files of a component: Streamlit takes one script and one style sheet for each, as text.

The scripts are ordinary ES modules, which Node, ESLint and the type checker read as they are. A script given as text
cannot import others, so :func:`script` writes a module and all that it imports as one text, each module in a scope of
its own and without the comments on lines of their own: Streamlit sends the text again with every rerun.

Of the forms of import and export it knows those that this project uses, and refuses any other:
``import { a, b as c } from "./file.js"``, ``export`` before a function, class or constant, and in the entry
``export default function``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)"$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default function\b", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_COMMENT = re.compile(r"^ *(?:/\*\*.*?\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)


def joined(module: str, *names: str) -> str:
    """The texts of files beside ``module`` (its ``__file__``), one after the other."""
    return "\n".join((Path(module).parent / name).read_text(encoding="utf-8") for name in names)


def script(module: str, entry: str) -> str:
    """The ES module ``entry`` beside ``module`` (its ``__file__``) as one text with all that it imports.

    Raises:
        ValueError: for a form of import or export that is not known here, a name that is imported and not exported,
            or a circle of imports.
    """
    modules: dict[Path, _Module] = {}
    _add((Path(module).parent / entry).resolve(), modules, ())
    return "\n".join(each.text for each in modules.values())


@dataclass(frozen=True)
class _Module:
    name: str  # of the constant with its exports
    exports: frozenset[str]
    text: str


def _add(file: Path, modules: dict[Path, _Module], importers: tuple[Path, ...]) -> _Module:
    """``file``, put into ``modules`` after all that it imports."""
    if file in importers:
        raise ValueError(f"{file.name} imports itself, by way of {importers[-1].name}.")
    if file in modules:
        return modules[file]

    def assigned(match: re.Match[str]) -> str:
        source = _add((file.parent / match[2]).resolve(), modules, (*importers, file))
        names = [name.strip() for name in match[1].split(",") if name.strip()]
        for name in names:
            if name.split()[0] not in source.exports:
                raise ValueError(f"{file.name} imports {name.split()[0]}, which {match[2]} does not export.")
        return f"const {{ {', '.join(names).replace(' as ', ': ')} }} = {source.name}"

    text = _IMPORT.sub(assigned, _COMMENT.sub("", file.read_text(encoding="utf-8")))
    exports = _EXPORT.findall(text)
    text = _EXPORT.sub("", text)
    if unknown := _UNKNOWN.search(text if importers else _DEFAULT.sub("", text)):
        raise ValueError(f"{file.name}: {unknown[0]!r} is not a form of import or export that is known here.")
    name = f"module_{len(modules)}"
    if importers:
        text = f"const {name} = (() => {{\n{text}\nreturn {{ {', '.join(exports)} }}\n}})()"
    modules[file] = _Module(name, frozenset(exports), f"// {file.parent.name}/{file.name}\n{text}")
    return modules[file]
