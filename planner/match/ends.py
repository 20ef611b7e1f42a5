"""Streams of a case as ``match`` sees them: names, what they are recognised as, codes, industry and level."""

from dataclasses import dataclass, field
from functools import cached_property

from planner.case.case import Case
from planner.case.pairs import Inlet, Outlet, host, inlets, outlets
from planner.case.resources import Resource
from planner.heat import properties
from planner.heat.levels import cools, pressure_taken, temperature_taken
from planner.library.synergies import Library
from planner.match.words import Lexicon, phrase_of, spelling_of


@dataclass(frozen=True)
class Heat:
    """Level of heat; temperatures in degC, pressures in bar absolute, None where the case does not say.

    Attributes
    ----------
    temperature
        At which it comes: of steam that of condensation.
    medium
        "steam", "liquid" or "gas".
    """

    temperature: float | None = None
    pressure: float | None = None
    medium: str = "liquid"
    cooling: bool = False


@dataclass(frozen=True)
class End:
    """A stream that a plant, partner or facility gives or takes.

    Attributes
    ----------
    names
        Of the stream, of its resource, and that resource's synonyms.
    known
        Substances of the library that it is recognised as by name; ``whole`` where a name says no more than that.
    loosely
        Substances that it is, too, if the industry of its giver fits.
    coded
        Substances by its codes of the list of waste.
    nace
        Code of its owner's industry; ``stands_for`` where the kind of a facility stands for it.
    """

    stream: Outlet | Inlet
    gives: bool
    resource: Resource
    site: str
    names: tuple[str, ...]
    known: tuple[str, ...]
    whole: bool
    loosely: tuple[str, ...]
    ewc: tuple[str, ...]
    coded: tuple[str, ...]
    nace: str | None
    stands_for: bool
    heat: Heat | None = None
    text: str = field(default="", repr=False)

    @property
    def unit(self) -> str:
        """Plant, partner or facility."""
        return self.stream.unit

    @property
    def kind(self) -> str:
        """material, water, heat, power or gas."""
        return self.resource.kind

    @property
    def use(self) -> str | None:
        """What a sink is used for, where the case says it."""
        return getattr(self.stream.stream, "use", None)

    @cached_property
    def spellings(self) -> frozenset[tuple[str, ...]]:
        """Its names, each by its words."""
        return frozenset(words for name in self.names if (words := spelling_of(name)))

    @property
    def said(self) -> str:
        """In words: "Asnaes / fly ash"; the resource where it is called otherwise."""
        name = self.stream.name
        more = "" if name == self.stream.resource else f" ({self.stream.resource})"
        return f"{self.unit} / {name}{more}"


def givers_and_takers(case: Case, lib: Library) -> tuple[list[End], list[End]]:
    """Every stream of a case that may be exchanged: what is given, and what is taken."""
    view = _View(case, lib)
    giving = [view.end(stream, gives=True) for stream in outlets(case) if stream.resource in case.resources]
    taking = [view.end(stream, gives=False) for stream in inlets(case) if stream.resource in case.resources]
    return giving, taking


class _View:
    def __init__(self, case: Case, lib: Library) -> None:
        self.case, self.lib = case, lib
        self.lexicon = lexicon(lib)
        self.loose = Lexicon({name: one.loosely for name, one in lib.substances.items()})
        self.codes: dict[str, list[str]] = {}
        for name, substance in lib.substances.items():
            for code in substance.ewc:
                self.codes.setdefault(code.rstrip("*"), []).append(name)
        self.levels: dict[str, Heat | None] = {}

    def end(self, stream: Outlet | Inlet, *, gives: bool) -> End:
        """The view of one stream."""
        resource = self.case.resources[stream.resource]
        names = tuple(dict.fromkeys((stream.name, stream.resource, *resource.synonyms)))
        readings = [self.lexicon.recognise(name) for name in names]
        known = tuple(dict.fromkeys(key for keys, _ in readings for key in keys if self.fits(key, resource)))
        loosely = tuple(dict.fromkeys(key for name in names for key in self.loose.recognise(name)[0]))
        nace, stands_for = self.industry(stream.unit)
        codes = self.ewc(stream, resource)
        coded = dict.fromkeys(key for code in codes for key in self.codes.get(code.rstrip("*"), ()))
        return End(
            stream=stream,
            gives=gives,
            resource=resource,
            site=host(self.case, stream.unit),
            names=names,
            known=known,
            whole=any(whole for keys, whole in readings if keys),
            loosely=tuple(key for key in loosely if key not in known and self.fits(key, resource)),
            ewc=codes,
            coded=tuple(key for key in coded if self.fits(key, resource)),
            nace=nace,
            stands_for=stands_for,
            heat=self.level(stream.resource) if resource.kind == "heat" else None,
            text="".join(phrase_of(name) for name in names),
        )

    def fits(self, substance: str, resource: Resource) -> bool:
        """Whether a substance can be of the kind of a resource; materials and gases are not told apart."""
        kind = self.lib.substances[substance].kind
        flowing = ("material", "gas")
        return resource.kind == kind or (resource.kind in flowing and kind in flowing)

    def ewc(self, stream: Outlet | Inlet, resource: Resource) -> tuple[str, ...]:
        """Codes of the list of waste of a stream."""
        code = getattr(stream.stream, "waste_code", None) or resource.waste_code
        return (code,) if code else ()

    def industry(self, unit: str) -> tuple[str | None, bool]:
        """Code of an industry, and whether the kind of a facility stands for it."""
        tenant = self.case.plants.get(unit) or self.case.partners.get(unit)
        if tenant is not None:
            return tenant.nace, False
        facility = self.case.facilities[unit]
        told = phrase_of(f"{facility.kind or ''} {unit}")
        return next((code for word, code in self.lib.facilities.items() if phrase_of(word) in told), None), True

    def level(self, name: str) -> Heat | None:
        """Level of a resource that carries heat."""
        if name not in self.levels:
            self.levels[name] = heat_of(name, self.case.resources[name])
        return self.levels[name]


def lexicon(lib: Library) -> Lexicon:
    """Names of all substances of the library."""
    return Lexicon(
        {name: (name, *one.synonyms) for name, one in lib.substances.items()},
        {name: one.alone for name, one in lib.substances.items()},
    )


def heat_of(name: str, resource: Resource) -> Heat:
    """Level of a resource that carries heat, as far as the case says it."""
    told = phrase_of(name) + "".join(phrase_of(one) for one in resource.synonyms)
    gas = any(word in told for word in (" gas ", " air ", " exhaust ", " flue "))
    level = resource.heat
    if level is None:
        return Heat(medium="steam" if " steam " in told else "gas" if gas else "liquid")
    try:
        if level.steam is not None:
            boils, pressure = temperature_taken(level), pressure_taken(level)
            return Heat(boils, pressure, "steam")
    except properties.OutOfRange:
        return Heat(medium="steam")
    return Heat(temperature_taken(level), None, "gas" if gas else "liquid", cools(level))
