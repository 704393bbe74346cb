"""Everything about the network as one HTML file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models import Arch

from ...backend import analyze
from ...backend.common.jobs import Progress
from ...backend.common.links import link_text
from ...backend.picture.forward import Forward
from ...backend.takeaway.naming import saved_name
from ...backend.takeaway.report.page import report
from ..kit.weights_in_use import forward_in_use
from ..session import address_of
from ..state import State
from .made_file import FileTask, made_file

REPORT: FileTask = FileTask("report", "Writing the report", "Stop after this step", steady=False)
ABOUT_REPORT = (
    "One HTML file that opens offline: the story, the totals beside the published ones, the diagram whose"
    " blocks open, Table 1, costs that can be sorted, the code, a link and what to cite; and the pinned"
    " networks of the family beside it."
)


def show(state: State) -> None:
    """Render the tab."""
    st.markdown(ABOUT_REPORT)
    picture = forward_in_use(state.arch)
    if picture is not None and not st.toggle("With the picture, its classes and its maps", True, key="report-picture"):
        picture = None
    address = address_of(state)
    link = f"{st.context.url or ''}?{link_text(address.query)}" if address.complete else ""
    name = saved_name(state.arch, ".html")
    networks = ((pin.name, pin.network) for pin in state.pins)
    pins = tuple((name, arch) for name, arch in networks if isinstance(arch, Arch) and arch != state.arch)
    question = (state.arch, picture, pins, link)
    made_file(REPORT, name, f"Make {name}", partial(_written, *question), question)


def _written(
    arch: Arch, picture: Forward | None, pins: tuple[tuple[str, Arch], ...], link: str, progress: Progress
) -> bytes:
    progress.report(0.1, "diagrams and tables")
    others = [(name, analyze(pin)) for name, pin in pins]
    return report(arch, picture=picture, others=others, address=link).encode()
