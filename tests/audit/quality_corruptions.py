"""Corruptions of the tables of a park worked out by hand: what each does, the check that is meant, and its words."""

import pandas as pd
import quality_by_hand as by_hand

NAN = float("nan")


def where(frame, **cells):
    """Mask of the rows with these cells."""
    mask = pd.Series(data=True, index=frame.index)
    for column, value in cells.items():
        mask &= frame[column].isna() if value is None else frame[column] == value
    assert mask.any(), cells
    return mask


def cell(table, column, value, *, times=None, **cells):
    """Corruption of one column in the rows with these cells."""

    def corrupt(frames):
        frame = frames[table]
        mask = where(frame, **cells)
        frame[column] = frame[column].astype(object)
        frame.loc[mask, column] = value if times is None else frame.loc[mask, column] * times

    return corrupt


def drop(table, **cells):
    """Corruption that removes rows."""

    def corrupt(frames):
        frames[table] = frames[table][~where(frames[table], **cells)]

    return corrupt


def twice(table, **cells):
    """Corruption that repeats rows."""

    def corrupt(frames):
        frames[table] = pd.concat([frames[table], frames[table][where(frames[table], **cells)]], ignore_index=True)

    return corrupt


def flows(*rows):
    """Corruption that adds exchanges (as in ``by_hand.EXCHANGES``), each taken from what the source disposes of."""

    def corrupt(frames):
        added = pd.DataFrame([by_hand.exchange(*row) for row in rows])
        frames["exchanges"] = pd.concat([frames["exchanges"], added], ignore_index=True)

    return corrupt


def together(*corruptions):
    """Several corruptions at once."""

    def corrupt(frames):
        for one in corruptions:
            one(frames)

    return corrupt


WASH_RINSE = {"exchange": "A > B: wash -> rinse #1"}
BLOWDOWN = ("A > B: blowdown -> process", "A", "B", "blowdown", "process", "blowdown", "P1", "P2", 0.5, 1000.0, 1.0)
#: To A from the works, so that what A washes with has been in the works before.
BACK = ("works > A: clean -> wash", "works", "A", "clean", "wash", "clean", "P3", "P1", 0.8, 2000.0, 1.0)
#: By way of B: what its second part gives goes to A.
ROUND = (
    ("works > B: clean -> rinse #2", "works", "B", "clean", "rinse #2", "clean", "P3", "P2", 0.4, 2000.0, 1.0),
    ("B > works: rinse #2 -> effluent", "B", "works", "rinse #2", "effluent", "grey", "P2", "P3", 0.4, 2000.0, 1.0),
)
EXTRA = ("A > works: blowdown -> effluent", "A", "works", "blowdown", "effluent", "blowdown", "P1", "P3", 0.8, 1e3, 1.0)

