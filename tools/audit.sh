#!/bin/sh
# Known holes in what is installed, and a bill of materials. Both ask or use tools from the package index, so they are
# no part of the check: sh tools/audit.sh BIN audit | sbom
set -e
bin=$1
what=$2
tools=var/audit-tools
test -x "$tools/bin/python" || "$bin/python" -m venv "$tools"
case "$what" in
audit)
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check pip-audit
    "$tools/bin/pip-audit" --require-hashes --disable-pip --requirement requirements.lock
    ;;
sbom)
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check cyclonedx-bom
    mkdir -p var/sbom
    "$tools/bin/cyclonedx-py" requirements requirements.lock --pyproject pyproject.toml \
        --output-format JSON --output-file var/sbom/news-monitor.cdx.json
    echo "var/sbom/news-monitor.cdx.json"
    ;;
*)
    echo "audit or sbom" >&2
    exit 2
    ;;
esac
