"""What pages that are no ledger share: a refusal in words, and defects that surface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue
from flask_admin import BaseView


class PlainPage(BaseView):
    """A page with addresses of its own. Subclasses say in ``is_accessible`` which rights open it."""

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        abort(403)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin retries on TypeError, which hides defects; this does not."""
        return fn(self, *args, **kwargs)
