"""Checks of the money of mains and trenches row by row, of the bill of quantities, and of who pays for what."""

from collections import defaultdict
from collections.abc import Iterable

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import follows_stretches, main_of
from planner.audit.main_flows import MainFlows, flows_of
from planner.audit.money import Accounts
from planner.audit.network import Network, grouped, in_trench, may_be_buried, number, sized, word
from planner.audit.network_money import Cost, civil_works, costs_of_main, dug, parts, per_flow_km
from planner.audit.reading import Row
from planner.geography.distances import CorridorGraph

ITEMS = ("pipe", "trench", "crossing", "station")


def check_bill(facts: Facts, accounts: Accounts, checks: Checks, name: str) -> None:
    """Check what tables of a run say of the money of mains and trenches; ``name`` is "plan" or "baseline"."""
    run, graph = accounts.run, accounts.distances.graph
    if graph is not None:
        check = f"{name}: money of mains and trenches"
        checks.start(check)
        civil = _mains(facts, graph, accounts, checks, check)
        _trenches(facts, graph, run.network, civil, checks, check)
    if name == "plan":
        check = f"{name}: bill of quantities"
        checks.start(check)
        _quantities(facts, accounts, checks, check)
    check = f"{name}: shares in mains and trenches"
    checks.start(check)
    if name == "plan":
        _shares(facts, run, checks, check)
    _shared_capex(facts, run.network, run.exchanges, checks, check)


def _mains(facts: Facts, graph: CorridorGraph, accounts: Accounts, checks: Checks, check: str) -> dict[str, list[Cost]]:
    """Check the money of each row of the mains; return the civil works that pipes pay alone, by stretch."""
    civil: dict[str, list[Cost]] = defaultdict(list)
    periods = [_flows(one, graph) for one in (*accounts.periods.values(), *(() if accounts.periods else (accounts,)))]
    for main, flows in flows_of(facts, graph, accounts.run.network.by_main(), accounts.run.exchanges).items():
        name, _ = facts.case.mains()[main]
        link = facts.case.links[name]
        moved = [0.0] * len(flows.rows)
        for mine in periods:
            for n, cost in enumerate(costs_of_main(mine[main])):
                moved[n] += cost.flow_km * per_flow_km(mine[main].facts, link)
        for row, cost, hauled in zip(flows.rows, costs_of_main(flows), moved, strict=True):
            label, capex = f"{main} in {word(row, 'stretch')}", cost.link * facts.contingency
            civil[word(row, "stretch")].append(cost)
            capital = capex * facts.annuity(name, kind=link.kind)
            checks.equal(check, f"{label}: capex", number(row, "capex"), capex)
            checks.equal(check, f"{label}: capital cost", number(row, "capital_cost_per_yr"), capital)
            checks.equal(check, f"{label}: cost", number(row, "cost_per_yr"), cost.upkeep + hauled)
    return civil


def _flows(accounts: Accounts, graph: CorridorGraph) -> dict[str, MainFlows]:
    """Flows of every main of a run."""
    return flows_of(accounts.facts, graph, accounts.run.network.by_main(), accounts.run.exchanges)


def _trenches(
    facts: Facts, graph: CorridorGraph, network: Network, alone: dict[str, list[Cost]], checks: Checks, check: str
) -> None:
    shared, listed = set(dug(facts, network)), {word(row, "stretch") for row in network.trenches}
    for name, costs in alone.items():
        if name not in listed and sum(cost.civil for cost in costs) > 0:
            checks.fail(check, f"{name}: its civil works are in no row")
    for row in network.trenches:
        name = word(row, "stretch")
        costs = [civil_works(facts, graph.stretches[name])] if name in shared else alone.get(name, [])
        capex = sum(cost.civil for cost in costs) * facts.contingency
        checks.equal(check, f"trench {name}: capex", number(row, "capex"), capex)
        capital = capex * facts.annuity(kind="trench")
        checks.equal(check, f"trench {name}: capital cost", number(row, "capital_cost_per_yr"), capital)
        upkeep = sum(cost.civil_upkeep for cost in costs)
        checks.equal(check, f"trench {name}: cost", number(row, "cost_per_yr"), upkeep)


