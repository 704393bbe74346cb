"""What is known about a network: its story, each claim with its source, and the numbers that papers print."""

from __future__ import annotations

from html import escape

from inception_models.arch.about import About, Claim
from inception_models.arch.longest_path import depth
from inception_models.arch.spec import Arch

from ..kit.terms import with_terms


def story(arch: Arch, original: Arch) -> str:
    """The HTML of the popover about a network. ``original``: as published, whose layers are counted."""
    about = arch.about
    parts = [
        f"<p><b>{escape(about.label)}</b>, {about.year}</p>{_claims(about.story)}",
        f'<p><a href="{escape(about.url, quote=True)}" target="_blank" rel="noopener">{escape(about.paper)}</a>.'
        f" {escape(about.authors)}.</p>",
        f"<p><b>Numbers</b></p>{_list(_numbers(about, depth(original)))}",
    ]
    if about.differences:
        parts.append(f"<p><b>Paper and code</b></p>{_claims(about.differences)}")
    if about.aliases:
        parts.append(f'<p class="note">Also known as {escape(", ".join(about.aliases))}.</p>')
    return "".join(parts)


def _numbers(about: About, layers: int) -> list[str]:
    said = [f"{layers} layers with weights on the longest path, as published (counted)"]
    if about.paper_errors is not None:
        top1, top5 = about.paper_errors
        said.append(f"Single-crop error on ImageNet: {top1:g}% top-1, {top5:g}% top-5 ({about.paper_errors_source})")
    if about.top1_percent is not None:
        top5_text = "" if about.top5_percent is None else f", {about.top5_percent:g}% top-5"
        top1_text = f"{about.top1_percent:g}% top-1{top5_text} ({about.top1_source})"
        said.append(f"Accuracy of published weights on ImageNet: {top1_text}")
    said += [f"Printed {p.what}: {p.printed}; counted exactly: {p.exact}" for p in about.printed]
    return [escape(sentence) for sentence in said]


def _claims(claims: tuple[Claim, ...]) -> str:
    return _list([f'{with_terms(c.text)} <span class="note">({c.kind}: {escape(c.source)})</span>' for c in claims])


def _list(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
