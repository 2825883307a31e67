"""/admin/summary/notice/: the day's notice as it is read and copied, in Chinese and in English."""

import html
import re

import pytest

from admin_app.exchange import notice_page
from models.figures import Figures
from models.summaries.notice import NoticeDay
from tests.admin_app.exchange.conftest import Desk
from tests.admin_app.support.browsing import Page
from tests.models.summaries.whole import MARKS
from tests.models.summaries.world import TODAY

ADDRESS = "/admin/summary/notice/"


def text(page: Page) -> str:
    found = re.search(r"(?s)<textarea[^>]*>(.*?)</textarea>", page.text)
    assert found, page.main[:300]
    return html.unescape(found[1])


def test_it_is_worded_like_a_notice_of_2020(sqlite_desk: Desk) -> None:
    figures = Figures(
        surveyed=2345, came=678, abnormal=0, central_today=0, central_total=4, home_today=5, home_total=192,
        released_today=0, released_total=0, in_hospital=1,
    )  # fmt: skip
    with sqlite_desk.app.test_request_context():
        told = notice_page.written(NoticeDay("车逻镇", TODAY, 17, 14, 13, figures))
    assert told.splitlines() == [
        "车逻镇疫情防控简讯（2020年2月3日）",
        "截至2月3日17时，车逻镇14个村(社区)中已有13个上报；累计摸排2345人，其中来(返)人员678人。",
        "当日新增居家医学观察5人，累计192人；当日无新增集中医学观察人员，累计4人。",
        "至今无解除医学观察人员；住院医学观察1人；当日巡访未发现身体状况异常人员。",
        "请广大居民勤洗手、戴口罩、少出门、不聚集；如有发热、干咳、乏力等症状，请立即报告所在村(社区)。",
    ]


def test_the_district_reads_the_sums_of_what_was_reported_and_a_village_its_own(desk: Desk) -> None:
    told = text(desk.as_("district").get(ADDRESS, on=TODAY.isoformat()))
    assert "5个村(社区)中已有2个上报" in told
    assert "全区疫情防控简讯（2020年2月3日）" in told
    assert "24时" in told, "the day is over"
    two = text(desk.as_("district").get(ADDRESS, on=TODAY.isoformat(), village="2"))
    assert two == text(desk.as_("two").get(ADDRESS, on=TODAY.isoformat()))
    surveyed = re.search(r"累计摸排(\d+)人", two)
    assert surveyed
    assert f"累计摸排{surveyed[1]}人" in told, "the other that has reported reported zero"
    one = text(desk.as_("one").get(ADDRESS, on=TODAY.isoformat()))
    assert "累计摸排0人" in one
    assert "尚未上报" in text(desk.as_("empty").get(ADDRESS, on=TODAY.isoformat()))


def test_it_names_nobody_and_no_other_village(desk: Desk) -> None:
    told = text(desk.as_("one").get(ADDRESS, on=TODAY.isoformat()))
    assert not re.search(r"\d{7}", told)
    assert [mark for mark in MARKS.values() if mark in told] == [MARKS[1]]


def test_it_is_english_for_an_english_reader(sqlite_desk: Desk) -> None:
    told = text(sqlite_desk.as_("two", "en").get(ADDRESS, on=TODAY.isoformat()))
    assert "At 24:00 on 3 Feb" in told
    assert not re.search(r"[\u3000-\u303f\uff00-\uffef]", told)
    assert told.endswith(".")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"on": "2020-02-30"}, "日期格式不对"),
        ({"on": "2031-02-03"}, "不能晚于今天"),
        ({"village": "4"}, "请从选项中选择"),
        ({"village": "\0"}, "请从选项中选择"),
    ],
)
def test_what_makes_no_sense_is_said_and_no_notice_is_made_of_it(
    sqlite_desk: Desk, query: dict[str, str], said: str
) -> None:
    for name in ("one", "township"):
        page = sqlite_desk.as_(name).get(ADDRESS, **query)
        assert (page.status, said in page.main) == (422, True)
        assert "<textarea" not in page.text


@pytest.mark.parametrize("name", ["coordinator", "auditor"])
def test_it_is_closed_to_who_may_not_read_reports(sqlite_desk: Desk, name: str) -> None:
    assert sqlite_desk.as_(name).get(ADDRESS).status == 403
