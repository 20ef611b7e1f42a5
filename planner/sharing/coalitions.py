"""What coalitions cost together and alone, worked out on the model of a finished run; in parallel, and never twice.

Values are kept in ``OUT/sharing/values.jsonl`` as they come, a line each behind a head that says what they rest on, so
that a second call, or one after an interruption, goes on where the last one ended. What is proven is kept for good;
what a limit or a gap has left open is solved again with a longer limit or a smaller gap.
"""

import json
import math
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from planner.sharing.game import Coalition

if TYPE_CHECKING:
    from models.coalition import Cost
    from models.coalition import Members as Model
    from planner.results.saved import Finished
    from planner.sharing.players import Members

Siting = Literal["plan", "free"]
SCHEMA = "planner-coalitions/2"
FILE = "values.jsonl"
#: Seconds of work after which processes are started, and what there must be left: each reads the run first.
ALONE, WORTHWHILE = 5.0, 30.0
#: A task: which of the two costs, of whom.
Task = tuple[Literal["together", "alone"], tuple[str, ...]]


@dataclass(frozen=True)
class Settings:
    """How the park of a coalition is solved.

    Attributes
    ----------
    siting
        "plan": everybody stays where the plan has him; "free": all plots are open.
    time_limit
        For each solve [s]; None for no limit.
    gap
        Distance to the bound at which a solve ends.
    """

    siting: Siting = "plan"
    time_limit: float | None = 60.0
    gap: float = 1e-6


class Costs:
    """Costs of coalitions of a finished run.

    Parameters
    ----------
    folder
        Where values are kept.
    workers
        Processes, one thread of the solver each; 1 works in this process.
    progress
        Called with how many of how many are done.
    """

    def __init__(
        self,
        run: "Finished",
        members: "Members",
        settings: Settings,
        folder: Path,
        *,
        workers: int = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.run, self.members, self.settings = run, members, settings
        self.workers, self.progress = max(1, workers), progress
        self.path = folder / FILE
        self._model: Model | None = None
        self.known: dict[Task, Cost] = dict(self._read())
        self.reused = len(self.known)

    def of(self, tasks: Iterable[Task]) -> dict[Task, "Cost"]:
        """Costs of tasks, those that are not known worked out."""
        wanted = list(dict.fromkeys(tasks))
        missing = [task for task in wanted if task not in self.known]
        if missing:
            from planner.report.targets import writing

            with writing(self.path):
                self._begin()
                kept = self.path.open("a", encoding="utf-8")
            with kept as file:
                for done, (task, cost) in enumerate(self._worked_out(missing), 1):
                    self.known[task] = cost
                    file.write(self._line(task, cost))
                    file.flush()
                    if self.progress is not None:
                        self.progress(done, len(missing))
        return {task: self.known[task] for task in wanted}

    def task(self, kind: Literal["together", "alone"], coalition: Coalition) -> Task:
        """The task of a coalition, its members in the order of the players."""
        return kind, tuple(player for player in self.members.players if player in coalition)

    def _worked_out(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, "Cost"]]:
        self._model = self._model or model_of(self.run, self.settings)
        began, left = time.perf_counter(), list(tasks)
        while left:
            took, done = time.perf_counter() - began, len(tasks) - len(left)
            if self.workers > 1 and done and took > ALONE and took / done * len(left) > WORTHWHILE:
                yield from self._in_parallel(left)
                return
            task = left.pop(0)
            yield task, cost_of(self._model, self.members, self.settings, task)

    def _in_parallel(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, "Cost"]]:
        """Work tasks out in processes of their own, each with a model."""
        start = (str(self.run.folder.resolve()), self.settings)
        workers = min(self.workers, len(tasks))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=start) as pool:
            try:
                ahead = {pool.submit(_work, task): task for task in tasks}
                for future in as_completed(ahead):
                    yield ahead[future], future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in multiprocessing.active_children():
                    process.terminate()
                raise

    def _head(self) -> dict[str, Any]:
        from planner.pipeline import versions

        about = {"case": self.run.sha256, "siting": self.settings.siting, "plan": self._rests_on()}
        return {"schema": SCHEMA, **about, "versions": versions()}

    def _rests_on(self) -> Any:
        """What of the plan the values depend on: who is there and where."""
        books = self.run.books(), self.run.books("baseline")
        return {"units": {p: list(u) for p, u in self.members.units.items()}, "places": [b.places() for b in books]}

    def _begin(self) -> None:
        """Write the head where nothing of the same stands there yet."""
        if not self.known:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(self._head(), ensure_ascii=False) + "\n", encoding="utf-8")

    def _read(self) -> Iterator[tuple[Task, "Cost"]]:
        """What an earlier call has worked out on the same ground; a line that was cut short counts for nothing."""
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")
            if json.loads(lines[0]) != json.loads(json.dumps(self._head())):
                return
        except (OSError, ValueError):
            return
        whole = []
        for line in lines[1:]:
            try:
                told = json.loads(line)
                known = _known(told)
            except (ValueError, KeyError, TypeError):
                continue
            if known[1].proven or self._as_good(*told.get("within", (0.0, 1.0))):
                whole.append(line + "\n")
                yield known
        self.path.write_text("".join([lines[0] + "\n", *whole]), encoding="utf-8")

    def _as_good(self, limit: float | None, gap: float) -> bool:
        """Whether a solve within a limit and a gap is one that the settings ask for, or better."""
        longest = math.inf if self.settings.time_limit is None else self.settings.time_limit
        return (limit is None or limit >= longest) and gap <= self.settings.gap

    def _line(self, task: Task, cost: "Cost") -> str:
        numbers = {"cost": cost.cost, "least": cost.least}
        told: dict[str, Any] = {"what": task[0], "members": list(task[1])}
        told |= {name: value if math.isfinite(value) else None for name, value in numbers.items()}
        told |= {"how": cost.how, "within": [self.settings.time_limit, self.settings.gap]}
        return json.dumps(told, ensure_ascii=False) + "\n"


