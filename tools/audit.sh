#!/bin/sh
# Known holes in what is installed, and a bill of materials: sh tools/audit.sh BIN audit [FILE] | sbom
# The tools are pinned with hashes in an environment of their own; once they are installed, `sbom`, and `audit` with a file of
# advisories (OSV's all.zip for PyPI), ask nobody. `audit` without a file asks the advisory database of the package index.
set -e
bin=$1
what=$2
advisories=$3
tools=var/audit-tools
if ! cmp -s requirements-audit.lock "$tools/installed.lock"; then
    test -x "$tools/bin/python" || "$bin/python" -m venv "$tools"
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        -r requirements-audit.lock || { echo "error: the tools of requirements-audit.lock cannot be installed: is a package index reachable?" >&2; exit 2; }
    cp requirements-audit.lock "$tools/installed.lock"
fi
# strict: a package that the database does not know is an error, or a database that knows none would find no hole
audit="$tools/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off --requirement requirements.lock"
case "$what" in
audit)
    if [ -z "$advisories" ]; then
        $audit || { echo "error: holes were found, or the advisory database could not be asked (see above); without the Internet: make audit ADVISORIES=all.zip" >&2; exit 1; }
        exit 0
    fi
    port="$tools/port.$$"
    "$tools/bin/python" tools/advisories.py "$advisories" "$port" &
    server=$!
    trap 'kill $server 2>/dev/null; rm -f "$port"' EXIT
    while ! test -s "$port"; do
        kill -0 $server 2>/dev/null || exit 2
        sleep 0.2
    done
    $audit --cache-dir "$tools/cache" --vulnerability-service osv --osv-url "http://127.0.0.1:$(cat "$port")/v1/query"
    ;;
sbom)
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
