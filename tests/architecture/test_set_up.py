"""Set-up says what is missing and how to get it, and never half-builds an environment."""

import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def machine(tmp_path: Path, repository: Path) -> Path:
    """A checkout on a machine with nothing on PATH but the few tools a shell script needs."""
    (tmp_path / "checkout/tools").mkdir(parents=True)
    for script in ("setup.sh", "chromium.sh"):
        shutil.copy(repository / "tools" / script, tmp_path / "checkout/tools" / script)
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "dirname", "rm", "touch"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return tmp_path


def test_without_python_it_says_so_and_stops(machine: Path) -> None:
    """The message names what was tried and what to do."""
    run = _set_up(machine)
    assert run.returncode == 2
    assert "no Python >= 3.11 was found" in run.stderr
    assert "make PYTHON=" in run.stderr


def test_an_old_python_is_not_taken(machine: Path) -> None:
    """A python3 that reports an older version counts as none."""
    _fake_python(machine, "python3", is_new_enough=False, can_build=False)
    assert "no Python >= 3.11 was found" in _set_up(machine).stderr


def test_python_without_venv_names_the_debian_package(machine: Path) -> None:
    """Debian's python3 lacks ensurepip: the cure is named, and nothing is created."""
    _fake_python(machine, "python3", is_new_enough=True, can_build=False)
    run = _set_up(machine)
    assert run.returncode == 2
    assert "apt install python3.12-venv" in run.stderr
    assert not (machine / "checkout/.venv").exists()


def test_an_older_python_that_can_build_beats_a_newer_that_cannot(machine: Path) -> None:
    """The newest usable interpreter is chosen, not the newest name."""
    _fake_python(machine, "python3.14", is_new_enough=True, can_build=False)
    _fake_python(machine, "python3.11", is_new_enough=True, can_build=True)
    assert "(python3.11)" in _set_up(machine).stderr


def test_a_declared_python_that_is_too_old_is_refused(machine: Path) -> None:
    """PYTHON= is taken at its word or refused, never quietly replaced."""
    _fake_python(machine, "mine", is_new_enough=False, can_build=False)
    _fake_python(machine, "python3.11", is_new_enough=True, can_build=True)
    run = _set_up(machine, PYTHON=str(machine / "bin/mine"))
    assert run.returncode == 2
    assert "is not a Python >= 3.11" in run.stderr


def test_chromium_is_installed_where_that_takes_nobodys_leave(machine: Path) -> None:
    """As root with apt-get: what the lists know may do; if not, they are renewed and it is tried once more."""
    _tool(machine, "id", "echo 0")
    lists = machine / "lists"
    _tool(machine, "apt-get", f'case "$*" in *" update") touch {lists} ;; *) test -e {lists} ;; esac')
    run = _chromium(machine)
    assert (run.returncode, run.stderr.splitlines()[-1], lists.exists()) == (0, "chromium: done", True)


def test_without_chromium_it_says_what_will_be_skipped(machine: Path) -> None:
    """Not root, or an apt-get that fails: a visible message, and no failure."""
    _tool(machine, "id", "echo 1000")
    run = _chromium(machine)
    assert (run.returncode, "tests/browser will be skipped" in run.stderr) == (0, True)
    _tool(machine, "id", "echo 0")
    _tool(machine, "apt-get", "echo no network; exit 100")
    run = _chromium(machine)
    assert (run.returncode, run.stderr.splitlines()[1]) == (0, "no network")
    assert "tests/browser will be skipped" in run.stderr


def test_a_chromium_that_is_there_is_left_alone(machine: Path) -> None:
    """Nothing is asked and nothing is said."""
    _tool(machine, "chromium", "exit 0")
    run = _chromium(machine)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def _chromium(machine: Path) -> subprocess.CompletedProcess[str]:
    for tool in ("mktemp", "tail"):
        if not (machine / "bin" / tool).exists():
            (machine / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    command = [machine / "bin/sh", machine / "checkout/tools/chromium.sh"]
    return subprocess.run(command, env={"PATH": str(machine / "bin")}, capture_output=True, text=True, check=False)


def _tool(machine: Path, name: str, does: str) -> None:
    path = machine / "bin" / name
    path.write_text(f"#!{machine}/bin/sh\n{does}\n", encoding="utf-8")
    path.chmod(0o755)


def _set_up(machine: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [machine / "bin/sh", "tools/setup.sh", "run"],
        cwd=machine / "checkout",
        env={"PATH": str(machine / "bin"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _fake_python(machine: Path, name: str, *, is_new_enough: bool, can_build: bool) -> None:
    """Answer the script's questions (version? venv and ensurepip?) and fail at everything else."""
    path = machine / "bin" / name
    path.write_text(
        f"""#!{machine}/bin/sh
case "$2" in
  *sys.exit*version_info*) exit {0 if is_new_enough else 1} ;;
  *print*version_info*) echo 3.12 ;;
  *ensurepip*) exit {0 if can_build else 1} ;;
  *) exit 1 ;;
esac
""",
        encoding="utf-8",
    )
    path.chmod(0o755)
