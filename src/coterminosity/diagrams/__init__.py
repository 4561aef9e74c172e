"""Diagrams of layers and plans: each takes ``ax`` and returns Axes; `maps.save` writes them.

Without ``ax`` they are on a new figure, as maps are.
"""

from coterminosity.diagrams.distributions import by_areas, chance, sizes
from coterminosity.diagrams.flows import flows
from coterminosity.diagrams.heat import heat_map
from coterminosity.diagrams.likenesses import likeness

__all__ = ["by_areas", "chance", "flows", "heat_map", "likeness", "sizes"]
