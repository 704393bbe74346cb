"""The peer of the diagram benchmark: the same DOT through Streamlit's own ``st.graphviz_chart``.

Run by :mod:`benchmarks.diagram` as ``streamlit run``, with the choices that the benchmark needs.
"""

import streamlit as st

from app.backend import analyze
from app.backend.diagram import to_dot
from inception_models import ARCHITECTURES, with_widths

st.set_page_config(layout="wide")
key = st.sidebar.radio("Variant", ["googlenet", "inception_resnet_v2"])
level = st.sidebar.radio("Level", ["branch", "op"])
width = st.number_input("Width", 1, 999, 64, key=f"width:{key}")
PATHS = {"googlenet": "inception3a.branch1x1.conv", "inception_resnet_v2": "repeat.branch1x1.conv"}
arch = ARCHITECTURES[str(key)]
if width != 64 and PATHS[str(key)]:
    arch = with_widths(arch, {PATHS[str(key)]: int(width)})
expand = frozenset(stage.name for stage in arch.stages) if level == "op" else frozenset()
analysis = analyze(arch)
st.graphviz_chart(to_dot(analysis, level="op" if level == "op" else "branch", expand=expand))
st.caption(f"{key} {level} {analysis.params:,}")
