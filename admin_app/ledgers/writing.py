"""Writing a record: the form, what is said when a rule or a constraint refuses it, and the page for two writers."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import Date, Integer, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField

from admin_app import database, i18n
from admin_app.i18n import say
from admin_app.ledgers import fields, finding, lookup, show
from admin_app.ledgers.declared import Part, tell
from admin_app.ledgers.page import Conflict, Difference, Fact, Link, Section
from models import clock
from models.base import Invalid, InVillage, Record, about
from models.constraints import broken_unique
from models.scope import Act, village_columns
from models.types import Chosen
from models.words import Choice

UNTYPED = frozenset({"csrf_token", "version"})


class Writing(Part):
    """Create, edit, conflict, and the look-ups a form needs."""

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
        if not self.can_be_changed:
            abort(404)
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

    def get_edit_form(self) -> type[Any]:
        """The form of a record that there is: it keeps its village, so none is offered."""
        form: type[Any] = self.get_form()
        kept = (n for n, (column, _) in fields.references(self.model).items() if column in village_columns(self.model))
        return type("Form", (form,), {name: None for name in kept if hasattr(form, name)})

    def _prefilled(self) -> dict[str, Any]:
        """What an address offers for a new record: ``new/?resident=12``."""
        if request.method != "GET":
            return {}
        mapper, known, given = inspect(self.model), fields.references(self.model), {}
        for name, value in request.args.items():
            if name in known and (number := finding.record_id(value)) is not None:
                given[name] = number
            elif name in mapper.column_attrs and len(value) <= 100:
                offered = _offered(mapper.column_attrs[name].columns[0].type, value)
                given |= {} if offered is None else {name: offered}
        return given

    def _limited(self, form: Any, act: Act, record: Record | None) -> Any:
        """Take away the fields that the account may not set."""
        allowed = database.session().scope.edits(self.model, act, record)
        known = fields.references(self.model)
        offered = {n for s in self.sections for n in s.names}
        for name in [f.name for f in form if f.name in offered]:
            column = known[name][0] if name in known else name
            unseen = record is not None and name in known and getattr(record, column) and not getattr(record, name)
            if (
                unseen  # what the editor may not see stays as it is
                or (act is Act.CREATE and name in self.later)
                or (allowed is not None and column not in allowed)
            ):
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
            form.csrf_token.errors = []
            self._errors.append(_("It was opened before you signed in, or in another session. Nothing was changed."))
            return False
        if request.form.get("_lookup"):
            return False
        if form.validate():
            return True
        self._tell_all(form)
        return False

    def _tell_all(self, form: Any) -> None:
        """What cannot be read is said together with what the rules find in the rest, so that nobody mends twice."""
        session = database.session()
        with session.no_autoflush:
            record = self.model()
            for field in form:
                if field.name not in UNTYPED and not field.errors and not isinstance(field, FileField):
                    field.populate_obj(record, field.name)
            found = []
            if not self._lacks(record):  # the rules reckon with values that are there
                found = [p for p in record.problems(clock.today()) if p.field in form and not form[p.field].errors]
        if record in session:
            session.expunge(record)
        tell(form, found, [])

    def _lacks(self, record: Any) -> bool:
        """Whether a closed list that must have a value has none."""
        return any(
            isinstance(a.columns[0].type, Chosen) and not a.columns[0].nullable and getattr(record, a.key) is None
            for a in inspect(self.model).column_attrs
            if not about(a.columns[0]).computed and a.columns[0].default is not None
        )

    def fill(self, form: Any, record: Any) -> None:
        """Put what was typed into the record."""
        for field in form:
            if field.name not in UNTYPED and not isinstance(field, FileField):
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
            tell(form, refused.problems, self._errors)
            return self._form_page(form, None if is_new else self.get_one(number))
        except StaleDataError:
            session.rollback()
            return self._conflict(form, self.get_one(number))
        except IntegrityError as refused:
            session.rollback()
            self._tell_unique(form, refused)
            return self._form_page(form, None if is_new else self.get_one(number))
        session.info["writing"] = False  # what is still asked needs no lock
        return self.saved(record, is_new)

    def saved(self, record: Any, is_new: bool) -> ResponseReturnValue:
        """Where a record leads once it is saved."""
        flash(_("Saved: %(name)s", name=str(record)), "ok")
        readable = database.session().scope.may_to(Act.READ, record)
        return redirect(f"{self.base}details/?id={record.id}" if readable else self.base)

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
        conditions = [
            getattr(self.model, c) == _typed(form, by_column.get(c, c))
            for c in columns
            if _typed(form, by_column.get(c, c)) is not None
        ]
        found = (
            database.session().scalars(select(self.model).where(*conditions).limit(1)).first() if conditions else None
        )
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
        if wrong:
            _ask_for_files_again(form)
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
            multipart=any(isinstance(field, FileField) for field in form),
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
            typed.prepare()
            differences = [d for d in (self._difference(form, record, typed, f.name) for f in form) if d]
        session.expunge(typed) if typed in session else None
        if any(sent.filename for sent in request.files.values()):
            flash(_("The file is not among what is kept of yours: choose it again afterwards."), "warn")
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
        if name in UNTYPED or not hasattr(record, key):
            return None
        stored, new = getattr(record, key), getattr(typed, key)
        if isinstance(new, str) and not isinstance(new, Choice):
            column = inspect(self.model).column_attrs[key].columns[0]
            new = getattr(type(column.type), "clean", str)(new)
        if stored == new or (not stored and not new):
            return None
        if name in known:
            with database.session().no_autoflush:
                target = database.session().get(known[name][1], new) if new else None
            return Difference(say(show.label_of(self.model, name)), str(getattr(record, name) or ""), str(target or ""))
        return Difference(say(show.label_of(self.model, name)), show.words_of(stored), show.words_of(new))

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
            request.args.get("query", ""),
            request.args.get("offset", 0, int),
            request.args.get("limit", lookup.FOUND, int),
        )
        return [list(loader.format(record)) for record in found]

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> ResponseReturnValue:
        """Flask-Admin's editing inside the list, which knows neither versions nor rules, is closed."""
        abort(403)


def _offered(type_: Any, value: str) -> Any:
    """A choice, a number or a day of an address as its field takes it; None for anything else."""
    if isinstance(type_, Chosen):
        return next((choice for choice in type_.choices if choice.value == value), None)
    if isinstance(type_, Integer):
        return finding.record_id(value)
    try:
        return fields.read_day(value) if isinstance(type_, Date) else None
    except ValueError:
        return None


def _posted() -> Any:
    return CombinedMultiDict((request.files, request.form)) if request.method == "POST" else None


def _ask_for_files_again(form: Any) -> None:
    """A browser forgets which file was chosen when a form comes back; the reader is told, not surprised."""
    chosen = {name for name, sent in request.files.items() if sent.filename}
    for field in form:
        if isinstance(field, FileField) and field.name in chosen and not field.errors:
            field.errors = [_("Choose the file again.")]


def _typed(form: Any, name: str) -> Any:
    return form[name].data if name in form else None
