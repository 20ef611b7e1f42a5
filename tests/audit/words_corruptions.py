"""Corruptions of the words of a solved plan: what each does, the check that is meant, and its words.

The plan is the park by hand of ``quality_by_hand`` where the river takes foul water, too (see ``test_words``): A washes
with 30 m3/h at most, a works treats what it gives, B takes clean water back.
"""

import math

from quality_corruptions import cell, drop, together, twice

WASH = {"from": "A", "source": "wash"}
KEYS = "their words are names of the case"
LINES = "line items: their words"
EXCHANGES = "plan: words of exchanges"


def first(table, column, value, row=0):
    """Corruption of one cell."""

    def corrupt(frames):
        frame = frames[table].copy()
        frame[column] = frame[column].astype(object)
        frame.iloc[row, frame.columns.get_loc(column)] = value
        frames[table] = frame

    return corrupt


def line(column, value, **cells):
    """Corruption of the line items with these cells."""
    return cell("lines", column, value, **cells)


#: Names that nothing could be recomputed by: each a failure that says table, row and word, and no exception.
UNKNOWN_NAMES = {
    "a giver": (first("exchanges", "from", "xyz"), ("exchanges, row 1", "from 'xyz'")),
    "a taker": (first("exchanges", "to", "xyz"), ("exchanges, row 1", "to 'xyz'")),
    "a source": (first("exchanges", "source", "xyz"), ("exchanges, row 1", "source 'xyz'")),
    "a sink": (first("exchanges", "sink", "xyz"), ("exchanges, row 1", "sink 'xyz'")),
    "a link": (first("exchanges", "link", "xyz"), ("exchanges, row 1", "link 'xyz'")),
    "a main": (first("exchanges", "main", "xyz"), ("exchanges, row 1", "main 'xyz'")),
    "a pipe": (first("exchanges", "option", "pipe:xyz"), ("exchanges, row 1", "option 'pipe:xyz'")),
    "a link that is there": (first("exchanges", "option", "existing pipe"), ("the case knows no link",)),
    "a basis": (first("exchanges", "transfer_basis", "split xyz"), ("transfer_basis 'split xyz'",)),
    "a stream": (first("discharges", "stream", "xyz"), ("discharges, row 1", "stream 'xyz'")),
    "a unit": (first("supplies", "by", "xyz"), ("supplies, row 1", "by 'xyz'")),
    "a unit of the baseline": (first("baseline_supplies", "by", "xyz"), ("baseline_supplies, row 1", "by 'xyz'")),
    "a resource": (first("purchases", "resource", "xyz"), ("purchases, row 1", "resource 'xyz'")),
    "a facility": (first("facilities", "facility", "xyz"), ("facilities, row 1", "facility 'xyz'")),
    "a run": (first("lines", "run", "xyz"), ("lines, row 1", "run 'xyz'")),
    "a plant": (first("operations", "plant", "xyz"), ("operations, row 1", "plant 'xyz'")),
    "text for a number": (first("exchanges", "flow_per_yr", "much"), ("flow_per_yr is 'much', not a number",)),
    "no flow": (first("exchanges", "flow_per_yr", math.nan), ("exchanges, row 1", "flow_per_yr is nan, not a number")),
    "the word nan": (first("exchanges", "flow_per_yr", "nan"), ("flow_per_yr is 'nan', not a number",)),
    "no end": (first("discharges", "amount_per_yr", math.inf), ("amount_per_yr is inf, not a number",)),
    "an empty word": (first("supplies", "supplied_per_yr", ""), ("supplied_per_yr is '', not a number",)),
    "nothing": (first("facilities", "capacity_per_h", None), ("capacity_per_h is None, not a number",)),
    "text for a flag": (first("verdicts", "built", "perhaps"), ("built is 'perhaps', not True or False",)),
    "no column": (lambda frames: frames.update(sales=frames["discharges"][["by"]]), ("sales: column", "is missing")),
    "no table": (lambda frames: frames.pop("baseline_sales"), ("table baseline_sales is missing",)),
}

