"""Form fields made from columns: what the column knows (label, help, choices, length) is not said twice.

Fields hold typed text as long as it is wrong, so that nothing typed is lost; rules beyond a field's own shape are
the model's (``problems``) and come back as its errors.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, cast

from flask_wtf import FlaskForm
from sqlalchemy import Boolean, Date, Integer, Numeric, inspect
from sqlalchemy.orm import Mapper
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation
from wtforms.widgets import CheckboxInput

from admin_app import i18n
from admin_app.ledgers import widgets
from models import clock, words
from models.base import Base, about
from models.place import Township, Village
from models.types import Chosen, ChosenMany, Cleaned, Code, Instant, Key, Prose, Tenths
from models.words import N_, Choice

NONE = SelectChoice("", "—")


class LedgerForm(FlaskForm):
    """The base of every ledger's form: a CSRF token, and the version of the record that was shown."""

    version = HiddenField("")  # without a label, WTForms would read its catalogue to make one

    class Meta:
        """Translated messages come from WTForms' own catalogue."""

        @staticmethod
        def get_translations(form: Any) -> Any:
            from flask_wtf.i18n import translations

            return translations


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


class NoControls:
    """Refuses NUL and other control characters, in words, before anything is made of the text."""

    def __call__(self, form: Any, field: Field) -> None:
        if isinstance(field.data, str) and words.has_controls(field.data):
            raise StopValidation(i18n.say(N_("This has characters that cannot be kept.")))


class LineField(StringField):
    """One line; blanks at the ends do not count; nothing is None."""

    widget = widgets.Text()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = valuelist[0] if valuelist else None
        if self.data is not None and not self.data.strip():
            self.data = None


class ProseField(TextAreaField):
    """Several lines; nothing is None."""

    widget = widgets.Prose()
    process_formdata = LineField.process_formdata


