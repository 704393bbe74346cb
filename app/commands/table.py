"""``table``: Table 1 of a network, for a paper: LaTeX, Markdown or CSV; or what to cite, as BibTeX."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from inception_models import ARCHITECTURES

from . import Command, add_output
from .network_options import add_network, add_network_file, network_or_file_s

BIBTEX = ".bib"


def _add_options(parser: ArgumentParser) -> None:
    add_network(parser)
    add_network_file(parser)
    add_output(parser, "FILE.tex (booktabs), .md, .csv, or .bib for what to cite; otherwise Markdown is printed")


def _run(args: Namespace) -> int:
    from ..backend import analyze
    from ..backend.takeaway.paper_table import TABLE_FILES, bibtex, paper_table

    arch = network_or_file_s(args)
    ending = ".md" if args.output is None else args.output.suffix
    if ending not in (*TABLE_FILES, BIBTEX):
        raise ValueError(f"The output must be a {', '.join((*TABLE_FILES, BIBTEX))} file, not {args.output.name!r}.")
    if ending == BIBTEX:
        text = bibtex(arch)
    else:
        text = TABLE_FILES[ending](paper_table(analyze(arch), analyze(ARCHITECTURES[arch.key])))
    if args.output is None:
        print(text, end="")
    else:
        args.output.write_text(text, encoding="utf-8")
    return 0


COMMAND = Command("write a network's Table 1 as LaTeX, Markdown or CSV, or its BibTeX", _add_options, _run)
