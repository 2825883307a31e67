"""LedgerView: what all ledgers share. A ledger is a declaration below this; code beyond it is a rule (models/).

Flask-Admin gives the wiring (addresses, menus, actions, lookups, hooks); its permissive defaults are off. Which
records a request reaches is not decided here: the session is confined (models/scope.py), so ``get``, lists, counts,
lookups, exports and references are too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from flask import Response, abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from admin_app import database, i18n, identity
from admin_app.i18n import say
from admin_app.ledgers import export, fields, finding, listing, lookup, show
from admin_app.ledgers.page import (
    Action,
    Cell,
    Chip,
    Column,
    Conflict,
    DetailsPage,
    Difference,
    Fact,
    FilterField,
    Kind,
    Link,
    ListPage,
    Row,
    Section,
)
from models import clock, trail
from models import session as sessions
from models.base import Base, InVillage, Invalid, Record, about
from models.constraints import broken_unique
from models.scope import Act, village_columns
from models.session import Session
from models.trail import Deed, Entry
from models.words import N_, Choice

MOST_AT_ONCE = 500


class LedgerView(ModelView):
    """One ledger. Subclasses declare; see ``admin_app/ledgers/places.py`` for short examples."""

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
    icon: ClassVar[str] = "journal-text"
    can_be_made: ClassVar[bool] = True
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
        super().__init__(model, database.db, name=model.__title__, endpoint=self.ledger, url=f"/admin/{self.ledger}", **options)
        self.base = f"/admin/{self.ledger}/"

    # -- hooks of Flask-Admin ---------------------------------------------------------------------------------------
    def scaffold_list_columns(self) -> list[str]:
        return list(self.columns)

    def scaffold_sortable_columns(self) -> dict[Any, Any]:
        mapper = inspect(self.model)
        return {name: name for name in self.columns if name in mapper.column_attrs or name in fields.references(self.model)}

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
            if not target.__tablename__ in ("village", "township")
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
        if number is not None:
            found = database.session().get(
                self.model, number, execution_options={"deleted": True} if deleted else {}
            )
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

    def may(self, act: Act, ledger: str) -> bool:
        """May the signed-in account do this to records of a ledger?"""
        return database.session().scope.may(act, ledger)

    def address(self, record: Any) -> str:
        """The address of a record's details, "" if its ledger is closed to the reader."""
        ledger = type(record).__ledger__
        if not ledger or not isinstance(record, Record) or not database.session().scope.may(Act.READ, ledger):
            return ""
        return f"/admin/{ledger}/details/?id={record.id}"

    # -- list -------------------------------------------------------------------------------------------------------
    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The list."""
        return self.render("admin/ledger/list.html", page=self._list_page(deleted=False))

    @expose("/bin/")
    def bin_view(self) -> ResponseReturnValue:
        """The recycle bin."""
        self._require(Act.DELETE)
        return self.render("admin/ledger/bin.html", page=self._list_page(deleted=True))

    def _list_page(self, deleted: bool) -> ListPage:
        session = database.session()
        base = self.base + ("bin/" if deleted else "")
        names = self._seen(self.columns)
        filters = {n: f for n, f in self._filters_by_name.items() if self._seen([n])}
        asked = listing.read(self.model, request.args, filters, frozenset(self._sortable_columns), self.order)
        records, pager = listing.fetch(session, self.model, asked, self._loading(names), base, deleted)
        if deleted:
            names = [*names, "deleted_at", "deleted_by"]
        writers = [self._writer(name) for name in names]
        scope = session.scope
        return ListPage(
            title=say(self.model.__title__) + (f" · {_('Recycle bin')}" if deleted else ""),
            subtitle=self._subtitle(pager.total),
            url=base,
            columns=[self._column(name, i, asked, base) for i, name in enumerate(names)],
            rows=[self._row(record, names, writers, deleted) for record in records],
            pager=pager,
            search=asked.search,
            search_hint=say(self.search_hint),
            chips=self._chips(session, asked, filters, base, pager.total, deleted),
            filters=[f.form(session, request.args) for f in filters.values()],
            kept=[(k, v) for k, v in request.args.items(multi=True) if k not in ("q", "page") and v],
            clear_url=base,
            actions=[] if deleted else self._bulk_actions(),
            action_url=self.base + "action/",
            links=self._list_links(scope, deleted),
            empty=self._nothing(asked, deleted),
            notices=asked.notices,
        )

    def _subtitle(self, total: int) -> str:
        place = identity.signed_in().place
        count = ngettext("%(count)s record", "%(count)s records", total, count=i18n.number(total))
        return f"{place} · {count}" if place else count

    def _nothing(self, asked: listing.Asked, deleted: bool) -> str:
        if asked.search or asked.active:
            return _("Nothing fits. Take a condition away or search for something else.")
        return _("The recycle bin is empty.") if deleted else say(self.empty)

    def _column(self, name: str, position: int, asked: listing.Asked, base: str) -> Column:
        kind = Kind.TITLE if position == 0 else show.kind_of(self.model, name)
        card = self.cards.get(name) or _card(kind)
        sort_url = sorted_now = ""
        if name in self._sortable_columns:
            now = name == asked.sort
            sorted_now = ("descending" if asked.descending else "ascending") if now else ""
            sort_url = asked.url(base, sort=f"-{name}" if now and not asked.descending else name)
        return Column(name, say(show.label_of(self.model, name)), kind, card, sort_url, sorted_now)

    def _row(self, record: Any, names: Sequence[str], writers: Sequence[show.Writer], deleted: bool) -> Row:
        scope = database.session().scope
        cells = [write(record) for write in writers]
        seen = scope.sees(self.model) is not None and scope.sees(self.model, record)
        if seen:
            known = fields.references(self.model)
            cells = [
                cell if (known[n][0] if n in known else n) in seen or n.startswith("deleted") else Cell("")
                for n, cell in zip(names, cells, strict=True)
            ]
        url = f"{self.base}details/?id={record.id}"
        first = cells[0]
        cells[0] = Cell(first.text or f"#{record.id}", Kind.TITLE, url="" if deleted else url, dim=self.beside(record))
        if deleted:
            may = scope.may_to(Act.DELETE, record)
            return Row(record.id, record.version, str(record), cells, "", f"{self.base}restore/?id={record.id}" if may else "")
        return Row(
            record.id,
            getattr(record, "version", 0),
            str(record),
            cells,
            url,
            f"{self.base}edit/?id={record.id}" if scope.may_to(Act.EDIT, record) else "",
            f"{self.base}delete/?id={record.id}" if scope.may_to(Act.DELETE, record) else "",
        )

    def _writer(self, name: str) -> show.Writer:
        """The function that draws one attribute of this ledger's records."""
        return show.writer(self.model, name, self.address)

    def beside(self, record: Any) -> str:
        """What stands dim beside the name in a list, for instance sex and age."""
        return ""

    def _loading(self, names: Iterable[str]) -> list[Any]:
        """Load the references a page shows with it, and what their names are made of, instead of one by one."""
        options = []
        for name in names:
            if name in fields.references(self.model):
                option = selectinload(getattr(self.model, name))
                target = fields.references(self.model)[name][1]
                for further in getattr(target, "__named_by__", ()):
                    option = option.selectinload(getattr(target, further))
                options.append(option)
        for name in getattr(self.model, "__named_by__", ()):
            if name not in names:
                options.append(selectinload(getattr(self.model, name)))
        return options

    def _chips(
        self,
        session: Session,
        asked: listing.Asked,
        filters: dict[str, listing.Filter],
        base: str,
        total: int,
        deleted: bool,
    ) -> list[Chip]:
        """What narrows the list now, each with its way off, then what is one tap away."""
        chips = [
            Chip(one.said(session, key, value), asked.url(base, drop=(key, value)), True)
            for one, key, value in asked.active
        ]
        if deleted:
            return chips
        on = {(key, value) for _one, key, value in asked.active}
        for name, code in self.quick:
            if name in filters and (name, code) not in on and not request.args.get(name):
                chips.append(Chip(filters[name].said(session, name, code), asked.url(base, **{name: code}), False))
        return chips

    def _list_links(self, scope: Any, deleted: bool) -> list[Link]:
        if deleted:
            return [Link(_("Back to the list"), self.base)]
        links = []
        query = request.query_string.decode()
        if scope.may(Act.DELETE, self.ledger):
            links.append(Link(_("Recycle bin"), self.base + "bin/"))
        if scope.may(Act.EXPORT, self.ledger):
            links.append(Link(_("Export"), self.base + "export/csv/" + (f"?{query}" if query else "")))
        if self.can_be_made and scope.may(Act.CREATE, self.ledger):
            links.append(Link(_("New record"), self.base + "new/", main=True))
        return links

    # -- details ----------------------------------------------------------------------------------------------------
    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """One record with its timeline."""
        return self._details(self.get_one(request.args.get("id")), frozenset())

    @expose("/reveal/", methods=("POST",))
    def reveal_view(self) -> ResponseReturnValue:
        """One record with one masked value shown; that it was shown is in the trail before it is."""
        record = self.get_one(request.args.get("id"))
        self._require(Act.REVEAL, record)
        name = request.args.get("field", "")
        if name not in self._masked_names() or not self._seen([name], record):
            abort(404)
        self._note_reveal(record, [name])
        return self._details(record, frozenset({name}))

    def _masked_names(self) -> list[str]:
        return [a.key for a in inspect(self.model).column_attrs if about(a.columns[0]).mask is not None]

    def _note_reveal(self, record: Record, names: Sequence[str]) -> None:
        label = "、".join(show.label_of(self.model, n) for n in names)
        note_apart(
            Entry(self.ledger, Deed.REVEAL, _village_of(record), record.id, str(record), reason=label), must=True
        )

    def _details(self, record: Any, revealed: frozenset[str]) -> str:
        return self.render("admin/ledger/details.html", page=self._details_page(record, revealed))

    def _details_page(self, record: Any, revealed: frozenset[str]) -> DetailsPage:
        session = database.session()
        scope = session.scope
        may_reveal = scope.may_to(Act.REVEAL, record)
        sections = []
        for section in self.sections:
            names = [n for n in self._seen(section.names, record)]
            facts = [self._fact(record, n, may_reveal, n in revealed) for n in names]
            if any(f.cell.text for f in facts):
                sections.append((say(section.title), [f for f in facts if f.cell.text]))
        status = next((n for n in self.columns if show.kind_of(self.model, n) is Kind.CHIP), None)
        links = [Link(_("Edit"), f"{self.base}edit/?id={record.id}", main=True)] if scope.may_to(Act.EDIT, record) else []
        return DetailsPage(
            title=str(record),
            subtitle=self._under_title(record),
            status=self._writer(status)(record) if status and self._seen([status], record) else None,
            sections=sections,
            links=[*self.more_links(record), *links],
            delete_url=f"{self.base}delete/?id={record.id}" if scope.may_to(Act.DELETE, record) else "",
            version=getattr(record, "version", 0),
            related=self._related(session, record),
            timeline=show.timeline(session, record) if scope.may(Act.READ, "trail") else [],
            back_url=self.base,
        )

    def _under_title(self, record: Any) -> str:
        village = getattr(record, "village", None)
        parts = [say(self.model.__title__), self.beside(record), str(village) if village else "", f"#{record.id}"]
        return " · ".join(p for p in parts if p)

    def more_links(self, record: Any) -> list[Link]:
        """Further buttons of a details page."""
        return []

    def _fact(self, record: Any, name: str, may_reveal: bool, shown: bool) -> Fact:
        reveal = f"{self.base}reveal/?id={record.id}&field={name}" if may_reveal else ""
        return show.fact(record, name, self._writer(name), reveal, shown)

    def _related(self, session: Session, record: Any) -> list[tuple[str, int, str]]:
        found = []
        for cls, name in self.related:
            if session.scope.may(Act.READ, cls.__ledger__):
                column = getattr(cls, fields.references(cls)[name][0])
                count = session.scalar(select(func.count()).select_from(cls).where(column == record.id)) or 0
                found.append((say(cls.__title__), count, f"/admin/{cls.__ledger__}/?{name}={record.id}"))
        return found

    # -- create and edit --------------------------------------------------------------------------------------------
    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """Make a record."""
        self._require(Act.CREATE)
        if not self.can_be_made:
            abort(404)
        form = self._limited(self._create_form_class(formdata=_posted(), **self._prefilled()), Act.CREATE, None)
        if request.method == "GET" or not self._acceptable(form):
            return self._form_page(form, None)
        record = self.model()
        return self._save(form, record, is_new=True)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        """Change a record; if somebody else has changed it since it was opened, show both versions instead."""
        record = self.get_one(request.args.get("id"))
        self._require(Act.EDIT, record)
        form = self._limited(self._edit_form_class(formdata=_posted(), obj=record), Act.EDIT, record)
        if request.method == "GET":
            form.version.data = str(record.version)
            masked = [n for n in self._masked_names() if n in form and getattr(record, n)]
            if masked:
                self._note_reveal(record, masked)
            return self._form_page(form, record)
        if not self._acceptable(form):
            return self._form_page(form, record)
        if form.version.data != str(record.version):
            return self._conflict(form, record)
        return self._save(form, record, is_new=False)

    def _prefilled(self) -> dict[str, Any]:
        """What an address offers for a new record: ``new/?resident=12``."""
        if request.method != "GET":
            return {}
        mapper, known, given = inspect(self.model), fields.references(self.model), {}
        for name, value in request.args.items():
            if name in known and (number := finding.record_id(value)) is not None:
                given[name] = number
            elif name in mapper.column_attrs and isinstance(value, str) and len(value) <= 100:
                python_type = mapper.column_attrs[name].columns[0].type
                if hasattr(python_type, "choices") and value in {c.value for c in python_type.choices}:
                    given[name] = python_type.choices(value)
        return given

    def _limited(self, form: Any, act: Act, record: Record | None) -> Any:
        """Take away the fields that the account may not set; a record keeps its village."""
        allowed = database.session().scope.edits(self.model, act, record)
        known = fields.references(self.model)
        for name in [f.name for f in form if f.name in {n for s in self.sections for n in s.names}]:
            column = known[name][0] if name in known else name
            kept_village = act is Act.EDIT and column in village_columns(self.model)
            if kept_village or act is Act.CREATE and name in self.later or allowed is not None and column not in allowed:
                del form[name]
        if act is Act.CREATE and request.method == "GET":
            self.prefill(form)
        return form

    def prefill(self, form: Any) -> None:
        """What a new record's form suggests."""

    def _acceptable(self, form: Any) -> bool:
        """Whether what was typed can be tried. A request to look something up only shows the form again."""
        if g.get("csrf_refused"):
            form.validate()
            return False
        return not request.form.get("_lookup") and form.validate()

    def fill(self, form: Any, record: Any) -> None:
        """Put what was typed into the record."""
        for field in form:
            if field.name not in ("csrf_token", "version"):
                field.populate_obj(record, field.name)

    def _save(self, form: Any, record: Any, is_new: bool) -> ResponseReturnValue:
        session = database.session()
        number = None if is_new else record.id
        try:
            with session.no_autoflush:
                self.fill(form, record)
                if is_new:
                    session.add(record)
                self.on_model_change(form, record, is_new)
            session.flush()
            self.after_flush(form, record, is_new)
            session.commit()
        except Invalid as refused:
            session.rollback()
            _tell(form, refused.problems, self._errors)
            return self._form_page(form, None if is_new else self.get_one(number))
        except StaleDataError:
            session.rollback()
            return self._conflict(form, self.get_one(number))
        except IntegrityError as refused:
            session.rollback()
            self._tell_unique(form, refused)
            return self._form_page(form, None if is_new else self.get_one(number))
        return self.saved(record, is_new)

    def saved(self, record: Any, is_new: bool) -> ResponseReturnValue:
        """Where a record leads once it is saved."""
        flash(_("Saved: %(name)s", name=str(record)), "ok")
        return redirect(f"{self.base}details/?id={record.id}")

    def after_flush(self, form: Any, record: Any, is_new: bool) -> None:
        """What is saved together with a record, in the same transaction."""

    @property
    def _errors(self) -> list[str]:
        errors: list[str] = g.setdefault("form_errors", [])
        return errors

    def _tell_unique(self, form: Any, refused: IntegrityError) -> None:
        """Say at the field that there is such a record already, and open it if it may be seen."""
        columns = broken_unique(refused)
        if not columns:
            raise refused
        known = fields.references(self.model)
        by_column = {column: name for name, (column, _target) in known.items()}
        names = [by_column.get(c, c) for c in columns]
        conditions = [getattr(self.model, c) == _typed(form, by_column.get(c, c)) for c in columns if _typed(form, by_column.get(c, c)) is not None]
        found = database.session().scalars(select(self.model).where(*conditions).limit(1)).first() if conditions else None
        name = next((n for n in reversed(names) if n in form), None)
        words = self.already(found)
        if name is None:
            self._errors.append(words)
        else:
            form[name].errors = [*form[name].errors, words]
        if found is not None:
            g.form_link = Link(str(found), self.address(found))

    def already(self, found: Record | None) -> str:
        """What is said when a record of the same number exists; ``found`` is None when it is not theirs to see."""
        if found is None:
            return _("There is such a record already, in another village.")
        return _("There is such a record already: %(name)s", name=str(found))

    def _form_page(self, form: Any, record: Record | None) -> ResponseReturnValue:
        if record is None:
            title = _("New: %(ledger)s", ledger=say(self.model.__title__))
        else:
            title = _("Edit: %(name)s", name=str(record))
        wrong = bool(self._errors or any(f.errors for f in form))
        body = self.render(
            "admin/ledger/form.html",
            title=title,
            sections=[
                Section(say(s.title), tuple(n for n in s.names if n in form))
                for s in self.sections
                if any(n in form for n in s.names)
            ],
            form=form,
            errors=list(self._errors),
            link=g.get("form_link"),
            cancel_url=f"{self.base}details/?id={record.id}" if record else self.base,
            is_new=record is None,
            fixed=self._fixed(record),
            notices=[],
            grants=self.subforms(record),
        )
        return body, 422 if wrong and request.method == "POST" else 200

    def _fixed(self, record: Any) -> list[Fact]:
        if record is None or not isinstance(record, InVillage):
            return []
        return [self._fact(record, "village", False, False)]

    def subforms(self, record: Any) -> list[Any]:
        """Further small forms below a form (an account's grants)."""
        return []

    def _conflict(self, form: Any, record: Any) -> ResponseReturnValue:
        """Both versions: what is stored now, and what was typed."""
        session = database.session()
        typed = self.model()
        with session.no_autoflush:
            self.fill(form, typed)
            differences = [d for d in (self._difference(form, record, typed, f.name) for f in form) if d]
        session.expunge(typed) if typed in session else None
        kept = MultiDict(request.form)
        kept.setlist("version", [str(record.version)])
        kept.poplist("csrf_token")
        conflict = Conflict(
            title=str(record),
            who=record.updated_by,
            when=i18n.instant(record.updated_at),
            differences=differences,
            back_url=f"{self.base}details/?id={record.id}",
        )
        page = self.render(
            "admin/ledger/conflict.html",
            conflict=conflict,
            action_url=f"{self.base}edit/?id={record.id}",
            hidden=list(kept.items(multi=True)),
        )
        return page, 409

    def _difference(self, form: Any, record: Any, typed: Any, name: str) -> Difference | None:
        known = fields.references(self.model)
        key = known[name][0] if name in known else name
        if name in ("csrf_token", "version") or not hasattr(record, key):
            return None
        stored, new = getattr(record, key), getattr(typed, key)
        if isinstance(new, str):
            column = inspect(self.model).column_attrs[key].columns[0]
            new = getattr(type(column.type), "clean", str)(new)
        if stored == new or not stored and not new:
            return None
        if name in known:
            with database.session().no_autoflush:
                target = database.session().get(known[name][1], new) if new else None
            return Difference(say(show.label_of(self.model, name)), str(getattr(record, name) or ""), str(target or ""))
        return Difference(say(show.label_of(self.model, name)), show.words_of(stored), show.words_of(new))

    # -- delete and restore -----------------------------------------------------------------------------------------
    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> ResponseReturnValue:
        """Ask, then put a record into the recycle bin."""
        record = self.get_one(request.args.get("id"))
        self._require(Act.DELETE, record)
        if request.method == "GET":
            return self._confirm("remove", _("Delete"), [record], f"{self.base}delete/?id={record.id}", danger=True)
        return self._act(lambda: sessions.remove(database.session(), record), [record], _("Deleted: %(name)s", name=str(record)))

    @expose("/restore/", methods=("POST",))
    def restore_view(self) -> ResponseReturnValue:
        """Take a record back out of the recycle bin."""
        record = self.get_one(request.args.get("id"), deleted=True)
        self._require(Act.DELETE, record)
        return self._act(lambda: sessions.restore(record), [record], _("Restored: %(name)s", name=str(record)))

    def _act(self, deed: Callable[[], None], records: Sequence[Any], said: str) -> ResponseReturnValue:
        """Do something to records, all or none, and say what came of it."""
        session = database.session()
        try:
            deed()
            session.commit()
        except Invalid as refused:
            session.rollback()
            flash("; ".join(say(p.message, p.params) for p in refused.problems), "bad")
        except StaleDataError:
            session.rollback()
            flash(_("Somebody else changed this meanwhile. Nothing was done; look and try again."), "bad")
        except IntegrityError as refused:
            session.rollback()
            if not broken_unique(refused):
                raise
            flash(_("Another record has taken its place meanwhile (the same number or the same day)."), "bad")
        else:
            flash(said, "ok")
        return redirect(self.base)

    # -- bulk actions -----------------------------------------------------------------------------------------------
    def _bulk_actions(self) -> list[Action]:
        scope = database.session().scope
        actions = []
        allowed = scope.edits(self.model, Act.EDIT)
        if scope.may(Act.EDIT, self.ledger):
            for name in self.bulk:
                if allowed is None or name in allowed:
                    label = say(show.label_of(self.model, name))
                    actions += [
                        Action(f"set:{name}:{code}", f"{label} → {words}") for code, words in self._codes(name).items()
                    ]
        if scope.may(Act.DELETE, self.ledger):
            actions.append(Action("remove", _("Delete"), danger=True))
        return actions

    def _codes(self, name: str) -> dict[str, str]:
        type_ = inspect(self.model).column_attrs[name].columns[0].type
        choices: type[Choice] | None = getattr(type_, "choices", None)
        return {c.value: say(c.label) for c in choices} if choices else {"1": _("Yes"), "0": _("No")}

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        """Do one thing to the ticked records, after a page that names them."""
        name = request.form.get("action", "")
        known = {a.name: a for a in self._bulk_actions()}
        if name not in known:
            abort(403)
        numbers = {n for n in map(finding.record_id, request.form.getlist("rowid")) if n is not None}
        if not numbers or len(numbers) > MOST_AT_ONCE:
            flash(_("Tick between 1 and %(most)d records first.", most=MOST_AT_ONCE), "warn")
            return redirect(self.base)
        act = Act.DELETE if name == "remove" else Act.EDIT
        session = database.session()
        records = [r for r in session.scalars(select(self.model).where(self.model.id.in_(numbers))) if session.scope.may_to(act, r)]
        if not records:
            abort(404)
        if not request.form.get("confirmed"):
            return self._confirm(name, known[name].label, records, f"{self.base}action/", danger=known[name].danger)
        said = ngettext("Done for %(num)d record.", "Done for %(num)d records.", len(records))
        return self._act(lambda: self._apply(name, records), records, said)

    def _apply(self, name: str, records: Sequence[Any]) -> None:
        if name == "remove":
            for record in records:
                sessions.remove(database.session(), record)
            return
        _set, column, code = name.split(":")
        type_ = inspect(self.model).column_attrs[column].columns[0].type
        value = type_.choices(code) if hasattr(type_, "choices") else code == "1"
        for record in records:
            setattr(record, column, value)

    def _confirm(self, name: str, label: str, records: Sequence[Any], url: str, danger: bool) -> str:
        names, more = show.names_of(records)
        hidden = [("action", name), ("confirmed", "1"), *(("rowid", str(r.id)) for r in records)]
        return self.render(
            "admin/ledger/confirm.html",
            title=label,
            question=ngettext("%(label)s: this record?", "%(label)s: these %(num)d records?", len(records), label=label),
            names=names,
            more=more,
            action_url=url,
            hidden=hidden,
            danger=danger,
            confirm_label=label,
            cancel_url=self.base,
            wants_reason=False,
        )

    # -- export -----------------------------------------------------------------------------------------------------
    @expose("/export/<export_type>/", methods=("GET", "POST"))
    def export(self, export_type: str) -> ResponseReturnValue:
        """Ask why, then hand out the list as a file; who, when, why and how many are in the trail and in the file."""
        self._require(Act.EXPORT)
        if export_type not in ("csv", "xlsx"):
            abort(404)
        filters = {n: f for n, f in self._filters_by_name.items() if self._seen([n])}
        asked = listing.read(self.model, request.args, filters, frozenset(self._sortable_columns), self.order)
        session = database.session()
        total = session.scalar(select(func.count()).select_from(self.model).where(*asked.conditions)) or 0
        reason = request.form.get("reason", "").strip()[:200]
        if request.method == "GET" or not reason:
            return self._ask_why(total, asked), 422 if request.method == "POST" else 200
        full = bool(request.form.get("full")) and session.scope.may(Act.REVEAL, self.ledger)
        note_apart(
            Entry(self.ledger, Deed.EXPORT, self._only_village(), record_label=f"{total}", reason=reason + (f" · {_('full numbers')}" if full else "")),
            must=True,
        )
        what = export.sheet(
            self.model, self.export_names(), asked.conditions, listing._order(self.model, asked, asked.descending), full, self._signature(reason)
        )
        name = f"{self.ledger}-{clock.today():%Y%m%d}.{export_type}"
        if export_type == "xlsx":
            body: Any = export.xlsx_file(database.db.engine, session.scope, what)
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        else:
            body, kind = export.csv_lines(database.db.engine, session.scope, what), "text/csv; charset=utf-8"
        session.rollback()
        return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    def export_names(self) -> list[str]:
        """The columns of an export: the record's number and village, then everything typed that may be seen."""
        typed = [n for s in self.sections for n in s.names]
        lead = ["id", *(["village"] if "village" in fields.references(self.model) else [])]
        names = [*lead, *(n for n in typed if n not in lead)]
        mapper = inspect(self.model)
        kept = [n for n in names if n in mapper.column_attrs or n in fields.references(self.model)]
        return self._seen(kept)

    def _only_village(self) -> int | None:
        area = database.session().scope.area(Act.EXPORT, self.ledger)
        return next(iter(area.villages)) if not area.everywhere and len(area.villages) == 1 else None

    def _signature(self, reason: str) -> str:
        who = identity.signed_in().name
        when = clock.now().astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
        return _("Exported by %(who)s, %(when)s, for: %(why)s", who=who, when=when, why=reason)

    def _ask_why(self, total: int, asked: listing.Asked) -> str:
        query = request.query_string.decode()
        here = f"{self.base}export/%s/" + (f"?{query}" if query else "")
        return self.render(
            "admin/ledger/export.html",
            title=_("Export: %(ledger)s", ledger=say(self.model.__title__)),
            count=ngettext("%(count)s record", "%(count)s records", total, count=i18n.number(total)),
            conditions=[one.said(database.session(), key, value) for one, key, value in asked.active]
            + ([asked.search] if asked.search else []),
            csv_url=here.replace("%s", "csv", 1),
            xlsx_url=here.replace("%s", "xlsx", 1),
            may_show=bool(self._masked_names()) and database.session().scope.may(Act.REVEAL, self.ledger),
            missing=request.method == "POST",
            cancel_url=self.base,
        )

    # -- Flask-Admin's ajax addresses -------------------------------------------------------------------------------
    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> ResponseReturnValue:
        """Records for a reference, for those who may write this ledger."""
        scope = database.session().scope
        if not (scope.may(Act.CREATE, self.ledger) or scope.may(Act.EDIT, self.ledger)):
            abort(403)
        loader = self._form_ajax_refs.get(request.args.get("name", ""))
        if loader is None:
            abort(404)
        found = loader.get_list(
            request.args.get("query", ""), request.args.get("offset", 0, int), request.args.get("limit", lookup.FOUND, int)
        )
        return [list(loader.format(record)) for record in found]  # type: ignore[arg-type]

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> ResponseReturnValue:
        """Flask-Admin's editing inside the list, which knows neither versions nor rules, is closed."""
        abort(403)


