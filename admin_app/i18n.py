"""Chinese first, English beside it; days and instants as people write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, g, has_request_context
from flask import session as cookie
from flask_babel import Babel, format_number, get_locale, get_translations, gettext
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from models import clock

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
babel = Babel()


def init(app: Flask) -> None:
    """Choose the language per request: the one asked for, the account's, Chinese."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, default_locale=LOCALES["zh"], default_timezone="Asia/Shanghai", locale_selector=_locale)
    app.jinja_env.install_gettext_callables(_told, _counted, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = _drawn


def language() -> str:
    """The code of the language in force, "zh" or "en"."""
    try:
        return str(g.language)
    except (AttributeError, RuntimeError):  # not asked for yet in this request, or there is none
        pass
    if not has_request_context():
        return "zh"
    asked = cookie.get("language")
    user = getattr(g, "user", None)
    g.language = asked if asked in LOCALES else getattr(user, "language", "zh")
    return str(g.language)


def _locale() -> str:
    return LOCALES[language()]


def say(message: str, params: object = None) -> str:
    """A marked text (``N_``) in the reader's language, its parameters filled in."""
    if not message:
        return ""
    told = _told(message)
    return told % params if params else told


def lazy(message: str) -> Any:
    """A marked text that becomes words when it is read: for labels of what is made before anybody asks."""
    return LazyString(say, message)


def _told(message: str) -> str:
    """A text in the reader's language; a list says the same few labels hundreds of times."""
    try:
        code = g.language
    except (AttributeError, RuntimeError):
        if not has_request_context():
            return str(gettext(message))
        code = language()
    return _kept(code, message)


def _drawn(message: str, **values: object) -> Markup:
    """What ``_`` is in a template: the text as markup, with values that are escaped."""
    text = _marked(_told(message))
    return text % values if "%" in text else text


@lru_cache(maxsize=4096)
def _marked(text: str) -> Markup:
    return Markup(text)  # noqa: S704  of the catalogue


def _counted(one: str, many: str, count: int) -> str:
    """The form that a number asks for, its parameters still to be filled in (the template does)."""
    return str(get_translations().ngettext(one, many, count))


@lru_cache(maxsize=4096)
def _kept(_language: str, message: str) -> str:
    return str(gettext(message))


_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | None, weekday: bool = True) -> str:
    """A day as people write it: 1月29日 周三, with the year when it is not this year's."""
    if value is None:
        return ""
    this_year = value.year == clock.today().year
    if language() == "zh":
        text = f"{value.month}月{value.day}日" if this_year else f"{value.year}年{value.month}月{value.day}日"
        return f"{text} 周{_WEEKDAYS_ZH[value.weekday()]}" if weekday and this_year else text
    text = f"{value.day} {_MONTHS_EN[value.month - 1]}" + ("" if this_year else f" {value.year}")
    return f"{_WEEKDAYS_EN[value.weekday()]} {text}" if weekday and this_year else text


def full_day(value: date | None) -> str:
    """A day with its year, as papers have it: 2020年1月29日."""
    if value is None:
        return ""
    if language() == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS_EN[value.month - 1]} {value.year}"


def instant(value: datetime | None) -> str:
    """An instant as people write it, Shanghai time, to the minute: 1月29日 08:06."""
    if value is None:
        return ""
    local = value.astimezone(clock.ZONE)
    if local.date() == clock.today():
        today = gettext("today")
        return f"{today} {local:%H:%M}"
    return f"{day(local.date(), weekday=False)} {local:%H:%M}"


def listed(parts: Iterable[str]) -> str:
    """Several things in a row, as the language separates them: 发热、干咳; Fever, Dry cough."""
    return ("、" if language() == "zh" else ", ").join(parts)


def number(value: int | float) -> str:
    """A number grouped as the language groups it; both group whole ones by thousands, with commas."""
    return f"{value:,}" if isinstance(value, int) else str(format_number(value))


def html_lang() -> str:
    """The ``lang`` of a page."""
    return "zh-CN" if language() == "zh" else "en"


__all__ = [
    "day",
    "full_day",
    "get_locale",
    "gettext",
    "html_lang",
    "init",
    "instant",
    "language",
    "lazy",
    "number",
    "say",
]  # fmt: skip
