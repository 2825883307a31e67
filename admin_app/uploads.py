"""Scans and photos of papers: kept once under their fingerprint in the data folder, never served as anything but what
their first bytes say they are.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from werkzeug.datastructures import FileStorage

from models import words
from models.words import N_

LARGEST = 10 * 1024 * 1024  # what a phone's camera makes of a page
# First bytes, kind, ending. Nothing that a browser would run (HTML, SVG) is among them.
KNOWN = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"RIFF", "image/webp", ".webp"),
    (b"%PDF-", "application/pdf", ".pdf"),
)


TYPES = tuple(kind for _start, kind, _ending in KNOWN)


class NotKept(ValueError):
    """A file that is not taken; the text says why, untranslated."""


@dataclass(frozen=True)
class Upload:
    """A file that may be kept."""

    name: str
    hash: str
    type: str
    content: bytes


def read(sent: FileStorage) -> Upload:
    """Look at an uploaded file. Raises NotKept for one that is empty, too large, or no picture and no PDF."""
    content = sent.stream.read(LARGEST + 1)
    if not content:
        raise NotKept(N_("This file is empty."))
    if len(content) > LARGEST:
        raise NotKept(N_("A file takes ten megabytes at most."))
    kind = next((kind for start, kind, _ending in KNOWN if content.startswith(start)), None)
    if kind is None or (kind == "image/webp" and content[8:12] != b"WEBP"):
        raise NotKept(N_("Only pictures (JPEG, PNG, WebP) and PDF files are kept."))
    return Upload(_name(sent.filename or "", kind), hashlib.sha256(content).hexdigest(), kind, content)


def keep(upload: Upload) -> None:
    """Put a file into the data folder, whole or not at all, once however often it is sent."""
    target = path_of(upload.hash)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(upload.content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(target)


def path_of(fingerprint: str) -> Path:
    """Where a kept file lies."""
    folder: Path = current_app.config["SETTINGS"].data / "uploads"
    return folder / fingerprint[:2] / fingerprint


def _name(given: str, kind: str) -> str:
    """A harmless file name with the ending that the content deserves."""
    stem = words.line(
        "".join(c for c in Path(given.replace("\\", "/")).stem if c.isprintable() and c not in '<>:"/|?*')
    )
    return (stem[:80] or "file") + next(ending for _start, k, ending in KNOWN if k == kind)
