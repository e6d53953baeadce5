#!/usr/bin/env python3
"""Cuts the window's Chinese font out of Noto Sans CJK: the characters of GB 2312, Chinese punctuation and the few
symbols that the window draws and the other bundled fonts lack.

    pip install fonttools && python3 assets/build-font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

The collection is Debian's package fonts-noto-cjk. Writes NotoSansSC-subset.otf beside this script.
"""

import pathlib
import sys

from fontTools import subset, ttLib

SYMBOLS = "·–—‘’“”…‹›←↑→↓↔↕⇒∅∞≈≠≤≥■□▲△▶▷▼▽◀◁◆◇○●◉★☆☐☑✓✔✕✖✗"


def gb2312() -> set[int]:
    """Punctuation and full-width forms (rows 1 to 3), and both levels of hanzi (rows 16 to 87)."""
    chars = set()
    for row in [*range(1, 4), *range(16, 88)]:
        for cell in range(1, 95):
            try:
                chars.add(ord(bytes([0xA0 + row, 0xA0 + cell]).decode("gb2312")))
            except UnicodeDecodeError:
                pass  # GB 2312 leaves this cell empty.
    return chars


def simplified(collection: str) -> ttLib.TTFont:
    """The face for Simplified Chinese out of the collection."""
    for font in ttLib.TTCollection(collection).fonts:
        if font["name"].getDebugName(1) == "Noto Sans CJK SC":
            return font
    sys.exit(f"{collection} holds no face named Noto Sans CJK SC")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    font = simplified(sys.argv[1])
    options = subset.Options(
        layout_features=[], hinting=False, desubroutinize=False, name_IDs=[0, 1, 2, 5, 6, 13, 14], notdef_outline=True
    )
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GPOS", "GSUB", "GDEF", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=gb2312() | {ord(c) for c in SYMBOLS})
    subsetter.subset(font)
    # The same input gives the same bytes: the time of the cut is no part of the font.
    font.recalcTimestamp = False
    out = pathlib.Path(__file__).with_name("NotoSansSC-subset.otf")
    font.save(out)
    print(f"{out}: {out.stat().st_size:,} bytes, {len(font.getBestCmap())} characters")


if __name__ == "__main__":
    main()
