"""From what happens to an exit code and a message.

0: done; for ``solve`` and ``audit``, with a plan that stands up to its audit. 1: our fault, with its traceback, or a
plan that failed its audit. 2: a command or a case that cannot be followed. 3: infeasible, explained. 4: a limit was
reached with no plan. 130: interrupted.
"""

import errno
import json
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict

import typer

from planner.cli.progress import GivenUp
from planner.errors import CaseError, PlannerError

INTERRUPTED = 130
#: What a file or folder that the user names may be like, or its disk: no fault of ours.
_NOT_OURS = (errno.ENAMETOOLONG, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP)

#: Typer's own name for it moved between releases; its parent has stayed.
_CommandError: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Parameters
    ----------
    argv
        Arguments after the program's name; by default those of the process.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a name the terminal cannot show must not end the run
    try:
        return _run(arguments)
    except _CommandError as error:
        return _say(error.format_message(), 2, as_json)  # type: ignore[attr-defined]
    except PlannerError as error:
        return _refuse(error, as_json)
    except (KeyboardInterrupt, GivenUp, typer.Abort):
        code = _say("interrupted; nothing was written", INTERRUPTED, as_json)
        if argv is None:
            # the solver may still run in its thread, and would end the process with a crash
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        return code
    except BrokenPipeError:
        # whoever read our output has had enough; keep the interpreter from complaining when it flushes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NOT_OURS:
            return _say(f"{error.filename or 'a file'}: {error.strerror}", 2, as_json)
        traceback.print_exc()
        return _say("a fault of the planner, not of your case; please report it with the text above", 1, as_json)


def _run(arguments: list[str]) -> int:
    from planner.cli.app import app

    code = app(args=arguments, prog_name="planner", standalone_mode=False)
    sys.stdout.flush()
    return int(code or 0)


def _refuse(error: PlannerError, as_json: bool) -> int:
    """Say why there is no plan; every fault of a case on a line of its own."""
    if not isinstance(error, CaseError):
        return _say(str(error), error.exit_code, as_json)
    count = len(error.faults)
    words = f"{error.whose} has {count} fault{'s' if count != 1 else ''}"
    if as_json:
        _print_json({"error": words, "faults": [asdict(fault) for fault in error.faults]})
    print("\n".join([*(str(fault) for fault in error.faults), words]), file=sys.stderr)
    return error.exit_code


def _say(message: str, code: int, as_json: bool) -> int:
    if as_json:
        _print_json({"error": message, "faults": []})
    print(f"planner: {message}", file=sys.stderr)
    return code


def _print_json(content: object) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=1))
