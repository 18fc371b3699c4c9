"""`python -m monitor`: the same as the command `monitor`."""

from monitor.cli.app import main

main()
