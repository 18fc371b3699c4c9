#!/bin/sh
# Versions and hashes only: no index address and no path gets into the files.
set -e
bin=$1
"$bin/python" -m pip install --quiet uv
options="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet"
"$bin/uv" pip compile $options --extra build pyproject.toml -o requirements.lock
"$bin/uv" pip compile $options --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
"$bin/uv" pip compile $options --group audit -o requirements-audit.lock
! grep -nE 'https?://|--index|--find-links|file:' requirements.lock requirements-dev.lock requirements-audit.lock
