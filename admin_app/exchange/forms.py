"""The columns of the sheets that districts hand on, in the order and under the headings of the sheets of 2020.

A heading is the attribute's own label unless the sheet has another word for it. The first twelve are the twelve sheets;
what follows stands in a village's ledger only.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from admin_app.exchange.columns import Col, col, made, wall
from admin_app.exchange.sheet import Kind
from admin_app.ledgers.show import words_of
from models.resident import FileStatus
from models.states import ObservationStatus
from models.words import N_


def _age(on: date, born: date | None) -> int | None:
    return None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _released(_on: date, status: ObservationStatus) -> str:
    return words_of(status is ObservationStatus.RELEASED)


def _from_to(_on: date, starts: datetime, ends: datetime) -> str:
    """2020-02-12 08:00–11:00, or with the second day where the night lies between."""
    first, last = wall(starts), wall(ends)
    return f"{first:%Y-%m-%d %H:%M}–" + (f"{last:%H:%M}" if first.date() == last.date() else f"{last:%m-%d %H:%M}")


def _amount(_on: date, quantity: Decimal, measure: str | None) -> str:
    """500 只"""
    return f"{quantity.normalize():f} {measure or ''}".strip()


def _standing(on: date, status: FileStatus | ObservationStatus, over: date | None) -> str:
    """The state, but 待解除 for somebody whose term was over by the last day and whom nobody had signed off."""
    waits = status.value == FileStatus.OBSERVED.value and over is not None and over <= on
    return words_of(FileStatus.DUE if waits else status)


# 1 重点人员摸排表
PERSONS: Final[tuple[Col, ...]] = (
    col("name", 8), made(N_("Age"), 5, Kind.ORDER, _age, "birth_date"), col("sex", 5), col("native_place", 9),
    col("address", 17), col("identity_number", 18.5), col("phone", 12), col("came_from", 10), col("arrived_on", 11),
    col("arrived_by", 7), col("transport_number", 9), col("cities_passed", 10), col("met_case", 8),
    col("lived_with_contact", 10), col("met_from_area", 8), col("health", 8), col("sought_care", 5),
    col("hospital", 9), col("care_on", 11), col("next_step", 17),
)  # fmt: skip
# 2 居家医学观察人员名单
OBSERVED: Final[tuple[Col, ...]] = (
    col("resident.name", 8), col("resident.sex", 5), col("resident.identity_number", 18.5),
    col("resident.phone", 12, N_("Contact number")), col("resident.address", 17, N_("Home address")),
    col("village.name", 10, N_("Responsible village (community)")), col("cadre", 8), col("cadre_phone", 12),
    col("began_on", 11), col("ends_on", 11), col("released_on", 11),
    made(N_("Released or not"), 6, Kind.CENTRED, _released, "status"), col("became_suspected", 6),
    col("transferred_on", 11), col("transferred_to", 11), col("transfer_reason", 11), col("note", 12),
)  # fmt: skip
# 5 卡口登记
PASSAGES: Final[tuple[Col, ...]] = (
    col("checkpoint.name", 14), col("direction", 6), col("at", 16), col("plate", 10), col("name", 9),
    col("people", 6, total=True), col("phone", 12, N_("Contact number")),
    col("identity_number", 18.5, N_("Identity no.")), col("origin", 14), col("destination", 14),
    col("temperature", 6), col("purpose", 16),
)  # fmt: skip
# 6 经营场所
BUSINESSES: Final[tuple[Col, ...]] = (
    col("name", 16), col("kind", 9), col("address", 17), col("operator", 8), col("phone", 12),
    col("home_address", 16), col("control", 11), col("guarantor", 8), col("contact", 8), col("cadre", 8),
    col("leader", 8), col("area", 8), col("stalls", 6), col("open", 5), col("opening_hours", 11),
)  # fmt: skip
# 7 场所检查
INSPECTIONS: Final[tuple[Col, ...]] = (
    col("on", 11), col("business.name", 18, N_("Venue")), col("way", 10), col("inspector", 12), col("departments", 16),
    col("operating", 6), col("masks", 6), col("disinfected", 6), col("findings", 26), col("rectify_by", 11),
    col("rechecked_on", 11), col("recheck", 10),
)  # fmt: skip
# 8 企业复工复产备案表
RESUMPTIONS: Final[tuple[Col, ...]] = (
    col("enterprise.name", 17), col("enterprise.credit_code", 19), col("enterprise.legal_person", 8),
    col("enterprise.contact", 8), col("enterprise.phone", 12), col("enterprise.duty_phone", 12),
    col("enterprise.address", 15), col("enterprise.business_scope", 14), col("enterprise.workers", 6, total=True),
    col("returned", 6, total=True), col("from_outside", 6, total=True), col("from_hubei", 6, total=True),
    col("hubei_customers", 9), col("resumed_on", 11), col("isolation_room", 6), col("disinfection", 6),
    col("temperature_checks", 6), col("publicity", 6), col("commitment_letter", 6), col("emergency_plan", 6),
    col("health_table", 6), col("told_face_to_face", 6),
)  # fmt: skip
# 9 家宴报备与举报
BANQUETS: Final[tuple[Col, ...]] = (
    col("held_on", 11), col("place", 16), col("host", 8), col("cook", 8), col("restaurant", 14), col("occasion", 10),
    col("tables", 5, total=True), col("guests", 6, total=True), col("source", 8), col("findings", 24),
    col("outcome", 18), col("verified_by", 8), col("concluded_on", 11),
)  # fmt: skip
TIPOFFS: Final[tuple[Col, ...]] = (
    col("received_at", 16), col("place", 16), col("topic", 12), col("text", 24), col("source", 8), col("findings", 26),
    col("outcome", 20), col("verified_by", 8), col("concluded_on", 11),
)  # fmt: skip
# 10 志愿者, 岗位任务, 服务记录
VOLUNTEERS: Final[tuple[Col, ...]] = (
    col("number", 10), col("name", 9), col("sex", 5), col("phone", 12), col("identity_number", 18.5),
    col("organisation.name", 18, N_("Organisation")), col("politics", 10), col("skills", 14), col("hours", 22),
    col("village.name", 11, N_("Village (community) served")),
)  # fmt: skip
DUTIES: Final[tuple[Col, ...]] = (
    col("title", 22), col("kind", 12), col("place", 22),
    made(N_("From – to"), 24, Kind.CENTRED, _from_to, "starts_at", "ends_at"), col("needed", 9, total=True),
    col("contact", 10),
)  # fmt: skip
SERVICE: Final[tuple[Col, ...]] = (
    col("duty.title", 26), col("volunteer_name", 12, N_("Volunteer")), col("signed_in_at", 17),
    col("signed_out_at", 17), col("hours", 9, total=True),
)  # fmt: skip
# 11 捐赠
DONATIONS: Final[tuple[Col, ...]] = (
    col("donor", 20), col("what", 20),
    made(N_("Quantity"), 11, Kind.CENTRED, _amount, "quantity", "measure"), col("directed", 9),
    col("receiver", 18),
    col("received_on", 11), col("went_to", 26), col("published_on", 11),
)  # fmt: skip
# 12 宣传留痕
PUBLICITY: Final[tuple[Col, ...]] = (
    col("on", 11), col("kind", 12), col("place", 28), col("quantity", 9, total=True), col("responsible", 12),
    col("photo", 28),
)  # fmt: skip

# ---- what stands in a village's ledger only ----

# after the columns of the list: where and how long, for those who are not at home
STATE: Final[tuple[Col, ...]] = (
    col("kind", 12), made(N_("State of the observation"), 12, Kind.CENTRED, _standing, "status", "ends_on"),
    col("place", 12), col("last_exposure_on", 11), col("days", 5), col("signed_by", 14),
)  # fmt: skip

_LAND, _KIN, _TEAM = N_("Responsible for the area"), N_("Supervision by a relative"), N_("Team of three")
RESPONSIBILITIES: Final[tuple[Col, ...]] = (
    col("name", 9), col("category", 13), made(N_("File status"), 12, Kind.CENTRED, _standing, "status", "due_on"),
    col("cadre", 9, N_("Name"), group=_LAND), col("cadre_phone", 12, N_("Phone"), group=_LAND),
    col("relative", 9, N_("Name"), group=_KIN), col("relative_phone", 12, N_("Phone"), group=_KIN),
    col("police", 9, N_("Police officer"), group=_TEAM), col("doctor", 9, N_("Doctor"), group=_TEAM),
    col("grid_worker", 9, N_("Grid worker"), group=_TEAM), col("statement", 34), col("note", 16),
)  # fmt: skip
EVENTS: Final[tuple[Col, ...]] = (
    col("on", 11), col("resident.name", 10), col("kind", 20), col("was", 14), col("became", 14), col("note", 40),
)  # fmt: skip
VISITS: Final[tuple[Col, ...]] = (
    col("on", 11), col("period", 6), col("resident.name", 9), col("temperature", 6), col("how", 6), col("outcome", 8),
    col("symptoms", 14), col("went_out", 16), col("contacts", 16), col("measures", 18), col("late_reason", 14),
    col("note", 16),
)  # fmt: skip
CALLS: Final[tuple[Col, ...]] = (
    col("on", 11), col("resident.name", 12), col("day_no", 12), col("outcome", 14), col("by", 12), col("note", 40),
)  # fmt: skip
ALERTS: Final[tuple[Col, ...]] = (
    col("raised_at", 16), col("resident.name", 10), col("kind", 14), col("what", 20), col("status", 10),
    col("taken_by", 10), col("closed_by", 10), col("closed_at", 16), col("done", 30),
)  # fmt: skip
ENTERPRISES: Final[tuple[Col, ...]] = (
    col("name", 22), col("credit_code", 19), col("legal_person", 10), col("contact", 10), col("phone", 12),
    col("duty_phone", 12), col("address", 20), col("business_scope", 20), col("workers", 8, total=True),
)  # fmt: skip
CHECKPOINTS: Final[tuple[Col, ...]] = (
    col("name", 20), col("place", 28), col("cadre", 12), col("phone", 13), col("opened_on", 12), col("closed_on", 12),
    col("note", 24),
)  # fmt: skip
SUPPLIES: Final[tuple[Col, ...]] = (
    col("asked_on", 11), col("name", 9), col("address", 20), col("phone", 12), col("kind", 12), col("goods", 26),
    col("status", 10), col("courier", 10), col("cost", 10, total=True), col("delivered_on", 11),
)  # fmt: skip
SUPERVISION: Final[tuple[Col, ...]] = (
    col("on", 11), col("supervisors", 16), col("place", 16), col("findings", 28), col("demands", 24), col("due_on", 11),
    col("done", 24), col("done_on", 11),
)  # fmt: skip
_CENTRAL, _HOME = N_("Central observation"), N_("Home observation")
REPORTS: Final[tuple[Col, ...]] = (
    col("on", 11), col("surveyed", 8), col("came", 8), col("met_case", 9), col("lived_with_contact", 9),
    col("met_from_area", 9), col("abnormal", 8),
    col("central_today", 7, group=_CENTRAL), col("central_total", 7, group=_CENTRAL),
    col("home_today", 7, group=_HOME), col("home_total", 7, group=_HOME),
    col("released_today", 7, group=N_("Released")), col("released_total", 7, group=N_("Released")),
    col("in_hospital", 6), col("handed_in_by", 9), col("handed_in_at", 16), col("punctuality", 8),
    col("revision", 5), col("correction_reason", 14), col("note", 14),
)  # fmt: skip
