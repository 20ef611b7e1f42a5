"""Random tiny parks that hold everything the model knows: at most 3 plots, 5 units, 5 exchanges."""

import dataclasses
import random

from toys import park

from models.chronology import StoreData
from models.instance import (
    ExchangeData,
    FacilityData,
    Instance,
    OptionData,
    PairData,
    PlaceData,
    SegmentData,
    SinkData,
    SourceData,
    StateData,
    UnitData,
)
from models.rules import Conflict, Limit, Neighbour

INF = float("inf")


def random_park(seed: int, states=None) -> Instance:
    """A park from a seed, of one or two states; integers throughout, so that ties and round numbers occur.

    With ``states`` of weight 1 it has those, limits of exchanges by state, and some of its facilities are stores.
    """
    r = random.Random(seed)
    several, periods = r.random() < 0.25, states is not None
    if states is None:
        states = {"year": StateData()}
        if several:
            states = {"winter": StateData(4000.0, 0.5), "summer": StateData(4760.0, 1.5)}
    units = {f"plant{n}": UnitData("plant", optional=r.random() < 0.4, area=float(r.randint(1, 3))) for n in range(3)}
    if r.random() < 0.3:
        units["city"] = UnitData("partner")
    if r.random() < 0.5:
        units["works"] = UnitData("facility", area=1.0, forced=r.random() < 0.2)
    if r.random() < 0.5:
        units["measure"] = UnitData("measure", area=float(r.randint(0, 2)), host="plant0", forced=r.random() < 0.2)
    places = {f"plot{n}": PlaceData(4.0) for n in range(3)}
    if r.random() < 0.6:
        places["plot0"] = PlaceData(float(r.randint(4, 6)), tenants=r.randint(2, 3))
    plots = list(places)
    admissible = {
        k: tuple(p for p in plots if r.random() < 0.8) or ("plot1",)
        for k, unit in units.items()
        if unit.kind in ("plant", "facility")
    }
    if "city" in units:
        places["city"] = PlaceData()
        admissible["city"] = ("city",)
    facilities = {k: _facility(r, states) for k in ("works", "measure") if k in units}
    sources, sinks = _streams(r, units, states)
    exchanges = _exchanges(r, units, admissible, places, sources, sinks, states)
    stores = _stores(seed, facilities) if periods else {}
    if periods:
        exchanges = {e: _by_state(seed, e, x, states) for e, x in exchanges.items()}
        for k in stores:
            _join(seed, k, (units, admissible, places), sources, sinks, exchanges, states)
    rules = _rules(r, units, admissible, plots, exchanges)
    d = park(
        states=states, units=units, places=places, admissible=admissible, sources=sources, sinks=sinks,
        exchanges=exchanges, facilities=facilities, effects={}, stores=stores, **rules,
    )  # fmt: skip
    return Instance(**{**d.__dict__, "effects": _effects(r, d)})


def _by_state(seed, e, exchange, states):
    """An exchange of which some carry less, or meet a share of the demand only, in each state."""
    r = random.Random(f"by state {seed} {e}")
    most = {t: float(r.randint(0, 5)) for t in states} if r.random() < 0.3 else {}
    shares = {t: r.choice((0.0, 0.5, 1.0)) for t in states} if r.random() < 0.3 else {}
    return dataclasses.replace(exchange, most=most, shares=shares)


def _stores(seed, facilities):
    """Most of the facilities are stores."""
    r = random.Random(f"stores {seed}")
    return {
        k: StoreData(
            rate_in=r.choice((0.5, 1.0, INF)), rate_out=r.choice((0.5, 1.0, INF)), largest_in=2.0, largest_out=3.0,
            efficiency_in=r.choice((1.0, 0.5, 2.0)), efficiency_out=r.choice((1.0, 0.8)),
            loss=r.choice((0.0, 0.0, 1e-4)),
        )
        for k in facilities
        if r.random() < 0.8
    }  # fmt: skip


