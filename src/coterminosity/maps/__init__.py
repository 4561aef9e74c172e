"""Maps: each takes ``ax`` and returns Axes; `save` writes PNG, SVG or PDF."""

from coterminosity.maps.areas import areas
from coterminosity.maps.canvas import new_page, save
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
    "relations",
    "save",
    "sheet",
]
