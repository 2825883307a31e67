"""Builds the wheel and checks that every file of the packages is in it, with compiled catalogues."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGES = ["models", "admin_app", "seeds"]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-build-isolation", "--no-deps", "--wheel-dir", folder, "."], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        packed = set(zipfile.ZipFile(wheel).namelist())

    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PACKAGES]
    listed = subprocess.run(git, check=True, capture_output=True, text=True, encoding="utf-8")
    wanted = {name for name in listed.stdout.split("\0") if name and Path(name).exists()}
    wanted |= {name.removesuffix(".po") + ".mo" for name in wanted if name.endswith(".po")}
    missing = sorted(wanted - packed)
    for name in missing:
        print(f"not in the wheel: {name}")
    stray = sorted(name for name in packed - wanted if ".dist-info/" not in name)
    for name in stray:
        print(f"in the wheel, but not of this project: {name}")
    return 1 if missing or stray else 0


if __name__ == "__main__":
    sys.exit(main())
