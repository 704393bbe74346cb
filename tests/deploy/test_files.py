"""The files in deploy/ fit the app, one another, and nginx, as far as can be told without a container engine."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from app.web.uploads import MAX_BYTES
from deploy.replicas import nginx_command, nginx_program, replicas_conf
from tests.app_server import ROOT, free_port

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
NGINX = (DEPLOY / "nginx.conf").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
REPLICAS = {name: service for name, service in COMPOSE["services"].items() if name.startswith("replica")}


def test_the_replicas_of_compose_are_those_that_nginx_knows() -> None:
    addresses = [service["networks"]["inside"]["ipv4_address"] + ":8501" for service in REPLICAS.values()]
    assert (DEPLOY / "replicas.conf").read_text() == replicas_conf(addresses)
    assert set(COMPOSE["services"]["nginx"]["depends_on"]) == set(REPLICAS)


def test_no_container_may_write_or_do_more_than_it_needs() -> None:
    for service in COMPOSE["services"].values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["tmpfs"] == ["/tmp"]
    assert re.search(r"^USER explorer$", CONTAINERFILE, re.MULTILINE)
    assert "HEALTHCHECK" in CONTAINERFILE


def test_what_is_copied_and_mounted_is_there() -> None:
    copied = [source for line in re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, re.MULTILINE) for source in line.split()]
    mounted = [volume.split(":")[0] for volume in COMPOSE["services"]["nginx"]["volumes"]]
    assert {"app", "assets", "inception_models", "requirements.txt"} <= set(copied)
    assert all((ROOT / source).exists() for source in copied)
    assert all((DEPLOY / source).is_file() for source in mounted)
    for service in REPLICAS.values():
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).samefile(
            DEPLOY / "Containerfile"
        )


def test_nginx_lets_through_what_the_app_does() -> None:
    [megabytes] = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert (int(megabytes) - 1) * 2**20 < MAX_BYTES <= int(megabytes) * 2**20


def test_no_header_of_the_app_is_sent_twice() -> None:
    assert set(re.findall(r"add_header (\S+)", NGINX)) == {"Set-Cookie", "Refresh"}


def test_every_path_that_is_named_is_there() -> None:
    for page in DEPLOY.glob("*.md"):
        links = re.findall(r"\]\(([^):]+)\)", page.read_text())
        assert [link for link in links if not (DEPLOY / link).exists()] == []
    entry = re.search(r"\*Main file path\* `(\S+)`", (DEPLOY / "streamlit_cloud.md").read_text())
    assert entry
    assert (ROOT / entry[1]).is_file()


@pytest.mark.parametrize("count", [1, 2, 9])
def test_nginx_accepts_its_settings(count: int, tmp_path: Path) -> None:
    try:
        nginx_program()
    except ValueError as missing:
        pytest.skip(str(missing))
    addresses = [f"127.0.0.1:{8600 + number}" for number in range(count)]
    checked = subprocess.run([*nginx_command(tmp_path, "127.0.0.1", free_port(), addresses), "-t"], capture_output=True)
    assert checked.returncode == 0, checked.stderr
