"""What every part of a ledger's view stands on: its declaration, Flask-Admin's hooks, and who may do what.

Flask-Admin gives the wiring (addresses, menus, lookups, hooks); its permissive defaults are off. Which records a
request reaches is not decided here: the session is confined (models/scope.py), so ``get``, lists, counts, lookups,
exports and references are too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import inspect, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from admin_app import database, i18n
from admin_app.i18n import say
from admin_app.ledgers import fields, finding, listing, lookup, show
from admin_app.ledgers.page import Fact, Section
from models import session as sessions
from models import trail
from models.base import Base, InVillage, Record, about
from models.scope import Act, Scope
from models.summing import ledgers
from models.trail import Deed, Entry
from models.words import N_

if TYPE_CHECKING:
    from admin_app.ledgers.acting import NamedAct


class Declared(ModelView):
    """What a ledger declares, and what all its parts ask for."""

    # -- what a ledger declares -------------------------------------------------------------------------------------
    columns: ClassVar[tuple[str, ...]] = ()
    """The list's columns, the record's name first."""
    sections: ClassVar[tuple[Section, ...]] = ()
    """The form's and the details page's parts; every typed column is in one of them."""
    filters: ClassVar[tuple[str, ...]] = ()
    """Columns and references the list can be narrowed by."""
    quick: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Filters one tap away: (column, code)."""
    search: ClassVar[tuple[str, ...]] = ()
    """Columns and references that typed words are looked for in; persons have their own search."""
    search_hint: ClassVar[str] = N_("Search")
    order: ClassVar[str] = "-id"
    """The order of the list until another is asked for."""
    cards: ClassVar[dict[str, str]] = {}
    """Where a column goes on a phone, where the default (name, status, the rest below) does not serve."""
    bulk: ClassVar[tuple[str, ...]] = ()
    """Choice columns that can be set for many records at once."""
    related: ClassVar[tuple[tuple[type[Record], str], ...]] = ()
    """Lists about a record: (class, the reference that points here)."""
    derived: ClassVar[tuple[str, ...]] = ()
    """Columns that a form need not offer, because the record takes them from what it points at."""
    later: ClassVar[tuple[str, ...]] = ()
    """Typed columns that are not offered when a record is made."""
    acts: ClassVar[tuple[NamedAct, ...]] = ()
    """What can be done with a record besides writing it (acting.py)."""
    icon: ClassVar[str] = "journal-text"
    can_be_made: ClassVar[bool] = True
    can_be_changed: ClassVar[bool] = True
    """False for what only acts change."""
    empty: ClassVar[str] = N_("There is nothing here yet.")

    # Flask-Admin's own permissive defaults are off; what may be done is asked of the scope, request by request.
    can_create = can_edit = can_delete = can_export = False
    can_view_details = True
    column_display_actions = False

    def __init__(self, model: type[Record], **options: Any):
        self.model = model
        self.ledger = model.__ledger__ or ""
        finding.SEARCHED[model] = self.search
        self._filters_by_name = {name: listing.filter_for(model, name) for name in self.filters}
        self._unoffered = listing.unoffered(model, self.filters) if self.ledger in ledgers() else {}
        super().__init__(
            model,
            database.db,
            name=model.__title__,
            endpoint=self.ledger,
            url=f"/admin/{self.ledger}",
            **options,
        )
        self.base = f"/admin/{self.ledger}/"

    # -- hooks of Flask-Admin ---------------------------------------------------------------------------------------
    def scaffold_list_columns(self) -> list[str]:
        return list(self.columns)

    def scaffold_sortable_columns(self) -> dict[Any, Any]:
        mapper = inspect(self.model)
        return {
            name: name for name in self.columns if name in mapper.column_attrs or name in fields.references(self.model)
        }

    def get_sortable_columns(self) -> dict[Any, Any]:
        return self.scaffold_sortable_columns()

    def init_search(self) -> bool:
        return True

    def scaffold_form(self) -> type[Any]:
        """The form's fields come from the columns. A column that no section names is an error, not a silence."""
        named = [name for section in self.sections for name in section.names]
        missing = set(fields.typed_names(self.model)) - {*named, *self.derived}
        if missing and self.can_be_made:
            raise TypeError(f"{type(self).__name__} loses {', '.join(sorted(missing))}")
        return fields.form_class({name: self._field(name) for name in named if name in fields.typed_names(self.model)})

    def _field(self, name: str) -> Any:
        return fields.field_for(self.model, name, self._options, self._lookup_field)

    def _lookup_field(self, label: Any, validators: Any, **options: Any) -> Any:
        return lookup.LookupField(label, validators, url=f"{self.ledger}.ajax_lookup", **options)

    def _options(self, target: type[Base]) -> list[Any]:
        """The records of a short list that the signed-in account may choose for this ledger."""
        session = database.session()
        statement = select(target).order_by(target.code)  # type: ignore[attr-defined]
        act = Act.EDIT if "/edit/" in request.path else Act.CREATE
        allowed = session.scope.area(act, self.ledger)
        return [r for r in session.scalars(statement) if not isinstance(r, InVillage) and _choosable(r, allowed)]

    def _process_ajax_references(self) -> dict[str, Any]:
        return {
            name: lookup.ScopedLoader(name, target)
            for name, (_column, target) in fields.references(self.model).items()
            if target.__tablename__ not in ("village", "township")
        }

    def is_accessible(self) -> bool:
        return database.session().scope.may(Act.READ, self.ledger)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        abort(403)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin retries on TypeError, which hides defects; this does not."""
        return fn(self, *args, **kwargs)

    # -- one record -------------------------------------------------------------------------------------------------
    def get_one(self, id: Any, deleted: bool = False) -> Any:
        """The record of an address; 404, and a row in the trail, for what is not there or is not theirs."""
        number = finding.record_id(id)
        found = None
        if number is not None and deleted:
            found = database.session().get(self.model, number, execution_options={"deleted": True})
        elif number is not None:
            found = database.session().get(self.model, number, options=_along(self.model))
        if found is None:
            note_apart(Entry(self.ledger, Deed.REFUSED, record_id=number, reason=N_("There is no such record here.")))
            abort(404)
        return found

    def _require(self, act: Act, record: Record | None = None) -> None:
        scope = database.session().scope
        if not (scope.may(act, self.ledger) if record is None else scope.may_to(act, record)):
            abort(403)

    def _seen(self, names: Iterable[str], record: Record | None = None) -> list[str]:
        """Of these names, those that the signed-in account may see."""
        allowed = database.session().scope.sees(self.model, record)
        if allowed is None:
            return list(names)
        known = fields.references(self.model)
        return [n for n in names if (known[n][0] if n in known else n) in allowed]

    def accepted_filters(self) -> dict[str, listing.Filter]:
        """The filters that an address may name: those that are offered, then those that only summaries lead by."""
        return {n: f for n, f in (self._filters_by_name | self._unoffered).items() if self._seen([n])}

    def may(self, act: Act, ledger: str) -> bool:
        """May the signed-in account do this to records of a ledger?"""
        return database.session().scope.may(act, ledger)

    def address(self, record: Any) -> str:
        """The address of a record's details, "" if its ledger is closed to the reader."""
        return _address(database.session().scope, record)

    def _writer(self, name: str) -> show.Writer:
        """The function that draws one attribute of this ledger's records, as long as the request lasts."""
        return show.writer(self.model, name, partial(_address, database.session().scope))

    def _masked_names(self) -> list[str]:
        return [a.key for a in inspect(self.model).column_attrs if about(a.columns[0]).mask is not None]

    def _note_reveal(self, record: Record, names: Sequence[str]) -> None:
        label = "、".join(show.label_of(self.model, n) for n in names)
        note_apart(
            Entry(self.ledger, Deed.REVEAL, _village_of(record), record.id, str(record), reason=label),
            must=True,
        )

    def _fact(self, record: Any, name: str, may_reveal: bool, shown: bool) -> Fact:
        reveal = f"{self.base}reveal/?id={record.id}&field={name}" if may_reveal else ""
        return show.fact(record, name, self._writer(name), reveal, shown)