def _join(seed, k, where, sources, sinks, exchanges, states):
    """A store that is charged by a plant and feeds one, whatever else there is."""
    units, admissible, places = where
    r = random.Random(f"joined {seed} {k}")
    sources[f"{k} / out0"] = SourceData(k, dict.fromkeys(states, 1.0), dischargeable=False)
    sinks[f"{k} / in0"] = SinkData(k, dict.fromkeys(states, 1.0), suppliable=False)
    givers = [i for i, x in sources.items() if units[x.unit].kind == "plant"]
    takers = [j for j, x in sinks.items() if units[x.unit].kind == "plant"]
    for i, j in ((r.choice(givers), f"{k} / in0"), (f"{k} / out0", r.choice(takers))):
        stands, takes = (units[u].host or u for u in (sources[i].unit, sinks[j].unit))
        pairs = [
            (p, q) for p in admissible[stands] for q in admissible[takes] if p != q or places[p].tenants > 1
        ]  # fmt: skip
        if pairs or stands == takes:
            option = OptionData(
                dict.fromkeys(states, 10.0), {} if stands == takes else dict.fromkeys(pairs, PairData())
            )
            exchanges[f"{i} > {j}"] = ExchangeData(i, j, 1.0, stands == takes, {"pipe": option})


def _facility(r, states) -> FacilityData:
    low, middle, high = r.randint(0, 2), r.randint(3, 5), r.randint(6, 9)
    segments = {"small": SegmentData(float(low), float(middle))}
    if r.random() < 0.5:
        segments["large"] = SegmentData(float(middle), float(high))
    return FacilityData(segments, dict.fromkeys(states, float(r.randint(1, 2))))


def _streams(r, units, states):
    sources, sinks = {}, {}
    for k, unit in units.items():
        sized = unit.kind in ("facility", "measure")
        for n in range(1 if sized else r.randint(1, 2)):
            limit = r.choice([None, None, 3.0, float("inf")])
            on_demand = r.random() < 0.2
            sources[f"{k} / out{n}"] = SourceData(
                k, _amount(r, states, sized), on_demand, r.random() < 0.9 or limit == float("inf"), limit
            )
        for n in range(r.randint(0, 1) if sized else r.randint(1, 2)):
            sinks[f"{k} / in{n}"] = SinkData(
                k, _amount(r, states, sized), r.random() < 0.9 or sized, r.choice([1.0, 1.0, 0.5]),
                not sized and r.random() < 0.2,
            )  # fmt: skip
    return sources, sinks


def _amount(r, states, sized):
    return {t: float(r.randint(1, 2) if sized else r.randint(1, 10)) for t in states}


def _exchanges(r, units, admissible, places, sources, sinks, states):
    exchanges = {}
    ends = [(i, j) for i in sources for j in sinks]
    r.shuffle(ends)
    for i, j in ends[: r.randint(2, 5)]:
        k, taker = sources[i].unit, sinks[j].unit
        stands, takes = units[k].host or k, units[taker].host or taker
        if stands == takes:
            options = {"on site": OptionData({t: float(r.randint(5, 20)) for t in states})}
        else:
            pairs = [
                (p, q) for p in admissible[stands] for q in admissible[takes]
                if (p != q or places[p].tenants > 1) and r.random() < 0.9
            ]  # fmt: skip
            options = _options(r, pairs, states)
        if options:
            exchanges[f"{i} > {j}"] = ExchangeData(
                i, j, r.choice([1.0, 0.5, 2.0]), stands == takes, options,
                min_flow=r.choice([0.0, 0.0, 2.0]), max_flow=r.choice([float("inf"), float("inf"), 4.0]),
                max_share=r.choice([1.0, 1.0, 0.6]), forced=r.random() < 0.1,
                source_hours=_shared(i, j, k, units, states), sink_hours=_shared(j, i, taker, units, states),
            )  # fmt: skip
    return exchanges


def _shared(end, other, unit, units, states):
    """Some facilities share half of their one hour with the other end."""
    sized = units[unit].kind in ("facility", "measure")
    return dict.fromkeys(states, 0.5) if sized and random.Random(f"{end} > {other}").random() < 0.4 else {}


def _options(r, pairs, states):
    if not pairs:
        return {}
    loss = r.choice([0.0, 0.0, 0.1])
    owed = r.choice([0.0, 0.0, 0.5])

    def data():
        return {pair: PairData(dict.fromkeys(states, owed * r.randint(0, 2)), loss * r.randint(0, 3)) for pair in pairs}

    small = {t: float(r.randint(2, 5)) for t in states}
    large = {t: small[t] + float(r.randint(1, 5)) for t in states}
    options = {"small": OptionData(small, data(), order=0)}
    shape = r.random()
    if shape < 0.5:
        options["large"] = OptionData(large, data(), order=1)
    if shape < 0.15:
        options["small #2"] = OptionData(small, options["small"].pairs, copy=1, order=0)
        options["large #2"] = OptionData(large, options["large"].pairs, copy=1, order=1)
    if shape > 0.85:
        options["small #2"] = OptionData(small, options["small"].pairs, copy=1, order=0)
    return options


