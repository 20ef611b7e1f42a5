"""Ratios of the library in the units of a case: by mass, volume or energy, per wet tonne, and by what is replaced."""

from planner.case.case import Case
from planner.case.contents import stated_content
from planner.case.pairs import Outlet
from planner.case.units import UnitError, factor
from planner.library.synergies import Library, Ratio, Synergy
from planner.match.ends import End
from planner.match.limits import means
from planner.match.proposals import ProposedRatio, shown

_UNITS = {"t/t": "t", "m3/m3": "m3", "energy": "MWh", "heat": "MWh"}
_FIELDS = {"t": "mass", "m3": "water", "MWh": "enthalpy"}
_BASIS_NOTES = {"energy": "by energy content"}
#: A number without a unit in percent.
_PERCENT = 100.0


def row_ratio(row: Synergy, taker: End) -> Ratio | str:
    """The ratio of a row for what a taker needs; in words what is missing where it could be one of several.

    Parameters
    ----------
    row
        Of the library.
    taker
        Known by name as one of what the row replaces, or by its industry alone as any of it.
    """
    named = [name for name in row.replaces if name in taker.known] or list(row.replaces)
    own = [name for name in named if row.ratio_for(name) != row.ratio_for(named[0])]
    if own:
        return f"ratio (it differs: which of {', '.join(row.replaces)} {taker.stream.name} is)"
    return row.ratio_for(named[0])


def in_units(case: Case, lib: Library, ratio: Ratio, giver: End, taker: End) -> tuple[ProposedRatio | None, str | None]:
    """A ratio of the library in the units of the case, or in words what is missing for it.

    Units of the taker's resource per unit of the giver's: ``value x content(giver) x dry matter / content(taker)``, the
    contents in t, m3 or MWh per unit, the dry matter (t per t) only where the ratio is per tonne of dry matter.
    """
    if ratio.value is None or ratio.basis == "none":
        return None, "ratio" + (f" ({ratio.note})" if ratio.note else "")
    unit = _UNITS[ratio.basis]
    first, second = _content(giver, unit), _content(taker, unit)
    if not first or not second:
        lacking = [end.stream.resource for end, found in ((giver, first), (taker, second)) if not found]
        return None, f"{_FIELDS[unit]} of {' and '.join(dict.fromkeys(lacking))} (for the ratio)"
    notes = [ratio.note, _BASIS_NOTES.get(ratio.basis)]
    scale = first / second
    if ratio.dry:
        solid = dry_matter(case, lib, giver)
        if solid is None:
            return None, f"moisture of {giver.stream.resource} (for the ratio, {ratio.value:g} {ratio.basis} dry)"
        scale *= solid
        notes.insert(0, f"{shown(ratio.value)} {ratio.basis} of dry matter, of which it has {solid:.3g} t/t")
    return ProposedRatio(
        value=ratio.value * scale,
        unit=f"{taker.resource.unit}/{giver.resource.unit}",
        grade=ratio.grade,
        note="; ".join(note for note in notes if note),
        low=None if ratio.low is None else ratio.low * scale,
        high=None if ratio.high is None else ratio.high * scale,
    ), None


def dry_matter(case: Case, lib: Library, giver: End) -> float | None:
    """Dry matter of what is given, t per t as it is delivered, by the mean of its moisture or of its dry matter.

    None where the case states neither, or nothing between 0 and 1. Moisture is the share of water in the wet mass.
    """
    assert isinstance(giver.stream, Outlet)
    for wanted in ("moisture", "dry matter"):
        for name, quality in case.qualities.items():
            content = stated_content(case, giver.stream, name) if means(name, wanted, lib) else None
            if content is None or content.mean is None:
                continue
            try:
                scale = _PERCENT if quality.unit in ("-", "1") else factor(quality.unit, "%")
            except UnitError:
                continue
            share = content.mean.value * scale / _PERCENT
            solid = 1 - share if wanted == "moisture" else share
            if 0 < solid <= 1:
                return solid
    return None


def _content(end: End, unit: str) -> float | None:
    """Amount in a unit of a resource; of tonnes and cubic metres the counted unit goes before what is stated."""
    try:
        return factor(end.resource.unit, unit)
    except UnitError:
        return end.resource.content(unit)


def ratio_said(ratio: Ratio) -> str:
    """A ratio of the library in words: "0.5 t/t of dry matter", "by energy"."""
    if ratio.basis == "heat":
        return "by heat"
    if ratio.value is None:
        return "not known"
    span = "" if ratio.low is None or ratio.high is None else f" ({shown(ratio.low)} to {shown(ratio.high)})"
    if ratio.basis == "energy":
        return f"{'' if ratio.value == 1 else f'{shown(ratio.value)}{span} '}by energy"
    return f"{shown(ratio.value)}{span} {ratio.basis}{' of dry matter' if ratio.dry else ''}"


def row_ratios(row: Synergy) -> list[tuple[str, Ratio]]:
    """Every ratio of a row with the names it holds for; no names where it holds for all that the row replaces."""
    found: list[tuple[list[str], Ratio]] = []
    for name in row.replaces:
        ratio = row.ratio_for(name)
        for names, other in found:
            if other == ratio:
                names.append(name)
                break
        else:
            found.append(([name], ratio))
    return [("" if len(found) == 1 else " or ".join(names), ratio) for names, ratio in found]