#: What is corrupted -> (how, check that must fail, words that must stand there).
CORRUPTIONS = {
    "a flow changed by 1 %": (
        cell("exchanges", "flow_per_yr", None, times=1.01, **WASH_RINSE),
        "rows of compositions",
        ("B / rinse #1, mixture: COD", "recomputed"),
    ),
    "more of a foul stream than a mixture bears": (
        together(
            cell("exchanges", "flow_per_yr", 3000.0, **WASH_RINSE),
            cell("exchanges", "replaced_per_yr", 3000.0, **WASH_RINSE),
            cell("exchanges", "flow_per_yr", 25000.0, source="wash", sink="effluent"),
            cell("supplies", "supplied_per_yr", 7000.0, stream="rinse #1"),
        ),
        "limits of quality",
        ("B / rinse #1", "COD 107.143 mg/L", "exceeds 100 mg/L"),  # 3000 x 2500/7 / 10000
    ),
    "less fresh water than a limit asks for": (
        together(
            cell("exchanges", "flow_per_yr", 15200.0, source="clean"),
            cell("exchanges", "replaced_per_yr", 15200.0, source="clean"),
            cell("supplies", "supplied_per_yr", 4800.0, stream="process"),
            cell("discharges", "amount_per_yr", 8200.0, stream="clean"),
        ),
        "limits of quality",
        ("B / process", "COD 30.1587 mg/L", "exceeds 30 mg/L"),  # 15200 x 2500/63 / 20000
    ),
    "too little water for a load": (
        together(
            cell("operations", "load_share", 0.4, part="1"),
            cell("operations", "load_share", 0.6, part="2"),
        ),
        "limits of quality",
        ("B / rinse #2, outlet: COD 480 mg/L exceeds 400 mg/L",),  # 0.6 x 4000 kg in 5000
    ),
    "a discharge above the permit": (
        together(
            cell("exchanges", "flow_per_yr", 25000.0, source="wash", sink="effluent"),
            lambda frames: frames.update(
                discharges=pd.concat(
                    [
                        frames["discharges"],
                        frames["discharges"].iloc[[0]].assign(stream="wash", resource="effluent", amount_per_yr=1000.0),
                    ],
                    ignore_index=True,
                )
            ),
        ),
        "limits of quality",
        ("A / wash, discharge", "COD 357.143 mg/L", "exceeds 100 mg/L"),
    ),
    "a content changed": (
        cell("compositions", "mean", None, times=0.9, at="mixture", stream="process", quality="salt"),
        "rows of compositions",
        ("B / process, mixture: salt, mean: 102.96 in the tables, 114.4 recomputed",),
    ),
    "a worst value forgotten": (
        cell("compositions", "worst", 20.0, at="discharge", stream="blowdown"),
        "rows of compositions",
        ("A / blowdown, discharge: COD, worst: 20 in the tables, 25 recomputed",),
    ),
    "a load in grams": (
        cell("compositions", "load_per_yr", None, times=1000, at="source", stream="brine"),
        "rows of compositions",
        ("works / brine, source: COD, load",),
    ),
    "a load in another unit": (
        cell("compositions", "load_unit", "t", at="source", stream="brine"),
        "rows of compositions",
        ("works / brine, source: COD", "load_unit is 't', not 'kg'"),
    ),
    "an amount of a composition": (
        cell("compositions", "amount_per_yr", None, times=2, at="supply", stream="wash"),
        "rows of compositions",
        ("A / wash, supply", "60000 in the tables, 30000 recomputed"),
    ),
    "a content called unknown": (
        cell("compositions", "known", value=False, at="source", stream="clean", quality="salt"),
        "rows of compositions",
        ("works / clean, source: salt", "known"),
    ),
    "a composition dropped": (
        drop("compositions", at="exchange", stream="clean", quality="COD"),
        "rows of compositions",
        ("works > B: clean -> process, exchange: COD is missing, it holds 39.6825",),
    ),
    "a composition listed twice": (
        twice("compositions", at="exchange", stream="clean", quality="COD"),
        "rows of compositions",
        ("is listed twice",),
    ),
    "a composition of what does not flow": (
        cell("compositions", "at", "sale", at="discharge", stream="brine"),
        "rows of compositions",
        ("works / brine, sale: COD: nothing flows there",),
    ),
    "what is found against a limit": (
        cell("quality_limits", "found", 340.0, at="operation outlet", by="A"),
        "rows of quality_limits",
        ("A / wash, operation outlet: COD, found against 400: 340 in the tables, 357.14286 recomputed",),
    ),
    "a limit changed": (
        cell("quality_limits", "limit", 40.0, stream="process", quality="COD"),
        "rows of quality_limits",
        ("B / process, mixture: COD: the limit is 30, the table says 40",),
    ),
    "a limit that binds hidden": (
        cell("quality_limits", "binding", value=False, stream="process", quality="COD"),
        "rows of quality_limits",
        ("B / process, mixture: COD", "30 of 30, not binding"),
    ),
    "a limit that does not bind": (
        cell("quality_limits", "binding", value=True, stream="process", quality="salt"),
        "rows of quality_limits",
        ("B / process, mixture: salt", "114.4 of 150, binding"),
    ),
    "a limit dropped": (
        drop("quality_limits", stream="process", quality="COD"),
        "rows of quality_limits",
        ("B / process: the limit of 30 for COD is not listed",),
    ),
    "a limit of nobody": (
        cell("quality_limits", "quality", "salt", at="facility input"),
        "rows of quality_limits",
        ("works / effluent, facility input: salt: the case has no such limit",),
    ),
    "a saving where nothing binds": (
        cell("quality_limits", "saving_per_yr", 100.0, at="facility input"),
        "rows of quality_limits",
        ("works / effluent", "a saving of 100"),
    ),
    "a stricter limit called laxer": (
        cell("quality_limits", "laxer_limit", 29.0, stream="process", quality="COD"),
        "rows of quality_limits",
        ("B / process, mixture: COD: 29 is not laxer than 30",),
    ),
    "a laxer limit that costs": (
        cell("quality_limits", "saving_per_yr", -5.0, stream="process", quality="COD"),
        "rows of quality_limits",
        ("B / process, mixture: COD: a laxer limit would cost 5",),
    ),
    "a fee by load forgotten": (
        cell("discharges", "cost_per_yr", 4140.0, stream="clean"),
        "rows of discharges",
        ("works / clean: cost_per_yr: 4140 in the tables, 4370 recomputed",),
    ),
    "what comes back to where it was regenerated": (
        flows(BACK),
        "regeneration without recycling",
        ("works: what leaves it comes back by A / wash, works / effluent",),
    ),
    "what comes back by two others": (
        flows(*ROUND),
        "regeneration without recycling",
        ("works: what leaves it comes back by B / rinse #2, works / effluent",),
    ),
    "an unknown accepted wrongly": (
        flows(BLOWDOWN),
        "nothing unknown where it is limited",
        ("B / process: salt of A / blowdown is unknown, at most 150 mg/L is asked",),
    ),
    "a forbidden use": (
        flows(BLOWDOWN),
        "nothing goes where its use is barred",
        ("A > B: blowdown -> process: blowdown of A may not come into food",),
    ),
    "what is barred is built": (
        flows(BLOWDOWN),
        "what is barred is not built",
        ("A > B: blowdown -> process is built, though the salt of blowdown is not known",),
    ),
    "too many links": (
        flows(BLOWDOWN),
        "largest number of links",
        ("B / process: 2 exchanges feed it, 1 may",),
    ),
    "too many links of a facility": (
        flows(EXTRA, ROUND[1]),
        "largest number of links",
        ("works / effluent: 3 exchanges feed it, 2 may",),
    ),
    "too small a flow": (
        cell("exchanges", "flow_per_yr", 1400.0, **WASH_RINSE),
        "least flow of links",
        ("A > B: wash -> rinse #1 by pipe", "1400"),
    ),
    "too little activity": (
        cell("facilities", "activity_per_yr", 4000.0, facility="works"),
        "least activity of facilities",
        ("works: least activity a year", "4000"),
    ),
    "an operation below its least flow": (
        cell("supplies", "supplied_per_yr", 19000.0, stream="wash"),
        "plan: operations",
        ("A / wash: takes at least", "19000"),
    ),
    "an operation above its largest flow": (
        cell("supplies", "supplied_per_yr", 61000.0, stream="wash"),
        "plan: operations",
        ("A / wash: takes a year: 61000 exceeds 60000",),
    ),
    "a loss forgotten": (
        cell("operations", "given_per_yr", 30000.0, operation="wash"),
        "plan: operations",
        ("A / wash: given_per_yr is 30000 in the tables, 28000 recomputed",),
    ),
    "the flow of an operation": (
        cell("operations", "flow_per_h", None, times=1.1, operation="wash"),
        "plan: operations",
        ("A / wash: flow_per_h is 33",),
    ),
    "load shares that do not add up": (
        cell("operations", "load_share", 0.65, part="1"),
        "plan: operations",
        ("B / rinse: shares of the load of its parts: 900",),
    ),
    "a part that nobody lists": (
        drop("operations", part="2"),
        "plan: operations",
        ("B / rinse #2 takes 5000 and is not listed",),
    ),
    "an operation that is none": (
        cell("operations", "operation", "dye", operation="wash"),
        "plan: operations",
        ("A / dye is no operation of the plan",),
    ),
    "a load balance": (
        cell("load_balances", "removed_per_yr", 700.0, of="B", quality="COD"),
        "load balances",
        ("B, COD: removed is 700 kg in the table, 600 recomputed",),
    ),
    "a load balance that does not close": (
        cell("load_balances", "picked_up_per_yr", 0.0, of="park", quality="COD"),
        "load balances",
        ("park, COD: 20 kg come in and 14020 go out",),
    ),
    "a load balance dropped": (
        drop("load_balances", of="works", quality="salt"),
        "load balances",
        ("works, salt is missing",),
    ),
    "a water balance": (
        cell("water_balances", "used_up_per_yr", 0.0, of="A"),
        "water balances",
        ("A: used up is 0 m3 in the table, 2000 recomputed", "31000 m3 come in and 29000 go out"),
    ),
    "a verdict on quality embellished": (
        cell("verdicts", "technical", "fits alone", **WASH_RINSE),
        "verdicts on exchanges",
        ("A > B: wash -> rinse #1: technical is 'fits alone', 'fits in a mixture' recomputed",),
    ),
    "a permit hidden": (
        cell("verdicts", "compliance", "clear", **WASH_RINSE),
        "verdicts on exchanges",
        ("A > B: wash -> rinse #1: compliance is 'clear', 'permit needed' recomputed",),
    ),
    "a waste called a product": (
        cell("verdicts", "status", "product", exchange="A > works: wash -> effluent"),
        "verdicts on exchanges",
        ("A > works: wash -> effluent: status is 'product', 'waste' recomputed",),
    ),
    "a payback embellished": (
        cell("verdicts", "payback", "pays", exchange="A > works: wash -> effluent"),
        "verdicts on exchanges",
        ("payback is 'pays', 'does not pay' recomputed",),
    ),
    "a declaration hidden": (
        cell("verdicts", "declaration", value=False, **WASH_RINSE),
        "verdicts on exchanges",
        ("permit or declaration is not what the case states",),
    ),
    "a delay forgotten": (
        cell("verdicts", "delay_yr", 0.5, **WASH_RINSE),
        "verdicts on exchanges",
        ("delay_yr: 0.5 in the tables, 1.5 recomputed",),
    ),
    "the cost of a permit without the declaration": (
        cell("verdicts", "permit_cost", 1100.0, **WASH_RINSE),
        "verdicts on exchanges",
        ("permit_cost: 1100 in the tables, 6600 recomputed",),
    ),
    "a verdict dropped": (
        drop("verdicts", **WASH_RINSE),
        "verdicts on exchanges",
        ("A > B: wash -> rinse #1 is in only one of exchanges and verdicts",),
    ),
    "a barred exchange called fit": (
        cell("verdicts", "technical", "fits alone", exchange=by_hand.BARRED),
        "verdicts on what is barred",
        ("technical is 'fits alone', 'unknown' recomputed",),
    ),
    "a forbidden exchange called lawful": (
        cell("verdicts", "compliance", "clear", exchange=by_hand.BARRED),
        "verdicts on what is barred",
        ("compliance is 'clear', 'forbidden' recomputed",),
    ),
    "a payback of what is not built": (
        cell("verdicts", "payback", "pays", exchange=by_hand.BARRED),
        "verdicts on what is barred",
        ("payback is 'pays', '' recomputed",),
    ),
    "a delay of what is barred": (
        cell("verdicts", "delay_yr", 2.0, exchange=by_hand.BARRED),
        "verdicts on what is barred",
        ("delay_yr: 2 in the tables, 0 recomputed",),
    ),
    "barred without verdicts": (
        drop("verdicts", exchange=by_hand.BARRED),
        "verdicts on what is barred",
        ("is barred and has no verdicts",),
    ),
    "barred for what is known": (
        cell("barred", "quality", "COD", quality="salt"),
        "what is barred is not built",
        ("the limit of COD is said to be 150", "its COD is said to be unknown and is 20"),
    ),
    "barred for no reason": (
        cell("barred", "exchange", "A > B: wash -> process", quality=None),
        "what is barred is not built",
        ("A > B: wash -> process is barred, and the case forbids neither it nor its use",),
    ),
    "a barred use is not listed": (
        drop("barred", exchange=by_hand.BARRED, quality=None),
        "what is barred is not built",
        ("A > B: blowdown -> process is forbidden, or may not come into such a use, and is not listed",),
    ),
    "barred for what fresh water dilutes": (
        together(
            cell("barred", "found", 2500 / 7, quality="salt"),
            cell("barred", "limit", 30.0, quality="salt"),
            cell("barred", "exchange", "A > B: wash -> process", quality="salt"),
            cell("barred", "quality", "COD", quality="salt"),
        ),
        "what is barred is not built",
        ("A > B: wash -> process is barred for its COD, which what is bought could dilute",),
    ),
}