def _quantities(facts: Facts, accounts: Accounts, checks: Checks, check: str) -> None:
    """Check each item, and the sums: of each carrier's pipes, of all civil works, and of both."""
    more, sums = facts.contingency, dict[str, float]()
    for row in accounts.run.network.quantities:
        label = " ".join(x for x in (word(row, k) for k in ("item", "what", "carrier", "size", "surface")) if x)
        before, capex = number(row, "capex_before_contingency"), number(row, "capex")
        if word(row, "item") not in ITEMS:
            checks.fail(check, f"{label}: unknown item")
        if number(row, "quantity") > 0:
            product = number(row, "quantity") * number(row, "unit_price")
            checks.equal(check, f"{label}: quantity x price", before, product)
        elif capex:
            checks.fail(check, f"{label}: money for nothing")
        checks.equal(check, f"{label}: with contingency", capex, before * more)
        checks.equal(check, f"{label}: contingency", number(row, "contingency"), before * (more - 1))
        key = _booked_as(facts, accounts, row)
        sums[key] = sums.get(key, 0.0) + before
    expected = {**accounts.invested.carriers, "": accounts.invested.trenches}
    for key in sorted(sums.keys() | expected.keys()):
        what = f"links of {key}" if key else "trenches"
        checks.equal(check, f"{what}, before contingency", sums.get(key, 0.0), expected.get(key, 0.0))
    total = accounts.total.get("investment_link", 0.0) + accounts.total.get("investment_trench", 0.0)
    checks.equal(check, "sum", sum(number(row, "capex") for row in accounts.run.network.quantities), total)
    _metres(facts, accounts, checks, check)
    _dug(facts, accounts, checks, check)


def _dug(facts: Facts, accounts: Accounts, checks: Checks, check: str) -> None:
    """Check the metres of shared trenches, and those that crossings add to them."""
    graph, trenches, network = accounts.distances.graph, facts.case.trenches, accounts.run.network
    if graph is None or trenches is None or not trenches.investment.value:
        return
    there = [graph.stretches[name] for name in dug(facts, network) if name in graph.stretches]
    new = [stretch for stretch in there if stretch.trench != "existing"]
    shared = [row for row in network.quantities if not word(row, "carrier")]
    metres = {item: 0.0 for item in ("trench", "crossing")}
    for row in shared:
        if word(row, "unit") == "m":
            metres[word(row, "item")] = metres.get(word(row, "item"), 0.0) + number(row, "quantity")
    checks.equal(check, "metres of shared trenches", metres["trench"], sum(x.length_m for x in new))
    checks.equal(check, "metres that crossings add to them", metres["crossing"], sum(x.extra_m for x in new))


def _booked_as(facts: Facts, accounts: Accounts, row: Row) -> str:
    """Main or exchange that a row of the bill belongs to; empty for civil works and crossings of trenches."""
    carrier = word(row, "carrier")
    exchange, _, twin = carrier.rpartition(" #")
    if exchange in accounts.invested.carriers and twin.isdigit():
        carrier = exchange
    buried = carrier in facts.case.mains() and facts.case.in_trench(facts.case.mains()[carrier][0])
    own = any(str(x["exchange"]) == carrier and facts.case.in_trench(str(x["link"])) for x in _linked(accounts))
    if word(row, "item") == "trench" or (word(row, "item") == "crossing" and (buried or own or not carrier)):
        return ""
    return carrier


def _linked(accounts: Accounts) -> list[Row]:
    return [row for row in accounts.run.exchanges if word(row, "link") and main_of(row) is None]


def _metres(facts: Facts, accounts: Accounts, checks: Checks, check: str) -> None:
    """Check the metres of pipe of each main, as far as something is paid by the metre."""
    laid: dict[str, float] = defaultdict(float)
    for row in accounts.run.network.mains:
        size = sized(facts, row)
        if not row.get("existing") and size is not None and (size.investment or size.investment_by_capacity):
            laid[f"{word(row, 'main')}|{word(row, 'size')}"] += number(row, "pipes") * number(row, "length_m")
    pipes = [row for row in accounts.run.network.quantities if word(row, "item") == "pipe"]
    listed = grouped(pipes, "carrier", "size")
    for key, metres in laid.items():
        found = sum(number(row, "quantity") for row in listed.get(key, []))
        checks.equal(check, f"{key.replace('|', ' ')}: metres of pipe", found, metres)


