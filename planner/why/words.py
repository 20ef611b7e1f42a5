"""The words of ``planner why``: verdicts, what they rest on, and the columns of its tables."""

#: Verdict -> what it means. One list, in the order in which causes are looked for.
VERDICTS = {
    "forbidden": "the law, a use or the case's own terms bar it",
    "quality": "what it holds, or what is not known of it, breaks a limit, or others use up the limit",
    "hours": "both ends never run in the same hours, or give and take in different periods",
    "temperature": "all of it is lost on the way, or it arrives too cold",
    "no way": "no link of the case joins both ends, or nothing can flow",
    "too far": "no link reaches so far, or it would pay on a shorter way",
    "not settled": "a plant at one of its ends is not in the plan",
    "not built": "a facility at one of its ends is not in the plan",
    "other plots": "no link joins the plots on which both ends stand in the plan",
    "limit": "a cap, the budget or the park gate is in its way, or is used up by others",
    "capacity": "better exchanges use up its source, meet its demand or take its pipe",
    "dominated": "one other exchange, or what is done today, does the same for less",
    "impossible": "no plan of this case has it: requirements clash",
    "as good": "with it the park is no worse: the plan is one of several",
    "better": "with it a better plan was found than this one",
    "open": "only planning the park again with it can tell",
}

#: What a verdict rests on -> what its figures mean.
BASES = {
    "the case": "the case or nature bars it: no figure",
    "the plan": "an end is not in the plan, or stands where no link leads: no figure",
    "by itself": "the exchange alone, as if neither end exchanged with anybody else: an estimate",
    "by price": "the plan with this exchange more and all else built as it is, flows settled anew: planned again, the "
    "park gets worse by this at most",
    "planned again": "the best park that was found with this exchange",
}

#: Bases without figures.
FIGURELESS = ("the case", "the plan")

#: Column -> what it means.
COLUMNS = {
    "exchange": "giver > taker: stream",
    "from": "giver",
    "to": "taker",
    "source": "stream that is given",
    "sink": "stream that is taken",
    "resource": "what flows",
    "verdict": "one of: " + ", ".join(VERDICTS),
    "why": "in words",
    "by": "what does it for less, uses it up or stands in its way",
    "basis": "one of: " + ", ".join(BASES),
    "loss_per_yr": "by how much the park gets worse with it: what it would have to become cheaper by",
    "loss_least_per_yr": "at least by so much, as far as that is proven; below 0: a better plan is not ruled out",
    "loss_most_per_yr": "at most by so much",
    "loss_unit": "of the loss: of the plan's goal, or money where the exchange costs nothing of it",
    "proof": "proven, between (both limits are proven), at most, estimate; empty without a figure",
    "reduced_cost_per_yr": "lower limit of the loss by the plan's prices, while all else stays built as it is",
    "added_per_yr": "loss while all else stays built as it is, flows settled anew",
    "flow_per_yr": "what leaves by it in the park of the loss",
    "unit": "of the flow",
    "per_unit": "by how much worse with each unit it is made to carry, where it would lie idle",
    "alone_per_yr": "net saving of the exchange by itself, in money a year",
    "length_km": "its way, where it is looked at by itself",
    "breakeven_km": "longest way over which it pays by itself",
    "gives_way": "what changes in the park of the loss",
}

#: Column of ``streams`` -> what it means.
STREAM_COLUMNS = {
    "stream": "plant / stream",
    "end": "source or sink",
    "resource": "what it is",
    "unit": "of the resource",
    "worth_per_unit": "what a unit more of a source, or less of a demand, saves in the plan as built, by its goal",
    "rest_per_yr": "what of the source is disposed of, sold or not made; what of the demand is supplied from outside",
}

#: Goal of a plan -> its unit; "money" is the currency of the case.
GOAL_UNITS = {"cost": "money/yr", "co2e": "tCO2e/yr", "waste": "t/yr", "fresh_water": "m3/yr"}
