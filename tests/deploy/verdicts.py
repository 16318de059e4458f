# SPDX-License-Identifier: Apache-2.0
"""What tests of deploy/ check, and with which status they end."""

import sys

from openclaws import await_that, tidy_up

failures = []


def check(text, fine, detail=""):
    print(f"{'ok' if fine else 'not ok'} - {text}")
    if not fine:
        failures.append(text)
        if detail:
            print(f"    {detail}")


def check_soon(text, condition, seconds, detail=lambda: ""):
    """Waits for it."""
    try:
        await_that(text, condition, seconds)
        check(text, True)
    except SystemExit:
        check(text, False, detail())


def run_test(main):
    """Runs it, ends what it has started, and ends."""
    try:
        main()
    finally:
        tidy_up()
    print(f"{len(failures)} failed" if failures else "all passed")
    sys.exit(1 if failures else 0)