def _shares(facts: Facts, run: Run, checks: Checks, check: str) -> None:
    """Check that the shares of each part add up to 1, and what falls to each."""
    network = run.network
    pipes = grouped(network.mains, "stretch", "main")
    money = {f"pipe|{key}": rows for key, rows in pipes.items()}
    money |= {f"trench|{word(row, 'stretch')}|": [row] for row in network.trenches}
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in network.shares:
        carrier = word(row, "carrier") if word(row, "part") == "pipe" else ""
        groups[f"{word(row, 'part')}|{word(row, 'stretch')}|{carrier}"].append(row)
    for key, rows in money.items():
        if key not in groups and any(number(row, "capex") > 0 for row in rows):
            checks.fail(check, f"{key.replace('|', ', ')}: nobody has a share")
    for key, rows in groups.items():
        label = key.replace("|", ", ")
        if key not in money:
            checks.fail(check, f"{label}: there is no such part")
            continue
        checks.equal(check, f"{label}: shares", 1e3 * sum(number(row, "share") for row in rows), 1e3)
        for column in ("capex", "cost_per_yr"):
            whole = sum(number(row, column) for row in money[key])
            for row in rows:
                expected = number(row, "share") * whole
                checks.equal(check, f"{label}: {column} of {row['exchange']}", number(row, column), expected)
        if key.startswith("trench|"):
            _by_carrier(facts, run, rows, checks, check)


def _by_carrier(facts: Facts, run: Run, rows: list[Row], checks: Checks, check: str) -> None:
    """Check the shares of pipes in one trench that all share: by cross-section, else by number."""
    stretch, trenches = word(rows[0], "stretch"), facts.case.trenches
    if trenches is None or not trenches.shared:
        return
    there = [row for row in run.network.runs if word(row, "stretch") == stretch and may_be_buried(facts, row)]
    there = [row for row in there if in_trench(facts, row)] or there
    numbers = [number(row, "pipes") for row in there]
    bores = [_bore(facts, run, row) for row in there]
    if all(bore is not None for bore in bores):
        numbers = [count * (bore or 0.0) ** 2 for count, bore in zip(numbers, bores, strict=True)]
    expected: dict[str, float] = defaultdict(float)
    for row, share in zip(there, parts(numbers), strict=True):
        expected[word(row, "carrier")] += share
    for carrier, share in expected.items():
        found = sum(number(row, "share") for row in rows if word(row, "carrier") == carrier)
        checks.equal(check, f"trench {stretch}: share of {carrier}", 1e3 * found, 1e3 * share)


def _bore(facts: Facts, run: Run, row: Row) -> float | None:
    """Inner diameter of a pipe [mm]; None where its size states none."""
    carrier, called = word(row, "carrier"), word(row, "size")
    if carrier in facts.case.mains():
        size = sized(facts, {**row, "link": facts.case.mains()[carrier][0]})
    else:  # a pipe of one exchange, or its twin
        exchanges = {carrier, carrier.rpartition(" #")[0]}
        links = [
            word(x, "link") for x in run.exchanges if str(x["exchange"]) in exchanges and word(x, "size") == called
        ]
        size = next((x for name in links for x in facts.case.links[name].sizes if x.size == called), None)
    return size.inner_diameter.value if size is not None and size.inner_diameter is not None else None


def _shared_capex(facts: Facts, network: Network, exchanges: Iterable[Row], checks: Checks, check: str) -> None:
    """Check that what falls to an exchange is the sum of its shares."""
    falls: dict[str, float] = defaultdict(float)
    for row in network.shares:
        falls[word(row, "exchange")] += number(row, "capex")
    told: dict[str, float] = defaultdict(float)
    for row in exchanges:
        found = number(row, "shared_capex")
        told[str(row["exchange"])] += 0.0 if found != found else found
        if found != found and (main_of(row) is not None or follows_stretches(facts, row)):
            checks.fail(check, f"{row['exchange']}: shared_capex is missing")
    for exchange in sorted(falls.keys() | told.keys()):
        checks.equal(check, f"{exchange}: shared_capex", told.get(exchange, 0.0), falls.get(exchange, 0.0))
