"""A chart by itself: what is drawn, how it is labelled, and that nothing but shapes and texts gets into a page."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from admin_app.summaries.charts import KEPT, TICKS, WIDEST, WIDTH, Chart, Form, Ink, Series


def chart(form: Form, labels: list[str], *values: list[int], names: tuple[str, ...] = ("甲", "乙", "丙")) -> Chart:
    series = [
        Series(name, ink, one, [str(value) for value in one])
        for name, ink, one in zip(names, Ink, values, strict=False)
    ]
    return Chart(7, form, "题目", "说明", labels, labels, series)


def shapes(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [node for node in root.iter() if node.tag in ("rect", "circle")]


def drawn(made: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(str(made.svg))  # noqa: S314  our own chart


def rects(root: ElementTree.Element) -> list[ElementTree.Element]:
    return list(root.iter("rect"))


@pytest.mark.parametrize("form", Form)
def test_only_shapes_and_texts_of_the_allowed_kinds_are_sent(form: Form) -> None:
    root = drawn(chart(form, ["<script>alert(1)</script>", "a&b", '"><img src=x>'], [3, 0, 4], [1, 2, 0]))
    assert {node.tag for node in root.iter()} <= {"svg", "title", "desc", *KEPT}
    for node in root.iter():
        given = set(node.attrib)
        if node.tag in KEPT:
            assert given <= set(KEPT[node.tag]), node.attrib
        assert not {name for name in given if name == "style" or name.startswith("on") or "href" in name}
    said = {shape.findtext("title") for shape in shapes(root)}
    nothing = {"a&b · 甲 0", '"><img src=x> · 乙 0'} if form is Form.LINES else set()
    assert said == nothing | {
        "<script>alert(1)</script> · 甲 3", '"><img src=x> · 甲 4', "<script>alert(1)</script> · 乙 1", "a&b · 乙 2"
    }  # fmt: skip


@pytest.mark.parametrize("form", Form)
def test_where_there_is_no_number_nothing_is_drawn_and_the_others_keep_their_names(form: Form) -> None:
    series = [
        Series("甲", Ink.C0, [None, 1.5, None], ["–", "1.5", "–"]),
        Series("乙", Ink.C1, [2, None, 3], ["2", "–", "3"]),
    ]
    root = drawn(Chart(1, form, "题目", "说明", ["一", "二", "三"], ["一", "二", "三"], series))
    said = {node.get("class"): [s.findtext("title") for s in shapes(node)] for node in root.iter("g")}
    first, second = (sorted(said[f"series {ink}"], key=str) for ink in ("c0", "c1"))
    assert first == ["二 · 甲 1.5"]
    assert second == ["一 · 乙 2", "三 · 乙 3"]


def test_a_chart_says_what_it_is_to_who_cannot_see_it() -> None:
    root = drawn(chart(Form.COLUMNS, ["一"], [1]))
    assert root.get("role") == "img"
    named = {node.get("id"): node.text for node in root if node.get("id")}
    assert [named[name] for name in (root.get("aria-labelledby") or "").split()] == ["题目", "说明"]


def test_where_everything_is_zero_there_is_nothing_to_draw() -> None:
    assert chart(Form.COLUMNS, ["一", "二"], [0, 0]).empty
    assert not chart(Form.COLUMNS, ["一", "二"], [0, 1]).empty


@pytest.mark.parametrize("count", [1, 2, 7, 31, 92, 366])
@pytest.mark.parametrize("label", ["{}月{}日", "2019年{}月{}日", "{} Sept {}"])
def test_days_are_named_without_running_into_one_another(count: int, label: str) -> None:
    labels = [label.format(number // 28 + 1, number % 28 + 1) for number in range(count)]
    root = drawn(chart(Form.COLUMNS, labels, [1] * count))
    texts = [text for node in root.iter("g") if node.get("class") == "axis x" for text in node.iter("text")]
    assert 1 <= len(texts) <= TICKS
    assert labels[-1] in [text.text for text in texts], "the last day is always named"
    places = sorted(float(text.get("x", 0)) for text in texts)
    room = max(sum(17 if letter > "⺀" else 9 for letter in text.text or "") for text in texts)
    assert all(after - before > room for before, after in pairwise(places))


def test_a_few_columns_are_no_wider_than_many() -> None:
    for rect in rects(drawn(chart(Form.COLUMNS, ["一", "二"], [1, 2], [3, 4]))):
        assert float(rect.get("width", 0)) <= WIDEST


def test_very_many_columns_have_no_edges_that_would_hide_them() -> None:
    assert "thin" not in drawn(chart(Form.COLUMNS, ["一"] * 31, [1] * 31)).get("class", "").split()
    assert "thin" in drawn(chart(Form.COLUMNS, ["一"] * 92, [1] * 92)).get("class", "").split()


@pytest.mark.parametrize("name", ["村", "城南新区薪火学堂青年志愿服务大队", "A very long name of a community"])
def test_the_name_of_a_bar_has_room_to_its_left(name: str) -> None:
    root = drawn(chart(Form.BARS, [name, "二"], [1, 2]))
    plot = next(node for node in root if node.get("class") == "plot")
    left = float((plot.get("transform") or "").partition("(")[2].partition(",")[0])
    width = sum(17 if letter > "⺀" else 9 for letter in name)
    assert width <= left < WIDTH / 1.5


def test_small_numbers_have_whole_steps() -> None:
    root = drawn(chart(Form.COLUMNS, ["一", "二"], [1, 2]))
    axis = next(node for node in root.iter("g") if (node.get("class") or "").startswith("axis y"))
    assert [text.text for text in axis.iter("text")] == ["0", "1", "2", "3"]
