"""Units of a case: definitions of our own, and one cached factor per pair of units.

Where the usual definitions are wrong for this field they are replaced: a year is a dimension of its own (what happens
in a year depends on operating hours; where nothing says how many, a year has 8760 h and 365 days), t is 1000 kg and
"ton" is refused as ambiguous, Nm3 (0 degrees C, 101.325 kPa) is not m3, energy is not derived from mass, tCO2e is a
tonne, and currencies are units that convert by the exchange rates of the case only.
"""

import re
from functools import lru_cache
from typing import Any

from planner.case.numbers import did_you_mean

HOURS_PER_YEAR = 8760.0
DAYS_PER_YEAR = 365.0

#: Lines of definitions: name = relation = _ = alias = alias ...
DEFINITIONS = """
s = [time]
min = 60 * s = _ = minute = minutes
h = 3600 * s = _ = hr = hour = hours
d = 86400 * s = _ = day = days
week = 604800 * s = _ = weeks
yr = [year] = _ = a = y = year = years
month = yr / 12 = _ = months
kg = [mass] = _ = kgCO2e
g = 1e-3 * kg = _ = gCO2e
mg = 1e-6 * kg
ug = 1e-9 * kg = _ = µg = μg
t = 1000 * kg = _ = tonne = tonnes = tCO2e
kt = 1e6 * kg = _ = ktCO2e
Mt = 1e9 * kg = _ = MtCO2e
m = [length]
mm = 1e-3 * m
um = 1e-6 * m = _ = µm = μm
inch = 25.4e-3 * m = _ = inches = in
cm = 1e-2 * m
km = 1000 * m
m2 = m ** 2
mm2 = 1e-6 * m ** 2
cm2 = 1e-4 * m ** 2
ha = 1e4 * m ** 2 = _ = hectare = hectares
km2 = 1e6 * m ** 2
m3 = m ** 3
L = 1e-3 * m ** 3 = _ = l = litre = litres = dm3
mL = 1e-6 * m ** 3 = _ = ml
hL = 0.1 * m ** 3 = _ = hl = hectolitre = hectolitres = hectoliter = hectoliters
khl = 100 * m ** 3
Mhl = 100000 * m ** 3
kL = m ** 3 = _ = kl
ML = 1e3 * m ** 3
GL = 1e6 * m ** 3
Mm3 = 1e6 * m ** 3
Nm3 = [normal_volume]
kNm3 = 1e3 * Nm3
MNm3 = 1e6 * Nm3
MWh = [energy]
Wh = 1e-6 * MWh
kWh = 1e-3 * MWh
GWh = 1e3 * MWh
TWh = 1e6 * MWh
J = MWh / 3.6e9
kJ = MWh / 3.6e6
MJ = MWh / 3600
GJ = MWh / 3.6
TJ = 1000 * MWh / 3.6
PJ = 1e6 * MWh / 3.6
kcal = 1.163e-6 * MWh
Mcal = 1.163e-3 * MWh
Gcal = 1.163 * MWh
toe = 11.63 * MWh
ktoe = 11630 * MWh
MMBtu = 0.29307107 * MWh = _ = mmbtu
W = Wh / h
kW = kWh / h
MW = MWh / h
GW = GWh / h
Pa = [pressure]
mPa = 1e-3 * Pa
hPa = 100 * Pa
kPa = 1000 * Pa
MPa = 1e6 * Pa
bar = 1e5 * Pa
mbar = 100 * Pa
mPas = 1e-3 * Pa * s
cP = 1e-3 * Pa * s
cSt = 1e-6 * m ** 2 / s
K = [temperature] = _ = kelvin = degC
percent = 0.01
permille = 0.001
ppm = 1e-6
ppb = 1e-9
piece = [count] = _ = pieces = pcs
"""

_AMBIGUOUS = {
    "ton": "ambiguous (metric, short or long); write t for 1000 kg",
    "tons": "ambiguous (metric, short or long); write t for 1000 kg",
    "mt": "ambiguous (metric tonne or million tonnes); write t or Mt",
    "MT": "ambiguous (metric tonne or million tonnes); write t or Mt",
    "km3": "ambiguous (1000 m3 or a cubic kilometre); write m3",
    "tce": "ambiguous (coal or carbon); write GJ or MWh",
    "$": "ambiguous; write the code of the currency, as in USD",
    "¥": "ambiguous; write the code of the currency, as in JPY",
}
_SYMBOLS = {"€": "EUR", "£": "GBP", "₩": "KRW", "%": "percent", "‰": "permille", "°C": "degC"}
_PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "bn": 1e9}

#: Codes of ISO 4217, and of currencies that the euro replaced.
_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CLP CNY COP CRC CUP CVE CZK DEM DJF DKK DOP DZD EGP ERN ETB EUR FIM FJD FKP FRF GBP GEL GHS GIP GMD GNF GTQ
GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NLG NOK NPR NZD OMR PAB
PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS
TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
_ISO_4217 = frozenset(_CODES.split())

