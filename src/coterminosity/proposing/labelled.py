"""The exact model of areas with labels: a frame as a programme, and what its solutions state."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from coterminosity.proposing.frame import Draft, Frame, Programme
from coterminosity.proposing.labelled_terms import (
    Choice,
    add_alike,
    add_band,
    add_cuts,
    add_demands,
    add_merges,
    add_splits,
)
from coterminosity.proposing.problem import Bools, Floats, Ints
from coterminosity.proposing.separators import Cut, rows_of


@dataclass(frozen=True, eq=False, kw_only=True)
class Labelled:
    """Hold the programme of a frame.

    Terms of need are not in it: they are 0 or more, so that its bound holds for the whole cost.
    Contiguity comes with cuts. Clusters that may have no label make it infeasible.

    Attributes
    ----------
    frame : Frame
        What is decided.
    x : array of int
        Clusters × positions: column, -1 where not allowed.
    opened : array of int
        By position: column, -1 where the label must have units.
    programme : Programme
        Cost, demands and cuts so far.
    """

    frame: Frame
    x: Ints
    opened: Ints
    programme: Programme

    def area_of(self, values: Floats) -> Ints:
        """Return the assignment that a solution states, of all units."""
        x = self.shares(values)
        area = self.frame.area.copy()
        inside = self.frame.cluster >= 0
        area[inside] = self.frame.labels[x.argmax(axis=1)][self.frame.cluster[inside]]
        return area

    def shares(self, values: Floats) -> Floats:
        """Return how much of each cluster has each label, in a solution."""
        return np.where(self.x >= 0, values[self.x], 0.0)

    def with_cuts(self, cuts: list[Cut]) -> "Labelled":
        """Return the model with more cuts."""
        return self.with_rows(*rows_of(self.x, cuts, len(self.programme.cost)))

    def with_rows(self, matrix: sparse.csr_array, high: Floats) -> "Labelled":
        """Return the model with more rows, at most ``high``."""
        return replace(self, programme=self.programme.with_rows(matrix, high))

    def within(self, pairs: Bools, use: Bools, keep: Bools) -> "Labelled":
        """Return the model over some pairs, the columns they need, and some rows."""
        number = np.full(len(use), -1, dtype=np.int64)
        number[use] = np.arange(int(use.sum()))
        x = np.where(self.x >= 0, np.where(pairs[self.x], number[self.x], -1), -1)
        opened = np.where(self.opened >= 0, number[self.opened], -1)
        return replace(
            self, x=x, opened=opened, frame=self.frame.narrowed(x >= 0),
            programme=self.programme.restricted(use, keep),
        )  # fmt: skip


def labelled(frame: Frame, *, alike: Bools | None = None) -> Labelled:
    """Return the model of a frame.

    Parameters
    ----------
    frame : Frame
        What is decided.
    alike : array of bool, optional
        By position: labels that can be exchanged for each other, of which one order is enough.
    """
    draft = Draft()
    choice = Choice(draft, frame)
    add_demands(choice)
    for bodies in frame.problem.bodies:
        add_splits(choice, bodies)
        add_merges(choice, bodies)
    add_cuts(choice)
    add_band(choice)
    if alike is not None:
        add_alike(choice, alike)
    return Labelled(frame=frame, x=choice.x, opened=choice.opened, programme=draft.programme())
