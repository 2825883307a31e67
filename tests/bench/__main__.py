"""``python -m tests.bench``: measure, print the table, exit 0 whatever it says."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console

from tests.bench import databases, load, table
from tests.bench.cases import CASES, Case
from tests.bench.databases import Databases
from tests.bench.sides import Asked, Measured, Panel, both

console = Console()
MILLI = 1_000


def main(
    size: Annotated[int, typer.Option(min=1_000, help="Residents; there are twice as many visits.")] = 1_000_000,
    cases: Annotated[str, typer.Option(help="Names of cases, with commas between; all by themselves.")] = "",
    json: Annotated[Path | None, typer.Option(help="Write what was measured here too.")] = None,
    rounds: Annotated[int, typer.Option(help="Rounds of each case; 0: as many as the case says.")] = 0,
    names: Annotated[bool, typer.Option("--names", help="List the cases' names and end.")] = False,
) -> None:
    """The speed of Taizhang beside plain Flask-Admin over the same rows.

    Both run with SQLite's synchronous=FULL and a write-ahead log. Ours is signed in, confined by its scope, writes its
    trail and checks CSRF tokens; plain Flask-Admin does none of it. Rounds go A B A B; figures are medians of wall
    time. The databases are made once and kept in the folder that TAIZHANG_BENCH names.
    """
    if names:
        for case in CASES.values():
            console.print(f"{case.name:12} {case.title}")
        return
    wanted = [name.strip() for name in cases.split(",") if name.strip()] or list(CASES)
    if unknown := [name for name in wanted if name not in CASES]:
        raise typer.BadParameter(f"no such case: {', '.join(unknown)}", param_hint="--cases")
    found = databases.prepare(size, console.print)
    lines = []
    for name in wanted:
        try:
            line = _line(CASES[name], found, rounds)
        except RuntimeError as failed:  # the other cases are still worth their figures
            console.print(f"[red]{name}: {str(failed)[:500]}[/]")
            continue
        if line is not None:
            lines.append(line)
    table.show(lines, size, console)
    if json is not None:
        table.save(lines, size, json)


def _line(case: Case, found: Databases, rounds: int) -> table.Line | None:
    with console.status(case.title):
        if case.clients:
            rates = load.requests_a_second(case, found)
            return table.Line(
                case.name, case.title, rates[Panel.VANILLA], rates[Panel.OURS], target=case.target, per_second=True
            )
        with both(found) as sides:
            asked = [side for panel, side in sides.items() if panel is Panel.OURS or case.vanilla is not None]
            runs = _in_turns(case, asked, rounds or case.rounds)
        peaks = _peaks(case, found) if case.memory else {}
    ours, vanilla = runs[Panel.OURS], runs.get(Panel.VANILLA, [])
    _agree(case, ours, vanilla)
    mega = table.MEGA
    return table.Line(
        case.name,
        case.title,
        _wall(vanilla),
        _wall(ours) or 0,
        _cpu(vanilla),
        _cpu(ours),
        case.target,
        memory=peaks[Panel.OURS].peak / mega if case.memory else None,
        memory_more=(peaks[Panel.OURS].peak - peaks[Panel.OURS].before) / mega if case.memory else None,
        vanilla_memory=peaks[Panel.VANILLA].peak / mega if Panel.VANILLA in peaks else None,
        memory_target=case.memory or None,
        limit=case.limit,
    )


def _in_turns(case: Case, sides: list[Asked], rounds: int) -> dict[Panel, list[Measured]]:
    """A B A B …, after two rounds that warm caches and are not counted."""
    for side in sides:
        side.run(case.name)
    if case.rounds > 5:
        for side in sides:
            side.run(case.name)
    runs: dict[Panel, list[Measured]] = {side.panel: [] for side in sides}
    for _round in range(rounds):
        for side in sides:
            runs[side.panel].append(side.run(case.name))
    return runs


def _peaks(case: Case, found: Databases) -> dict[Panel, Measured]:
    """Each side's memory at its peak, in a process that has done nothing else."""
    with both(found) as sides:
        return {
            panel: s.run(case.name, memory=True) for panel, s in sides.items() if panel is Panel.OURS or case.vanilla
        }


def _agree(case: Case, ours: list[Measured], vanilla: list[Measured]) -> None:
    """A fast wrong answer is no answer."""
    if vanilla and ours[-1].answer != vanilla[-1].answer:
        told = f"ours answered {str(ours[-1].answer)[:200]}, vanilla {str(vanilla[-1].answer)[:200]}"
        console.print(f"[yellow]{case.name}: {told}[/]")


def _wall(runs: list[Measured]) -> float | None:
    return median(run.seconds for run in runs) * MILLI if runs else None


def _cpu(runs: list[Measured]) -> float | None:
    return median(run.cpu for run in runs) * MILLI if runs else None


if __name__ == "__main__":
    typer.run(main)