_TOKEN = re.compile(r"\s*(°C|[^\W\d_]\w*|[€£₩$¥%‰]|\*\*|[*/()^]|-?\d+)")
_LONGEST = 80
#: Zero of the scale of Celsius [K]; absolute pressure of the air [bar].
KELVIN = 273.15
ATMOSPHERE = 1.01325
#: A pressure said to be absolute, or above that of the air.
_GAUGE = re.compile(r"(bar|kPa|MPa|Pa|mbar)\s*(\(g\)|\(a\)|g|a)")


class UnitError(ValueError):
    """A unit that is unknown, ambiguous or of the wrong dimension; the message says which."""


def _names() -> frozenset[str]:
    names = set()
    for line in DEFINITIONS.strip().splitlines():
        fields = [field.strip() for field in line.split("=")]
        names |= {fields[0], *fields[3:]}
    return frozenset(names)


_NAMES = _names()
_declared: dict[str, None] = {}

#: Words for powers of a length.
_POWERS = {("length", 2): ("area", 1), ("length", 3): ("volume", 1)}

Factors = tuple[tuple[str, int], ...]


def is_unit(name: str) -> bool:
    """Whether a name is one of the defined units (no currency)."""
    return _SYMBOLS.get(name, name) in _NAMES or name in _AMBIGUOUS


def declare_currency(name: str) -> None:
    """Make a currency known that has no ISO code, such as a unit of account of a study."""
    code = _SYMBOLS.get(name, name)
    if code not in _ISO_4217 and code not in _declared and re.fullmatch(r"[^\W\d_]\w*", code) and not is_unit(code):
        _declared[code] = None
        parse.cache_clear()


def canonical_currency(name: str) -> str:
    """Code of a currency that may be written with its sign."""
    return _SYMBOLS.get(name, name)


def split_currency(name: str) -> tuple[str, str] | None:
    """Prefix and code of a currency unit such as kEUR; None for any other unit."""
    if name in _NAMES:
        return None
    for prefix in _PREFIXES:
        code = _SYMBOLS.get(name[len(prefix) :], name[len(prefix) :])
        if name.startswith(prefix) and (code in _ISO_4217 or code in _declared):
            return prefix, code
    return None


def currencies(unit: str) -> tuple[str, ...]:
    """Codes of the currencies in a unit."""
    found = [split for name, _ in parse(unit) if (split := split_currency(name))]
    return tuple(dict.fromkeys(code for _, code in found))


def exchange(unit: str, old: str, new: str) -> str:
    """The unit with one currency replaced by another."""
    parts = []
    for name, power in parse(unit):
        split = split_currency(name)
        parts.append((f"{split[0]}{new}" if split and split[1] == old else name, power))
    return "*".join(f"{name}^{power}" for name, power in parts) or "1"


def has_any(unit: str, names: frozenset[str]) -> bool:
    """Whether a unit is built with one of these names."""
    return any(name in names for name, _ in parse(unit))


def same_text(one: str, other: str) -> bool:
    """Whether two units are written alike, blanks apart."""
    return "".join(one.split()) == "".join(other.split())


def convert(number: float, unit: str, expected: str) -> float:
    """Convert a number; divides where that is exact (8 % is 0.08, not 0.08 with a rounding error)."""
    scale = factor(unit, expected)
    inverse = round(1 / scale) if 1e-12 < scale < 1 else 0
    if inverse and abs(inverse * scale - 1) < 1e-12:
        return number / inverse
    return number * scale


def converts(unit: str, expected: str) -> bool:
    """Whether a unit can be converted into another."""
    try:
        factor(unit, expected)
    except UnitError:
        return False
    return True


def celsius(temperature: float, unit: str) -> float:
    """A point on the scale of Celsius, as written in degC or in K; in degC where nothing is said.

    Raises
    ------
    UnitError
        If the unit is no temperature.
    """
    names = parse(unit or "degC")
    if names in ((("degC", 1),), (("°C", 1),)):
        return temperature
    factor(unit, "K")
    return temperature - KELVIN


def absolute(pressure: float, unit: str) -> float:
    """An absolute pressure [bar]; "bar(g)", "barg", "kPa(g)" ... are above the pressure of the air.

    Raises
    ------
    UnitError
        If the unit is no pressure.
    """
    match = _GAUGE.fullmatch(unit.strip() or "bar")
    plain, above = (match[1], match[2]) if match else (unit.strip() or "bar", "a")
    return convert(pressure, plain, "bar") + (ATMOSPHERE if above in ("g", "(g)") else 0.0)


@lru_cache(maxsize=4096)
def factor(unit: str, expected: str) -> float:
    """Number of expected units in one unit.

    Raises
    ------
    UnitError
        If a unit is unknown or ambiguous, or if the dimensions differ (both are named).
    """
    given, wanted = parse(unit), parse(expected)
    if sorted(given) == sorted(wanted):
        return 1.0
    registry = _registry()
    one, other = (registry.parse_units(_pint_text(factors)) for factors in (given, wanted))
    if one.dimensionality != other.dimensionality:
        raise UnitError(
            f"{unit or '1'} is {_dimension(one)}; expected {expected}"
            + (f", which is {_dimension(other)}" if expected != "1" else ", a plain number")
        )
    return float(registry.Quantity(1.0, one).to(other).magnitude)


