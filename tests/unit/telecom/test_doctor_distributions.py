"""The line that a newcomer pastes, by what /etc/os-release says."""

import pytest

from telecom.doctor.distribution import advice, line_to_paste

OS_RELEASES = {
    "debian-12": 'PRETTY_NAME="Debian 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
    "debian-13": 'PRETTY_NAME="Debian 13 (trixie)"\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nID=debian\n',
    "ubuntu-22.04": "ID=ubuntu\nID_LIKE=debian\nVERSION_ID='22.04'\nVERSION_CODENAME=jammy\nUBUNTU_CODENAME=jammy\n",
    "ubuntu-24.04": "ID=ubuntu\nID_LIKE=debian\nVERSION_ID='24.04'\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n",
    "mint-22": 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n',
    "fedora-42": 'NAME="Fedora Linux"\nVERSION_ID=42\nID=fedora\nVERSION_CODENAME=""\n',
    "fedora-44": 'NAME="Fedora Linux"\nVERSION_ID=44\nID=fedora\n',
    "rocky-9": 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"\n',
    "rhel-10": 'ID="rhel"\nID_LIKE="centos fedora"\nVERSION_ID="10.0"\n',
    "arch": 'ID=arch\nPRETTY_NAME="Arch Linux"\n',
    "manjaro": "ID=manjaro\nID_LIKE=arch\n",
    "leap-15": 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n',
    "tumbleweed": 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\nVERSION_ID="20261101"\n',
}
APT = "apt-get update && apt-get install -y --no-install-recommends"
UV = 'uv python install 3.13 && export PATH="$HOME/.local/bin:$PATH"'


@pytest.mark.parametrize(
    ("distribution", "line"),
    [
        (
            "debian-12",
            "echo deb http://deb.debian.org/debian bookworm-backports main"
            " | tee /etc/apt/sources.list.d/backports.list"
            f" && {APT} python3 python3-venv default-jdk-headless maven"
            " && apt-get install -y --no-install-recommends -t bookworm-backports golang-go",
        ),
        ("debian-13", f"{APT} python3 python3-venv default-jdk-headless maven golang-go"),
        (
            "ubuntu-22.04",
            f"{APT} python3.11 python3.11-venv openjdk-17-jdk-headless maven && snap install --classic go",
        ),
        ("ubuntu-24.04", f"{APT} python3 python3-venv default-jdk-headless maven golang-go"),
        ("mint-22", f"{APT} python3 python3-venv default-jdk-headless maven golang-go"),
        ("fedora-42", "dnf install -y python3.13 java-21-openjdk-devel maven golang"),
        ("fedora-44", "dnf install -y python3.13 java-25-openjdk-devel maven golang"),
        ("rocky-9", "dnf install -y python3.12 java-21-openjdk-devel maven golang"),
        ("rhel-10", "dnf install -y python3 java-21-openjdk-devel maven golang"),
        ("arch", f"pacman -Syu --needed --noconfirm uv jdk21-openjdk maven go && {UV}"),
        ("manjaro", f"pacman -Syu --needed --noconfirm uv jdk21-openjdk maven go && {UV}"),
        ("leap-15", "zypper install -y python311 java-21-openjdk-devel maven go"),
        ("tumbleweed", "zypper install -y python313 java-21-openjdk-devel maven go"),
    ],
)
def test_each_distribution_gets_one_line_in_its_own_words(distribution: str, line: str) -> None:
    missing = ("python", "jdk", "maven", "go")
    assert line_to_paste(OS_RELEASES[distribution], missing, is_root=True) == line


def test_who_is_not_root_gets_sudo_before_each_command_that_needs_it() -> None:
    line = line_to_paste(OS_RELEASES["debian-12"], ["go"], is_root=False)
    assert line == (
        "echo deb http://deb.debian.org/debian bookworm-backports main"
        " | sudo tee /etc/apt/sources.list.d/backports.list"
        " && sudo apt-get update"
        " && sudo apt-get install -y --no-install-recommends -t bookworm-backports golang-go"
    )


def test_alpine_is_told_that_it_is_not_supported() -> None:
    said = advice('ID=alpine\nPRETTY_NAME="Alpine Linux v3.22"\n', ["jdk"], is_root=True)
    assert said == "Alpine Linux v3.22 is not supported: it has musl instead of glibc. Use another distribution."


def test_an_unknown_distribution_is_told_in_words() -> None:
    said = advice('ID=void\nPRETTY_NAME="Void Linux"\n', ["jdk", "maven"], is_root=True)
    assert said == "Install with the package manager of Void Linux: a JDK (17 or newer), Maven (3.6 or newer)."
