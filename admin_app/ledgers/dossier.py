"""What else belongs to a file: journeys, contacts, and papers with their scans."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext
from wtforms import FileField

from admin_app import uploads
from admin_app.ledgers import show
from admin_app.ledgers.base import LedgerView, part
from admin_app.ledgers.page import Cell, Kind
from models import clock
from models.base import Invalid, Problem
from models.dossier import Contact, Journey, Paper
from models.scope import Act
from models.words import N_


class JourneyView(LedgerView):
    columns = ("resident", "left_on", "origin", "destination", "by", "number", "village")
    sections = (part(N_("Journey"), "resident left_on came_on origin destination by number seat note"),)
    derived = ("village",)
    filters = ("by", "village", "left_on", "resident")
    search = ("resident", "number", "origin")
    search_hint = N_("Person, train or plate, or place")
    order = "-left_on"
    icon = "train-front"


class ContactView(LedgerView):
    columns = ("name", "resident", "relation", "met_on", "phone", "known", "village")
    sections = (part(N_("The contact"), "resident name phone relation met_on place known note"),)
    derived = ("village",)
    filters = ("village", "met_on", "resident", "known")
    search = ("name", "resident")
    search_hint = N_("Contact or person")
    icon = "person-lines-fill"


class UploadField(FileField):
    """A file, looked at when the record is filled in and kept when nothing else speaks against it."""

    upload: uploads.Upload | None = None


class PaperView(LedgerView):
    columns = ("resident", "kind", "on", "signed_by", "file_name", "village")
    sections = (part(N_("Paper"), "resident observation kind on signed_by file_name note"),)
    derived = ("village",)
    filters = ("kind", "village", "on", "resident", "observation")
    search = ("resident", "signed_by")
    search_hint = N_("Person, or who signed")
    order = "-on"
    icon = "file-earmark-text"

    def scaffold_form(self) -> type[Any]:
        file = UploadField(
            lazy_gettext(N_("Scan or photo")),
            description=lazy_gettext(N_("JPEG, PNG, WebP or PDF, ten megabytes at most.")),
            render_kw={"accept": ",".join(uploads.TYPES)},
        )
        return type("PaperForm", (super().scaffold_form(),), {"file_name": file})

    def prefill(self, form: Any) -> None:
        form.on.data = form.on.data or clock.today()

    def fill(self, form: Any, record: Any) -> None:
        super().fill(form, record)
        sent = form.file_name.data
        if sent is None or isinstance(sent, str) or not sent.filename:
            return
        try:
            form.file_name.upload = found = uploads.read(sent)
        except uploads.NotKept as refused:
            raise Invalid(record, [Problem("file_name", str(refused))]) from None
        record.file_name, record.file_hash = found.name, found.hash
        record.file_type, record.file_size = found.type, len(found.content)

    def after_flush(self, form: Any, record: Any, is_new: bool) -> None:
        """The file is written once nothing else speaks against the paper."""
        if (found := form.file_name.upload) is not None:
            uploads.keep(found)

    def _writer(self, name: str) -> show.Writer:
        if name != "file_name":
            return super()._writer(name)
        return lambda paper: Cell(
            paper.file_name or "", Kind.TEXT, url=f"{self.base}file/?id={paper.id}" if paper.file_name else ""
        )

    @expose("/file/")
    def file_view(self) -> ResponseReturnValue:
        """The scan or photo of a paper; that it was looked at is in the trail before it is shown."""
        paper = self.get_one(request.args.get("id"))
        self._require(Act.REVEAL, paper)
        if not paper.file_hash or not uploads.path_of(paper.file_hash).exists():
            abort(404)
        self._note_reveal(paper, ["file_name"])
        answer: Response = send_file(
            uploads.path_of(paper.file_hash),
            mimetype=paper.file_type,
            download_name=paper.file_name,
            as_attachment=paper.file_type == "application/pdf",  # which no browser shows inside a sandbox
        )
        answer.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
        return answer


VIEWS = ((JourneyView, Journey), (ContactView, Contact), (PaperView, Paper))
