"""Fields as HTML, exactly as WTForms draws them, but what is the same for everybody (all but values) is drawn once."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from wtforms import widgets

Options = tuple[tuple[str, str, bool], ...]  # value, label, whether it is chosen


class _Input(widgets.Input):
    """An input: its attributes are kept, its value is not."""

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        value = attributes.pop("value", None)
        attributes.setdefault("type", self.input_type)
        drawn = _attributes(field, self.validation_attrs, attributes)
        return Markup(f'<input {drawn} value="{escape(field._value() if value is None else value)}">')  # noqa: S704


class Text(widgets.TextInput, _Input):
    """One line."""


class Day(widgets.DateInput, _Input):
    """The browser's own picker of days."""


class Moment(widgets.DateTimeLocalInput, _Input):
    """The browser's own picker of moments."""


class Number(widgets.NumberInput, _Input):
    """A number."""


class Prose(widgets.TextArea):
    """Several lines."""

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        drawn = _attributes(field, self.validation_attrs, attributes)
        return Markup(f"<textarea {drawn}>\r\n{escape(field._value())}</textarea>")  # noqa: S704


class Select(widgets.Select):
    """One of a list: for fields that tell their ``options()``."""

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        drawn = _attributes(field, self.validation_attrs, attributes)
        return Markup(f"<select {drawn}>{_listed(field.options())}</select>")  # noqa: S704


class Boxes(widgets.ListWidget):
    """Boxes to tick, or buttons of which one is on: ``drawn`` is what stands between the field's label and its hint."""

    def __init__(self, kind: str):
        super().__init__(prefix_label=False)
        self.kind = kind

    def drawn(self, field: Any) -> Markup:
        """A labelled box for each of the field's ``options()``."""
        return _ticked(self.kind, field.id, field.name, field.options())


def _attributes(field: Any, allowed: Collection[str], given: dict[str, Any]) -> str:
    """What stands in a tag: of the field, of its validators (``required``, ``maxlength``), and what is given."""
    flags = {k: v for k, v in vars(field.flags).items() if k in allowed}
    every = {"id": field.id, "name": field.name} | flags | given
    return _drawn(tuple(sorted(every.items())))


@lru_cache(maxsize=4096)
def _drawn(attributes: tuple[tuple[str, Any], ...]) -> str:
    return str(widgets.html_params(**dict(attributes)))


@lru_cache(maxsize=512)
def _listed(options: Options) -> str:
    return "".join(
        f'<option{" selected" if on else ""} value="{escape(value)}">{escape(label)}</option>'
        for value, label, on in options
    )


@lru_cache(maxsize=1024)
def _ticked(kind: str, id_: str, name: str, options: Options) -> Markup:
    box = Markup('<label class="choice"><input{} id="{}-{}" name="{}" type="{}" value="{}"><span>{}</span></label>')
    return Markup("").join(
        box.format(Markup(" checked") if on else "", id_, number, name, kind, value, label)
        for number, (value, label, on) in enumerate(options)
    )
