"""What bin/run and bin/test share: the virtual environment, settings read before Django can, child processes.

Standard library only, in the grammar of Python 3.6: a Python that is too old must get as far as its sentence.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    sys.exit(
        "Belltower needs Python %d.%d or newer, and this is Python %d.%d (%s).\n"
        "If a newer one is installed, name it:  python3.12 %s"
        % (OLDEST + sys.version_info[:2] + (sys.executable, " ".join(sys.argv)))
    )

ROOT = Path(__file__).resolve().parent.parent
RUNTIME_LOCK = ROOT / "requirements.txt"
TEST_LOCK = ROOT / "requirements-dev.txt"
UV_LOCK = ROOT / "bin" / "uv.txt"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "belltower-locks"
"""The SHA-256 sums of the locks whose packages are all installed, one a line."""


def ensure_environment(lock: Path) -> None:
    """Make .venv hold everything in `lock`; return at once when it already does."""
    if is_satisfied(lock):
        return
    with only_one_installer():
        if is_satisfied(lock):  # somebody else has just installed it
            return
        if not can_install():
            make_environment()
        print("Installing the packages of %s. This happens once." % lock.name, flush=True)
        STAMP.unlink(missing_ok=True)
        if not (install_with_uv(lock) or install_with_pip(lock)):
            sys.exit("The packages could not be installed: see the messages above. Nothing else was changed.")
        # The test lock contains the runtime's, so one installation serves both commands.
        satisfied = [RUNTIME_LOCK, TEST_LOCK] if lock == TEST_LOCK else [RUNTIME_LOCK]
        STAMP.write_text("".join(digest(each) + "\n" for each in satisfied))


def is_satisfied(lock: Path) -> bool:
    # exists() follows the link: false when the Python that made the environment has been removed.
    return PYTHON.exists() and STAMP.exists() and digest(lock) in STAMP.read_text().split()


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


@contextlib.contextmanager
def only_one_installer() -> Iterator[None]:
    """Wait for any other bin/run or bin/test of this checkout that is installing."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def can_install() -> bool:
    """Whether .venv is whole: made by a Python that is new enough and still there, and with pip."""
    probe = "import pip, sys; sys.exit(sys.version_info < %r)" % (OLDEST,)
    return PYTHON.exists() and subprocess.call([str(PYTHON), "-c", probe], stderr=subprocess.DEVNULL) == 0


def make_environment() -> None:
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(
            "This Python (%s) cannot make virtual environments: its venv module is not installed.\n"
            "On Debian and Ubuntu:  apt install python3-venv" % sys.executable
        )
    print("Making the virtual environment in %s." % ENVIRONMENT, flush=True)
    shutil.rmtree(str(ENVIRONMENT), ignore_errors=True)
    try:
        made = call([sys.executable, "-m", "venv", str(ENVIRONMENT)]) == 0
    except BaseException:
        shutil.rmtree(str(ENVIRONMENT), ignore_errors=True)
        raise
    if not made:
        shutil.rmtree(str(ENVIRONMENT), ignore_errors=True)
        sys.exit("The virtual environment could not be made: see the message above.")


def install_with_uv(lock: Path) -> bool:
    """uv is several times as fast as pip, and itself a package that pip installs."""
    uv = [str(PYTHON), "-m", "uv"]
    if call([*pip(), "--require-hashes", "-r", str(UV_LOCK)]) != 0:
        return False
    # Its own list of certificates would miss those that an organisation adds to the system's.
    options = ["--system-certs", "--python", str(PYTHON), "--compile-bytecode"]
    if not sys.stderr.isatty():
        options.append("--quiet")
    return call([*uv, "pip", "install", *options, "--require-hashes", "-r", str(lock)]) == 0


def install_with_pip(lock: Path) -> bool:
    print("uv could not be used; pip takes over, which takes a few minutes.", flush=True)
    return call([*pip(), "--require-hashes", "--no-deps", "-r", str(lock)]) == 0


def pip() -> list[str]:
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def setting(name: str, default: str) -> str:
    """A variable of the environment or else of `.env`, which is read as the site's settings read it."""
    if name in os.environ:
        return os.environ[name]
    try:
        lines = (ROOT / ".env").read_text(encoding="utf-8")
    except FileNotFoundError:
        return default
    found = re.findall(r"^[ \t]*(?:export[ \t]+)?%s[ \t]*=[ \t]*(.*?)[ \t]*$" % name, lines, re.M)
    if not found:
        return default
    quoted = re.match(r"""(['"])(.*?)\1""", found[-1])
    return quoted.group(2) if quoted else re.sub(r"\s+#.*", "", found[-1])


def call(command: list[str]) -> int:
    """Run a child to its end, handing SIGTERM on to it, so that stopping us leaves nothing behind."""
    child = subprocess.Popen(command, cwd=str(ROOT))
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        code = child.wait()
    except KeyboardInterrupt:  # Ctrl-C reaches the child as well
        child.wait()
        sys.exit(128 + signal.SIGINT)
    finally:
        signal.signal(signal.SIGTERM, before)
    if code == -signal.SIGTERM:
        sys.exit(128 + signal.SIGTERM)
    return code


def become(command: list[str]) -> None:
    """Replace this process by `command`, so that signals and the exit code are its own."""
    sys.stdout.flush()
    os.chdir(str(ROOT))
    os.execv(command[0], command)
