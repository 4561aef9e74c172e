"""Making a file safe to hand to a reader: names, archives, compression, limits.

Nothing here trusts what it is given. Archives are checked before a byte of them is written, and
unpacked into a folder of their own that is removed afterwards; the file itself is never changed.
"""

import gzip
import lzma
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from coterminosity.errors import BoundaryFileError, listed
from coterminosity.sniffing import off_the_network, refuse_masked

# Endings of files that a reader takes as they are.
PLAIN = (
    ".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".topojson", ".shp", ".gpkg", ".fgb",
    ".gdb", ".parquet", ".geoparquet", ".kml", ".csv",
)  # fmt: skip
PACKED = (".zip", ".kmz", ".gz")
# Endings of tables without geometry.
TABLES = (".csv", ".xlsx", ".parquet")
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a file may be, become or be changed before it is refused.

    Parameters
    ----------
    unpacked_bytes : int
        All files of an archive together, unpacked.
    ratio : float
        Unpacked to packed size of an archive; a zip bomb has thousands.
    members : int
        Files in an archive.
    text : int
        Characters of one attribute.
    repaired_share : float
        Share of a region's area that a repair may change before it is undone.
    repair_seconds : float
        Time that the repair of a region of many vertices may take.
    """

    unpacked_bytes: int = 4 * 2**30
    ratio: float = 200.0
    members: int = 5_000
    text: int = 100_000
    repaired_share: float = 0.0005
    repair_seconds: float = 60.0


DEFAULT_LIMITS = Limits()


def refuse_odd_name(path: Path | str) -> None:
    """Refuse names that a reader would take for an address or a virtual file.

    Raises
    ------
    BoundaryFileError
        For ``https://...``, ``/vsicurl/...``, ``GPKG:...`` and the like.
    """
    text = str(path)
    scheme = text.split(":", 1)[0] if ":" in text else ""
    virtual = any(part.lower().startswith("vsi") for part in PurePosixPath(text).parts[:2])
    if "!" in text:
        raise BoundaryFileError(
            f"{text}: wanted a name without an exclamation mark, which readers take for a file "
            "inside an archive; rename it"
        )
    if "://" in text or ":/" in text[2:] or virtual or (len(scheme) > 1 and scheme.isalnum()):
        raise BoundaryFileError(
            f"{text}: wanted a file on this computer, got an address or a virtual file; "
            "download it first"
        )


def suffix_of(path: Path) -> str:
    """Return the ending of a path in small letters, without that of a compression.

    Examples
    --------
    >>> suffix_of(Path("LAD.GeoJSON.gz")), suffix_of(Path("lep.shp.zip"))
    ('.geojson', '.zip')
    """
    return Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


@contextmanager
def opened(
    path: Path, *, limits: Limits = DEFAULT_LIMITS, endings: tuple[str, ...] = PLAIN
) -> Iterator[Path]:
    """Yield a plain file or folder that a reader can take, unpacked where it was packed.

    ``endings`` are those of plain files that the reader takes.

    Raises
    ------
    BoundaryFileError
        Where the file is missing, of an unknown kind, or an archive that is damaged, dangerous,
        too large, or holds no or several boundary files.
    """
    refuse_odd_name(path)
    if not path.exists():
        raise BoundaryFileError(f"{path}: no such file; check the spelling and the folder")
    if path.is_dir():
        inside = _in_folder(path)
        refuse_masked(inside, where=path)
        with off_the_network():
            yield inside
        return
    if suffix_of(path) not in endings and path.suffix.lower() not in PACKED:
        raise BoundaryFileError(
            f"{path}: wanted a file of one of the kinds {', '.join(endings + PACKED)}, "
            f"got {path.suffix.lower() or 'a file without an ending'}; give it the "
            "ending of what it is"
        )
    if path.suffix.lower() not in PACKED:
        if path.suffix.lower() == ".xlsx":
            _refuse_bomb(path, limits)
        _refuse_entities(path)
        refuse_masked(path, where=path)
        with off_the_network():
            yield path
        return
    scratch = Path(tempfile.mkdtemp(prefix="coterminosity-"))
    try:
        if path.suffix.lower() == ".gz":
            _refuse_nested(path, endings)
            inside = _gunzip(path, scratch, limits)
        else:
            _unzip(path, scratch, limits)
            inside = _only_file(scratch, where=path, endings=endings)
        _refuse_entities(inside)
        refuse_masked(inside, where=path)
        with off_the_network():
            yield inside
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _in_folder(path: Path) -> Path:
    if path.suffix.lower() == ".gdb":
        return path
    shapes = sorted(child for child in path.iterdir() if child.suffix.lower() == ".shp")
    if len(shapes) == 1:
        return shapes[0]
    found = f"{len(shapes)} Shapefiles ({listed(s.name for s in shapes)})" if shapes else "none"
    raise BoundaryFileError(
        f"{path} is a folder; wanted one Shapefile or a File Geodatabase in it, found {found}; "
        "name one boundary file"
    )


def _only_file(folder: Path, *, where: Path, endings: tuple[str, ...]) -> Path:
    databases = sorted(p for p in folder.rglob("*") if p.is_dir() and p.suffix.lower() == ".gdb")
    files = sorted(
        p
        for p in folder.rglob("*")
        if p.is_file()
        and p.suffix.lower() in endings
        and "__MACOSX" not in p.parts
        and not any(database in p.parents for database in databases)
    )
    found = databases + files
    if len(found) > 1:
        # Notes about the data come as .json or .csv beside it.
        drawn = [one for one in found if one.suffix.lower() not in (".json", ".csv")]
        found = drawn if len(drawn) == 1 else found
    if len(found) == 1:
        return found[0]
    names = listed(str(p.relative_to(folder)) for p in found)
    raise BoundaryFileError(
        f"{where}: wanted one boundary file in the archive, found "
        f"{f'{len(found)} ({names}); unpack it and name one' if found else 'none'}"
    )


def _refuse_nested(path: Path, endings: tuple[str, ...]) -> None:
    """Refuse what is inside a gzip file where that is itself packed: it would go unchecked."""
    if suffix_of(path) not in endings:
        raise BoundaryFileError(
            f"{path}: wanted a gzipped file of one of the kinds {', '.join(endings)}, got "
            f"{suffix_of(path) or 'one without an ending'} inside; unpack it first"
        )


def _gunzip(path: Path, scratch: Path, limits: Limits) -> Path:
    target = scratch / path.stem
    most = min(limits.unpacked_bytes, int(limits.ratio * max(path.stat().st_size, 4096)))
    written = 0
    try:
        with gzip.open(path) as source, target.open("wb") as out:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > most:
                    raise BoundaryFileError(
                        f"{path} unpacks to more than {most:,} bytes, the limit; "
                        "unpack it yourself if you trust it"
                    )
                out.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise BoundaryFileError(f"{path} is a damaged gzip file: {error}; get it again") from error
    return target


def _unzip(path: Path, scratch: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(path, members, limits)
            written = 0
            for member in members:
                target = scratch.joinpath(*PurePosixPath(member.filename).parts)
                if member.is_dir() or target == scratch:
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as out:
                    while chunk := source.read(_CHUNK):
                        written += len(chunk)
                        # The sizes in the directory of an archive can lie.
                        if written > limits.unpacked_bytes:
                            raise _too_large(path, limits)
                        out.write(chunk)
    except (
        zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, NotImplementedError,
        RuntimeError, ValueError, OSError,
    ) as error:  # fmt: skip
        raise BoundaryFileError(
            f"{path} is a damaged or locked archive: {error}; get it again, or unpack it yourself"
        ) from error


def _refuse_bomb(path: Path, limits: Limits) -> None:
    """Refuse a workbook, which is an archive, that would unpack to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive.infolist(), limits)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise BoundaryFileError(
            f"{path} is not a workbook that can be read: {error}; export it again"
        ) from error


