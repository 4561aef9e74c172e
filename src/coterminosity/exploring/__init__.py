"""A map to pan, zoom and point at: one piece of HTML that needs no network."""

import base64
import hashlib
import html
import json
import string
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from coterminosity.errors import CoterminosityError, LayerError
from coterminosity.geometry import Geometries
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.assigned import Areas, Drawing, draw_plan, people_of, plan_of
from coterminosity.maps.canvas import SAID, source_text
from coterminosity.maps.geometries import middles
from coterminosity.plan import Basis
from coterminosity.writing import write_together

# Steps of the drawing across: finer than a screen, at some zoom.
_STEPS = 8_000
_FRAME = 640  # pixels of the map in a notebook
_LONGEST, _LINE = 18, 1.1  # letters of a line of a name, and how far apart lines are, in em
_OWN = Path(__file__).parent
_TITLES = {"lep": "LEP", "stp": "STP", "crc": "CRC area", "pfa": "Police force",
           "combined_authority": "Combined authority", "region": "Region"}  # fmt: skip

_PAGE = string.Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="$policy">
<title>$title</title>
<style>
$styles
</style>
</head>
<body>
<header>
<h1>$title</h1>$key
<label>Find a district <input id="search" list="names" autocomplete="off"></label>
<datalist id="names">$names</datalist>
<span>
<button id="closer" type="button" aria-label="Closer">+</button>
<button id="further" type="button" aria-label="Further away">−</button>
<button id="all" type="button">All</button>
</span>
</header>
<main>
<figure>
<svg viewBox="0 0 $width $height" tabindex="0" role="img"
 aria-label="$title. Arrow keys pan, plus and minus zoom, 0 shows all.">
<g>$units</g>
<path class="coast" d="$coast"/>
<path class="border" d="$borders"/>
$labels
</svg>
<div id="tip" hidden></div>
</figure>
</main>
<footer><span id="said" aria-live="polite"></span> $foot</footer>
<script type="application/json" id="facts">$facts</script>
<script>$script</script>
</body>
</html>
""")


@dataclass(frozen=True, kw_only=True)
class Explorer:
    """Hold a map to look around in.

    Attributes
    ----------
    html : str
        The whole page, without anything from elsewhere.
    title : str
        What it shows.
    """

    html: str
    title: str

    def __repr__(self) -> str:
        return f"<Explorer: {self.title}, {len(self.html) / 1000:,.0f} kB of HTML>"

    def _repr_html_(self) -> str:
        """Show the map in a notebook, in a frame of its own."""
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" title="{html.escape(self.title)}" '
            f'style="width:100%;height:{_FRAME}px;border:1px solid #b5b5b5" '
            'sandbox="allow-scripts"></iframe>'
        )

    def save(self, path: str | Path) -> Path:
        """Write the map as one HTML file that opens from disk.

        Raises
        ------
        CoterminosityError
            Where the file is not called ``.html``.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise CoterminosityError(
                f"{path}: wanted a page as .html, got {path.suffix or 'no ending'}"
            )
        text = self.html.encode("utf-8")
        (written,) = write_together(path.parent, {path.name: lambda own: own.write_bytes(text)})
        return written


