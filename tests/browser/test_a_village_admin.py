"""A village admin with a phone adds a resident, finds, corrects and follows her, deletes and restores her."""

from playwright.sync_api import Page, expect

from tests.browser.pages import Panel, Told
from tests.support.server import LiveServer

IDENTITY = "321084199003070025"


def test_a_resident_is_kept_on_the_phone_from_first_entry_to_restored(
    written_server: LiveServer, phone_page: Page
) -> None:
    panel = Panel(phone_page, written_server)
    panel.sign_in("nanyuan")
    residents = panel.ledger("resident")
    before = residents.total

    # added: what the identity number tells need not be typed
    form = residents.new()
    form.fill(name="欧阳春燕", identity_number=IDENTITY, phone="13851430077", address="珠湖南路66号")
    form.fill(category="from_wuhan", came_from="湖北武汉", arrived_on="2020-02-10")
    record = form.save()
    assert record.said == "已保存：欧阳春燕"
    assert record.heading.startswith("欧阳春燕")
    assert record.fact("性别") == "女"
    assert record.fact("出生日期") == "1990年3月7日"
    assert record.fact("身份证号码") == "321084********0025"

    # found by initials
    residents = panel.ledger("resident")
    assert residents.total == before + 1
    residents.search("oycy")
    assert residents.names == ["欧阳春燕"]

    # corrected
    record = residents.open_row("欧阳春燕")
    form = record.edit()
    form.fill(phone="13851430078", address="珠湖南路68号", category="via_hubei")
    record = form.save()
    assert record.fact("住址") == "珠湖南路68号"

    # the timeline: before and after, in words, masked
    changed = record.deeds.index("修改")
    assert record.told(changed) == {
        Told("人员类别", "武汉来返", "途经湖北"),
        Told("住址", "珠湖南路66号", "珠湖南路68号"),
        Told("联系电话", "138****0077", "138****0078"),
    }
    assert "顾晓岚" in record.doers[changed]
    assert record.deeds[-1] == "新建"

    # deleted, after a page that names her
    asked = record.delete()
    assert asked.names == ["欧阳春燕"]
    residents = asked.confirm("删除")
    assert residents.said == "已删除：欧阳春燕"
    assert residents.total == before
    residents.search("oycy")
    expect(residents.rows).to_have_count(0)

    # and restored, with all that was known of her
    bin_ = panel.ledger("resident").bin()
    assert "欧阳春燕" in bin_.names
    bin_.restore("欧阳春燕")
    assert panel.said == "已恢复：欧阳春燕"
    residents = panel.ledger("resident", "q=oycy")
    record = residents.open_row("欧阳春燕")
    assert record.fact("住址") == "珠湖南路68号"
    assert record.deeds[:2] == ["恢复", "删除"]
