"""Reading delimited text, so that no row is filled up or cut in silence."""

import io
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from coterminosity.errors import listed

_RAGGED = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")


def read_delimited(plain: Path, *, only_blanks: bool = False) -> pd.DataFrame:
    """Read a CSV, all values as text, blanks as missing.

    UTF-8 with or without a mark, else the one-byte code of old Windows; commas, else semicolons or
    tabs. Where ``only_blanks`` is set, texts such as ``NA`` and ``None`` are texts, not missing.

    Raises
    ------
    ValueError
        Where it is no text, a row has too few or too many fields, or two columns are called alike.
    """
    try:
        text = plain.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = plain.read_bytes().decode("cp1252")
    if "\x00" in text:
        raise ValueError("it holds zero bytes, which text never does")
    first = text.split("\n", 1)[0]
    separator = next((s for s in ";\t" if "," not in first and s in first), ",")
    _refuse_ragged(text.encode(), separator)
    return pd.read_csv(
        io.StringIO(text), dtype="str", sep=separator, keep_default_na=not only_blanks,
        na_values=[""],
    )  # fmt: skip


def _refuse_ragged(text: bytes, separator: str) -> None:
    """Refuse rows with too few fields, which pandas would fill with blanks, or with too many."""
    try:
        parsed = pa_csv.read_csv(
            io.BytesIO(text),
            # One block, since a polygon as text may be longer than any other block.
            read_options=pa_csv.ReadOptions(block_size=max(len(text), 1), use_threads=False),
            parse_options=pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        )
    except pa.ArrowInvalid as error:
        ragged = _RAGGED.search(str(error))
        if ragged is None:
            raise
        row, wanted, got = (int(number) for number in ragged.groups())
        raise ValueError(
            f"row {row - 1} has {got} fields where the titles have {wanted}, as if it were cut off "
            "or held an unquoted comma"
        ) from error
    titles = [str(title) for title in parsed.column_names]
    double = sorted({title for title in titles if titles.count(title) > 1})
    if double == [""]:
        raise ValueError(
            "its first row does not name the columns; remove titles that stand above them"
        )
    if double:
        raise ValueError(f"two columns are called {listed(double)}")
