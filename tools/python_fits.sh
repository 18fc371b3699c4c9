#!/bin/sh
# Says what to install where Python is too old, or was packaged without venv.
python=$1
command -v "$python" >/dev/null 2>&1 || {
  echo "There is no $python. Install Python 3.11 or newer (Debian, Ubuntu: apt install python3 python3-venv)," >&2
  echo "or name one: make install PYTHON=/path/to/python3" >&2
  exit 2
}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "$("$python" --version) is too old: Python 3.11 or newer is needed." >&2
  echo "Install one and name it: make install PYTHON=python3.11" >&2
  exit 2
}
"$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || {
  echo "$("$python" --version) has no venv. Install it (Debian, Ubuntu: apt install python3-venv)." >&2
  exit 2
}
