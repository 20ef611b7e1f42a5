"""Recomputes a finished plan from the case and the result tables, without the model.

Nothing here imports Pyomo, ``models`` or ``planner.assemble``: what the audit knows of a case it derives from the case
again, so that a fault in the assembly or in the model shows as a difference. Only routes, distances and the corridor
graph are taken from ``planner.geography``, which it measures again from the case's own files, and from
``planner.hydraulics`` capacities by velocity and pressure drop and the state of the flow in a pipe. What streams hold
it solves again from their flows; weights and units of loads are those of ``planner.case.mixing_units``. Of the results
it knows only the columns of their tables.

Names and numbers are checked first: what cannot be read is a failure of its own, and nothing is recomputed from it.
Not checked are versions, times and notes of the header, but for the warning of what arrives too cold, and the free
text that ``labels`` and ``line_words`` name.
"""

from planner.audit.audit import audit

__all__ = ["audit"]
