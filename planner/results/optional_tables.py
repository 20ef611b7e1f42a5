"""Tables that are written only where they have rows."""

#: Tables of qualities, water and law: empty, and then not written, where a case speaks of none of them.
OF_QUALITY = (
    "operations",
    "compositions",
    "quality_limits",
    "load_balances",
    "water_balances",
    "verdicts",
    "barred",
)
#: Those of them that the baseline has, too.
OF_QUALITY_IN_BASELINE = ("operations", "compositions", "load_balances", "water_balances")
#: Tables of periods: empty, and then not written, where a case has none. The baseline has the second, too.
OF_PERIODS = ("periods", "flows_by_period")
#: Table of profiles: empty, and then not written, where none has a file. It is of the case, so that the baseline has
#: none.
OF_PROFILES = ("profiles",)
#: Tables of heat by temperature: empty, and then not written, where no plant states process streams. The baseline has
#: them, too.
OF_HEAT = ("heat", "heat_recovery", "heat_targets", "exergy")
#: Tables of stores: empty, and then not written, where none is built. The baseline has them, too.
OF_STORES = ("stores", "store_levels")
#: Of units that change the level of heat, and of standby and exchangers: not written where there are none. The
#: baseline has them, too.
OF_CONVERTERS = ("converters", "equipment")
#: Heat along pipes: not written where no size of a link is insulated. The baseline has it, too.
OF_PIPES = ("heat_pipes",)
#: Impacts beyond CO2e: empty, and then not written, where the case states none.
OF_IMPACTS = (
    *("impacts", "impact_flows", "impact_coverage", "impact_exchanges", "impacts_by_party", "impacts_indirect"),
)
#: Ledger without the anchor: not written where there is none, or no re-dispatch.
OF_EXITS = ("anchor_exit",)
#: Who uses what is shared, and pays for it: not written where its owners bear it (``economics.finance.shared_costs``).
OF_SHARED_COSTS = ("shared_costs",)
#: Tables that are not written where they have no rows, and those of them that the baseline has, too.
WHERE_ANY = (
    *(*OF_QUALITY, "credits", *OF_PERIODS, *OF_PROFILES, *OF_STORES, *OF_CONVERTERS, *OF_HEAT, *OF_PIPES, *OF_IMPACTS),
    *(*OF_EXITS, *OF_SHARED_COSTS),
)
WHERE_ANY_IN_BASELINE = (
    *(*OF_QUALITY_IN_BASELINE, "credits", OF_PERIODS[1], *OF_STORES, *OF_CONVERTERS, *OF_HEAT, *OF_PIPES),
)
