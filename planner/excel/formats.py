"""What the number format of a cell shows beside its number: a percent sign, a unit, the sign of a currency."""

import re

_PART = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<sign>[^\]-]*)[^\]]*\]|\[[^\]]*\]|General|[eE][+-]'
    r"|(?P<percent>%)|[0#?.,@]|(?P<other>.)",
    re.DOTALL,
)
#: Sign of a currency -> codes it may stand for.
_SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "kr": ("DKK", "SEK", "NOK"),
    "Kč": ("CZK",),
    "zł": ("PLN",),
}
_DOLLARS = ("USD", "AUD", "CAD", "NZD", "SGD", "HKD")
#: In place of words: what the format shows is not the number of the cell.
SCALED, HIDDEN = "÷1000", "nothing"
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
#: A currency that the file does not tell.
ANY = "¤"
#: Formats that every spreadsheet program shows in the currency of its country, whatever sign the file has.
_OF_THE_COUNTRY = re.compile(r'(_\(|\(|_-)?"\$"[#*]')


def shown_beside(number_format: str, value: float) -> tuple[bool, str]:
    """Whether a number is shown as a percentage, and the words its format shows beside it.

    Parameters
    ----------
    number_format
        Format of the cell, such as ``0.0" t/d"``.
    value
        Its number, which chooses among the sections of the format.
    """
    sections = re.findall(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])+', number_format, re.DOTALL) or [""]
    if number_format and not number_format.replace(";", "").strip():
        return False, HIDDEN
    number = 1 if value < 0 else 2 if value == 0 else 0
    section = sections[number] if number < min(len(sections), 3) else sections[0]
    if re.search(r"[0#?],+(?![0#?,])", _QUOTED.sub("", section)):
        return False, SCALED
    percent, words = False, ""
    for part in _PART.finditer(section):
        percent = percent or bool(part["percent"])
        words += next((part[name] for name in ("quoted", "escaped", "sign", "other") if part[name]), "")
    if words.strip() == "$" and _OF_THE_COUNTRY.match(number_format):
        words = ANY
    words = words.strip().strip("()-–+'’ \u00a0\u202f") if re.search(r"[^\s()\-–+'’/:.,]", words) else ""
    return percent, words


def is_currency(shown: str) -> bool:
    """Whether words beside a number are the sign or code of a currency and nothing else."""
    return shown == ANY or shown in _SIGNS or shown.endswith("$") or bool(re.fullmatch("[A-Z]{3}", shown))


def fits_currency(shown: str, unit: str) -> bool:
    """Whether a unit such as EUR/t is in the currency that a format shows."""
    code = unit.partition("/")[0].strip()
    codes = _SIGNS.get(shown, _DOLLARS if shown.endswith("$") else ())
    return code == shown or code in codes or (shown == ANY and bool(re.fullmatch("[A-Z]{3}", code)))
