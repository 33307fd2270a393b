"""Command line: python -m tools.build_atlas --out assets/atlas."""

from __future__ import annotations

import argparse
import time
from dataclasses import fields, replace
from pathlib import Path

from .atlas_files import COARSE, Quality, build
from .contact_sheet import make_contact_sheet
from .views import VIEWS


def main() -> None:
    """Build the atlas."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.build_atlas", description="Build the reference head."
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder to write, assets/atlas for the shipped one"
    )
    parser.add_argument("--coarse", action="store_true", help="quick build for looking, not for shipping")
    parser.add_argument("--views", default=",".join(v.id for v in VIEWS), help="comma-separated view ids")
    parser.add_argument(
        "--contact-sheet", type=Path, metavar="PNG", help="also write one picture of all views"
    )
    for field in fields(Quality):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default))
    args = parser.parse_args()
    given = {f.name: getattr(args, f.name) for f in fields(Quality) if getattr(args, f.name) is not None}
    quality = replace(COARSE if args.coarse else Quality(), **given)
    started = time.monotonic()
    wanted = args.views.split(",")
    build(
        args.out,
        quality,
        [v for v in VIEWS if v.id in wanted],
        lambda line: print(f"{time.monotonic() - started:6.1f} s  {line}", flush=True),
    )
    if args.contact_sheet:
        make_contact_sheet(args.out, args.contact_sheet)


if __name__ == "__main__":
    main()
