"""Every address of the panel, classified: what it does to which ledger. An address that is not here fails a test.

The application's own map says which addresses exist; this says what each part of a ledger is for.
"""

import re
from typing import Final

from flask import Flask
from werkzeug.routing import Rule

from admin_app.access import RIGHTS
from admin_app.summaries.views import VIEWS as SUMMARIES
from models.scope import Act

# the addresses below a ledger, and the right each asks for (None: closed to everybody)
PARTS: Final[dict[str, Act | None]] = {
    "": Act.READ,
    "details/": Act.READ,
    "new/": Act.CREATE,
    "edit/": Act.EDIT,
    "delete/": Act.DELETE,
    "bin/": Act.DELETE,
    "restore/": Act.DELETE,
    "action/": Act.READ,  # each action asks for its own right
    "export/<export_type>/": Act.EXPORT,
    "reveal/": Act.REVEAL,
    "ajax/lookup/": Act.EDIT,  # or CREATE
    "ajax/update/": None,
    "act/<step>/": Act.READ,  # each act asks for its own right
}
# what single ledgers have besides
MORE: Final[dict[tuple[str, str], Act | None]] = {
    ("account", "reset/"): Act.EDIT,
    ("resident", "merge/"): Act.EDIT,
    ("observation", "paper/<kind>/"): Act.EDIT,
    ("paper", "file/"): Act.REVEAL,
}

# addresses that belong to no ledger, open to whom: everybody, whoever is signed in, or whoever has all these rights
ANYBODY, SIGNED_IN = "anybody", "signed in"
Rights = tuple[tuple[Act, str], ...]
ROUND: Final[Rights] = ((Act.CREATE, "visit"), (Act.READ, "observation"))
PAGES: Final[dict[str, str | Rights]] = {
    "/login": ANYBODY,
    "/healthz": ANYBODY,
    "/icons.svg": ANYBODY,
    "/language/<code>": ANYBODY,
    "/static/<path:filename>": ANYBODY,
    "/admin/static/<path:filename>": ANYBODY,
    "/logout": SIGNED_IN,
    "/password": SIGNED_IN,
    "/admin/": SIGNED_IN,
    "/admin/menu/": SIGNED_IN,
    "/admin/round/": ROUND,
    "/admin/round/call/": ROUND,
    "/admin/round/save/": ROUND,
    "/admin/round/state/": ROUND,
    "/admin/round/key/": ROUND,
    "/admin/summary/visits/": ((Act.READ, "visit"), (Act.READ, "observation")),
}

# every summary needs all the ledgers that it counts; the list of them opens to whoever may open one of them
PAGES.update(
    {
        f"/admin/summary/{view.slug}/{part}": tuple((Act.READ, ledger) for ledger in view.needs)
        for view in SUMMARIES
        for part in ("", "names/", "export/<kind>/")
    }
)
PAGES["/admin/summary/"] = ((Act.READ, "volunteer"),)

_MADE: Final = (
    "", "new/", "bin/", "export/<export_type>/",
    *(f"<number>/{part}" for part in ("", "edit/", "delete/", "restore/", "pin/", "export/<export_type>/")),
)  # fmt: skip
PAGES.update(
    {
        "/admin/live/": ((Act.EDIT, "village"),),  # the district's
        **{f"/admin/summary/daily/{part}": ((Act.READ, "dailyreport"),) for part in ("", "names/", "return/")},
        **{
            f"/admin/summary/district/{part}": ((Act.READ, "dailyreport"),)
            for part in ("", "close/", "live/", "phones/")
        },
        "/admin/summary/notice/": ((Act.READ, "dailyreport"),),
        "/admin/summary/ledger/": ((Act.EXPORT, "resident"),),
        "/admin/summary/ledger/rows/": ((Act.EXPORT, "resident"),),
        "/admin/summary/sheets/": ((Act.EXPORT, "volunteer"),),
        # each sheet asks for the ledgers that it is made of; this is the one that most may take
        "/admin/summary/sheets/<sheet>/": tuple((Act.EXPORT, of) for of in ("volunteer", "duty", "assignment")),
        **{f"/admin/summary/made/{part}": ((Act.READ, "made"),) for part in _MADE},
    }
)


VARIABLES: Final = (
    (re.compile(r"/export/\w+/$"), "/export/<export_type>/"),
    (re.compile(r"/act/\w+/$"), "/act/<step>/"),
    (re.compile(r"/observation/paper/\w+/$"), "/observation/paper/<kind>/"),
)


def rule_of(path: str) -> str:
    """The rule of the map that an address below a ledger is an instance of."""
    for variable, name in VARIABLES:
        path = variable.sub(name, path)
    return path


def part_of(rule: str) -> tuple[str, str] | None:
    """The ledger and the part of it that a rule of the map is; None for a page of no ledger."""
    pieces = rule.split("/", 3)
    if len(pieces) == 4 and pieces[1] == "admin" and pieces[2] in RIGHTS:
        return pieces[2], pieces[3]
    return None


def unclassified(app: Flask) -> list[str]:
    """The rules of the map that nobody has said anything about."""
    unknown = []
    for rule in app.url_map.iter_rules():
        found = part_of(rule.rule)
        if found is None and rule.rule not in PAGES:
            unknown.append(rule.rule)
        if found is not None and found[1] not in PARTS and found not in MORE:
            unknown.append(rule.rule)
    return unknown


def taking(app: Flask, method: str) -> list[Rule]:
    """The rules of the map that take a method."""
    return [rule for rule in app.url_map.iter_rules() if rule.methods and method in rule.methods]


def filled(rule: Rule) -> str:
    """A rule with something in the place of its variables."""
    values = {
        "export_type": "csv", "filename": "css/tokens.css", "code": "en", "step": "release", "kind": "notice",
        "number": "1", "sheet": "volunteers",
    }  # fmt: skip
    address = rule.rule
    for name in rule.arguments:
        converter = next(c for c in ("path:", "int:", "") if f"<{c}{name}>" in address)
        address = address.replace(f"<{converter}{name}>", values[name])
    return address
