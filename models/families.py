"""Families of decision variables, and what the index of each is."""

from collections.abc import Mapping

#: Families of decision variables that carry effects; the text behind each is its index.
FAMILIES: Mapping[str, str] = {
    "sited": "(unit, place): the unit stands there [0/1]",
    "built": "(exchange, option): the link is built [0/1]",
    "link": "(exchange, option, from place, to place): the built link runs between these places [0..1]",
    "flow": "(exchange, option, state): amount leaving the source [unit/yr]",
    "pair_flow": "(exchange, option, from place, to place, state): that amount, by places [unit/yr]",
    "supplied": "(sink, state): demand met by the sink's conventional supply [unit/yr]",
    "discharged": "(source, state): amount disposed of outside [unit/yr]",
    "sold": "(source, state): amount sold outside [unit/yr]",
    "opened": "(unit, segment): the facility is built, with a capacity in this segment [0/1]",
    "capacity": "(unit, segment): capacity built, above zero only in the opened segment [activity/h]",
    "activity": "(unit, state): activity of the facility [activity/yr]",
    "expanded": "(limit,): expansion of a limit, in the unit of the limit",
    "arrived": "(exchange, option, state): amount that arrives by a main that loses some on the way [unit/yr]",
    "laid": "(main, stretch, size): pipes of that size in service there [number]",
    "sized": "(main, stretch, size): capacity built of a size whose capacity is chosen [unit/h]",
    "through": "(main, stretch, direction, state): amount entering it, '+' from tail to head, '-' back [unit/yr]",
    "fitted": "(main, size): the size is laid somewhere in the main [0/1]",
    "working": "(main,): the main is in service [0/1]",
    "dug": "(stretch,): a trench is dug there [0/1]",
    "path": "(exchange, copy, stretch, direction): a pipe of one exchange runs there, '+' from tail to head [0/1]",
    "detour": "(exchange, option): way of such a pipe beyond the shortest [km]",
    "credited": "(exchange, resource, state): what of it the taker does without, besides what is replaced [unit/yr]",
    "run": "(operation, state): amount that a water-using operation takes [unit/yr]",
    "share": "(operation,): share of the load of its whole that a part picks up [0..1]",
    "let_out": "(source, component, state): load disposed of with a source [load/yr]",
    "beyond": "(unit,): investment of a power law beyond its chords [money]; above 0 only with SCIP",
}