@lru_cache(maxsize=4096)
def parse(unit: str) -> Factors:
    """Names and powers of a unit, in the order they are written.

    Raises
    ------
    UnitError
        If it cannot be read, or a name is unknown or ambiguous.
    """
    if len(unit) > _LONGEST:
        raise UnitError(f"found {unit[:40]}...; a unit is shorter than that")
    tokens = _tokens(unit)
    powers: dict[str, int] = {}
    position = _product(tokens, 0, 1, powers)
    if position != len(tokens):
        raise UnitError(f'cannot read the unit "{unit}"')
    return tuple((name, power) for name, power in powers.items() if power)


def _tokens(unit: str) -> list[str]:
    text = unit.strip()
    for old, new in (("³", "3"), ("²", "2"), ("·", "*"), ("×", "*")):
        text = text.replace(old, new)
    text = re.sub(r"\bper\b", "/", text)
    text = re.sub(r"\b(kg|g|t|kt|Mt|tonnes?)\s*CO2(?:[- ]?(?:eq|e))?\b", r"\1CO2e", text).replace("tonneCO2e", "tCO2e")
    text = re.sub(r"\b(?:bn|billion)\s+(?=\S)", "bn", text)
    text = re.sub(r"\b(?:mn|mio|Mio|million)\s+(?=\S)", "M", text)
    text = re.sub(r"\bthousand\s+(?=\S)", "k", text)
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise UnitError(f'cannot read the unit "{unit}"')
        tokens.append("^" if match.group(1) == "**" else match.group(1))
        position = match.end()
    return tokens


def _product(tokens: list[str], position: int, sign: int, powers: dict[str, int]) -> int:
    """Read factors joined by "*", "/" or a blank from ``position`` on; return the position after them."""
    current = sign
    while position < len(tokens) and tokens[position] != ")":
        token = tokens[position]
        if token in "*/":
            current = -sign if token == "/" else sign
            position += 1
            if position == len(tokens) or tokens[position] in "*/)^":
                raise UnitError(f'cannot read the unit "{"".join(tokens)}"')
            continue
        if token == "(":
            position = _product(tokens, position + 1, current, powers)
            if position == len(tokens):
                raise UnitError(f'the unit "{"".join(tokens)}" has a bracket that is not closed')
            position += 1
        else:
            position = _power(tokens, position, current, powers)
        current = sign
    return position


def _power(tokens: list[str], position: int, sign: int, powers: dict[str, int]) -> int:
    """Read a name, or the number 1, with its power."""
    token, power, after = tokens[position], 1, position + 1
    if after + 1 < len(tokens) and tokens[after] == "^" and re.fullmatch(r"-?\d", tokens[after + 1]):
        power, after = int(tokens[after + 1]), after + 2
    if token == "1":
        return after
    name = _known(token)
    powers[name] = powers.get(name, 0) + sign * power
    return after


def _known(name: str) -> str:
    if name in _AMBIGUOUS:
        raise UnitError(f"the unit {name} is {_AMBIGUOUS[name]}")
    plain = _SYMBOLS.get(name, name)
    if plain in _NAMES:
        return plain
    if split := split_currency(name):
        return "".join(split)
    raise UnitError(f'unknown unit "{name}"' + did_you_mean(name, sorted(_NAMES | {"EUR", "USD", "kEUR", "MEUR"})))


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint  # imported only where a case holds a unit that must be converted

    registry: Any = pint.UnitRegistry(None, cache_folder=None)
    registry.load_definitions(DEFINITIONS.strip().splitlines())
    return registry


def _pint_text(factors: Factors) -> str:
    """A unit in the registry's own names; currencies are defined in it when first met."""
    registry = _registry()
    parts = []
    for name, power in factors:
        if split := split_currency(name):
            prefix, code = split
            internal = "currency_" + "_".join(str(ord(c)) for c in code)
            if internal not in registry:
                registry.define(f"{internal} = [money_in_{internal}]")
                for symbol, size in list(_PREFIXES.items())[1:]:
                    registry.define(f"{symbol}_{internal} = {size} * {internal}")
            name = f"{prefix}_{internal}" if prefix else internal
        parts.append(f"{name} ** {power}")
    return " * ".join(parts)


def _dimension(unit: Any) -> str:
    """Dimension in words: mass / time."""
    above: list[str] = []
    below: list[str] = []
    for name, power in unit.dimensionality.items():
        word = "money" if name.startswith("[money_in") else name.strip("[]").replace("_", " ")
        exponent = abs(int(power))
        word, exponent = _POWERS.get((word, exponent), (word, exponent))
        (above if power > 0 else below).append(word if exponent == 1 else f"{word}^{exponent}")
    if not above and not below:
        return "a plain number"
    return " * ".join(above or ["1"]) + "".join(f" / {word}" for word in below)