class CodeField(LineField):
    """A number or code: full-width digits are accepted and shown back as they will be kept."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        if self.data and not words.has_controls(self.data):
            self.data = words.code(self.data)


class _TypedText(LineField):
    """A field whose value is not text: what was typed is shown again while it cannot be read."""

    input_type = "text"
    message = N_("This cannot be read.")

    def read(self, text: str) -> Any:
        """The value of a text; raises ValueError."""
        raise ValueError

    def written(self, value: Any) -> str:
        """A value as the browser's own input wants it."""
        return str(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        text = _normal(valuelist[0]) if valuelist else ""
        if not text:
            return
        try:
            self.data = self.read(text)
        except (ValueError, InvalidOperation, OverflowError):
            raise ValueError(i18n.say(self.message)) from None

    def _value(self) -> str:
        if self.raw_data and self.data is None:
            return str(self.raw_data[0])
        return "" if self.data is None else self.written(self.data)


def read_day(text: str) -> date:
    """A day as people type it: 2020-01-29, 2020/1/29, 2020年1月29日. Raises ValueError."""
    for mark in "/.年月":
        text = text.replace(mark, "-")
    year, month, day = text.replace("日", "").strip("-").split("-")
    if not 1880 <= int(year) <= 2200:
        raise ValueError(text)
    return date(int(year), int(month), int(day))


class DayField(_TypedText):
    """A day: the browser's own picker; 2020/1/29 and 2020年1月29日 are read too."""

    widget = widgets.Day()
    message = N_("This is not a day. Write it like 2020-01-29.")

    def read(self, text: str) -> date:
        return read_day(text)

    def written(self, value: date) -> str:
        return value.isoformat()


class InstantField(_TypedText):
    """A moment, typed and shown in Shanghai time."""

    widget = widgets.Moment()
    message = N_("This is not a moment. Write it like 2020-01-29 08:30.")

    def read(self, text: str) -> datetime:
        value = datetime.fromisoformat(text.replace("/", "-"))
        if not 1880 <= value.year <= 2200:
            raise ValueError
        return value if value.tzinfo else value.replace(tzinfo=clock.ZONE)

    def written(self, value: datetime) -> str:
        return value.astimezone(clock.ZONE).strftime("%Y-%m-%dT%H:%M")


class WholeField(_TypedText):
    """A whole number."""

    widget = widgets.Number(step="1")
    message = N_("This is not a whole number.")

    def read(self, text: str) -> int:
        value = int(text)
        if abs(value) > 2_000_000_000:
            raise ValueError
        return value


class DecimalField(_TypedText):
    """A number with a fixed number of places."""

    message = N_("This is not a number.")

    def __init__(self, *args: Any, places: int = 1, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.places = places

    def read(self, text: str) -> Decimal:
        value = Decimal(text.replace(",", ".").removesuffix("°C").strip())
        if not value.is_finite() or abs(value) >= 10**9:
            raise ValueError
        if value != value.quantize(Decimal(1).scaleb(-self.places)):
            raise ValueError
        return value


@cache
def _choices(choices_of: type[Choice], blank: bool) -> list[SelectChoice]:
    """A closed list as WTForms has it: nobody changes it, so it is made once."""
    return [*([NONE] if blank else []), *(SelectChoice(c.value, i18n.lazy(c.label)) for c in choices_of)]


class ChoiceField(SelectField):
    """One of a closed list, or nothing."""

    widget = widgets.Select()

    def __init__(self, label: Any, validators: Any = (), *, choices_of: type[Choice], blank: bool, **kwargs: Any):
        super().__init__(
            label,
            validators,
            choices=_choices(choices_of, blank),
            coerce=lambda v: choices_of(v) if v else None,
            **kwargs,
        )

    def options(self) -> widgets.Options:
        """Value, label, whether it is chosen."""
        chosen = "" if self.data is None else str(self.data)
        return tuple((c.value, str(c.label), c.value == chosen) for c in self.choices)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        if valuelist and valuelist[0]:
            try:
                self.data = self.coerce(valuelist[0])
            except ValueError:
                raise ValueError(i18n.say(N_("This is not one of the choices."))) from None

    def pre_validate(self, form: Any) -> None:
        """Reading the value has already refused what is not in the list."""


class ChoicesField(SelectMultipleField):
    """Any of a closed list, each a box to tick."""

    widget = widgets.Boxes("checkbox")
    option_widget = CheckboxInput()

    def __init__(self, label: Any, validators: Any = (), *, choices_of: type[Choice], **kwargs: Any):
        super().__init__(label, validators, choices=_choices(choices_of, False), coerce=choices_of, **kwargs)

    def options(self) -> widgets.Options:
        """Value, label, whether it is ticked."""
        ticked = [str(one) for one in self.data or ()]
        return tuple((c.value, str(c.label), c.value in ticked) for c in self.choices)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        try:
            self.data = [self.coerce(v) for v in valuelist]
        except ValueError:
            self.data = []
            raise ValueError(i18n.say(N_("This is not one of the choices."))) from None

    def pre_validate(self, form: Any) -> None:
        """Reading the values has already refused what is not in the list."""


class YesNoField(RadioField):
    """Yes, no and, where the column allows it, not known."""

    widget = widgets.Boxes("radio")
    _words = {"1": True, "0": False, "": None}
    _known = [SelectChoice("1", i18n.lazy(N_("Yes"))), SelectChoice("0", i18n.lazy(N_("No")))]
    _unknown = SelectChoice("", i18n.lazy(N_("Not known")))

    def __init__(self, label: Any, validators: Any = (), *, unknown: bool, **kwargs: Any):
        choices = [*self._known, self._unknown] if unknown else self._known
        super().__init__(label, validators, choices=choices, coerce=str, **kwargs)
        self.unknown = unknown

    def options(self) -> widgets.Options:
        """Value, label, whether it is on."""
        return tuple((c.value, str(c.label), c.value == self.data) for c in self.choices)

    def process_data(self, value: Any) -> None:
        self.value = value if value is not None or self.unknown else False
        self.data = "" if self.value is None else "1" if self.value else "0"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = valuelist[0] if valuelist else ("" if self.unknown else "0")
        if self.data not in self._words:
            raise ValueError(i18n.say(N_("This is not one of the choices.")))
        self.value = self._words[self.data]

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, self.value)


class ReferenceField(SelectField):
    """One of a short list of records (villages, townships), asked of the session each time, so within its scope."""

    widget = widgets.Select()

    def __init__(
        self,
        label: Any,
        validators: Any = (),
        *,
        column: str,
        options: Callable[[], list[Any]],
        **kwargs: Any,
    ):
        super().__init__(label, validators, coerce=lambda v: int(v) if v else None, validate_choice=True, **kwargs)
        self.column = column
        records = options()
        required = any(isinstance(v, InputRequired) for v in self.validators)
        blank = [] if required and len(records) == 1 else [NONE]
        self.known = {r.id for r in records}
        self.choices = [*blank, *(SelectChoice(str(r.id), str(r)) for r in records)]

    def options(self) -> widgets.Options:
        """Value, label, whether it is chosen."""
        chosen = "" if self.data is None else str(self.data)
        return tuple((c.value, str(c.label), c.value == chosen) for c in self.choices)

    def process_data(self, value: Any) -> None:
        self.data = getattr(value, "id", value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        text = _normal(valuelist[0]) if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else (None if not text else -1)

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in self.known:
            raise StopValidation(i18n.say(N_("This is not one of the choices.")))

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, self.column, self.data)


def references(cls: type[Base]) -> dict[str, tuple[str, type[Base]]]:
    """The many-to-one relationships of a class: name -> (column attribute, target class)."""
    return _references(cast(Hashable, cls))


@cache
def _references(cls: Any) -> dict[str, tuple[str, type[Base]]]:
    mapper: Mapper[Any] = inspect(cls)
    found = {}
    for relation in mapper.relationships:
        if relation.direction.name == "MANYTOONE" and not relation.viewonly:
            column = mapper.get_property_by_column(next(iter(relation.local_columns)))
            found[relation.key] = (column.key, relation.mapper.class_)
    return found


def typed_names(cls: type[Base]) -> list[str]:
    """The names a form of the class must offer: every column that is typed, a reference by its relationship's name."""
    mapper: Mapper[Any] = inspect(cls)
    by_column = {column: name for name, (column, _) in references(cls).items()}
    return [
        by_column.get(attr.key, attr.key)
        for attr in mapper.column_attrs
        if not about(attr.columns[0]).computed and not attr.columns[0].primary_key
    ]


def exported_names(cls: type[Base]) -> list[str]:
    """Every attribute that an export without a view writes: the number, then everything typed."""
    return ["id", *typed_names(cls)]


def field_for(cls: type[Base], name: str, options: Callable[[type[Base]], list[Any]], lookup: Any) -> Any:
    """The unbound field for one name of ``typed_names``. Raises TypeError for a column no field is known for."""
    known = references(cls)
    if name in known:
        column_name, target = known[name]
        column = inspect(cls).column_attrs[column_name].columns[0]
        told = about(column)
        validators = [Optional() if column.nullable else InputRequired()]
        common: dict[str, Any] = {"description": i18n.lazy(told.help) if told.help else ""}
        if issubclass(target, (Village, Township)):
            return ReferenceField(
                i18n.lazy(told.label),
                validators,
                column=column_name,
                options=lambda: options(target),
                **common,
            )
        return lookup(i18n.lazy(told.label), validators, column=column_name, target=target, name_=name, **common)
    return _plain_field(inspect(cls).column_attrs[name].columns[0])


def _plain_field(column: Any) -> Any:
    told, type_ = about(column), column.type
    label = i18n.lazy(told.label)
    common: dict[str, Any] = {"description": i18n.lazy(told.help) if told.help else "", "render_kw": {}}
    required = not column.nullable and column.default is None
    must: list[Any] = [InputRequired() if required else Optional()]
    if isinstance(type_, Chosen):
        default = column.default.arg if column.default is not None else None
        return ChoiceField(
            label,
            must,
            choices_of=type_.choices,
            blank=column.nullable or required,
            default=default,
            **common,
        )
    if isinstance(type_, ChosenMany):
        return ChoicesField(label, choices_of=type_.choices, **common)
    if isinstance(type_, Boolean):
        return YesNoField(label, unknown=column.nullable or False, **common)
    if isinstance(type_, Instant):
        return InstantField(label, must, **common)
    if isinstance(type_, Date):
        return DayField(label, must, **common)
    if isinstance(type_, (Tenths, Numeric)):
        common["render_kw"] = {"inputmode": "decimal"}
        return DecimalField(label, must, places=getattr(type_, "places", 2), **common)
    if isinstance(type_, Integer):
        default = column.default.arg if column.default is not None else None
        common["render_kw"] = {"inputmode": "numeric"}
        return WholeField(label, must, default=default if isinstance(default, int) else None, **common)
    if isinstance(type_, (Cleaned, Key)):
        kind = ProseField if isinstance(type_, Prose) else CodeField if isinstance(type_, Code) else LineField
        must = [NoControls(), *([DataRequired()] if required else [Optional()]), Length(max=type_.length)]
        common["render_kw"] = {"maxlength": type_.length}
        if told.mask is not None:
            common["render_kw"] |= {
                "autocomplete": "off",
                "inputmode": "text" if told.mask == "identity" else "tel",
            }
        return kind(label, must, **common)
    raise TypeError(f"no field is known for {column.table.name}.{column.name} ({type_!r})")


def form_class(fields: dict[str, Any]) -> type[LedgerForm]:
    """A form class with these fields, in this order."""
    return type("Form", (LedgerForm,), dict(fields))


__all__ = ["LedgerForm", "exported_names", "field_for", "form_class", "references", "typed_names"]