def _rules(r, units, admissible, plots, exchanges):
    rules: dict = {}
    plants = [k for k in admissible if k != "city"]
    if r.random() < 0.3:
        k, other = r.sample(plants, 2)
        p = r.choice(admissible[k])
        near = tuple(q for q in plots if r.random() < 0.6)
        rules["neighbours"] = (Neighbour("near", k, p, other, near),)
    if r.random() < 0.4:
        k, other = r.sample(plants, 2)
        near = {frozenset((p, q)) for p in plots for q in plots if r.random() < 0.3}
        rules["conflicts"] = tuple(
            Conflict("apart", a, p, b, tuple(q for q in plots if frozenset((p, q)) in near))
            for a, b in ((k, other), (other, k))
            for p in admissible[a]
        )
    options = [(e, s) for e, x in exchanges.items() for s in x.options if not x.own]
    if r.random() < 0.3 and len(options) > 1:
        rules["exclusive"] = {"old pipe": tuple(r.sample(options, 2))}
    sized = tuple(k for k, unit in units.items() if unit.kind in ("facility", "measure"))
    if len(sized) == 2 and r.random() < 0.5:
        rules["at_most"] = {"one of these": (sized, 1)}
    optional = [k for k, unit in units.items() if unit.optional]
    if r.random() < 0.2:
        rules["tenants_at_least"] = min(1, len(optional))
    elif r.random() < 0.2:
        rules["tenants_fixed"] = tuple(k for k in optional if r.random() < 0.5)
    if r.random() < 0.4:
        expansion = r.choice([0.0, 10.0])
        rules["limits"] = {
            "budget": Limit({"investment": 1.0}, float(r.randint(5, 60))),
            "cap": Limit({"co2e": 1.0, "waste": 0.5}, float(r.randint(20, 80)), expansion, expandable_in_baseline=True),
        }
    return rules


def _effects(r, d: Instance):
    effects: dict = {}

    def book(family, index, **booked):
        effects.setdefault(family, {})[index] = {a: float(v) for a, v in booked.items()}

    _book_units(r, d, book)
    _book_exchanges(r, d, book)
    for t in d.states:
        _book_streams(r, d, t, book)
    for name, limit in d.limits.items():
        if limit.max_expansion:
            book("expanded", (name,), cost=2.0)
    return effects


def _book_units(r, d: Instance, book) -> None:
    for k, unit in d.units.items():
        for p in d.admissible.get(k, ()):
            margin = r.randint(0, 40) if unit.optional else 0
            book("sited", (k, p), cost=r.randint(0, 9), margin=margin, investment=r.randint(0, 5))
    if "measure" in d.units and r.random() < 0.5:
        for p in d.admissible["plant0"]:
            book("sited", ("measure", p), cost=r.randint(0, 5))
    for k, facility in d.facilities.items():
        for g in facility.segments:
            cheap = 0 if k in d.stores else 1
            book("opened", (k, g), cost=cheap * r.randint(0, 6), investment=r.randint(0, 20))
            book("capacity", (k, g), cost=cheap * r.randint(0, 2))
        for t in d.states:
            cost = r.randint(-1, 2)
            for family in ("charged", "drawn") if k in d.stores else ("activity",):
                book(family, (k, t), cost=cost)


def _book_exchanges(r, d: Instance, book) -> None:
    for e, x in d.exchanges.items():
        trucked = r.random() < 0.4
        near = 3 if d.sources[x.source].unit in d.stores or d.sinks[x.sink].unit in d.stores else 1
        for s, option in x.options.items():
            book("built", (e, s), cost=r.randint(0, 8) // near, investment=r.randint(0, 10))
            for p, q in option.pairs:
                book("link", (e, s, p, q), cost=r.randint(0, 9) // near, investment=r.randint(0, 9))
                for t in d.states if trucked else ():
                    book("pair_flow", (e, s, p, q, t), cost=r.randint(0, 3))
            for t in d.states:
                book("flow", (e, s, t), cost=r.randint(0, 1), shadow=r.randint(0, 1))


def _book_streams(r, d: Instance, t, book) -> None:
    for i, source in d.sources.items():
        if source.dischargeable and not source.on_demand:
            book("discharged", (i, t), cost=r.randint(0, 5), waste=1.0)
        if source.sale_limit:
            book("sold", (i, t), cost=-r.randint(0, 2))
    for j, sink in d.sinks.items():
        if sink.suppliable:
            book("supplied", (j, t), cost=r.randint(1, 9), co2e=r.randint(0, 3), water=r.randint(0, 2))
