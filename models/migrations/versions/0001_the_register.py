"""The register: places, accounts, the trail, and every ledger of the district, with search by name.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.vocabulary import (
    INSTANT,
    NUMBER,
    bytewise,
    check,
    counts,
    decimal,
    is_one_of,
    key,
    ledger,
    live_index,
    may,
    may_be,
    may_refer,
    must,
    numbered,
    record,
    refers,
    table,
    unique,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEARCHED_BY_NAME = ("resident", "volunteer")

CREATED = (
    "township", "village", "account", "grant", "sign_in", "failed_sign_in", "trail", "trail_head",
    "resident", "observation", "observation_event", "visit", "business", "inspection", "enterprise",
    "resumption", "banquet", "tipoff", "checkpoint", "passage", "publicity", "organisation",
    "volunteer", "duty", "assignment", "supply", "donation", "daily_report", "supervision",
)  # fmt: skip


def upgrade() -> None:
    _create_places()
    _create_accounts()
    _create_trail()
    _create_residents()
    _create_businesses()
    _create_gatherings()
    _create_checkpoints()
    _create_publicity()
    _create_volunteers()
    _create_supplies()
    _create_reports()
    _close_the_trail()
    _create_search_by_name()


def _create_places() -> None:
    """Townships and villages."""
    table(
        "township",
        numbered,
        must("code", bytewise(9)),
        must("name", sa.String(40)),
        unique("code"),
    )
    record(
        "village",
        must("code", bytewise(12)),
        must("name", sa.String(40)),
        must("full_name", sa.String(60)),
        refers("township_id", "township"),
        must("taking_part", sa.Boolean()),
        may("contact", sa.String(40)),
        may("phone", bytewise(20)),
    )
    live_index("village", "code", unique=True)
    op.create_index(op.f("ix_village_township_id"), "village", ["township_id"])


def _create_accounts() -> None:
    """Who may sign in, what they are granted, their sign-ins."""
    record(
        "account",
        must("username", bytewise(40)),
        must("name", sa.String(40)),
        may("phone", bytewise(20)),
        is_one_of("language", "zh", "en"),
        must("disabled", sa.Boolean()),
        must("password_hash", bytewise(200)),
        must("must_change_password", sa.Boolean()),
    )
    live_index("account", "username", unique=True)
    record(
        "grant",
        refers("account_id", "account"),
        is_one_of("role", "district", "village", "coordinator", "auditor"),
        may_refer("village_id", "village"),
        may_refer("township_id", "township"),
        check("one_area", "village_id IS NULL OR township_id IS NULL"),
    )
    op.create_index(op.f("ix_grant_account_id"), "grant", ["account_id"])
    table(
        "sign_in",
        numbered,
        refers("account_id", "account"),
        must("token_hash", bytewise(64)),
        must("started_at", INSTANT),
        must("seen_at", INSTANT),
        may("ended_at", INSTANT),
        must("address", sa.String(60)),
        unique("token_hash"),
    )
    op.create_index(op.f("ix_sign_in_account_id"), "sign_in", ["account_id"])
    table(
        "failed_sign_in",
        key("name_hash", bytewise(64)),
        must("failures", sa.Integer()),
        must("last_at", INSTANT),
    )


def _create_trail() -> None:
    """Who did what to which record; takes no UPDATE and no DELETE."""
    table(
        "trail",
        numbered,
        must("chain", NUMBER),
        must("seq", NUMBER),
        must("at", INSTANT),
        may("account_id", NUMBER),
        must("account_name", sa.String(60)),
        must("address", sa.String(60)),
        may_refer("village_id", "village"),
        must("ledger", sa.String(30)),
        must("kind", sa.String(30)),
        may("record_id", NUMBER),
        must("record_label", sa.String(120)),
        is_one_of(
            "deed",
            "insert",
            "update",
            "delete",
            "restore",
            "purge",
            "generate",
            "reveal",
            "export",
            "login",
            "logout",
            "login_failed",
            "refused",
        ),
        must("changes", sa.JSON()),
        must("reason", sa.String(500)),
        must("previous", sa.String(64)),
        must("hash", sa.String(64)),
        unique("chain", "seq"),
    )
    op.create_index(op.f("ix_trail_at"), "trail", ["at"])
    op.create_index(op.f("ix_trail_record"), "trail", ["ledger", "record_id", "id"])
    op.create_index(op.f("ix_trail_village_at"), "trail", ["village_id", "at"])
    table(
        "trail_head",
        key("chain", NUMBER),
        must("seq", NUMBER),
        must("hash", sa.String(64)),
    )


def _create_residents() -> None:
    """One file a person, the observation, its events and its visits."""
    ledger(
        "resident",
        must("name", sa.String(60)),
        may_be("sex", "m", "f"),
        may("birth_date", sa.Date()),
        may("identity_number", bytewise(18)),
        may("phone", bytewise(20)),
        is_one_of(
            "category",
            "returnee",
            "newcomer",
            "hubei_native",
            "from_wuhan",
            "via_hubei",
            "close_contact",
            "to_investigate",
            "data_match",
            "fever",
            "recovered",
        ),
        is_one_of(
            "status",
            "pending",
            "observed",
            "due",
            "released",
            "central",
            "hospital",
            "confirmed",
            "lost",
            "handed_over",
            "excluded",
        ),
        may("native_place", sa.String(60)),
        may("address", sa.String(120)),
        may("came_from", sa.String(80)),
        may("arrived_on", sa.Date()),
        may_be("arrived_by", "plane", "train", "coach", "car", "ship", "other"),
        may("transport_number", bytewise(20)),
        may("cities_passed", sa.String(200)),
        may("met_case", sa.Boolean()),
        may("lived_with_contact", sa.Boolean()),
        may("met_from_area", sa.Boolean()),
        may("health", sa.String(120)),
        may("sought_care", sa.Boolean()),
        may("hospital", sa.String(80)),
        may("care_on", sa.Date()),
        may("next_step", sa.String(120)),
        may("cadre", sa.String(40)),
        may("cadre_phone", bytewise(20)),
        may("relative", sa.String(40)),
        may("relative_phone", bytewise(20)),
        may("statement", sa.String(2000)),
        may("police", sa.String(40)),
        may("doctor", sa.String(40)),
        may("grid_worker", sa.String(40)),
        may("note", sa.String(1000)),
        must("pinyin", bytewise(200)),
        must("initials", bytewise(60)),
        may("identity_tail", bytewise(4)),
        must("name_tokens", bytewise(600)),
    )
    live_index("resident", "identity_number", unique=True)
    live_index("resident", "identity_tail")
    live_index("resident", "initials")
    live_index("resident", "name")
    live_index("resident", "phone")
    live_index("resident", "pinyin")
    live_index("resident", "village_id", "arrived_on")
    live_index("resident", "village_id", "category")
    live_index("resident", "village_id", "id")
    live_index("resident", "village_id", "name")
    live_index("resident", "village_id", "status")
    op.create_index(op.f("ix_resident_counted"), "resident", ["id", "deleted_at"])
    ledger(
        "observation",
        refers("resident_id", "resident"),
        is_one_of("kind", "home", "central", "hospital"),
        is_one_of("status", "observed", "released", "central", "hospital", "confirmed", "lost", "handed_over"),
        may("place", sa.String(80)),
        may("cadre", sa.String(40)),
        may("cadre_phone", bytewise(20)),
        may("last_exposure_on", sa.Date()),
        must("began_on", sa.Date()),
        is_one_of("first_period", "am", "pm"),
        must("days", sa.Integer()),
        must("ends_on", sa.Date()),
        may("ends_on_corrected", sa.Date()),
        may("correction_reason", sa.String(200)),
        may("released_on", sa.Date()),
        must("became_suspected", sa.Boolean()),
        may("transferred_on", sa.Date()),
        may("transferred_to", sa.String(80)),
        may("transfer_reason", sa.String(200)),
        may("note", sa.String(1000)),
        check("days_sensible", "days BETWEEN 1 AND 60"),
        check("ends_on_in_order", "ends_on >= began_on"),
        check("released_on_in_order", "released_on >= began_on"),
        check("transferred_on_in_order", "transferred_on >= began_on"),
    )
    live_index("observation", "resident_id")
    live_index("observation", "status", "ends_on")
    live_index("observation", "village_id", "began_on")
    live_index("observation", "village_id", "status", "ends_on")
    ledger(
        "observation_event",
        refers("resident_id", "resident"),
        may_refer("observation_id", "observation"),
        is_one_of(
            "kind",
            "opened",
            "corrected",
            "suspected",
            "central",
            "hospital",
            "confirmed",
            "released",
            "reopened",
            "lost",
            "found",
            "handed_out",
            "handed_in",
            "excluded",
        ),
        must("on", sa.Date()),
        may("note", sa.String(1000)),
    )
    live_index("observation_event", "observation_id")
    live_index("observation_event", "resident_id", "on")
    live_index("observation_event", "village_id", "on", "kind")
    ledger(
        "visit",
        refers("observation_id", "observation"),
        refers("resident_id", "resident"),
        must("on", sa.Date()),
        is_one_of("period", "am", "pm"),
        may("taken_at", INSTANT),
        may("temperature", decimal(3, 1)),
        is_one_of("how", "door", "video", "phone"),
        is_one_of("outcome", "normal", "abnormal", "not_met", "refused"),
        must("symptoms", sa.JSON()),
        may("went_out", sa.String(200)),
        may("contacts", sa.String(200)),
        may("measures", sa.String(200)),
        must("late", sa.Boolean()),
        may("late_reason", sa.String(200)),
        may("note", sa.String(1000)),
        check("temperature_measurable", "temperature BETWEEN 34 AND 43"),
    )
    live_index("visit", "observation_id", "on", "period", unique=True)
    live_index("visit", "on", "outcome")
    live_index("visit", "resident_id", "on")
    live_index("visit", "village_id", "on", "period", "outcome")
    op.create_index(op.f("ix_visit_counted"), "visit", ["id", "deleted_at"])


def _create_businesses() -> None:
    """Businesses and their inspections, enterprises and their return to work."""
    ledger(
        "business",
        must("name", sa.String(80)),
        is_one_of(
            "kind",
            "restaurant",
            "bath",
            "internet_cafe",
            "karaoke",
            "games",
            "hairdresser",
            "mahjong",
            "supermarket",
            "market",
            "stalls",
            "poultry",
            "other",
        ),
        may("address", sa.String(120)),
        may("operator", sa.String(40)),
        may("phone", bytewise(20)),
        may("home_address", sa.String(120)),
        is_one_of("control", "close", "restrict", "serve"),
        is_one_of("status", "closed", "restricted", "normal", "defiant", "ordered", "rectified", "recheck"),
        may("guarantor", sa.String(40)),
        may("contact", sa.String(40)),
        may("cadre", sa.String(40)),
        may("leader", sa.String(40)),
        may("area", decimal(9, 1)),
        may("stalls", sa.Integer()),
        may("open", sa.Boolean()),
        may("opening_hours", sa.String(80)),
        may("note", sa.String(1000)),
        counts("area", "stalls"),
    )
    live_index("business", "village_id", "kind")
    live_index("business", "village_id", "name")
    live_index("business", "village_id", "status")
    ledger(
        "inspection",
        must("on", sa.Date()),
        refers("business_id", "business"),
        is_one_of("way", "phone", "site", "public", "joint"),
        must("inspector", sa.String(80)),
        may("departments", sa.String(120)),
        may("operating", sa.Boolean()),
        may("masks", sa.Boolean()),
        may("disinfected", sa.Boolean()),
        may("findings", sa.String(1000)),
        may("rectify_by", sa.Date()),
        may("rechecked_on", sa.Date()),
        may_be("recheck", "rectified", "partly", "not_rectified"),
        may("note", sa.String(1000)),
        check("rechecked_on_in_order", 'rechecked_on >= "on"'),
        check("rectify_by_in_order", 'rectify_by >= "on"'),
    )
    live_index("inspection", "business_id", "on")
    live_index("inspection", "on")
    live_index("inspection", "village_id", "on")
    live_index("inspection", "village_id", "rectify_by")
    ledger(
        "enterprise",
        must("name", sa.String(100)),
        may("credit_code", bytewise(18)),
        may("legal_person", sa.String(40)),
        may("contact", sa.String(40)),
        may("phone", bytewise(20)),
        may("duty_phone", bytewise(20)),
        may("address", sa.String(120)),
        may("business_scope", sa.String(300)),
        may("workers", sa.Integer()),
        may("note", sa.String(1000)),
        counts("workers"),
    )
    live_index("enterprise", "credit_code", unique=True)
    live_index("enterprise", "village_id", "name")
    ledger(
        "resumption",
        refers("enterprise_id", "enterprise"),
        is_one_of("status", "idle", "applied", "filed", "resumed", "suspended"),
        may("applied_on", sa.Date()),
        may("filed_on", sa.Date()),
        may("returned", sa.Integer()),
        may("from_outside", sa.Integer()),
        may("from_hubei", sa.Integer()),
        may("hubei_customers", sa.String(200)),
        may("resumed_on", sa.Date()),
        must("isolation_room", sa.Boolean()),
        must("disinfection", sa.Boolean()),
        must("temperature_checks", sa.Boolean()),
        must("publicity", sa.Boolean()),
        must("commitment_letter", sa.Boolean()),
        must("emergency_plan", sa.Boolean()),
        must("health_table", sa.Boolean()),
        must("told_face_to_face", sa.Boolean()),
        may("checked_on", sa.Date()),
        may("check_findings", sa.String(1000)),
        may("suspended_on", sa.Date()),
        may("suspension_reason", sa.String(200)),
        may("note", sa.String(1000)),
        counts("returned", "from_outside", "from_hubei"),
        check("filed_on_in_order", "filed_on >= applied_on"),
    )
    live_index("resumption", "enterprise_id", unique=True)
    live_index("resumption", "village_id", "resumed_on")
    live_index("resumption", "village_id", "status")


def _create_gatherings() -> None:
    """Banquets and tip-offs."""
    ledger(
        "banquet",
        must("held_on", sa.Date()),
        may("place", sa.String(120)),
        must("host", sa.String(40)),
        may("host_phone", bytewise(20)),
        may("cook", sa.String(40)),
        may("cook_phone", bytewise(20)),
        may("restaurant", sa.String(80)),
        may_refer("business_id", "business"),
        may("occasion", sa.String(80)),
        may("tables", sa.Integer()),
        may("guests", sa.Integer()),
        is_one_of("source", "self", "tip", "call", "visit"),
        is_one_of("status", "new", "verified", "closed"),
        may("findings", sa.String(1000)),
        must("joint_enforcement", sa.Boolean()),
        may("outcome", sa.String(200)),
        may("verified_by", sa.String(40)),
        may("concluded_on", sa.Date()),
        may("note", sa.String(1000)),
        counts("tables", "guests"),
    )
    live_index("banquet", "business_id")
    live_index("banquet", "village_id", "held_on")
    live_index("banquet", "village_id", "status", "held_on")
    ledger(
        "tipoff",
        is_one_of("source", "self", "tip", "call", "visit"),
        must("received_at", INSTANT),
        may("informer", sa.String(40)),
        may("informer_phone", bytewise(20)),
        is_one_of("topic", "banquet", "gathering", "venue", "person", "poultry", "other"),
        may("place", sa.String(120)),
        must("text", sa.String(1000)),
        may_refer("banquet_id", "banquet"),
        is_one_of("status", "new", "verified", "closed"),
        may("findings", sa.String(1000)),
        may("outcome", sa.String(200)),
        may("verified_by", sa.String(40)),
        may("concluded_on", sa.Date()),
        may("note", sa.String(1000)),
    )
    live_index("tipoff", "banquet_id")
    live_index("tipoff", "village_id", "received_at")
    live_index("tipoff", "village_id", "status", "received_at")


def _create_checkpoints() -> None:
    """Checkpoints and the book of passages."""
    ledger(
        "checkpoint",
        must("name", sa.String(60)),
        may("place", sa.String(120)),
        may("cadre", sa.String(40)),
        may("phone", bytewise(20)),
        may("opened_on", sa.Date()),
        may("closed_on", sa.Date()),
        may("note", sa.String(1000)),
        check("closed_on_in_order", "closed_on >= opened_on"),
    )
    live_index("checkpoint", "village_id", "name", unique=True)
    ledger(
        "passage",
        refers("checkpoint_id", "checkpoint"),
        is_one_of("direction", "in", "out"),
        must("at", INSTANT),
        may("plate", bytewise(20)),
        may("name", sa.String(60)),
        must("people", sa.Integer()),
        may("phone", bytewise(20)),
        may("identity_number", bytewise(18)),
        may("origin", sa.String(80)),
        may("destination", sa.String(80)),
        may("temperature", decimal(3, 1)),
        may("purpose", sa.String(120)),
        may("keeper", sa.String(40)),
        may("note", sa.String(1000)),
        check("people_counted", "people >= 1"),
        check("temperature_measurable", "temperature BETWEEN 34 AND 43"),
    )
    live_index("passage", "at")
    live_index("passage", "checkpoint_id", "at")
    live_index("passage", "identity_number")
    live_index("passage", "phone")
    live_index("passage", "plate")
    live_index("passage", "village_id", "at")


def _create_publicity() -> None:
    """What was put up, handed out and broadcast."""
    ledger(
        "publicity",
        must("on", sa.Date()),
        is_one_of("kind", "poster", "banner", "letter", "loudspeaker", "broadcast", "vehicle", "group", "other"),
        may("content", sa.String(120)),
        may("place", sa.String(120)),
        must("quantity", sa.Integer()),
        may("responsible", sa.String(40)),
        may("photo", sa.String(200)),
        may("note", sa.String(1000)),
        counts("quantity"),
    )
    live_index("publicity", "on")
    live_index("publicity", "village_id", "on")


def _create_volunteers() -> None:
    """Organisations, volunteers, duties and who served."""
    record(
        "organisation",
        must("name", sa.String(80)),
        may("contact", sa.String(40)),
        may("phone", bytewise(20)),
        may("founded_on", sa.Date()),
        may("party_branch", sa.String(80)),
        may("note", sa.String(1000)),
    )
    live_index("organisation", "name", unique=True)
    ledger(
        "volunteer",
        may("number", bytewise(20)),
        must("name", sa.String(60)),
        may_be("sex", "m", "f"),
        may("birth_date", sa.Date()),
        may("identity_number", bytewise(18)),
        may("phone", bytewise(20)),
        may_refer("organisation_id", "organisation"),
        may_be("politics", "party", "probationary", "league", "democratic", "masses"),
        may("skills", sa.String(120)),
        must("hours", sa.JSON()),
        may("unavailable_until", sa.Date()),
        may("note", sa.String(1000)),
        must("pinyin", bytewise(200)),
        must("initials", bytewise(60)),
        may("identity_tail", bytewise(4)),
        must("name_tokens", bytewise(600)),
    )
    live_index("volunteer", "identity_number", unique=True)
    live_index("volunteer", "identity_tail")
    live_index("volunteer", "initials")
    live_index("volunteer", "name")
    live_index("volunteer", "number", unique=True)
    live_index("volunteer", "organisation_id")
    live_index("volunteer", "phone")
    live_index("volunteer", "pinyin")
    live_index("volunteer", "village_id", "name")
    ledger(
        "duty",
        must("title", sa.String(80)),
        is_one_of("kind", "checkpoint", "door_to_door", "publicity", "dissuading", "delivery", "other"),
        may("place", sa.String(120)),
        may_refer("checkpoint_id", "checkpoint"),
        must("starts_at", INSTANT),
        must("ends_at", INSTANT),
        must("needed", sa.Integer()),
        may("contact", sa.String(40)),
        may("contact_phone", bytewise(20)),
        is_one_of("status", "asked", "open", "done", "cancelled"),
        may("note", sa.String(1000)),
        check("ends_at_after_start", "ends_at > starts_at"),
        check("needed_counted", "needed >= 1"),
    )
    live_index("duty", "checkpoint_id")
    live_index("duty", "starts_at")
    live_index("duty", "status", "starts_at")
    live_index("duty", "village_id", "starts_at")
    ledger(
        "assignment",
        refers("duty_id", "duty"),
        refers("volunteer_id", "volunteer"),
        must("volunteer_name", sa.String(60)),
        may("signed_in_at", INSTANT),
        may("signed_out_at", INSTANT),
        may("hours", decimal(4, 1)),
        must("attended", sa.Boolean()),
        may("note", sa.String(1000)),
        check("signed_out_at_in_order", "signed_out_at >= signed_in_at"),
    )
    live_index("assignment", "duty_id", "volunteer_id", unique=True)
    live_index("assignment", "village_id", "duty_id")
    live_index("assignment", "volunteer_id")


def _create_supplies() -> None:
    """What is brought to a door, and what was given."""
    ledger(
        "supply",
        must("asked_on", sa.Date()),
        must("name", sa.String(60)),
        must("address", sa.String(120)),
        may("phone", bytewise(20)),
        is_one_of("kind", "food", "medicine", "gas", "counselling", "other"),
        must("goods", sa.String(500)),
        is_one_of("status", "open", "taken", "bought", "delivered", "cancelled"),
        may("courier", sa.String(40)),
        may("cost", decimal(9, 2)),
        may("delivered_on", sa.Date()),
        may("note", sa.String(1000)),
        counts("cost"),
        check("delivered_on_in_order", "delivered_on >= asked_on"),
    )
    live_index("supply", "status", "asked_on")
    live_index("supply", "village_id", "asked_on")
    live_index("supply", "village_id", "status", "asked_on")
    ledger(
        "donation",
        must("donor", sa.String(80)),
        is_one_of("kind", "goods", "money"),
        must("what", sa.String(120)),
        must("quantity", decimal(12, 2)),
        may("measure", sa.String(20)),
        is_one_of("directed", "directed", "undirected"),
        may("receiver", sa.String(80)),
        must("received_on", sa.Date()),
        may("went_to", sa.String(500)),
        may("published_on", sa.Date()),
        may("note", sa.String(1000)),
        check("published_on_in_order", "published_on >= received_on"),
        check("quantity_counted", "quantity > 0"),
    )
    live_index("donation", "village_id", "received_on")


def _create_reports() -> None:
    """The day's report of a village, and the rounds of leaders."""
    ledger(
        "daily_report",
        must("on", sa.Date()),
        must("surveyed", sa.Integer()),
        must("came", sa.Integer()),
        must("met_case", sa.Integer()),
        must("lived_with_contact", sa.Integer()),
        must("met_from_area", sa.Integer()),
        must("abnormal", sa.Integer()),
        must("central_today", sa.Integer()),
        must("central_total", sa.Integer()),
        must("home_today", sa.Integer()),
        must("home_total", sa.Integer()),
        must("released_today", sa.Integer()),
        must("released_total", sa.Integer()),
        must("in_hospital", sa.Integer()),
        may("note", sa.String(1000)),
        must("handed_in_by", sa.String(40)),
        must("handed_in_at", INSTANT),
        is_one_of("punctuality", "on_time", "late", "made_up"),
        is_one_of("status", "reported", "returned", "closed"),
        may("return_reason", sa.String(200)),
        must("revision", sa.Integer()),
        may("correction_reason", sa.String(200)),
        may("snapshot", sa.JSON()),
        counts(
            "surveyed",
            "came",
            "met_case",
            "lived_with_contact",
            "met_from_area",
            "abnormal",
            "central_today",
            "central_total",
            "home_today",
            "home_total",
            "released_today",
            "released_total",
            "in_hospital",
        ),
        check("revision_counted", "revision >= 1"),
    )
    live_index("daily_report", "on", "status")
    live_index("daily_report", "village_id", "on", unique=True)
    ledger(
        "supervision",
        must("on", sa.Date()),
        must("supervisors", sa.String(120)),
        may("place", sa.String(120)),
        may("findings", sa.String(1000)),
        may("demands", sa.String(1000)),
        may("due_on", sa.Date()),
        may("done", sa.String(1000)),
        may("done_on", sa.Date()),
        may("note", sa.String(1000)),
        check("done_on_in_order", 'done_on >= "on"'),
        check("due_on_in_order", 'due_on >= "on"'),
    )
    live_index("supervision", "village_id", "due_on")
    live_index("supervision", "village_id", "on")