#: What is corrupted -> (how, check that must fail, words that must stand there).
CORRUPTIONS = {
    "another resource exchanged": (first("exchanges", "resource", "fresh"), EXCHANGES, ("resource is 'fresh'",)),
    "another resource replaced": (first("exchanges", "replaces", "brine"), EXCHANGES, ("replaces is 'brine'",)),
    "another unit": (first("exchanges", "unit", "t"), EXCHANGES, ("unit is 't', 'm3' by the case",)),
    "an exchange called own": (first("exchanges", "own", value=True), EXCHANGES, ("own is 'True', False",)),
    "a link called existing": (first("exchanges", "existing", value=True), EXCHANGES, ("existing is 'True', False",)),
    "another option": (first("exchanges", "option", "pipe / DN 300"), EXCHANGES, ("'pipe / DN 100' by the case",)),
    "a size of no link": (first("exchanges", "size", "DN 300"), EXCHANGES, ("size is 'DN 300', 'DN 100' by the case",)),
    "another name": (first("exchanges", "exchange", "A > B"), EXCHANGES, ("exchange is 'A > B'",)),
    "a seller": (first("exchanges", "seller", "A"), EXCHANGES, ("seller is 'A', 'park company' by the case",)),
    "an effort": (first("exchanges", "effort", "redesign"), EXCHANGES, ("effort is 'redesign'",)),
    "a permit": (first("exchanges", "permit", "none"), EXCHANGES, ("permit is 'none'",)),
    "how hours are known": (first("exchanges", "hours_assumed", value=False), EXCHANGES, ("hours_assumed",)),
    "how a price came about": (
        first("exchanges", "transfer_basis", "given"),
        EXCHANGES,
        ("transfer_basis is 'given'",),
    ),
    "a route": (first("discharges", "route", "sea"), "plan: words of discharges", ("route is 'sea'",)),
    "a class of waste": (
        first("discharges", "waste_class", "inert"),
        "words of discharges",
        ("waste_class is 'inert'",),
    ),
    "a resource disposed of": (
        first("discharges", "resource", "fresh"),
        "words of discharges",
        ("resource is 'fresh'",),
    ),
    "a resource of the baseline": (
        first("baseline_discharges", "resource", "fresh"),
        "baseline: words of discharges",
        ("resource is 'fresh'",),
    ),
    "a resource supplied": (first("supplies", "resource", "grey"), "words of supplies", ("resource is 'grey'",)),
    "a unit supplied": (first("supplies", "unit", "t"), "words of supplies", ("unit is 't'",)),
    "a plot of a facility": (first("facilities", "plot", "P1"), "words of facilities", ("plot is 'P1', 'P3'",)),
    "an owner": (first("facilities", "owner", "A"), "words of facilities", ("owner is 'A', 'park company'",)),
    "a scope": (first("facilities", "scope", "own"), "words of facilities", ("scope is 'own', 'shared'",)),
    "a kind": (first("siting", "kind", "facility"), "words of siting", ("kind is 'facility', 'plant'",)),
    "another buyer": (
        cell("purchases", "by", "B", stream="wash"),
        "words of purchases",
        ("A / demand / wash / fresh: 0 in the tables",),
    ),
    "another purpose": (
        cell("purchases", "for", "treatment", stream="wash"),
        "words of purchases",
        ("A / treatment / wash / fresh",),
    ),
    "another stream": (
        cell("purchases", "stream", "blowdown", stream="wash"),
        "words of purchases",
        ("A / demand / blowdown",),
    ),
    "a unit bought": (first("purchases", "unit", "t"), "words of purchases", ("unit is 't', 'm3'",)),
    "a state": (first("compositions", "state", "winter"), "every row is of a state", ("compositions", "'winter'")),
    "an account": (
        first("costs", "account", "xyz"),
        "accounts, units and kinds",
        ("xyz is no account", "land is missing"),
    ),
    "an account twice": (twice("costs", account="land"), "no row stands twice", ("costs: land stands there 2 times",)),
    "a unit of an account": (first("emissions", "unit", "kg"), "accounts, units and kinds", ("unit is 'kg'",)),
    "a unit of an indicator": (first("indicators", "unit", "GBP"), "accounts, units and kinds", ("unit is 'GBP'",)),
    "a unit of an intensity": (first("intensities", "unit", "1"), "accounts, units and kinds", ("not 'EUR/yr/ha'",)),
    "a kind of party": (
        first("parties", "kind", "utility"),
        "accounts, units and kinds",
        ("kind is 'utility', 'firm'",),
    ),
    "an indicator twice": (twice("indicators", indicator="waste"), "no row stands twice", ("indicators: waste",)),
    "a percentage of nothing": (
        cell("indicators", "reduction_pct", 7.0, indicator="waste"),
        "indicators: baseline, plan",
        ("waste: 7 % of a baseline of 0",),
    ),
    "how well nothing is known": (
        cell("indicators", "weak_share", 0.5, indicator="waste"),
        "how well each total is known",
        ("waste: weak_share is 0.5, where there is none",),
    ),
    "barred twice": (
        lambda frames: frames.update(barred=type(frames["barred"])(list(frames["barred"].to_dict("records")) * 2)),
        "no row stands twice",
        ("barred: ", "stands there 2 times"),
    ),
    "a limit on what does not flow dropped": (
        drop("quality_limits", at="discharge", by="A", stream="wash"),
        "rows of quality_limits",
        ("A / wash: the limit of 600 for COD is not listed (discharge)",),
    ),
    "a limit that is too lax": (  # 30 x 1.05 = 31.5
        together(
            cell("quality_limits", "laxer_limit", 33.0, at="mixture", stream="process", quality="COD"),
            cell("quality_limits", "binding", value=True, at="mixture", stream="process", quality="COD"),
        ),
        "rows of quality_limits",
        ("33 is not 5% laxer than 30",),
    ),
    "how a laxer limit was found": (
        cell("quality_limits", "how", "guessed", at="mixture", stream="process", quality="salt"),
        "rows of quality_limits",
        ("how is 'guessed'",),
    ),
    "an unknown content of nobody": (
        cell("load_balances", "unknown", "A / wash", of="B", quality="COD"),
        "load balances",
        ("B, COD: unknown is 'A / wash', '' recomputed",),
    ),
    "the figures of a payback": (
        first("verdicts", "payback_why", "gain 1,234,567 EUR/yr, capital cost 1 EUR/yr, of 1 EUR invested"),
        "verdicts on exchanges",
        ("payback_why speaks of 1,234,567",),
    ),
    "what is in the bill": (first("quantities", "what", "canal"), "words of the bill", ("what is 'canal', 'pipe'",)),
    "a size in the bill": (first("quantities", "size", "DN 300"), "words of the bill", ("size is 'DN 300', 'DN 100'",)),
    "a unit in the bill": (first("quantities", "unit", "km"), "words of the bill", ("unit is 'km'",)),
    "a surface in the bill": (first("quantities", "surface", "rock"), "words of the bill", ("'rock' lies nowhere",)),
    "a unit of a quantity": (line("quantity_unit", "t", account="discharge", by="B"), LINES, ("quantity_unit is 't'",)),
    "a unit of a factor": (
        line("factor_unit", "EUR/t", account="discharge", by="B"),
        LINES,
        ("factor_unit is 'EUR/t'",),
    ),
    "a unit of an amount": (line("unit", "GBP/yr", account="discharge", by="B"), LINES, ("'EUR/yr' of its account",)),
    "an account of nothing": (line("account", "gifts", account="fresh_water", by="B"), LINES, ("'gifts' is unknown",)),
    "a party of another": (line("party", "A", account="fresh_water", by="B"), LINES, ("party is 'A', 'B' has B",)),
    "a line of another unit": (
        together(line("by", "A", account="fresh_water", by="B"), line("party", "A", account="fresh_water", by="A")),
        "line items: what they are about",
        ("fresh_water of purchases: B / fresh",),
    ),
    "a resource of a line": (
        line("resource", "brine", account="discharge", by="B"),
        "line items: what they are about",
        ("cost_per_yr of discharges: B / brine",),
    ),
    "a field of no case": (
        line("fields", "resources.fresh.prize", account="purchase", by="A"),
        LINES,
        ("'resources.fresh.prize' is no field of the case",),
    ),
    "a grade of an ungraded number": (line("grade", "A", account="purchase", by="A"), LINES, ("grade is 'A', ''",)),
    "a basis of a stated number": (
        line("basis", "estimate", account="purchase", by="A"),
        LINES,
        ("basis is 'estimate'",),
    ),
    "a source of none": (line("sources", "survey", account="purchase", by="A"), LINES, ("sources is 'survey', ''",)),
    "a price within one party": (
        together(first("exchanges", "buyer", "park company"), first("exchanges", "transfer_price", 7.0)),
        EXCHANGES,
        ("buyer is 'park company', 'B'",),
    ),
    "a price of one party": (
        together(first("exchanges", "transfer_basis", "one party"), first("exchanges", "transfer_price", 7.0)),
        EXCHANGES,
        ("transfer_basis is 'one party'",),
    ),
    "another permit": (
        cell("verdicts", "permit", "xyz", exchange="works > B: clean -> process"),
        "verdicts on exchanges",
        ("permit or declaration is not what the case states",),
    ),
    "an item about another": (line("item", "gold", account="purchase", by="A"), LINES, ("'gold' names nothing",)),
    "an exchange that is not built": (
        line("exchange", "A > B", account="investment_link"),
        LINES,
        ("exchange is 'A > B', which is not built",),
    ),
}
