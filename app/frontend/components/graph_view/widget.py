"""The interactive diagram in a notebook, which needs the optional package anywidget: ``pip install .[notebook]``."""

from __future__ import annotations

from dataclasses import replace

import anywidget
import traitlets

from inception_models import ARCHITECTURES, Arch

from ....backend import analyze
from ....backend.diagram import DiagramOptions, draw, toggled
from ..shared.files import joined, script
from . import view_data

WIDGET_HEIGHT = "520px"


class DiagramWidget(anywidget.AnyWidget):
    """The diagram of ``arch`` as the page has it: it can be zoomed, walked and searched, and its blocks be expanded.

    ``selected`` is the path of what is selected in it, empty at first; setting it selects.
    """

    _esm = script(__file__, "widget.js")
    files = traitlets.Dict().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    told = traitlets.Dict().tag(sync=True)
    selected = traitlets.Unicode()

    def __init__(self, arch: Arch, options: DiagramOptions | None = None) -> None:
        self._networks = analyze(arch), analyze(ARCHITECTURES[arch.key])
        self._options = options or DiagramOptions()
        self._handled = ("", 0)
        style = joined(__file__, "notebook.css", "view.css")
        super().__init__(files={"style": style, "markup": joined(__file__, "view.html")})
        self._show()

    def _show(self) -> None:
        self._drawing = draw(self._networks[0], self._options, self._networks[1])
        self.shown = view_data(
            self._drawing,
            network=self._networks[0].arch.key,
            selected=self.selected,
            expandable=True,
            height=WIDGET_HEIGHT,
            handled=self._handled,
        )

    @traitlets.observe("selected")
    def _select(self, _: object) -> None:
        if self.shown:
            self._show()

    @traitlets.observe("told")
    def _hear(self, _: object) -> None:
        match self.told:
            case {"client": str() as client, "events": list() as events}:
                for event in events:
                    self._act(client, event)
                self._show()
            case _:
                pass

    def _act(self, client: str, event: object) -> None:
        """Once for each event: the browser repeats those that it does not know to be handled."""
        match event:
            case {"number": int() as number} if self._handled[0] != client or number > self._handled[1]:
                self._handled = client, number
            case _:
                return
        ids = {item.id for item in self._drawing.items}
        match event:
            case {"select": str() as path} if path in ids:
                self.selected = path
            case {"expand": str() as path} if path in ids:
                after = toggled(self._options, path, self._drawing.clusters)
                self._options = replace(self._options, expand=after.expand, fold=after.fold)
            case _:
                pass
