"""A browser that runs no script does everything: sign in, list, narrow, add with a reference, delete."""

from playwright.sync_api import expect

from tests.browser.pages import Panel
from tests.support.browser import Pages
from tests.support.server import LiveServer


def test_everything_works_without_a_script(written_server: LiveServer, pages: Pages) -> None:
    page = pages.open("phone", java_script_enabled=False)
    panel = Panel(page, written_server)
    panel.sign_in("nanyuan", then="/admin/observation/")
    assert panel.path == "/admin/observation/"
    before = panel.ledger("observation").total

    # narrowed by a chip, then by the panel of filters
    residents = panel.ledger("resident")
    everybody = residents.total
    residents.narrow("观察中")
    expect(residents.chips_on).to_have_count(1)
    assert 0 < residents.total < everybody
    residents.narrow_by(status=["pending"])
    assert set(residents.statuses) == {"待核查"}

    # somebody without an observation yet is put under observation, found by the button beside the field
    name = residents.names[0]
    form = panel.ledger("observation").new()
    form.fill(began_on="2020-02-11", last_exposure_on="2020-02-10", place="家中北屋")
    person = form.lookup("resident")
    found = person.find(name)
    assert found and all(words.startswith(name) for words in found)
    assert form.field("place").input_value() == "家中北屋", "what was typed is kept"
    person.tick(found[0])
    record = form.save()
    assert record.said.startswith("已保存")
    assert record.fact("姓名").startswith(name)
    address = record.path
    assert panel.ledger("observation").total == before + 1

    # deleted, after a page that asks
    asked = panel.record(address).delete()
    assert len(asked.names) == 1 and name in asked.names[0]
    observations = asked.confirm("删除")
    assert observations.said.startswith("已删除")
    assert observations.total == before


def test_a_form_that_is_refused_keeps_what_was_typed_without_a_script(demo_server: LiveServer, pages: Pages) -> None:
    page = pages.open("phone", java_script_enabled=False)
    panel = Panel(page, demo_server)
    panel.sign_in("nanyuan")

    form = panel.ledger("resident").new()
    form.fill(name="", identity_number="321084199003070026", phone="138", note="第一行\n第二行")
    pages.expect_problem(page, "422")
    form.save()

    assert len(form.errors) == 4, "name, identity number, phone and category"
    assert form.field("identity_number").input_value() == "321084199003070026"
    assert form.field("note").input_value() == "第一行\n第二行"
