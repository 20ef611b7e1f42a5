"""The edition for one firm: a plan cut down to what that firm may see, and the page of it.

Nothing is taken out of the page of the whole park: the edition is made from tables that hold the firm's own rows only,
so that what others have is in no table, drawing, description or script of it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from planner.case.lists import PARTED, listed
from planner.errors import UsageError
from planner.report.html.book import Book, num, word
from planner.report.html.mentions import Mentions
from planner.report.html.page import OF_A_FIRM, SECTIONS, rejected, rendered
from planner.report.html.texts import texts
from planner.report.html.totals import Told, told
from planner.results.plan import Plan

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Tables whose rows are a party's own.
_OWN = ("parties", "ledger", "exchange_ledger", "assets", "cash_flows", "finance", "lines", "bank")
#: Columns of an exchange that tell of both sides together, or of the other side.
_JOINT = (
    *("capex", "capex_low", "capex_high", "cost_per_yr", "gain_per_yr", "co2e_avoided_t_per_yr", "payback_yr"),
    *("capital_cost_per_yr", "seller_gross_share", "shared_capex", "effort", "permit"),
)
_OF_SELLER = ("seller_gain_per_yr", "seller_capex", "seller_payback_yr")
_OF_BUYER = ("buyer_gain_per_yr", "buyer_capex", "buyer_payback_yr")
#: Columns of a price that the other side's costs could be told from.
_OF_BOTH = (
    *("room_per_unit", "shared_cost_per_yr", "lacking_per_yr", "lacking_once", "verdict", "outlasts_contract"),
    *("remedy", "payer", "payee", "payment_per_yr", "payment_once"),
)
#: Geographic files of what was there before, which say nothing of a firm.
_GROUND = ("roads", "obstacles")


@dataclass(frozen=True)
class Edition:
    """What a firm may see.

    Attributes
    ----------
    partners
        Plants, facilities and parties that it exchanges with: it knows them.
    told
        Sums of the park.
    withheld
        What was left out of it, and why.
    warnings
        What it tells of a partner all the same: for whoever passes it on, and not in it.
    """

    firm: str
    partners: tuple[str, ...]
    told: Told
    withheld: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def edition(plan: Plan, firm: str, *, lang: str = "en") -> tuple[str, Edition]:
    """Return the page for one firm, and what it left out.

    Raises
    ------
    UsageError
        If the plan has no such party, or there is no catalogue of the language.
    """
    book = Book(plan, texts(lang))
    party = party_of(plan, firm)
    if not plan.audit.get("passed"):
        return rejected(Book(plan, book.t, firm=party)), Edition(party, (), Told((), ()), ())
    made = _edition(book, party)
    sections = {name: SECTIONS[name] for name in OF_A_FIRM} | {"totals": "totals.build", "own": "own.build"}
    if not len(plan.tables.get("bank", ())):
        sections.pop("bank")
    return rendered(Book(only(plan, made), book.t, firm=party, partial=made), sections), made


def party_of(plan: Plan, firm: str) -> str:
    """The party of a name: a party itself, or the party that a plant, partner or facility belongs to.

    Raises
    ------
    UsageError
        If there is none; names those that there are.
    """
    import difflib

    parties = [str(name) for name in plan.tables["parties"]["party"]]
    if firm in parties:
        return firm
    owner = owners(plan).get(firm)
    if owner in parties:
        return str(owner)
    near = difflib.get_close_matches(firm, parties, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise UsageError(f"this plan has no party {firm!r}{hint}; it has: {', '.join(parties)}")


def owners(plan: Plan) -> dict[str, str]:
    """Plant, partner or facility -> the party it belongs to."""
    found = {word(row["unit"]): word(row["unit"]) for row in plan.siting.to_dict("records")}
    for row in plan.tables["facilities"].to_dict("records"):
        owner = word(row["owner"]) or "park company"
        found[word(row["facility"])] = found.get(owner, owner)
    case = plan.case
    if case is not None:
        firms = {name: one.firm or name for name, one in (*case.plants.items(), *case.partners.items())}
        found |= firms
        for name, one in case.facilities.items():
            owner = one.owner or case.park_company
            found[name] = firms.get(owner, owner)
    for row in plan.exchanges.to_dict("records"):
        for end, party in (("from", "seller"), ("to", "buyer")):
            if word(row[party]):
                found[word(row[end])] = word(row[party])
    return found


def _edition(book: Book, firm: str) -> Edition:
    """Partners, sums that may be told, what is left out, and what it tells all the same."""
    t, plan = book.t, book.plan
    partners, withheld, trading = dict[str, None](), [t("withheld.map")], set[str]()
    split = {str(row["exchange"]) for row in book.rows("prices") if word(row["basis"]).startswith("split")}
    for row in plan.exchanges.to_dict("records"):
        sides = {word(row["seller"]): word(row["from"]), word(row["buyer"]): word(row["to"])}
        if firm not in sides or len(sides) < 2:
            continue
        partner = next(side for side in sides if side != firm)
        partners |= {partner: None, sides[partner]: None}
        trading.add(partner)
        exchange = word(row["exchange"])
        withheld.append(t("withheld.partner", exchange=exchange, partner=partner))
        withheld.append(t("withheld.limit", exchange=exchange, partner=partner))
        if exchange in split:
            withheld.append(t("withheld.split", exchange=exchange))
    sums = told(book, firm, frozenset(trading))
    owned = set(plan.tables["assets"].query("party == @firm")["exchange"].dropna())
    for row in plan.exchanges[plan.exchanges["exchange"].isin(owned)].to_dict("records"):
        partners |= dict.fromkeys(word(row[key]) for key in ("seller", "buyer", "from", "to"))
    mine = _units_of(plan, firm)
    known = tuple(name for name in partners if name and name not in mine)
    left_out = tuple(dict.fromkeys([*sums.withheld, *withheld]))
    return Edition(firm, known, sums, left_out, tuple(dict.fromkeys(_derivable(book, firm))))


def _derivable(book: Book, firm: str) -> Iterator[str]:
    """What a subtraction would tell of a partner: from a price set by a known rule, and from shares of two payers."""
    t = book.t
    for row in book.rows("prices"):
        if firm in (row["seller"], row["buyer"]) and word(row["basis"]).startswith("split"):
            partner = row["buyer"] if row["seller"] == firm else row["seller"]
            yield t("derivable.split", exchange=row["exchange"], partner=partner, firm=firm)
    payers: dict[str, dict[str, float]] = {}
    for row in book.rows("assets"):
        if word(row["exchange"]):
            paid = payers.setdefault(word(row["exchange"]), {})
            paid[word(row["party"])] = paid.get(word(row["party"]), 0.0) + abs(num(row["capex"]))
    for exchange, paid in payers.items():
        others = [party for party, amount in paid.items() if party != firm and amount > 0.0]
        if paid.get(firm, 0.0) > 0.0 and len(others) == 1:
            yield t("derivable.shares", exchange=exchange, partner=others[0], firm=firm)


def _units_of(plan: Plan, firm: str) -> set[str]:
    """A party, and the plants, partners and facilities that belong to it."""
    return {unit for unit, party in owners(plan).items() if party == firm} | {firm}


def only(plan: Plan, made: Edition) -> Plan:
    """The plan cut down to what a firm may see: its own rows, and its own side of its exchanges."""
    firm, tables = made.firm, {name: table.iloc[0:0] for name, table in plan.tables.items()}
    for name in (name for name in _OWN if name in plan.tables):
        tables[name] = plan.tables[name][plan.tables[name]["party"] == firm]
    if len(tables["finance"]):
        tables["finance"] = tables["finance"][~tables["finance"]["kind"].isin(("exchange", "park", "society"))]
    mine = _units_of(plan, firm)
    tables["siting"] = _siting(plan.siting, mine, set(made.partners))
    tables["facilities"] = plan.tables["facilities"][plan.tables["facilities"]["facility"].isin(mine)]
    tables["exchanges"] = _exchanges(plan.exchanges, firm)
    tables["prices"] = _prices(plan.tables["prices"], firm)
    known = {*tables["exchanges"]["exchange"], *tables["assets"]["exchange"].dropna()}
    moved = {word(name) for table in ("lines", "exchanges") for name in tables[table]["resource"]}
    others = _others(plan, made, moved)
    for name in ("ledger", "exchange_ledger", "assets", "lines"):
        tables[name] = _unnamed(tables[name], known, others)
    fields = {"fields": None, "by": None}  # they name others
    stated = plan.header.get("sources") or {}
    lines = tables["lines"].assign(**fields)
    lines["sources"] = [_named_sources(row, stated, others) for row in lines["sources"]]
    tables["lines"] = lines
    return Plan(tables, _layers(plan, tables), _header(plan, tables["lines"]), {"passed": True, "checks": ()})


def _others(plan: Plan, made: Edition, moved: set[str]) -> Mentions:
    """What finds the names of all parties, plants and facilities but those that the firm knows, and what it moves.

    A party may own nothing: it pays a share of a pipe.
    """
    known = {*_units_of(plan, made.firm), *made.partners, *moved}
    named = {word(name) for name in plan.tables["parties"]["party"]}.union(*owners(plan).items())
    return Mentions((name for name in sorted(named) if name not in known), known)


def _named_sources(told: Any, stated: Mapping[str, Any], others: Mentions) -> str | None:
    """Keys of the sources of a line, without those that name others, in their key or in what is said of them."""
    keys = [
        key
        for key in listed(word(told), stated)
        if not others.of(" ".join(map(str, (key, *dict(stated.get(key) or {}).values()))))
    ]
    return PARTED.join(keys) or None


def _unnamed(table: "pd.DataFrame", exchanges: set[str], others: Mentions) -> "pd.DataFrame":
    """A table without the exchanges of others, and without words that name others."""
    made = table.copy()
    if "exchange" in made.columns:
        made["exchange"] = made["exchange"].where(made["exchange"].isin(exchanges), None)
    if "item" in made.columns:
        made["item"] = [None if others.of(word(item)) else item for item in made["item"]]
    return made


def _siting(table: "pd.DataFrame", mine: set[str], partners: set[str]) -> "pd.DataFrame":
    """Where the firm's plants stand, and where its partners do: a pipe leads there."""
    own = table[table["unit"].isin(mine | partners)].copy()
    _blank(own, ~own["unit"].isin(mine), ("area_ha", "land_taken_ha", "land_investment", "land_cost_per_yr"))
    return own


