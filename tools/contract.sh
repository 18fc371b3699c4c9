#!/bin/sh
# Holds the demo's database and the commands against the contract, where ../shared is there.
bin=$1
contract=../shared/contract.py
if [ ! -f "$contract" ]; then
  echo "SKIPPED contract: ../shared is not there"
  [ "${MONITOR_CI:-}" = 1 ] && { echo "in CI this is a failure" >&2; exit 1; }
  exit 0
fi
test -f var/demo/monitor.db || "$bin/python" -m flows demo
exec "$bin/python" "$contract" --monitor "$bin/monitor" --database var/demo/monitor.db
