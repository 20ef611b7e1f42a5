"""Fees by load of what is disposed of: by what a source holds, or by the load that leaves with it."""

from dataclasses import replace

from planner.assemble.lines import Charge, Entry, Ledger, evidence_of
from planner.assemble.quality import Qualities
from planner.case.mixing_units import load_unit


def price_loads(ledger: Ledger, found: Qualities) -> None:
    """Book the fees of every quality."""
    for name, subject in found.subjects.items():
        means = [c for c in found.of(subject) if c.kind == "mean"]
        unit = load_unit(ledger.case, name)[0]
        for i, (price, path) in subject.fees.items():
            flow = found.sources[i]
            fee = evidence_of(price, path)
            item, party = f"{name} in {flow.name}", ((flow.member.party, 1.0),)
            charge = Charge(
                "discharge", item, fee.value, unit, f"{ledger.case.currency}/{unit}", resource=flow.resource
            )
            if flow.no_discharge:
                continue
            if i in found.reaches[name].told:
                for component in means:
                    load = component.scale * subject.to_load
                    rows = tuple(((i, component.name, t), load) for t in flow.slices)
                    entry = Entry("let_out", rows, party, flow.member.name, evidence=flow.evidence)
                    ledger.book(entry, replace(charge, evidence=(fee,)))
            elif i in subject.held:
                held = subject.held[i]
                load = held.mean * found.weights.of(subject, flow.resource) * subject.to_load
                moved = tuple(((i, t), load) for t in flow.slices)
                entry = Entry("discharged", moved, party, flow.member.name, evidence=flow.evidence)
                stated = () if held.evidence is None else (held.evidence,)
                ledger.book(entry, replace(charge, evidence=(fee, *stated)))
