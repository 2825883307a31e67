"""复工复产: how far the enterprises are back at work, by village and by the size of their workforce."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import case, func, select

from models.enterprise import Enterprise, Resumption, ResumptionStatus
from models.session import Session
from models.summaries.span import Villages
from models.words import N_, Choice


class Size(Choice):
    """企业用工人数. Not stored: what the number of workers comes to."""

    SMALL = "small", N_("Fewer than 20 workers")
    MEDIUM = "medium", N_("20 to 99 workers")
    LARGE = "large", N_("100 to 299 workers")
    VERY_LARGE = "very_large", N_("300 workers and more")
    UNKNOWN = "unknown", N_("Number of workers not known")

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """The fewest and the most workers; None where there is no bound."""
        return {
            Size.SMALL: (None, 19),
            Size.MEDIUM: (20, 99),
            Size.LARGE: (100, 299),
            Size.VERY_LARGE: (300, None),
        }.get(self, (None, None))

    @classmethod
    def of(cls, workers: int | None) -> Size:
        """The size of a workforce."""
        if workers is None:
            return Size.UNKNOWN
        return next(size for size in Size if size.bounds[1] is None or workers <= size.bounds[1])


class BackAtWork(NamedTuple):
    """Enterprises by where their resumption stands (``no_file``: nothing was filed for them), and their people;
    ``away``: workers who are not known to be back."""

    enterprises: int = 0
    no_file: int = 0
    idle: int = 0
    applied: int = 0
    filed: int = 0
    resumed: int = 0
    suspended: int = 0
    workers: int = 0
    returned: int = 0
    away: int = 0
    from_outside: int = 0
    from_hubei: int = 0

    def plus(self, other: BackAtWork) -> BackAtWork:
        """Two of them together."""
        return BackAtWork(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def share(self) -> float | None:
        """How many of the enterprises work again, 0 to 1; None without enterprises."""
        return self.resumed / self.enterprises if self.enterprises else None


def by_village_and_size(session: Session, villages: Villages) -> dict[tuple[int, Size], BackAtWork]:
    """Where all enterprises stand now; a village or a size without any is left out."""
    by = (Enterprise.village_id, Enterprise.workers, Resumption.status)
    back = func.coalesce(Resumption.returned, 0)
    away = case((Enterprise.workers > back, Enterprise.workers - back), else_=0)
    people = (Enterprise.workers, Resumption.returned, away, Resumption.from_outside, Resumption.from_hubei)
    query = (
        select(*by, func.count(), *(func.coalesce(func.sum(column), 0) for column in people))
        .outerjoin(Resumption, Resumption.enterprise_id == Enterprise.id)
        .where(Enterprise.village_id.in_(villages))
        .group_by(*by)
    )
    found: dict[tuple[int, Size], BackAtWork] = {}
    for village_id, workers, status, count, *sums in session.execute(query):
        of = village_id, Size.of(workers)
        found[of] = found.get(of, BackAtWork()).plus(_stands(status, count, *sums))
    return found


class Unfiled(NamedTuple):
    """An enterprise for which nothing was filed."""

    id: int
    village_id: int
    name: str
    address: str | None
    contact: str | None


def unfiled(session: Session, villages: Villages, limit: int) -> list[Unfiled]:
    """The first of the enterprises for which nothing was filed."""
    filed = select(Resumption.id).where(Resumption.enterprise_id == Enterprise.id).exists()
    query = (
        select(Enterprise.id, Enterprise.village_id, Enterprise.name, Enterprise.address, Enterprise.contact)
        .where(Enterprise.village_id.in_(villages), ~filed)
        .order_by(Enterprise.village_id, Enterprise.name, Enterprise.id)
        .limit(limit)
    )
    return [Unfiled(*row) for row in session.execute(query)]


def _stands(status: ResumptionStatus | None, count: int, *people: int) -> BackAtWork:
    counts = BackAtWork(count, 0, 0, 0, 0, 0, 0, *people)
    return counts._replace(**{status.value if status is not None else "no_file": count})
