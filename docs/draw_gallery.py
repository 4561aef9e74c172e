"""Draw the pictures of gallery.md by running its own lines: python docs/draw_gallery.py [FOLDER].

FOLDER holds real boundary files; without it all pictures are schematic.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
WIDE, ACROSS = 720, 1000  # pixels, of pictures upright and across


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the picture, if any, that stands before each block of Python, and the block."""
    found = re.findall(r"(?:!\[[^\]]*\]\((images/[^)]+)\)\s+)?```python\n(.*?)```", text, re.DOTALL)
    return [(picture, code) for picture, code in found]


def run(text: str, show: Callable[[Any, str], None], given: dict[str, Any]) -> dict[str, Any]:
    """Run the blocks in order in one namespace and show the ``ax`` of each that has a picture."""
    from coterminosity.maps import off_screen

    names: dict[str, Any] = {}
    for place, (picture, code) in enumerate(blocks(text)):
        with off_screen():
            exec(compile(code, f"gallery.md, block {place + 1}", "exec"), names)
        names |= given
        if picture:
            show(names["ax"], picture)
    return names


def main() -> None:
    """Write every picture as a small PNG."""
    from PIL import Image

    import coterminosity as ct
    from coterminosity import chain

    given: dict[str, Any] = {}
    if len(sys.argv) > 1:
        inputs = chain.gather(sys.argv[1])
        given = {name: inputs.needed(name) for name in ("lad", "lep", "stp")}

    def show(ax: Any, picture: str) -> None:
        path = ct.maps.save(ax, DOCS / picture, dpi=150)
        image = Image.open(path).convert("RGB")
        wide = WIDE if image.height > 0.8 * image.width else ACROSS
        small = image.resize(
            (wide, round(image.height * wide / image.width)), Image.Resampling.LANCZOS
        )
        palette = small.quantize(200, method=Image.Quantize.MAXCOVERAGE, kmeans=3, dither=0)
        palette.save(path, optimize=True)

    run((DOCS / "gallery.md").read_text(encoding="utf-8"), show, given)


if __name__ == "__main__":
    main()
