"""复工复产: how far the enterprises are back at work, by village and by the size of their workforce."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, select, true

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
    query = (
        select(*by, func.count(), *(func.sum(column) for column in _people().values()))
        .outerjoin(Resumption, Resumption.enterprise_id == Enterprise.id)
        .where(Enterprise.village_id.in_(villages))
        .group_by(*by)
    )
    found: dict[tuple[int, Size], BackAtWork] = {}
    for village_id, workers, status, count, *sums in session.execute(query):
        of = village_id, Size.of(workers)
        found[of] = found.get(of, BackAtWork()).plus(_stands(status, count, *sums))
    return found


class Filed(NamedTuple):
    """An enterprise behind a number. ``amount`` is what it adds to a number of people, 1 to one of enterprises."""

    id: int
    village_id: int
    name: str
    address: str | None
    contact: str | None
    amount: int = 1


def listed(session: Session, villages: Villages, field: str, size: Size | None, limit: int) -> list[Filed]:
    """The first of the enterprises that a field of the counts stands for, of one size or of all. Raises ValueError for
    a field that there is not."""
    people = _people()
    if field not in BackAtWork._fields:
        raise ValueError(field)
    amount = people.get(field, literal(1))
    condition = {"no_file": Resumption.id.is_(None), "enterprises": true()}.get(field)
    if condition is None:
        condition = amount > 0 if field in people else Resumption.status == ResumptionStatus(field)
    columns = (Enterprise.id, Enterprise.village_id, Enterprise.name, Enterprise.address, Enterprise.contact, amount)
    query = (
        select(*columns)
        .outerjoin(Resumption, Resumption.enterprise_id == Enterprise.id)
        .where(Enterprise.village_id.in_(villages), condition, true() if size is None else _of(size))
        .order_by(amount.desc(), Enterprise.village_id, Enterprise.name, Enterprise.id)
        .limit(limit)
    )
    return [Filed(*row) for row in session.execute(query)]


def _of(size: Size) -> ColumnElement[bool]:
    """Enterprises of a size."""
    if size is Size.UNKNOWN:
        return Enterprise.workers.is_(None)
    least, most = size.bounds
    return and_(
        true() if least is None else Enterprise.workers >= least,
        true() if most is None else Enterprise.workers <= most,
        Enterprise.workers.is_not(None),
    )


def _people() -> dict[str, ColumnElement[int]]:
    """The numbers of people of an enterprise, by the fields of the counts, in their order."""
    back = func.coalesce(Resumption.returned, 0)
    return {
        "workers": func.coalesce(Enterprise.workers, 0),
        "returned": back,
        "away": case((Enterprise.workers > back, Enterprise.workers - back), else_=0),
        "from_outside": func.coalesce(Resumption.from_outside, 0),
        "from_hubei": func.coalesce(Resumption.from_hubei, 0),
    }


def _stands(status: ResumptionStatus | None, count: int, *people: int) -> BackAtWork:
    counts = BackAtWork(count, 0, 0, 0, 0, 0, 0, *people)
    return counts._replace(**{status.value if status is not None else "no_file": count})
