"""The switch between compiled and plain kernels: the same code, the same results, other speeds.

With numba (extra ``fast``) kernels are compiled for flat arrays; without it, or where the
environment variable ``COTERMINOSITY_NO_NUMBA`` is set, plain Python runs them on lists.
Kernels are compiled where their module is imported, so import those modules when they are needed.
"""

import os
from collections.abc import Callable, MutableSequence
from functools import cache
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

Whole = MutableSequence[int]
Real = MutableSequence[float]
Kernel = TypeVar("Kernel", bound=Callable[..., Any])
SWITCH = "COTERMINOSITY_NO_NUMBA"


@cache
def is_compiled() -> bool:
    """Tell whether kernels are compiled; asked once, when they are first needed."""
    if os.environ.get(SWITCH):
        return False
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


def kernel(function: Kernel) -> Kernel:
    """Compile a function of flat arrays, where that can be done."""
    if not is_compiled():
        return function
    from numba import njit

    # The options change no result: there is no division by 0 that could raise.
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    try:
        return cast(Kernel, njit(cache=True, **options)(function))
    except RuntimeError:  # no folder to keep the compiled code in
        return cast(Kernel, njit(**options)(function))


def whole(values: npt.ArrayLike) -> Whole:
    """Return whole numbers as kernels want them: an array of int64, or a list."""
    row = np.array(values, dtype=np.int64).ravel()
    return cast(Whole, row if is_compiled() else row.tolist())


def real(values: npt.ArrayLike) -> Real:
    """Return real numbers as kernels want them: an array of float64, or a list."""
    row = np.array(values, dtype=np.float64).ravel()
    return cast(Real, row if is_compiled() else row.tolist())