def _check_members(path: Path, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise BoundaryFileError(
            f"{path} holds {len(members):,} files, more than the limit of {limits.members:,}"
        )
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if not name.parts:
            continue  # some programs write the folder itself
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            raise BoundaryFileError(
                f"{path}: the archive would write outside its folder ({member.filename}); refused"
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise BoundaryFileError(
                f"{path}: the archive holds a symbolic link ({member.filename}); refused"
            )
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked_bytes:
        raise _too_large(path, limits)
    if unpacked > limits.ratio * max(path.stat().st_size, 4096):
        raise BoundaryFileError(
            f"{path} would unpack to {unpacked:,} bytes, more than {limits.ratio:g} times its "
            "size; unpack it yourself if you trust it"
        )


def _too_large(path: Path, limits: Limits) -> BoundaryFileError:
    return BoundaryFileError(
        f"{path} unpacks to more than {limits.unpacked_bytes:,} bytes, the limit; "
        "unpack it yourself if you trust it"
    )


def _refuse_entities(path: Path) -> None:
    """Refuse a KML with a document type, whose entities can read other files."""
    if path.suffix.lower() != ".kml":
        return
    kept = b""
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            # UTF-16 has a zero byte beside each letter.
            text = (kept + chunk.replace(b"\x00", b"")).upper()
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise BoundaryFileError(
                    f"{path} declares a document type or entities, which boundaries do not need; "
                    "refused"
                )
            kept = text[-16:]