def note_apart(entry: Entry, must: bool = False) -> None:
    """Append a row to the trail in a transaction of its own, so that it stays whatever becomes of the request.

    ``must``: what is about to be shown may only be shown if this row is kept.
    """
    from sqlalchemy.exc import OperationalError

    session = database.session()
    try:
        with sessions.open_session(database.db.engine, session.scope) as own:
            if session.info.get("writing"):
                session.rollback()  # SQLite has one writer; this request's own lock would be waited for
            trail.note(own, entry)
            own.commit()
    except OperationalError:
        if must:
            raise


def _choosable(record: Any, allowed: Any) -> bool:
    return record.__tablename__ != "village" or record.id in allowed


def _card(kind: Kind) -> str:
    return {Kind.TITLE: "title", Kind.CHIP: "side", Kind.MASKED: "hide"}.get(kind, "wide")


def _village_of(record: Any) -> int | None:
    found: int | None = getattr(record, "village_id", None)
    return found


def _posted() -> Any:
    return request.form if request.method == "POST" else None


def _typed(form: Any, name: str) -> Any:
    return form[name].data if name in form else None


def _tell(form: Any, problems: Iterable[Any], errors: list[str]) -> None:
    """Put what the rules found at the fields it is about."""
    for problem in problems:
        words = say(problem.message, problem.params)
        if problem.field in form:
            form[problem.field].errors = [*form[problem.field].errors, words]
        else:
            errors.append(words)


__all__ = ["LedgerView", "Section", "note_apart"]
