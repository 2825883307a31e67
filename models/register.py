"""The register: every ledger, in the order of the panel. Importing this module completes the mappers."""

from __future__ import annotations

from typing import Final

from models.account import Account
from models.alert import Alert
from models.base import Base
from models.business import Business, Inspection
from models.checkpoint import Checkpoint, Passage
from models.dossier import Contact, Journey, Paper
from models.enterprise import Enterprise, Resumption
from models.followup import FollowUp
from models.gathering import Banquet, Tipoff
from models.handover import HandOver
from models.made import MadePin, MadeSummary  # noqa: F401  no ledgers with lists of their own
from models.observation import Observation
from models.place import Village
from models.publicity import Publicity
from models.report import DailyReport
from models.resident import Resident
from models.setting import Setting
from models.supervision import Supervision
from models.supply import Donation, Supply
from models.trail import TrailEntry
from models.visit import Visit
from models.volunteer import Assignment, Duty, Organisation, Volunteer

LEDGERS: Final[tuple[type[Base], ...]] = (
    Village, Account, Setting, Resident, Observation, Visit, Alert, FollowUp, HandOver, Journey, Contact,
    Paper, Business, Inspection, Enterprise, Resumption, Banquet, Tipoff, Checkpoint, Passage, Publicity,
    Organisation, Volunteer, Duty, Assignment, Supply, Donation, DailyReport, Supervision, TrailEntry,
)  # fmt: skip
