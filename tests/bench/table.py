"""What came out: one line a case, as a table and as JSON."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.cases import Case

MEGA = 1_000_000


@dataclass(frozen=True)
class Line:
    """One case, measured: milliseconds, or requests a second where it says so. Medians."""

    name: str
    title: str
    vanilla: float | None
    ours: float
    vanilla_cpu: float | None = None
    ours_cpu: float | None = None
    target: float | None = None
    per_second: bool = False
    memory: float | None = None
    """The most that our whole process held, in MB, in a process that did nothing else."""
    memory_more: float | None = None
    """How much of that the request added."""
    vanilla_memory: float | None = None
    memory_target: float | None = None
    limit: float | None = None
    """The most milliseconds that ours may take, whatever vanilla takes."""

    @property
    def ratio(self) -> float | None:
        """Ours over vanilla."""
        return None if self.vanilla is None else self.ours / self.vanilla

    @property
    def met(self) -> bool | None:
        """Whether the targets are met; None where there is none."""
        kept = []
        if self.target is not None and self.ratio is not None:
            kept.append(self.ratio >= self.target if self.per_second else self.ratio <= self.target)
        if self.limit is not None:
            kept.append(self.ours <= self.limit)
        if self.memory is not None and self.memory_target:
            kept.append(self.memory <= self.memory_target)
        return all(kept) if kept else None


def show(lines: Iterable[Line], size: int, console: Console) -> None:
    """Print the table."""
    table = Table(title=f"{size:,} residents, {2 * size:,} visits, SQLite {sqlite3.sqlite_version}, logged in")
    table.add_column("case")
    for name in ("vanilla ms", "ours ms", "CPU ratio", "ratio", "target"):
        table.add_column(name, justify="right")
    table.add_column("met")
    for line in lines:
        met = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[line.met]
        table.add_row(
            line.title + ("" if not line.per_second else " (per second)"),
            _number(line.vanilla), _number(line.ours), _cpu_ratio(line), _ratio(line), _target(line), met,
        )  # fmt: skip
        if line.memory:
            plain = f"{line.vanilla_memory:,.0f}" if line.vanilla_memory else ""
            more = f"  whole process at its peak, MB (+{line.memory_more:,.0f} for the request)"
            table.add_row(more, plain, f"{line.memory:,.0f}", "", "", f"≤ {line.memory_target:,.0f}", "", style="dim")
    console.print(table)


def save(lines: Iterable[Line], size: int, path: Path) -> None:
    """Write everything that was measured."""
    found = [{**asdict(line), "ratio": line.ratio, "met": line.met} for line in lines]
    whole = {"size": size, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "cases": found}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def _ratio(line: Line) -> str:
    if line.ratio is None:
        return ""
    return f"{line.ratio:.1f} x" if line.per_second else f"{line.ratio:.3f}"


def _cpu_ratio(line: Line) -> str:
    """Ours over vanilla in processor time, which a busy machine changes less."""
    return f"{line.ours_cpu / line.vanilla_cpu:.3f}" if line.ours_cpu and line.vanilla_cpu else ""


def _target(line: Line) -> str:
    if line.target is not None and line.per_second:
        return f"≥ {line.target} x"
    ratio = [] if line.target is None else [f"≤ {line.target}"]
    return ", ".join(ratio if line.limit is None else [*ratio, f"≤ {line.limit:.0f} ms"])


__all__ = ["Case", "Line", "save", "show"]
