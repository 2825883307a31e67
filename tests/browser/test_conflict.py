"""Two people write the same record at once: the second sees both versions, and nothing of either is lost."""

from playwright.sync_api import Page

from tests.browser.pages import Conflict, Panel, Told
from tests.support.browser import Pages
from tests.support.server import LiveServer


def test_the_second_to_save_sees_both_versions_and_nothing_is_lost(
    written_server: LiveServer, desk_page: Page, phone_page: Page, pages: Pages
) -> None:
    first, second = Panel(desk_page, written_server), Panel(phone_page, written_server)
    first.sign_in("district")
    second.sign_in("nanyuan")
    businesses = second.ledger("business")
    name, address = businesses.names[0], businesses.address(0)

    of_first, of_second = first.record(address).edit(), second.record(address).edit()
    was = of_first.field("address").input_value()
    of_first.fill(address="文游中路1号", note="区里改的备注")
    of_second.fill(address="文游中路2号", leader="村里补的带队领导")

    assert of_first.save().said == f"已保存：{name}"
    pages.expect_problem(second.page, "409")
    of_second.save()

    # both versions, and whose is newer
    conflict = Conflict(second.page, written_server)
    assert conflict.versions == {
        "地址": ("文游中路1号", "文游中路2号"),
        "带队领导": ("—", "村里补的带队领导"),
        "备注": ("区里改的备注", "—"),
    }
    assert "沈明远" in conflict.note
    assert "沈明远" in conflict.saved_by
    assert "顾晓岚" in conflict.typed_by

    # nothing is saved before the choice
    assert first.record(address).fact("地址") == "文游中路1号"

    record = conflict.keep_mine()
    assert record.said == f"已保存：{name}"
    assert record.fact("地址") == "文游中路2号"
    assert record.fact("带队领导") == "村里补的带队领导"

    # what the first wrote is in the timeline still
    assert record.deeds[:2] == ["修改", "修改"]
    assert Told("地址", "文游中路1号", "文游中路2号") in record.told(0)
    assert Told("地址", was, "文游中路1号") in record.told(1)
    assert Told("备注", "", "区里改的备注") in record.told(1)