@cache
def _along(cls: Any) -> list[Any]:
    """What a record points at, and what its name is made of, comes with it in one statement."""
    options = []
    for name, (_column, target) in fields.references(cls).items():
        option = joinedload(getattr(cls, name))
        options += [option, *(option.joinedload(getattr(target, further)) for further in target.__named_by__)]
    return options


def note_apart(entry: Entry, must: bool = False) -> None:
    """Append a row to the trail in a transaction of its own, so that it stays whatever becomes of the request.

    ``must``: what is about to be shown may only be shown if this row is kept.
    """
    session = database.session()
    if session.info.get("reading_only") and not must:
        return  # a request without its token leaves nothing behind
    try:
        with sessions.open_session(database.db.engine, session.scope) as own:
            if session.info.get("writing"):
                session.rollback()  # SQLite has one writer; this request's own lock would be waited for
            trail.note(own, entry)
            own.commit()
    except OperationalError:
        if must:
            raise


def _address(scope: Scope, record: Any) -> str:
    ledger = record.__ledger__ if isinstance(record, Record) else None
    return f"/admin/{ledger}/details/?id={record.id}" if ledger and scope.may(Act.READ, ledger) else ""


def _choosable(record: Any, allowed: Any) -> bool:
    return record.__tablename__ != "village" or (record.taking_part and record.id in allowed)


def _village_of(record: Any) -> int | None:
    found: int | None = getattr(record, "village_id", None)
    return found


def tell(form: Any, problems: Iterable[Any], errors: list[str]) -> None:
    """Put what the rules found at the fields it is about."""
    for problem in problems:
        told = {name: i18n.listed(map(say, v)) if isinstance(v, list) else v for name, v in problem.params.items()}
        words = say(problem.message, told)
        if problem.field in form:
            form[problem.field].errors = [*form[problem.field].errors, words]
        else:
            errors.append(words)


# The parts of LedgerView are mixed in, not derived from ModelView: Flask-Admin's metaclass copies every inherited
# address onto each class that it makes, so that one part's addresses would hide another's.
if TYPE_CHECKING:
    Part = Declared
else:
    Part = object
