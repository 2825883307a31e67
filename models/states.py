"""The closed lists of an observation: its kinds and states, what happens to it, and how a visit ends."""

from __future__ import annotations

from typing import Final

from models.resident import FileStatus
from models.words import N_, Choice, Tone


class ObservationKind(Choice):
    """居家医学观察, 集中医学观察, 住院医学观察."""

    HOME = "home", N_("Home observation")
    CENTRAL = "central", N_("Central observation")
    HOSPITAL = "hospital", N_("Hospital observation")


class ObservationStatus(Choice):
    """观察中, 已解除, 转集中, 转院, 转确诊, 失访, 已移交. 待解除 is not stored: the date makes it so (``standing``)."""

    OBSERVED = "observed", N_("Under observation")
    RELEASED = "released", N_("Released")
    CENTRAL = "central", N_("Moved to central observation")
    HOSPITAL = "hospital", N_("Moved to hospital")
    CONFIRMED = "confirmed", N_("Became a confirmed case")
    LOST = "lost", N_("Lost from sight")
    HANDED_OVER = "handed_over", N_("Handed over")
    EXCLUDED = "excluded", N_("Ruled out")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return FileStatus(self.value).tone


OVER: Final = frozenset({ObservationStatus.RELEASED, ObservationStatus.EXCLUDED, ObservationStatus.HANDED_OVER})


class EventKind(Choice):
    """What changed a person's status on a day; a day's sheet is sums over these."""

    OPENED = "opened", N_("Observation opened")
    CORRECTED = "corrected", N_("End corrected")
    SUSPECTED = "suspected", N_("Suspected case")
    CENTRAL = "central", N_("Moved to central observation")
    HOSPITAL = "hospital", N_("Moved to hospital")
    CONFIRMED = "confirmed", N_("Became a confirmed case")
    RELEASED = "released", N_("Released")
    REOPENED = "reopened", N_("Observation reopened")
    LOST = "lost", N_("Lost from sight")
    FOUND = "found", N_("Found again")
    BACK_HOME = "back_home", N_("Back to home observation")
    RECOVERED = "recovered", N_("Recovered, observed further")
    HANDED_OUT = "handed_out", N_("Handed over to another village")
    HANDED_IN = "handed_in", N_("Taken over from another village")
    EXCLUDED = "excluded", N_("Ruled out")


class OwnReason(Choice):
    """What a rule, not a person, says of why; stored as its code, read in words."""

    DOUBLE = "merged_files", N_("Two files of one person became one")


class Period(Choice):
    """一日两测: the two slots of a day."""

    AM = "am", N_("Morning")
    PM = "pm", N_("Evening")


class How(Choice):
    """How a temperature was taken."""

    DOOR = "door", N_("At the door")
    VIDEO = "video", N_("By video")
    PHONE = "phone", N_("By phone")


class Outcome(Choice):
    """How a visit ended. 待测 and 漏测 are not stored: no visit is there, and the cut-off decides which it is."""

    NORMAL = "normal", N_("Normal")
    ABNORMAL = "abnormal", N_("Abnormal")
    NOT_MET = "not_met", N_("Not met")
    REFUSED = "refused", N_("Refused to be measured")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {Outcome.NORMAL: Tone.OK, Outcome.ABNORMAL: Tone.BAD}.get(self, Tone.WARN)

    @property
    def measured(self) -> bool:
        """True if the person was reached."""
        return self in (Outcome.NORMAL, Outcome.ABNORMAL)


class Symptom(Choice):
    """症状, as the three questions ask."""

    FEVER = "fever", N_("Fever")
    COUGH = "cough", N_("Dry cough")
    FATIGUE = "fatigue", N_("Fatigue")
    SORE_THROAT = "sore_throat", N_("Sore throat")
    DIARRHOEA = "diarrhoea", N_("Diarrhoea")
    CHEST = "chest", N_("Tight chest")
    RUNNY_NOSE = "runny_nose", N_("Runny nose")
    CHILLS = "chills", N_("Chills")
    WELL = "well", N_("Feels well")