def _known(told: Mapping[str, Any]) -> tuple[Task, "Cost"]:
    from models.coalition import Cost

    cost = math.inf if told["cost"] is None else float(told["cost"])
    unbounded = math.inf if told["how"] == "infeasible" else -math.inf
    least = unbounded if told["least"] is None else float(told["least"])
    return (told["what"], tuple(told["members"])), Cost(cost, least, told["how"])


def model_of(run: "Finished", settings: Settings) -> "Model":
    """Built model of a finished run, plants where they stand unless siting is free."""
    from models.coalition import Members as Model

    places = None
    if settings.siting == "plan":
        tenants = [k for k, unit in run.assembly.instance.units.items() if unit.kind == "plant"]
        where = [run.books(name).places() for name in ("plan", "baseline")]
        places = tuple({k: at[k] for k in tenants if k in at} for at in where)
    return Model(run.assembly.instance, places, run.case.baseline)  # type: ignore[arg-type]


def cost_of(model: "Model", members: "Members", settings: Settings, task: Task) -> "Cost":
    """Work a task out."""
    from models.solve import Options

    what, coalition = task
    options = Options(settings.gap, settings.time_limit, None, 1, 0)
    present = members.present(frozenset(coalition))
    return model.together(present, options) if what == "together" else model.alone(present, options)


_at_work: dict[str, Any] = {}


def _begin(folder: str, settings: Settings) -> None:
    """Read the run once in each process; a Ctrl-C is for the process that waits."""
    from planner.results.saved import finished
    from planner.sharing.players import members_of

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run = finished(folder)
    _at_work.update(model=model_of(run, settings), members=members_of(run), settings=settings)


def _work(task: Task) -> "Cost":
    return cost_of(_at_work["model"], _at_work["members"], _at_work["settings"], task)


def processes() -> int:
    """Processes to work in unless told otherwise."""
    return max(1, os.cpu_count() or 1)
