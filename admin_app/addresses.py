"""Addresses with arguments. A page has a thousand that differ in little, so that each argument is written once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote_plus


def address(path: str, pairs: Iterable[tuple[str, object]]) -> str:
    """A path with arguments, or without any: ``address("/admin/visit/", [("outcome", "abnormal")])``."""
    arguments = "&".join([_argument(name, value) for name, value in pairs])
    return f"{path}?{arguments}" if arguments else path


@lru_cache(maxsize=2048, typed=True)
def _argument(name: str, value: object) -> str:
    return f"{quote_plus(name)}={quote_plus(str(value))}"