def explore(
    plan: Areas,
    layer: BoundaryLayer | None = None,
    *,
    people: pd.Series | None = None,
    figures: pd.DataFrame | None = None,
    like: Areas | Mapping[str, str] | None = None,
    geometry: GeometryKind | None = None,
    title: str = "",
    note: str = "",
) -> Explorer:
    """Return a map of a plan to pan, zoom and point at, for a notebook or a browser, offline.

    Pointing at a unit shows its area, its people, and the bodies that it belongs to.

    Parameters
    ----------
    plan : plan, scenario or Series
        Area by unit code, or whatever has an ``assignment``.
    layer : BoundaryLayer, optional
        Boundaries of the units; by default those of what the plan was made of, which the embedded
        figures draw schematically.
    people : Series, optional
        People by unit; by default those that the plan was made of.
    figures : DataFrame, optional
        More to show by unit code, a column each.
    like : plan or mapping, optional
        An earlier plan, or colours by area, to keep.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layer; see `maps.drawn_as`.
    title : str
        By default the number of areas.
    note : str
        Added to the foot.

    Returns
    -------
    Explorer
        A notebook shows it; ``save`` writes it.

    Raises
    ------
    LayerError
        Where there is no geometry, or the layer lacks units of the plan.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> ct.explore(ct.propose(data.graph, data.atoms)).title
    '38 areas (schematic)'
    """
    drawing = draw_plan(plan, layer if layer is not None else _own_layer(plan), geometry=geometry)
    kind = drawing.layer.geometry_kind
    title = (title or f"{len(drawing.names)} areas") + SAID.get(kind, "")
    west, south, east, north = drawing.units.total_bounds
    scale = _STEPS / max(east - west, north - south)

    def placed(shapes: Geometries) -> Geometries:
        return np.asarray(
            shapely.transform(shapes, lambda xy: (xy - (west, north)) * (scale, -scale))
        )

    program = (_OWN / "explorer.js").read_text(encoding="utf-8")
    facts = _facts(plan, drawing, people, figures)
    facts |= {"width": round((east - west) * scale), "height": round((north - south) * scale)}
    page = _PAGE.substitute(
        policy=_policy(program),
        title=html.escape(title),
        styles=(_OWN / "explorer.css").read_text(encoding="utf-8"),
        key=_key(len(drawing.open_units)),
        names="".join(f'<option value="{html.escape(row[0])}">' for row in facts["rows"]),
        width=facts["width"],
        height=facts["height"],
        units=_units(drawing, drawing.colours(like=like), placed),
        coast=_lines(placed(drawing.lines[1].to_numpy())),
        borders=_lines(placed(drawing.lines[0].to_numpy())),
        labels=_labels(drawing, placed),
        foot=html.escape(source_text([drawing.layer], text=note)),
        facts=json.dumps(facts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        script=program,
    )
    return Explorer(html=page, title=title)


def _own_layer(plan: Areas) -> BoundaryLayer:
    """Return the units that a plan was made of, as they are drawn."""
    basis = getattr(plan, "basis", None)
    if not isinstance(basis, Basis) or basis.atoms.geometry is None:
        raise LayerError("this plan does not know shapes of its units: give layer=")
    return basis.atoms.dissolve(basis.graph.layer)


def _policy(program: str) -> str:
    digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    return f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'"


def _facts(
    plan: Areas, drawing: Drawing, people: pd.Series | None, figures: pd.DataFrame | None
) -> dict[str, Any]:
    """Return what is said of each unit: its name, then a text for each column."""
    codes = drawing.areas.index
    columns: dict[str, pd.Series] = {"Area": drawing.areas.fillna("none yet")}
    counted, own = people_of(plan, people), plan_of(plan)
    if counted is not None:
        columns["People"] = counted.reindex(codes).map("{:,.0f}".format, na_action="ignore")
    if own is not None:
        flags = own.units["flag"].reindex(codes).fillna("")
        columns["Note"] = flags.replace({"negotiate": "to be negotiated"})
    basis = getattr(plan, "basis", None)
    if isinstance(basis, Basis):
        for name, said in _TITLES.items():
            if name in basis.atoms.layers:
                columns[said] = _bodies(basis, name)
    for title, figure in (figures if figures is not None else pd.DataFrame()).items():
        columns[str(title)] = figure.map("{:,g}".format, na_action="ignore")
    table = pd.DataFrame({key: own.reindex(codes) for key, own in columns.items()})
    table = table.astype("object").where(table.notna(), "").astype("str")
    named = drawing.layer.names.reindex(codes)
    rows = [[str(name), *row] for name, row in zip(named, table.to_numpy().tolist(), strict=True)]
    return {"columns": list(table.columns), "rows": rows}


def _bodies(basis: Basis, layer: str) -> pd.Series:
    """Return the names of the bodies that hold people of each unit, most people first."""
    pairs = basis.atoms.overlap(basis.graph.layer, layer).pairs
    pairs = pairs.loc[pairs["weight"] > 0].sort_values(
        ["left", "weight", "right"], ascending=[True, False, True]
    )
    names = basis.atoms.regions(layer).reindex(pairs["right"]).to_numpy()
    return pd.Series(names, index=pairs["left"].to_numpy()).groupby(level=0).agg("; ".join)


def _units(drawing: Drawing, colours: dict[str, str], placed: Any) -> str:
    shapes = placed(drawing.units.to_numpy())
    drawn = []
    for shape, area in zip(shapes, drawing.areas, strict=True):
        rings = shapely.get_rings(shapely.get_parts(shape))
        look = f'fill="{colours[area]}"' if area is not None else 'class="unit open"'
        kind = 'class="unit" ' if area is not None else ""
        drawn.append(f'<path {kind}{look} d="{_lines(rings)}"/>')
    return "".join(drawn)


def _key(count: int) -> str:
    """Return what the grey of units without an area means, where there are any."""
    return f'\n<p class="key"><i></i> No area yet ({count:,})</p>' if count else ""


def _lines(lines: Geometries) -> str:
    """Return lines as one SVG path, each step from the last point, on whole numbers."""
    parts = []
    for line in shapely.get_parts(lines):
        points = np.round(shapely.get_coordinates(line)).astype(np.int64)
        steps = np.diff(points, axis=0)
        steps = steps[(steps != 0).any(axis=1)]
        if len(steps):
            moves = " ".join(f"{x} {y}" for x, y in steps.tolist()).replace(" -", "-")
            parts.append(f"M{points[0, 0]} {points[0, 1]}l{moves}")
    return "".join(parts)


def _labels(drawing: Drawing, placed: Any) -> str:
    """Return the names of areas, largest first, each at the middle of its largest part."""
    shapes = drawing.shapes.iloc[np.argsort(-drawing.shapes.area.to_numpy(), kind="stable")]
    spots = shapely.get_coordinates(placed(middles(shapes).to_numpy()))
    return "".join(
        f'<text x="{x:.0f}" y="{y:.0f}">{_in_lines(str(name), x)}</text>'
        for name, (x, y) in zip(shapes.index, spots, strict=True)
    )


def _in_lines(name: str, x: float) -> str:
    """Return a name as lines, one below the other, around the middle of them all."""
    lines = textwrap.wrap(name, width=_LONGEST, break_long_words=False, break_on_hyphens=False)
    return "".join(
        f'<tspan x="{x:.0f}" dy="{_LINE if k else -_LINE * (len(lines) - 1) / 2:g}em">'
        f"{html.escape(line)}</tspan>"
        for k, line in enumerate(lines)
    )
