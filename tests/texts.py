"""Texts of cases: changed by their words, and one that tests of several folders have."""

#: Steam that is raised by a reactor, vented where nobody takes it; two periods; condensate comes back in part. Of a
#: case with plots A and B; all but its economics.
STEAM_TRADE = """
periods: {winter: {hours: 40 %}, summer: {hours: 60 %}}
resources:
  gas: {kind: gas, unit: MWh, price: 50, co2e: {use: 0.2}}
  steam:
    kind: heat
    unit: t
    heat: {steam: 5 bar(g), superheat: 20 K, condensate: {share: 80 %, temperature: 90 degC}}
    carried_by: [pipe]
    discharge: {route: vent, cost: 1}
  cooling water: {kind: heat, unit: m3, heat: {supply: 18, return: 28}, price: 0.03}
plants:
  works:
    plot: A
    hours: {value: 8000, periods: {winter: 3504}}
    process_heat:
      streams:
        reactor: {at: 250 degC, load: {value: 10, periods: {summer: 6}}, kind: hot}
        feed: {from: 20, to: 120, load: 2}
      takes: {cooling water: {limit: 2000 m3/h}}
      gives: {steam: {limit: 12 t/h}}
      recovery: {cost: 50 EUR/kW, existing: 500 kW, maintenance: 2 %}
  mill:
    plot: B
    hours: 6000
    process_heat:
      approach: 8 K
      streams: {drying: {from: 60, to: 140, load: {periods: {winter: 5, summer: 3}}, approach: 12 K}}
      takes: {steam: {supplied_today_by: {gas: {efficiency: 90 %}}}}
    sinks: {steam for cleaning: {resource: steam, rate: 1, supplied_today_by: {gas: {efficiency: 90 %}}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 100, loss: 60}]}
"""


def changed(text: str, *changes: tuple[str, str]) -> str:
    """A case with other words."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text
