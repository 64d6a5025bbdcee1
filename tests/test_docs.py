"""The documentation is true: settings, commands, links and rooms exist as written.

`python -m tests.test_docs` writes the settings table of the README anew.
"""

import re
import subprocess
from pathlib import Path

import pytest

from app.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted(path.name for path in ROOT.glob("*.md"))
SETTINGS_BEGIN = "<!-- settings:begin (made by tests/test_docs.py from app/settings.py) -->"
SETTINGS_END = "<!-- settings:end -->"


def render_settings_table() -> str:
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default
        if name == "pacing_file":
            shown = "in the system's temporary folder"
        elif isinstance(default, tuple):
            shown = "every archive" if default else "empty"
        else:
            shown = "unset" if default is None else f"`{default}`" if str(default) else "empty"
        rows.append(f"| `PAPERSIFT_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


def replace_settings_table(readme: str) -> str:
    head, _, rest = readme.partition(SETTINGS_BEGIN)
    _, _, tail = rest.partition(SETTINGS_END)
    return f"{head}{SETTINGS_BEGIN}\n{render_settings_table()}\n{SETTINGS_END}{tail}"


def test_the_readme_lists_every_setting_with_its_default_and_meaning() -> None:
    readme = (ROOT / "README.md").read_text()

    assert readme == replace_settings_table(readme), "run: python -m tests.test_docs"


def test_every_setting_has_a_description() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text()
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (ROOT / target).exists(), f"{page} links to {target}"


def test_the_readme_shows_every_command_and_only_those() -> None:
    from indexer.__main__ import app

    commands = {command.name for command in app.registered_commands}
    readme = (ROOT / "README.md").read_text()
    shown = set(re.findall(r"^\| `papersift ([a-z]+)", readme, re.MULTILINE))

    assert shown == commands


def test_every_command_has_help_with_an_example() -> None:
    from indexer.__main__ import app

    for command in app.registered_commands:
        assert command.callback is not None
        assert f"Example: papersift {command.name}" in (command.callback.__doc__ or "")


def test_the_readme_names_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*?##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"`?make ([a-z][a-z-]+)`", (ROOT / page).read_text()):
            assert target in targets, f"{page} names make {target}"


def test_the_architecture_page_names_only_files_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    for name in re.findall(r"`((?:app|indexer|migrations|static|tests)/[\w./]+)`", text):
        assert (ROOT / name).exists(), name


def test_every_package_is_drawn_on_the_architecture_page() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    for package in sorted((ROOT / "app").glob("*/__init__.py")):
        assert f"{package.parent.name}/" in text, package.parent.name


def test_the_repository_speaks_of_no_machine_and_no_registry_host() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    forbidden = re.compile(
        r"/(?:work|root|home/[a-z]+)/[a-z]|"
        r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|crates\.io)\b"
    )
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if not name or name == "tests/test_docs.py" or not path.is_file():
            continue
        found = forbidden.findall(path.read_text(encoding="utf-8", errors="ignore"))
        assert not found, name


if __name__ == "__main__":
    readme_path = ROOT / "README.md"
    readme_path.write_text(replace_settings_table(readme_path.read_text()))
