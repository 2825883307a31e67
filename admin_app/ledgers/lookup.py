"""References to records of large ledgers: found by typing, within the session's scope, with and without a script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_admin.contrib.sqla.ajax import QueryAjaxModelLoader
from sqlalchemy import Select, select
from wtforms import StringField
from wtforms.validators import StopValidation

from admin_app import database, i18n
from admin_app.ledgers import finding
from models.base import Base
from models.words import N_

FOUND = 10


class ScopedLoader(QueryAjaxModelLoader):
    """Flask-Admin's loader over the scoped session: what cannot be seen is not found, by words or by number."""

    def __init__(self, name: str, target: type[Base]):
        super().__init__(name, database.db, target, fields=["id"])

    def format(self, model: Any) -> tuple[int, str] | None:
        """The number and the name of a record."""
        return None if model is None else (model.id, finding.described(model))

    def get_one(self, pk: Any) -> Any:
        """A record by number, None for what does not exist or may not be seen."""
        number = finding.record_id(pk)
        session = database.session()
        with session.no_autoflush:
            return None if number is None else session.get(self.model, number)

    def get_list(self, term: str | None, offset: int | None = 0, limit: int | None = FOUND) -> list[Any]:
        """The first records that match, at most ``FOUND``."""
        query: Select[Any] = select(self.model)
        if term and term.strip():
            query = query.where(finding.matches(self.model, term))
        start = min(max(offset or 0, 0), 1000)
        query = query.order_by(self.model.id.desc()).offset(start).limit(min(max(limit or FOUND, 1), FOUND))
        return list(database.session().scalars(query))


class LookupField(StringField):
    """A reference typed as words and chosen from what is found; ``<name>-q`` holds the words, ``<name>`` the number."""

    def __init__(
        self,
        label: Any,
        validators: Any = (),
        *,
        column: str,
        target: type[Base],
        name_: str,
        url: str,
        **kw: Any,
    ):
        super().__init__(label, validators, **kw)
        self.column, self.loader = column, ScopedLoader(name_, target)
        self._url = url
        self.text, self.value = "", ""
        self.found: list[tuple[int, str]] | None = None

    @property
    def url(self) -> str:
        """Where a script asks for records that match: add ``&query=``."""
        from flask import url_for

        return url_for(self._url, name=self.loader.name)

    def process_data(self, value: Any) -> None:
        self.data = getattr(value, "id", value)
        chosen = value if isinstance(value, Base) else self.loader.get_one(value) if value else None
        self._show(chosen)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        words = request.form.get(f"{self.name}-q", "").strip()[:100]
        chosen = self.loader.get_one(typed) if typed else None
        # Other words than those of the chosen record mean that another one is wanted.
        if (
            chosen is not None
            and words
            and words != finding.described(chosen)
            and self.name in request.form.getlist("_lookup")
        ):
            chosen = None
        self.data = None
        self._show(chosen)
        if chosen is None:
            self.text = words
            if words:
                found = self.loader.get_list(words)
                self.found = [self.loader.format(m) for m in found]  # type: ignore[misc]
            if typed:
                raise ValueError(i18n.say(N_("There is no such record here.")))
            if words and not request.form.get("_lookup"):
                raise ValueError(i18n.say(N_("Choose one of the records found.")))

    def pre_validate(self, form: Any) -> None:
        if self.errors or (self.data is None and self.text):
            raise StopValidation()

    def _show(self, chosen: Any) -> None:
        if chosen is not None:
            self.data, self.value, self.text = chosen.id, str(chosen.id), finding.described(chosen)

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, self.column, self.data)
