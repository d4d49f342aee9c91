#!/usr/bin/python3
"""Makes the bundled fonts from Debian's packages. Run it only to change them: the results are in git.

Needs: fonttools fonts-inter fonts-noto-cjk fonts-jetbrains-mono (Debian), and the source of the crate
`lucide-icons` for its font:  ./make.py PATH/TO/lucide.ttf

- Inter 400 and 600: Latin, with kerning. A second family, "Inter Tabular", has the digits of equal
  width in the place of the proportional ones, because iced cannot switch on an OpenType feature.
- Noto Sans CJK SC 400 and 600: the 6763 characters of GB 2312 and its signs. cosmic-text accepts a
  fallback face only if its weight is exactly the one asked for, and asks for this family by name, so
  the heavy face (made from Bold) says 600, the design system's only other weight.
- JetBrains Mono 400: Latin and box drawing, for logs and commands.
- Lucide: the icons named in ui/src/icons.rs.
"""

import pathlib
import re
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = pathlib.Path(__file__).resolve().parent
SHARE = pathlib.Path("/usr/share/fonts")

LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2010, 0x2028),
    *range(0x2030, 0x203B),
    *range(0x2190, 0x219A),
    0x20AC, 0x2122, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x25CF, 0xFFFD,
]
BOX = [*range(0x2500, 0x25A0)]


def gb2312():
    """Every character of GB 2312 (rows 1 to 87), without those that Latin faces draw better."""
    found = []
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.append(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    # Full-width commas and colons of GBK habit that GB 2312 itself lacks.
    return [*found, *range(0x3000, 0x3018), *range(0xFF01, 0xFF5F), *range(0x20, 0x7F)]


def options(features):
    chosen = subset.Options()
    chosen.layout_features = features
    chosen.hinting = False
    chosen.desubroutinize = False
    chosen.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    chosen.drop_tables += ["DSIG", "vhea", "vmtx", "VORG", "BASE", "STAT"]
    chosen.notdef_outline = True
    return chosen


def cut(font, unicodes, features):
    work = subset.Subsetter(options(features))
    work.populate(unicodes=unicodes)
    work.subset(font)
    return font


def rename(font, family, style, weight):
    """One family name, told apart by weight alone."""
    table = font["name"]
    for record in list(table.names):
        if record.nameID in (16, 17):
            table.removeNames(record.nameID)
    for name_id, text in (
        (1, family),
        (2, style),
        (3, f"{family} {style}; goblin subset"),
        (4, f"{family} {style}"),
        (6, f"{family.replace(' ', '')}-{style}"),
    ):
        table.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


def level(font):
    """Gives a face the line of Inter, so that Chinese and Latin words sit on one baseline.

    A line is centred by the ascent and descent of its faces; Noto's, made for two scripts above
    another, would push a purely Chinese line down by a pixel.
    """
    unit = font["head"].unitsPerEm
    ascent, descent = round(0.96875 * unit), round(0.2412 * unit)
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ascent, -descent, 0
    os2 = font["OS/2"]
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, -descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, descent


def tabular(font):
    """Maps the digits to the glyphs that the feature `tnum` would put there."""
    gsub = font["GSUB"].table
    swap = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for table in gsub.LookupList.Lookup[index].SubTable:
                table = getattr(table, "ExtSubTable", table)
                swap.update(getattr(table, "mapping", {}))
    for cmap in font["cmap"].tables:
        for code in range(0x30, 0x3A):
            if code in cmap.cmap:
                # Two tables may share one dictionary: a digit already mapped stays.
                cmap.cmap[code] = swap.get(cmap.cmap[code], cmap.cmap[code])


def inter():
    for style, weight in (("Regular", 400), ("SemiBold", 600)):
        source = SHARE / "opentype/inter" / f"Inter-{style}.otf"
        plain = TTFont(source)
        cut(plain, LATIN, ["kern", "liga", "calt", "ccmp", "locl", "mark", "case"])
        rename(plain, "Inter", style, weight)
        plain.save(HERE / f"Inter-{style}.otf")

        equal = TTFont(source)
        tabular(equal)
        cut(equal, [*range(0x20, 0x7F), 0xA0, 0xB7, 0x2026, 0x2013, 0x2212, 0x202F], ["kern"])
        rename(equal, "Inter Tabular", style, weight)
        equal.save(HERE / f"InterTabular-{style}.otf")


def noto():
    for source, style, weight in (("Regular", "Regular", 400), ("Bold", "SemiBold", 600)):
        path = SHARE / "opentype/noto" / f"NotoSansCJK-{source}.ttc"
        face = next(
            font
            for font in (TTFont(path, fontNumber=n) for n in range(10))
            if font["name"].getDebugName(16) == "Noto Sans CJK SC"
            or font["name"].getDebugName(1) == "Noto Sans CJK SC"
        )
        cut(face, gb2312(), [])
        rename(face, "Noto Sans CJK SC", style, weight)
        level(face)
        face.save(HERE / f"NotoSansSC-{style}.otf")


def mono():
    face = TTFont(SHARE / "truetype/jetbrains-mono/JetBrainsMono-Regular.ttf")
    cut(face, [*LATIN, *BOX], ["kern", "ccmp", "mark", "zero"])
    rename(face, "JetBrains Mono", "Regular", 400)
    level(face)
    face.save(HERE / "JetBrainsMono-Regular.ttf")


def lucide(path):
    wanted = (HERE.parent.parent / "ui/src/icons.rs").read_text()
    codes = [int(code, 16) for code in re.findall(r"'\\u\{([0-9a-f]{4})\}'", wanted)]
    face = TTFont(path)
    cut(face, codes, [])
    rename(face, "Lucide", "Regular", 400)
    face.save(HERE.parent / "icons/lucide.ttf")


if __name__ == "__main__":
    inter()
    noto()
    mono()
    if len(sys.argv) > 1:
        lucide(sys.argv[1])
    else:
        print("the icon font is left as it is: no path to lucide.ttf given")
