"""What is between the network and Streamlit: who is answered, what may be uploaded, and what others can read.

Streamlit's own server leaves these to whoever runs it. The application is Streamlit's, with what is in this folder
around it; :mod:`app.commands.serve` runs it.
"""

from __future__ import annotations

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from .component_files import ServedComponentFiles
from .first_look import ServedFirstLook
from .gate import Gate
from .media import SecretMedia
from .page_head import PageHead
from .sessions import Departures, NotingDepartures
from .uploads import BoundedUploads

MAIN = Path(__file__).parents[1] / "main.py"


def application() -> App:
    """The page as an ASGI application."""
    departures = Departures()
    around = [  # the first is outermost
        Middleware(Gate),
        Middleware(NotingDepartures, departures=departures),
        Middleware(BoundedUploads),
        Middleware(SecretMedia),
        Middleware(ServedComponentFiles),
        Middleware(ServedFirstLook),
        Middleware(PageHead),
    ]
    return App(MAIN, middleware=around, lifespan=departures.forgetting)