def downgrade() -> None:
    if _on_sqlite():
        for name in SEARCHED_BY_NAME:
            op.execute(f"DROP TABLE {name}_search")
    for name in reversed(CREATED):
        op.drop_table(name)
    if not _on_sqlite():
        op.execute("DROP FUNCTION trail_is_append_only()")


# ---- what the two databases do differently ----


def _close_the_trail() -> None:
    """Let nobody, not even the application, change or remove a row of the trail."""
    if _on_sqlite():
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER trail_no_{deed.lower()} BEFORE {deed} ON trail "
                "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
            )
        # INSERT OR REPLACE would remove a row without asking the trigger above
        op.execute(
            "CREATE TRIGGER trail_no_replace BEFORE INSERT ON trail "
            "WHEN EXISTS (SELECT 1 FROM trail WHERE id = new.id OR (chain = new.chain AND seq = new.seq)) "
            "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER trail_no_change BEFORE UPDATE OR DELETE ON trail "
        "FOR EACH ROW EXECUTE FUNCTION trail_is_append_only()"
    )
    op.execute(
        "CREATE TRIGGER trail_no_truncate BEFORE TRUNCATE ON trail "
        "FOR EACH STATEMENT EXECUTE FUNCTION trail_is_append_only()"
    )


def _create_search_by_name() -> None:
    """Find any run of characters inside a name: ``name_tokens`` has one ASCII token a character."""
    for name in SEARCHED_BY_NAME:
        if _on_sqlite():
            _follow_in_sqlite(name)
        else:
            op.execute(
                f"CREATE INDEX ix_{name}_name_tokens ON {name} "
                "USING gin (to_tsvector('simple'::regconfig, name_tokens))"
            )


def _follow_in_sqlite(name: str) -> None:
    """A full-text index over the table's own column, kept in step by triggers."""
    op.execute(
        f"CREATE VIRTUAL TABLE {name}_search USING fts5("
        f"name_tokens, content='{name}', content_rowid='id', tokenize='ascii', detail=full)"
    )
    add = f"INSERT INTO {name}_search (rowid, name_tokens) VALUES (new.id, new.name_tokens);"  # noqa: S608
    take = (
        f"INSERT INTO {name}_search ({name}_search, rowid, name_tokens) "  # noqa: S608
        "VALUES ('delete', old.id, old.name_tokens);"
    )
    op.execute(f"CREATE TRIGGER {name}_search_insert AFTER INSERT ON {name} BEGIN {add} END")
    op.execute(f"CREATE TRIGGER {name}_search_delete AFTER DELETE ON {name} BEGIN {take} END")
    changed = f"UPDATE OF id, name_tokens ON {name}"
    op.execute(f"CREATE TRIGGER {name}_search_update AFTER {changed} BEGIN {take} {add} END")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
