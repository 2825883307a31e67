"""A district admin makes an account; whoever is handed its password must choose another, and sees one village only."""

from playwright.sync_api import Page, expect

from tests.browser.pages import Panel
from tests.support.browser import Pages
from tests.support.server import LiveServer


def test_a_new_account_signs_in_changes_its_password_and_sees_its_own_village(
    written_server: LiveServer, desk_page: Page, pages: Pages
) -> None:
    district = Panel(desk_page, written_server)
    district.sign_in("district", then="/admin/account/")

    form = district.ledger("account").new()
    form.fill(username="chengnan.wei", name="魏新芽")
    form.page.locator("[name='grants-0-role']").select_option("village")
    form.page.locator("[name='grants-0-area']").select_option(label="朝阳社区")
    form.save()
    password = desk_page.locator("#secret").inner_text()
    assert len(password) >= 10
    district.press("完成")
    assert "朝阳社区" in desk_page.get_by_role("main").inner_text()
    assert password not in desk_page.content()

    # somebody else, on a phone
    theirs = Panel(pages.open("phone"), written_server)
    theirs.sign_in("chengnan.wei", password)
    assert theirs.path == "/password"
    theirs.open("/admin/resident/")
    assert theirs.path == "/password", "nothing else is open before"
    theirs.change_password(password, "换成自己的口令-2020")
    assert theirs.path == "/admin/"

    residents = theirs.ledger("resident")
    expect(theirs.page.locator(".head p")).to_contain_text("朝阳社区")
    everybody = district.ledger("resident")
    of_all, villages = everybody.total, everybody.choices("village")
    of_chaoyang = district.ledger("resident", f"village={villages['朝阳社区']}").total
    assert 0 < residents.total == of_chaoyang < of_all
    assert "居民档案" in theirs.menu()
    assert "账号管理" not in theirs.menu()

    # a record of another village does not exist for them
    other = district.ledger("resident", f"village={villages['南苑社区']}").address()
    pages.expect_problem(theirs.page, "404")
    assert theirs.open(other).status == 404

    # the password that was handed out is worth nothing now
    late = Panel(pages.open("desk"), written_server)
    pages.expect_problem(late.page, "401")
    late.sign_in("chengnan.wei", password)
    assert late.path.startswith("/login")
