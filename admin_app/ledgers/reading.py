"""Reading a ledger: its list, its recycle bin, one record with its timeline, and a masked value asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from admin_app import database, i18n, identity
from admin_app.addresses import address
from admin_app.i18n import say
from admin_app.ledgers import fields, listing, show
from admin_app.ledgers.declared import Part
from admin_app.ledgers.page import Cell, Chip, Column, DetailsPage, Kind, Link, ListPage, Row
from models.place import Township, Village
from models.scope import Act, Scope
from models.session import Session


class Reading(Part):
    """List, recycle bin, details, reveal."""

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
        names = self._worth_showing(self._seen(self.columns))
        filters = self.accepted_filters()
        asked = listing.read(
            self.model, request.args, filters, frozenset(self._seen(self._sortable_columns)), self.order
        )
        records, pager = listing.fetch(session, self.model, asked, _loading(self.model, tuple(names)), base, deleted)
        if deleted:
            names = [*names, "deleted_at", "deleted_by"]
        writers = [self._writer(name) for name in names]
        scope = session.scope
        return ListPage(
            title=say(self.model.__title__) + (f" · {_('Recycle bin')}" if deleted else ""),
            subtitle=self._subtitle(pager.total),
            url=base,
            columns=[self._column(name, i, asked, base) for i, name in enumerate(names)],
            rows=[self._row(record, names, writers, deleted, scope) for record in records],
            pager=pager,
            search=asked.search,
            search_hint=say(self.search_hint),
            chips=self._chips(session, asked, filters, base, pager.total, deleted),
            filters=tuple(f.form(session, request.args) for n, f in filters.items() if n in self.filters),
            kept=[(k, v) for k, v in request.args.items(multi=True) if k not in ("q", "page") and v],
            clear_url=base,
            actions=[] if deleted else self._bulk_actions(),
            action_url=self.base + "action/",
            links=self._list_links(scope, deleted),
            empty=self._nothing(asked, deleted),
            notices=asked.notices,
        )

    def _worth_showing(self, names: list[str]) -> list[str]:
        """Without the village, where there is only one to be seen; never without the record's name."""
        area = database.session().scope.area(Act.READ, self.ledger)
        alone = not area.everywhere and len(area.villages) == 1
        return [names[0], *(n for n in names[1:] if not (alone and n == "village"))]

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
        if name in self._sortable_columns and self._seen([name]):
            now = name == asked.sort
            sorted_now = ("descending" if asked.descending else "ascending") if now else ""
            sort_url = asked.url(base, change={"sort": f"-{name}" if now and not asked.descending else name})
        return Column(name, say(show.label_of(self.model, name)), kind, card, sort_url, sorted_now)

    def _row(
        self, record: Any, names: Sequence[str], writers: Sequence[show.Writer], deleted: bool, scope: Scope
    ) -> Row:
        cells = [write(record) for write in writers]
        if scope.sees(self.model) is not None and (seen := scope.sees(self.model, record)):
            known = fields.references(self.model)
            cells = [
                cell if (known[n][0] if n in known else n) in seen or n.startswith("deleted") else show.NOTHING
                for n, cell in zip(names, cells, strict=True)
            ]
        number, label = record.id, str(record)
        title = cells[0].text or f"#{number}"
        if deleted:
            cells[0] = Cell(title, Kind.TITLE, dim=self.beside(record))
            may = scope.may_to(Act.DELETE, record)
            restore_url = f"{self.base}restore/?id={number}" if may else ""
            return Row(number, record.version, label, cells, "", restore_url)
        url = f"{self.base}details/?id={number}"
        cells[0] = Cell(title, Kind.TITLE, url=url, dim=self.beside(record))
        may_edit = self.can_be_changed and scope.may_to(Act.EDIT, record)
        return Row(
            number,
            getattr(record, "version", 0),
            label,
            cells,
            url,
            f"{self.base}edit/?id={number}" if may_edit else "",
            f"{self.base}delete/?id={number}" if scope.may_to(Act.DELETE, record) else "",
        )

    def beside(self, record: Any) -> str:
        """What stands dim beside the name in a list, for instance sex and age."""
        return ""

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
                chips.append(Chip(filters[name].said(session, name, code), asked.url(base, change={name: code}), False))
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
            about = {name: value for name in fields.references(self.model) if (value := request.args.get(name))}
            # of whom the list is, the new record is too
            links.append(Link(_("New record"), address(f"{self.base}new/", about.items()), main=True))
        return links

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
        links = [*self.act_links(record), *self.more_links(record)]
        if self.can_be_changed and scope.may_to(Act.EDIT, record):
            nothing_else = not any(link.main for link in links)
            links.append(Link(_("Edit"), f"{self.base}edit/?id={record.id}", main=nothing_else))
        return DetailsPage(
            title=str(record),
            subtitle=self._under_title(record),
            status=self._writer(status)(record) if status and self._seen([status], record) else None,
            sections=sections,
            links=sorted(links, key=lambda link: not link.main),
            delete_url=f"{self.base}delete/?id={record.id}" if scope.may_to(Act.DELETE, record) else "",
            version=getattr(record, "version", 0),
            related=self._related(session, record),
            timeline=show.timeline(session, record) if scope.may(Act.READ, "trail") else [],
            back_url=self.base,
        )

    def _under_title(self, record: Any) -> str:
        village = getattr(record, "village", None)
        parts = [
            say(self.model.__title__),
            self.beside(record),
            str(village) if village else "",
            f"#{record.id}",
        ]
        return " · ".join(p for p in parts if p)

    def more_links(self, record: Any) -> list[Link]:
        """Further buttons of a details page."""
        return []

    def _related(self, session: Session, record: Any) -> list[tuple[str, int, str]]:
        found = []
        for cls, name in self.related:
            if session.scope.may(Act.READ, cls.__ledger__):
                column = getattr(cls, fields.references(cls)[name][0])
                count = session.scalar(select(func.count()).select_from(cls).where(column == record.id)) or 0
                found.append((say(cls.__title__), count, f"/admin/{cls.__ledger__}/?{name}={record.id}"))
        return found


@cache
def _loading(cls: Any, names: tuple[str, ...]) -> listing.Loading:
    """Load the references a page shows with it, and what their names are made of, instead of one by one."""
    options: list[Any] = []
    for name in names:
        if name in fields.references(cls):
            target = fields.references(cls)[name][1]
            # a place is small enough to come along in the same statement
            load = joinedload if issubclass(target, (Village, Township)) else selectinload
            option = load(getattr(cls, name))
            for further in getattr(target, "__named_by__", ()):
                option = option.selectinload(getattr(target, further))
            options.append(option)
    for name in getattr(cls, "__named_by__", ()):
        if name not in names:
            options.append(selectinload(getattr(cls, name)))
    return tuple(options)


def _card(kind: Kind) -> str:
    return {Kind.TITLE: "title", Kind.CHIP: "side", Kind.MASKED: "hide"}.get(kind, "wide")
