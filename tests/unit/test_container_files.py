"""No container engine runs where the tests do: these files are checked by reading them."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE_PATH = ROOT / "docker-compose.yml"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE_PATH.read_text())
    return loaded


def own_services(compose: dict[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in compose["services"].items() if "build" in service}


def test_the_compose_file_follows_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*command, "vendor.compose-spec", str(COMPOSE_PATH)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_the_four_services_and_postgres_is_a_profile(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"migrate", "web", "scheduler", "postgres"}
    assert compose["services"]["postgres"]["profiles"] == ["postgres"]


def test_our_services_run_without_rights_on_a_read_only_root(compose: dict[str, Any]) -> None:
    for name, service in own_services(compose).items():
        assert service["read_only"] is True, name
        assert service["user"] == "10001:10001", name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_the_web_service_cannot_write_the_index(compose: dict[str, Any]) -> None:
    assert "index:/index:ro" in compose["services"]["web"]["volumes"]


def test_long_running_services_have_a_health_check(compose: dict[str, Any]) -> None:
    for name in ("web", "scheduler", "postgres"):
        assert compose["services"][name]["healthcheck"]["test"], name


def test_dependencies_name_services_that_can_fulfil_them(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "test" in services[other]["healthcheck"], (name, other)
            if how["condition"] == "service_completed_successfully":
                assert services[other]["restart"] == "no", (name, other)


def test_ports_are_published_on_loopback_only(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name


def test_images_are_tagged(compose: dict[str, Any]) -> None:
    from_lines = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    images = [service["image"] for service in compose["services"].values()]
    for image in [*from_lines, *images]:
        assert re.search(r":[\w.-]*\d", image), image


def test_every_variable_is_a_setting(compose: dict[str, Any]) -> None:
    known = {f"PAPERSIFT_{name.upper()}" for name in Settings.model_fields}
    for name, service in own_services(compose).items():
        assert set(service["environment"]) <= known, name
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        for variable in re.findall(r"PAPERSIFT_\w+", line):
            assert variable in known, line


def test_every_volume_is_declared(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], name


def test_what_the_dockerfile_copies_exists_and_is_in_the_build_context() -> None:
    allowed = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from=" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source.removeprefix("./")).exists(), source
                assert source.removeprefix("./") in allowed, source


def test_the_commands_exist() -> None:
    from indexer.__main__ import app

    commands = {command.name for command in app.registered_commands}
    text = (ROOT / "Dockerfile").read_text() + COMPOSE_PATH.read_text()
    for listed in re.findall(r'\["papersift".*?\]', text):
        assert json.loads(listed)[1] in commands


def test_the_dockerfile_passes_hadolint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("hadolint is not installed (make test-all installs it)")
    done = subprocess.run(
        [hadolint, ROOT / "Dockerfile"], check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout
