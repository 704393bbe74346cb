"""Whose session this is."""

from __future__ import annotations

import re
import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st

COOKIE = "inception_visitor"


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
