"""Settings: read from the environment once, when the application is made."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


class BadSetting(ValueError):
    """A setting is missing or makes no sense; the text says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """What an application needs to know of its surroundings."""

    database_url: str
    secret_key: str
    data: Path
    idle: timedelta = timedelta(minutes=60)
    behind_proxy: bool = False
    testing: bool = False
    engine_options: dict[str, object] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, *, demo: bool = False) -> Settings:
        """The settings that ``TAIZHANG_…`` variables give.

        A demo makes its own secret key and keeps it in the data folder; anything else must be given one.
        Raises ``BadSetting``.
        """
        data = Path(os.environ.get("TAIZHANG_DATA") or "var").resolve()
        url = os.environ.get("TAIZHANG_DATABASE_URL") or f"sqlite:///{data / 'taizhang.db'}"
        key = os.environ.get("TAIZHANG_SECRET_KEY") or (_kept_key(data) if demo else "")
        if len(key) < 32:
            raise BadSetting(
                "TAIZHANG_SECRET_KEY must be set to at least 32 random characters; "
                'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return cls(normalise(url), key, data, behind_proxy=os.environ.get("TAIZHANG_BEHIND_PROXY") == "1")


def normalise(url: str) -> str:
    """``postgres://`` and ``postgresql://`` addresses as they are usually handed out, with the driver that is used;
    a SQLite file's path made whole, so that every part of the panel means the same file.
    """
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    path = url.removeprefix("sqlite:///")
    if path != url and path and not path.startswith((":memory:", "file:")):
        return f"sqlite:///{Path(path).resolve()}"
    return url


def _kept_key(data: Path) -> str:
    path = data / "secret.key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