def _exchanges(table: "pd.DataFrame", firm: str) -> "pd.DataFrame":
    """Exchanges of a firm, without what tells of the other side."""
    own = table[(table["seller"] == firm) | (table["buyer"] == firm)].copy()
    both = own["seller"] == own["buyer"]
    _blank(own, ~both, _JOINT)
    _blank(own, own["seller"] != firm, _OF_SELLER)
    _blank(own, own["buyer"] != firm, _OF_BUYER)
    own.loc[own["transfer_basis"].astype(str).str.startswith("split"), "transfer_basis"] = None
    return own


def _prices(table: "pd.DataFrame", firm: str) -> "pd.DataFrame":
    """Prices of a firm, with its own limit."""
    own = table[(table["seller"] == firm) | (table["buyer"] == firm)].copy()
    _blank(own, own["exchange"].notna(), _OF_BOTH)
    _blank(own, own["seller"] != firm, ("floor_per_unit", "running_floor_per_unit"))
    _blank(own, own["buyer"] != firm, ("ceiling_per_unit", "running_ceiling_per_unit"))
    _blank(own, own["seller"] != firm, ("forgone_per_unit",))
    own.loc[own["basis"].astype(str).str.startswith("split"), "basis"] = None
    return own


def _blank(table: "pd.DataFrame", rows: "pd.Series[bool]", columns: tuple[str, ...]) -> None:
    """Take the cells of some columns out."""
    import numpy as np

    for column in columns:
        if column in table.columns:
            empty = np.nan if table[column].dtype.kind == "f" else None
            table[column] = table[column].astype(object if empty is None else float).where(~rows, empty)


