"""Whose session this is."""

from __future__ import annotations

import base64
import json
import re
import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st

COOKIE = "inception_visitor"
TOLD = "inception_told_"


def visitor() -> str:
    """A random token of this browser, which nobody can guess: the same in all its tabs, after a reload and tomorrow.

    A new session reads it from the browser's cookie, before anything is drawn. A browser that refuses cookies has one
    for each session.
    """
    if "visitor" not in st.session_state:
        st.session_state.visitor = _cookie() or secrets.token_urlsafe(24)
    return str(st.session_state.visitor)


def known_browser() -> bool:
    """Whether this browser was here before."""
    return bool(_cookie())


def told() -> object:
    """What the page said when it connected (app/web/connecting.js), unchecked; None where that is not known.

    Where several tabs connect at once the browser sends what each says to all. One that had a session before names it
    as the last protocol, and has said nothing.
    """
    said = [value for name, value in st.context.cookies.items() if name.startswith(TOLD)]
    protocols = st.context.headers.get("Sec-WebSocket-Protocol", "").split(",")
    if len(said) != 1 or len(protocols) > 2:
        return None
    try:
        return json.loads(base64.b64decode(said[0]))
    except (ValueError, RecursionError):
        return None


def is_on_this_computer(address: str = "") -> bool:
    """Whether ``address``, at first the page's, is one that only this computer knows."""
    host = urlsplit(address or st.context.url or "").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _cookie() -> str:
    value = str(st.context.cookies.get(COOKIE, ""))  # no text in Streamlit's AppTest
    return value if re.fullmatch(r"[\w-]{32}", value, re.ASCII) else ""
