"""The files of a component: Streamlit takes one script and one style sheet for each, as text.

The scripts are ordinary ES modules, which Node, ESLint and the type checker read as they are. A script given as text
cannot import others, so :func:`script` writes a module and all that it imports as one text, each module in a scope of
its own. Of the language's import and export forms it knows those that this project uses, and refuses any other.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)"$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_DEFAULT = "export default function"


def joined(module: str, *names: str) -> str:
    """The texts of files beside ``module`` (its ``__file__``), one after the other."""
    return "\n".join((Path(module).parent / name).read_text(encoding="utf-8") for name in names)


def script(module: str, entry: str) -> str:
    """The ES module ``entry`` beside ``module`` (its ``__file__``) as one text with all that it imports.

    Raises:
        ValueError: for a form of import or export that is not known here, or a circle of imports.
    """
    texts: dict[Path, str] = {}
    _collect((Path(module).parent / entry).resolve(), texts, ())
    return "\n".join(texts.values())


def _collect(file: Path, texts: dict[Path, str], importers: tuple[Path, ...]) -> str:
    """Put ``file`` into ``texts`` after what it imports; returns the name of its exports."""
    name = f"module_{'_'.join(file.with_suffix('').parts[-2:])}"
    if file in importers:
        raise ValueError(f"{file.name} imports itself, by way of {importers[-1].name}.")
    if file in texts:
        return name
    text = file.read_text(encoding="utf-8")
    for match in _IMPORT.finditer(text):
        target = (file.parent / match[2]).resolve()
        names = match[1].replace(" as ", ": ")
        text = text.replace(match[0], f"const {{{names}}} = {_collect(target, texts, (*importers, file))}", 1)
    exported = _EXPORT.findall(text)
    text = _EXPORT.sub("", text)
    if unknown := _UNKNOWN.search(text.replace(_DEFAULT, "")):
        raise ValueError(f"{file.name}: {unknown[0]!r} is not a form of import or export that is known here.")
    if importers:
        text = f"const {name} = (() => {{\n{text}\nreturn {{ {', '.join(exported)} }}\n}})()"
    texts[file] = text
    return name
