"""Maps: each takes ``ax`` and returns Axes; `save` writes PNG, SVG or PDF.

Without ``ax`` a map is on a new figure of matplotlib's plotting session, which a notebook shows;
inside `off_screen`, or on axes of your own such as those of `new_page`, no session holds on to it.
"""

from coterminosity.maps.areas import areas
from coterminosity.maps.canvas import new_page, off_screen, save
from coterminosity.maps.choropleths import choropleth
from coterminosity.maps.contested import contested
from coterminosity.maps.differences import before_after, difference
from coterminosity.maps.ensembles import certainty
from coterminosity.maps.figures import figure19, figure20, figure21
from coterminosity.maps.frontiers import frontier
from coterminosity.maps.geometries import drawn_alike, drawn_as, drawn_on
from coterminosity.maps.hexagons import hexagons
from coterminosity.maps.relations import coincidence, relations
from coterminosity.maps.sheets import sheet

__all__ = [
    "areas",
    "before_after",
    "certainty",
    "choropleth",
    "coincidence",
    "contested",
    "difference",
    "drawn_alike",
    "drawn_as",
    "drawn_on",
    "figure19",
    "figure20",
    "figure21",
    "frontier",
    "hexagons",
    "new_page",
    "off_screen",
    "relations",
    "save",
    "sheet",
]
