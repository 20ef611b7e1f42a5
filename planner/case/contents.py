"""What the case says of the contents of streams: which are stated, which follow from others, which are not known."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from planner.case.case import Case
from planner.case.mixing_units import is_concentration, is_own_word, is_share, weight_per_unit
from planner.case.pairs import Inlet, Outlet, Pair, matches, pairs
from planner.case.qualities import Content, QualityLimit, QualityValue


def limits_of(case: Case, inlet: Inlet) -> dict[str, QualityLimit]:
    """What may come into a sink, an operation or an input of a facility, by quality."""
    if inlet.stream is not None:
        return inlet.stream.limits
    if inlet.operation is not None:
        return {name: QualityLimit.model_construct(max_=most) for name, most in inlet.operation.max_inlet.items()}
    return case.facilities[inlet.unit].limits.get(inlet.name, {})


def stated_content(case: Case, outlet: Outlet, quality: str) -> Content | None:
    """The content of a source as the case states it; None where it follows from what its unit takes in."""
    if outlet.operation is not None:
        return None
    resource = case.resources.get(outlet.resource)
    general = (resource.quality if resource else {}).get(quality, Content())
    if outlet.stream is not None:
        return outlet.stream.quality.get(quality, general)
    facility = case.facilities[outlet.unit]
    stated, treats = facility.quality.get(outlet.name, {}).get(quality), facility.treats
    if stated is None and treats and outlet.name == treats.outlet:
        return Content(mean=treats.leaves[quality]) if quality in treats.leaves else None
    if stated is None and treats and outlet.name == treats.residue and holds_the_rest(case, outlet.unit, quality):
        return None
    if treats and outlet.name == treats.residue and holds_none(case, outlet.unit, quality):
        nothing = QualityValue.model_construct(value=0.0, unit=case.qualities[quality].unit, given="0")
        return Content.model_construct(mean=nothing)
    return general if stated is None else stated


def holds_the_rest(case: Case, unit: str, quality: str) -> bool:
    """Whether what a residue holds follows from what comes in: what is removed, or all but what the outlet holds."""
    facility = case.facilities[unit]
    treats = facility.treats
    if treats is None or treats.residue is None:
        return False
    left = facility.quality.get(treats.outlet, {}).get(quality)
    fixed = quality in treats.leaves if left is None else left.known
    mean = quality in case.qualities and case.qualities[quality].mixing == "mean"
    return quality in treats.removes or (fixed and mean)


def holds_none(case: Case, unit: str, quality: str) -> bool:
    """Whether a residue holds nothing of a quality: the treatment does not touch it, all leaves with the outlet.

    What the case states of the residue, or of its resource, goes before.
    """
    facility = case.facilities[unit]
    treats = facility.treats
    if treats is None or treats.residue is None or quality in treats.removes or quality in treats.leaves:
        return False
    stated = any(quality in facility.quality.get(output, {}) for output in (treats.outlet, treats.residue))
    resource = case.resources.get(treats.residue)
    stated = stated or (resource is not None and quality in resource.quality)
    return not stated and quality in case.qualities and case.qualities[quality].mixing == "mean"


def accepts_unknown(limits: dict[str, QualityLimit], quality: str) -> bool:
    """Whether a taker lets a stream come whose content of a quality is not known."""
    return quality not in limits or limits[quality].accept_unknown


@dataclass
class Contents:
    """Contents of the sources of a case, as far as they can be told before anything is planned."""

    case: Case
    _unknown: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    @cached_property
    def pairs(self) -> list[Pair]:
        """Every outlet that could feed an inlet."""
        return pairs(self.case)

    @cached_property
    def feeding(self) -> dict[tuple[str, str], list[Outlet]]:
        """Inlet (unit, name) -> what could feed it."""
        found: dict[tuple[str, str], list[Outlet]] = {}
        for pair in self.pairs:
            found.setdefault((pair.inlet.unit, pair.inlet.name), []).append(pair.outlet)
        return found

    @cached_property
    def accepted(self) -> dict[tuple[str, str, str, str], set[str]]:
        """Pair -> qualities that its ``exchanges`` entries let be unknown."""
        found: dict[tuple[str, str, str, str], set[str]] = {}
        for exchange in self.case.exchanges:
            for pair in matches(self.case, exchange) if exchange.accept_unknown else ():
                found.setdefault(_key(pair), set()).update(exchange.accept_unknown)
        return found

    def inlet_of(self, outlet: Outlet) -> Inlet | None:
        """The inlet whose mixture a source comes of."""
        if outlet.operation is not None:
            return Inlet(outlet.unit, outlet.name, outlet.operation.takes, operation=outlet.operation)
        facility = self.case.facilities.get(outlet.unit)
        treats = facility.treats if facility and outlet.stream is None else None
        if treats is None or outlet.name not in (treats.outlet, treats.residue):
            return None
        return Inlet(outlet.unit, treats.inlet, treats.inlet)

    def bought(self, inlet: Inlet, quality: str) -> Content | None:
        """Content of what supplies an inlet without exchange; None where nothing does."""
        resource = self.case.resources.get(inlet.resource)
        if resource is None or (resource.price is None and not (inlet.stream and inlet.stream.supplied_today_by)):
            return None
        return resource.quality.get(quality, Content())

    def is_known(self, outlet: Outlet, quality: str) -> bool:
        """Whether the content of a source is stated, or follows from what its unit takes in."""
        stated = stated_content(self.case, outlet, quality)
        return stated.known if stated is not None else self.inlet_of(outlet) is not None

    def may_be_unknown(self, outlet: Outlet, quality: str) -> bool:
        """Whether the content of a source is not known, or follows from what may not be known."""
        key = (outlet.unit, outlet.name, quality)
        if key not in self._unknown:
            self._unknown[key] = False  # what goes round in a circle makes nothing unknown
            self._unknown[key] = self._tell(outlet, quality)
        return self._unknown[key]

    def _tell(self, outlet: Outlet, quality: str) -> bool:
        inlet = self.inlet_of(outlet)
        if stated_content(self.case, outlet, quality) is not None or inlet is None:
            return not self.is_known(outlet, quality)
        limits, feeding = limits_of(self.case, inlet), self.feeding.get((inlet.unit, inlet.name), [])
        if quality in limits and not limits[quality].accept_unknown:  # what is unknown stays out, but by agreement
            let_in = [o for o in feeding if quality in self.accepted.get((o.unit, o.name, inlet.unit, inlet.name), ())]
            return any(self.may_be_unknown(o, quality) for o in let_in)
        bought = self.bought(inlet, quality)
        return (bought is not None and not bought.known) or any(self.may_be_unknown(o, quality) for o in feeding)

    def unknown(self, pair: Pair) -> list[str]:
        """Qualities that the taker limits, of which the giver's content is not known, and nobody accepts it."""
        limits = limits_of(self.case, pair.inlet)
        accepted = self.accepted.get(_key(pair), set())
        return [
            quality
            for quality in limits
            if not accepts_unknown(limits, quality)
            and quality not in accepted
            and quality in self.case.qualities
            and not self.is_known(pair.outlet, quality)
        ]

    def forbidden_use(self, pair: Pair) -> str | None:
        """The use of the taker that the giver's stream may never come into."""
        source, resource = pair.outlet.stream, self.case.resources.get(pair.outlet.resource)
        barred = source.not_into if source else None
        names = barred if barred is not None else resource.not_into if resource else ()
        use = pair.inlet.stream.use if pair.inlet.stream else None
        return use if use in names else None

    def times(self, outlet: Outlet, quality: str) -> float | None:
        """Content of the outlet of a treatment as a multiple of that of its inlet; None where it is none."""
        facility = self.case.facilities.get(outlet.unit) if outlet.operation is None else None
        treats = facility.treats if facility else None
        if facility is None or treats is None or outlet.name != treats.outlet:
            return None
        if not {treats.inlet, treats.outlet} <= self.case.resources.keys():
            return None
        flows = (facility.inputs.get(treats.inlet), facility.outputs.get(treats.outlet))
        weights = [weight_per_unit(self.case, quality, name) for name in (treats.inlet, treats.outlet)]
        taken, given = (x.value * w if x and w else 0.0 for x, w in zip(flows, weights, strict=True))
        if not taken or not given or self.case.qualities[quality].mixing != "mean":
            return None
        removed = treats.removes[quality].value if quality in treats.removes else 0.0
        return (1.0 - removed) * taken / given

    def extreme(self, inlet: Inlet, quality: str, *, lowest: bool) -> float | None:
        """Lowest or highest content an inlet could be given, by whatever share of what could feed it.

        Returns
        -------
        float or None
            -inf (+inf) where a unit changes the content by as much as it likes, but 0 at least of what cannot be
            negative; None where nothing known could come.
        """
        found = _Extreme(self, quality, lowest)
        found.visit(inlet)
        if not found.values:
            return None
        if found.loops:
            found.values.append(found.endless)
        if not lowest:
            return max(found.values)
        unit = self.case.qualities[quality].unit
        positive = not is_own_word(unit) and (is_share(unit) or is_concentration(unit))
        least = 0.0 if positive else float("-inf")
        return max(least, min(found.values))


