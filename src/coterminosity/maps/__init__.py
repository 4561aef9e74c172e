"""Maps: each takes ``ax`` and returns Axes; `save` writes PNG, SVG or PDF."""

from coterminosity.maps.areas import areas
from coterminosity.maps.canvas import new_page, save
from coterminosity.maps.figures import figure19, figure20, figure21

__all__ = ["areas", "figure19", "figure20", "figure21", "new_page", "save"]
