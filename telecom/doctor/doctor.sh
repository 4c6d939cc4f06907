#!/bin/sh
# Runs the doctor with any Python from 3.8 on; without one it says how to get one. POSIX shell: nothing else is there yet.
case $0 in */*) folder=${0%/*} ;; *) folder=. ;; esac
repository=$(cd "$folder/../.." && pwd)
for python in "${PYTHON:-python3}" python3 python python3.14 python3.13 python3.12 python3.11 python3.10; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
    PYTHONPATH=$repository exec "$python" -B -m telecom.doctor "$@"
  fi
done
for file in /etc/os-release /usr/lib/os-release; do
  if [ -r "$file" ]; then . "$file"; break; fi
done
sudo=$([ "$(id -u 2>/dev/null)" = 0 ] || echo "sudo ")
case " ${ID:-} ${ID_LIKE:-} " in
  *" debian "* | *" ubuntu "*) line="${sudo}apt-get update && ${sudo}apt-get install -y python3 python3-venv" ;;
  *" fedora "* | *" rhel "*) line="${sudo}dnf install -y python3" ;;
  *" arch "*) line="${sudo}pacman -Syu --needed python" ;;
  *suse*) line="${sudo}zypper install -y python3" ;;
  *" alpine "*) line="Alpine is not supported: it has musl instead of glibc. Use another distribution." ;;
  *) line="Install Python 3 with your package manager." ;;
esac
printf 'Python is missing. Get it, then run `make doctor` to see what else is:\n\n  %s\n\n' "$line" >&2
exit 1
