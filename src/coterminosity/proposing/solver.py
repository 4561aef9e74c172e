"""A thin, typed face over HiGHS: linear and integer programmes that grow, warm, and can be stopped.

One thread and a fixed seed: the same programme gives the same answer. Ctrl-C stops a solve and
keeps the best solution and bound so far.
"""

import atexit
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from coterminosity.proposing.problem import Floats, Ints

Status = Literal["optimal", "time limit", "infeasible", "interrupted"]
# Seconds between two looks at whether Ctrl-C was pressed.
POLL = 0.05
# Solvers that were not closed: HiGHS may crash where it outlives the interpreter.
_LIVE: "weakref.WeakSet[Solver]" = weakref.WeakSet()
_STATUS: dict[str, Status] = {
    "kOptimal": "optimal",
    "kInfeasible": "infeasible",
    "kUnboundedOrInfeasible": "infeasible",
    "kTimeLimit": "time limit",
    "kIterationLimit": "time limit",
    "kSolutionLimit": "time limit",
    "kObjectiveBound": "infeasible",
    "kInterrupt": "interrupted",
    "kHighsInterrupt": "interrupted",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """What a solve came to.

    Attributes
    ----------
    status : {"optimal", "time limit", "infeasible", "interrupted"}
        ``optimal`` is within the gap that was asked for.
    values : array or None
        By column; None where no solution was found.
    cost : float
        Of the solution, NaN where there is none.
    bound : float
        No solution costs less; -inf where nothing is proved, inf where none exists.
    duals, reduced : array or None
        Price by row and reduced cost by column; only of linear programmes.
    reached : bool
        The solve was left because its bound came to what was enough.
    """

    status: Status
    values: Floats | None
    cost: float
    bound: float
    duals: Floats | None = None
    reduced: Floats | None = None
    reached: bool = False


class _Quiet(highspy.Highs):
    """HiGHS without its greeting, which it prints (from 1.16) as callbacks are enabled."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """Enable callbacks after output is off."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


class Solver:
    """Hold a programme ``min cost·x, lower ≤ Ax ≤ upper`` that may grow between solves.

    Parameters
    ----------
    seed : int
        Of the solver's own choices.
    offset : float
        Constant of the cost.

    Notes
    -----
    Without integer columns a solve starts from the basis of the one before, so that cuts (rows)
    and column generation are cheap.
    """

    def __init__(self, *, seed: int = 1, offset: float = 0.0) -> None:
        self._highs = _Quiet()
        self._stop = threading.Event()
        self._watched = False
        self._idle = threading.Event()
        self._idle.set()
        self._integers = 0
        self._enough, self._reached = np.inf, False
        self._state = (np.nan, -np.inf)
        self._deadline = np.inf
        _LIVE.add(self)
        self.options(output_flag=False, threads=1, random_seed=seed % 2**31)
        if offset:
            self._highs.changeObjectiveOffset(float(offset))

    def options(self, **values: Any) -> None:
        """Set options of HiGHS by their own names."""
        for name, value in values.items():
            if self._highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
                raise ValueError(f"HiGHS takes no {name} of {value!r}")

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self._highs.getNumCol())

    @property
    def height(self) -> int:
        """Number of rows."""
        return int(self._highs.getNumRow())

    def add_columns(
        self,
        cost: Floats,
        *,
        lower: Floats | float = 0.0,
        upper: Floats | float = np.inf,
        matrix: sparse.csc_array | None = None,
        integer: npt.NDArray[np.bool_] | bool = False,
    ) -> Ints:
        """Add columns, with their entries in the rows there are, and return their numbers."""
        first, count = self.width, len(cost)
        table = sparse.csc_array((self.height, count)) if matrix is None else matrix.tocsc()
        self._highs.addCols(
            count,
            np.asarray(cost, dtype=np.float64),
            _full(lower, count),
            _full(upper, count),
            int(table.nnz),
            table.indptr[:-1].astype(np.int32),
            table.indices.astype(np.int32),
            table.data.astype(np.float64),
        )
        numbers = np.arange(first, first + count, dtype=np.int64)
        whole = np.broadcast_to(np.asarray(integer, dtype=np.bool_), count)
        if whole.any():
            self.set_integer(numbers[whole], whole=True)
        return numbers

    def add_rows(
        self, matrix: sparse.csr_array, *, lower: Floats | float, upper: Floats | float
    ) -> Ints:
        """Add rows over the columns there are, and return their numbers."""
        table = matrix.tocsr()
        first, count = self.height, table.shape[0]
        self._highs.addRows(
            count,
            _full(lower, count),
            _full(upper, count),
            int(table.nnz),
            table.indptr[:-1].astype(np.int32),
            table.indices.astype(np.int32),
            table.data.astype(np.float64),
        )
        return np.arange(first, first + count, dtype=np.int64)

    def set_bounds(self, columns: Ints, lower: Floats | float, upper: Floats | float) -> None:
        """Give columns other bounds."""
        count = len(columns)
        self._highs.changeColsBounds(
            count, np.asarray(columns, dtype=np.int32), _full(lower, count), _full(upper, count)
        )

    def set_cost(self, columns: Ints, cost: Floats) -> None:
        """Give columns another cost."""
        self._highs.changeColsCost(
            len(columns), np.asarray(columns, dtype=np.int32), np.asarray(cost, dtype=np.float64)
        )

    def set_integer(self, columns: Ints, *, whole: bool) -> None:
        """Make columns integer, or continuous."""
        kind = highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
        kinds = np.full(len(columns), int(kind), dtype=np.uint8)
        self._highs.changeColsIntegrality(len(columns), np.asarray(columns, dtype=np.int32), kinds)
        self._integers += len(columns) if whole else -len(columns)

    def start_at(self, columns: Ints, values: Floats) -> None:
        """Give an integer programme a start; the solver completes what is left out."""
        self._highs.setSolution(
            len(columns),
            np.asarray(columns, dtype=np.int32),
            np.asarray(values, dtype=np.float64),
        )

    def solve(
        self,
        *,
        seconds: float = np.inf,
        gap: float = 0.0,
        enough: float = np.inf,
        watched: bool = True,
        progress: Callable[[float, float], None] | None = None,
    ) -> Answer:
        """Solve and return the answer.

        Parameters
        ----------
        seconds : float
            Time limit.
        gap : float
            Relative gap at which an integer programme is left.
        enough : float
            A watched integer programme is left as soon as its bound is as high.
        watched : bool
            Let Ctrl-C stop the solve and keep what it found; not worth it for very short ones.
        progress : callable, optional
            Told the best cost and the bound now and then, of a watched integer programme.
        """
        if seconds <= 0:
            return Answer(status="time limit", values=None, cost=np.nan, bound=-np.inf)
        # HiGHS counts its time over all runs of one programme.
        self.options(
            time_limit=float(seconds) + float(self._highs.getRunTime()),
            mip_rel_gap=float(gap),
            mip_abs_gap=1e-6,
        )
        self._stop.clear()
        self._enough, self._reached = enough, False
        self._deadline = time.monotonic() + seconds
        if watched:
            self._run_watched(progress)
        else:
            self._highs.run()
        return self._answer()

    def stop(self) -> None:
        """Ask a running solve to stop, from another thread."""
        self._stop.set()

    def close(self) -> None:
        """Give its memory back; it holds no programme any more."""
        if self._watched:
            self._highs.disableCallbacks()
            for own in self._callbacks():
                own.clear()
            self._watched = False
        self._highs.clear()
        _LIVE.discard(self)

    def _callbacks(self) -> tuple[Any, Any, Any]:
        highs = self._highs
        return highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt

    def _run_watched(self, progress: Callable[[float, float], None] | None) -> None:
        """Run in a thread of its own, so that this one hears Ctrl-C."""
        if not self._watched:
            # A callback that held the solver would keep it alive for ever.
            own = weakref.ref(self)

            def look(event: Any) -> None:
                solver = own()
                if solver is not None:
                    solver._look(event)

            for place in self._callbacks():
                place.subscribe(look)
            self._watched = True
        self._state = (np.nan, -np.inf)
        # Not `Thread.join`: interrupted, it takes a running thread for dead (Python 3.11).
        done = self._idle = threading.Event()
        threading.Thread(target=self._run_until, args=(done,), daemon=True).start()
        told = time.monotonic()
        try:
            while not done.is_set():
                try:
                    done.wait(POLL)
                    if progress is not None and time.monotonic() - told > 1.0:
                        told = time.monotonic()
                        progress(*self._state)
                except KeyboardInterrupt:
                    self._stop.set()
        finally:
            # Whatever went wrong here, HiGHS must not run on while its memory is given back.
            if not done.is_set():
                self._stop.set()
                done.wait()

    def _run_until(self, done: threading.Event) -> None:
        try:
            self._highs.run()
        finally:
            done.set()

    def _look(self, event: Any) -> None:
        if event.callback_type == highspy.cb.HighsCallbackType.kCallbackMipInterrupt:
            out = event.data_out
            self._state = (float(out.mip_primal_bound), float(out.mip_dual_bound))
            self._reached |= self._enough <= self._state[1] < np.inf
        # HiGHS looks at its own clock less often than it calls.
        late = time.monotonic() > self._deadline
        event.interrupt(late or self._reached or self._stop.is_set())

    def _answer(self) -> Answer:
        highs = self._highs
        status = _STATUS.get(highs.getModelStatus().name)
        if status is None:
            raise RuntimeError(f"HiGHS ended with {highs.getModelStatus().name}")
        solution, info = highs.getSolution(), highs.getInfo()
        found = int(info.primal_solution_status) == 2
        values = np.asarray(solution.col_value, dtype=np.float64) if found else None
        cost = float(info.objective_function_value) if found else np.nan
        if status == "interrupted" and not self._stop.is_set():
            status = "time limit"
        if self._integers:
            bound = float(info.mip_dual_bound)
            return Answer(
                status=status, values=values, cost=cost, reached=self._reached,
                bound=np.inf if status == "infeasible" else bound,
            )  # fmt: skip
        if status != "optimal":
            bound = np.inf if status == "infeasible" else -np.inf
            return Answer(status=status, values=values, cost=cost, bound=bound)
        return Answer(
            status=status, values=values, cost=cost, bound=cost,
            duals=np.asarray(solution.row_dual, dtype=np.float64),
            reduced=np.asarray(solution.col_dual, dtype=np.float64),
        )  # fmt: skip


@atexit.register
def _close_all() -> None:
    for solver in list(_LIVE):
        solver.stop()
        if solver._idle.wait(5.0):
            solver.close()


def _full(value: Floats | float, count: int) -> Floats:
    full = np.broadcast_to(np.asarray(value, dtype=np.float64), count)
    return np.ascontiguousarray(full)
