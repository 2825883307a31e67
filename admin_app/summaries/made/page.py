"""A made summary as its templates get it: the table, the chart, and what is to be said about them."""

from __future__ import annotations

from dataclasses import dataclass, field

from admin_app.summaries.charts import Chart
from admin_app.summaries.made import asking
from admin_app.summaries.made.asking import Put
from admin_app.summaries.made.chart import chart_of
from admin_app.summaries.made.drawing import Drawing
from admin_app.summaries.made.links import Links
from admin_app.summaries.made.words import question_words
from admin_app.workbench.screen import Sheet
from models.session import Session


@dataclass(frozen=True)
class Result:
    """The answer to a question, drawn; or what stands in its way (``problems``). ``conditions`` are said in words."""

    words: str
    conditions: list[str] = field(default_factory=list)
    sheet: Sheet | None = None
    chart: Chart | None = None
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def result(session: Session, put: Put, shared: bool = False, charted: bool = True) -> Result:
    """Ask, and draw what comes back."""
    words = question_words(put.question) if put.question else ""
    conditions = [one.said(session, key, value) for one, key, value in put.active]
    if put.asked is None:
        return Result(words, conditions, problems=[text for _part, text in put.problems], notices=list(put.notices))
    answer = asking.answer(session, put.asked, shared)
    if isinstance(answer, str):
        return Result(words, conditions, problems=[answer], notices=list(put.notices))
    drawing = Drawing(put.asked, answer, Links(session, put.asked, put.filters))
    return Result(
        words,
        conditions,
        sheet=drawing.sheet(),
        chart=chart_of(drawing, words) if charted else None,
        notices=list(put.notices),
        notes=drawing.notes(),
    )
