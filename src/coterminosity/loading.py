"""Layers by the keys of the catalogue, from a folder of the user's or from what was fetched."""

from pathlib import Path

from coterminosity import fetch
from coterminosity.catalogue import Record, record_of_key
from coterminosity.columns import find_columns
from coterminosity.errors import BoundaryFileError, CoterminosityError
from coterminosity.folder import best_of
from coterminosity.layer import BoundaryLayer
from coterminosity.reading import is_boundary_file, read_attributes


def load(
    key: str, *, boundaries: str | Path | None = None, extent: str | None = None
) -> BoundaryLayer:
    """Load a layer of the catalogue by its key, such as ``"lep-2017"``.

    Looks in ``boundaries`` first, for a file whose code column is of this layer and year, then
    among the files that ``coterminosity fetch`` has kept. Nothing is downloaded here.

    Parameters
    ----------
    key : str
        One of `coterminosity.layers`.
    boundaries : path, optional
        Folder of boundary files. Of several of this layer the most detailed is taken.
    extent : str, optional
        ``"England"`` and the like: the layer is clipped to it where it is larger.

    Raises
    ------
    NameLookupError
        Where the catalogue has no such key.
    BoundaryFileError
        Where no file is there (the message says which command gets it), or a kept one has changed
        since it was downloaded.
    """
    record = record_of_key(key)
    layer = _in_folder(record, Path(boundaries)) if boundaries is not None else None
    if layer is None:
        kept = fetch.fetched(record.key)
        if kept is None:
            raise BoundaryFileError(_how_to_get(record, boundaries))
        layer = BoundaryLayer.from_file(
            kept.path, layer=record.layer, code=_column(kept.path, record)
        )
    return layer if extent is None or layer.extent == extent else layer.clip(extent)


def _column(path: Path, record: Record) -> str | None:
    """Return the record's own code column as the file spells it, None where it has none."""
    columns = map(str, read_attributes(path).columns)
    return next((c for c in columns if c.upper() == record.code_column), None)


def _in_folder(record: Record, folder: Path) -> BoundaryLayer | None:
    if not folder.is_dir():
        raise BoundaryFileError(f"{folder}: no such folder of boundary files")
    fitting = []
    for path in sorted(p for p in folder.iterdir() if is_boundary_file(p)):
        try:
            columns = find_columns(read_attributes(path), where=path.name)
        except CoterminosityError:
            continue  # a file of something else; what is asked for may be another
        if (columns.layer, columns.vintage) == (record.layer, str(record.year)):
            fitting.append(path)
    return best_of(record.layer, fitting)[0] if fitting else None


def _how_to_get(record: Record, boundaries: str | Path | None) -> str:
    looked = f"neither in {boundaries} nor " if boundaries is not None else "not "
    if record.service:
        return (
            f"{record.key} is {looked}among the fetched layers; `coterminosity fetch {record.key}` "
            "gets it, or give a folder that holds it, or its file"
        )
    return (
        f"{record.key} is {looked}among the fetched layers, and no download of it is known; get it "
        f"from the publisher ({record.facts.publisher}) and name its folder with --boundaries"
    )