def _layers(plan: Plan, tables: "Mapping[str, pd.DataFrame]") -> "dict[str, gpd.GeoDataFrame]":
    """What of the map is the firm's: its plots, its exchanges, and where its partners stand."""
    if "plots" not in plan.layers:
        return {}
    exchanges = tables["exchanges"]
    places = {*exchanges["from_place"], *exchanges["to_place"], *tables["siting"]["plot"]}
    plots, links = plan.layers["plots"], plan.layers["links"]
    partners = plan.layers.get("partners")
    name = next(column for column in ("name", "plot", "unit") if column in plots.columns)
    made = {
        "plots": plots.loc[plots[name].isin(places), [name, plots.geometry.name]],
        "links": links.loc[links["exchange"].isin(set(exchanges["exchange"])), ["exchange", links.geometry.name]],
    }
    if partners is not None and "name" in partners.columns:
        made["partners"] = partners.loc[partners["name"].isin(places), ["name", partners.geometry.name]]
    for ground in _GROUND:
        layer = None if plan.case is None else plan.case.layer(ground)
        if layer is not None and not layer.empty:
            made[ground] = layer[[layer.geometry.name]]
    return made


def _header(plan: Plan, lines: "pd.DataFrame") -> dict[str, Any]:
    """The header without notes, description and figures of the park, and with the sources of the firm's own numbers."""
    stated = plan.header.get("sources") or {}
    used = {key for row in lines["sources"].dropna() for key in listed(str(row), stated)}
    solved = plan.header["solver"]
    kept = {key: solved.get(key) for key in ("name", "version", "status", "gap", "interrupted")}
    return {
        **{key: plan.header.get(key) for key in ("created", "versions", "objective", "currency", "price_year")},
        "case": {"name": plan.header["case"]["name"]},
        "solver": kept,
        "sources": {key: note for key, note in stated.items() if key in used},
        "notes": (),
    }


def names_left(html: str, plan: Plan, made: Edition) -> list[str]:
    """Names of other firms, plants and facilities that stand in an edition all the same, as in the title of the case.

    What a resource, the firm or one of its partners is called, too, tells nothing.
    """
    flows = {word(row["resource"]) for row in plan.exchanges.to_dict("records")}
    return _others(plan, made, flows).of("\n".join(_words(html)))


def _words(html: str) -> Sequence[str]:
    """What a page says: its title, its text, and the data of its map as the script reads it."""
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    body = html.partition("<body>")[2].partition("<script>")[0]
    told = [unescape(title[1]) if title else "", unescape(body)]
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)
    if data:
        for one in json.loads(data[1])["features"]:
            told += [word(one.get("told")), word(one.get("label"))]
    return told