@dataclass
class _Extreme:
    """Gathers what could come into an inlet.

    Attributes
    ----------
    seen
        Inlets that were visited, with the treatment behind which they were ("" where nothing changes in proportion).
    loops
        Those that come up behind another treatment again: changed and unchanged, or changed more than once.
    """

    contents: Contents
    quality: str
    lowest: bool
    values: list[float] = field(default_factory=list)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    loops: list[tuple[str, str]] = field(default_factory=list)
    behind: str = ""

    def visit(self, inlet: Inlet) -> None:
        """Gather what could come in, through other units as well."""
        at = inlet.unit, inlet.name
        if at in self.seen:
            if self.seen[at] != self.behind:
                self.loops.append(at)
            return
        self.seen[at] = self.behind
        self.take(self.contents.bought(inlet, self.quality))
        for outlet in self.contents.feeding.get(at, ()):
            stated = stated_content(self.contents.case, outlet, self.quality)
            before = self.contents.inlet_of(outlet)
            if stated is not None or before is None:
                self.take(stated)
            else:
                self.through(outlet, before)

    @property
    def endless(self) -> float:
        """What nothing is below (above)."""
        return float("-inf") if self.lowest else float("inf")

    def through(self, outlet: Outlet, before: Inlet) -> None:
        """Gather what could come through another unit, which may change it."""
        times = self.contents.times(outlet, self.quality)
        if times is not None:
            inner = replace(self, values=[], behind=f"{self.behind} > {outlet.unit}")
            inner.visit(before)
            self.values += [times * value if times else 0.0 for value in inner.values]
            return
        already = len(self.values)
        self.visit(before)
        loaded = outlet.operation is not None and self.quality in outlet.operation.load
        if (loaded or len(self.values) > already) and self.changes(outlet):
            self.values.append(self.endless)

    def take(self, content: Content | None) -> None:
        """A content that is stated; a number at fault in its unit tells nothing."""
        quality = self.contents.case.qualities[self.quality]
        if content is None or content.mean is None:
            return
        if all(value is None or value.unit == quality.unit for value in (content.mean, content.worst)):
            self.values.append(worst(content, highest=self.lowest))

    def changes(self, outlet: Outlet) -> bool:
        """Whether a unit may lower (or raise) the content of what passes it."""
        operation = outlet.operation
        if operation is None:
            return True
        beside = operation.gain if self.lowest else operation.loss
        return bool(beside and beside.value) or (not self.lowest and self.quality in operation.load)


def worst(content: Content, *, highest: bool) -> float:
    """What counts against upper limits (``highest``), or against lower ones."""
    values = [value.value for value in (content.mean, content.worst) if value is not None]
    return max(values) if highest else min(values)


def _key(pair: Pair) -> tuple[str, str, str, str]:
    return pair.outlet.unit, pair.outlet.name, pair.inlet.unit, pair.inlet.name
