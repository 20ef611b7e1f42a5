"""``planner check`` of a case with qualities: what is in it, as text and as JSON."""

import json

CASE = """
case: Wet
currency: EUR
price_year: 2025
economics: {discount_rate: 0.05}
geography: {distances: distances.csv}
plots: {P1: {area: 2}}
qualities: {COD: {unit: mg/L}}
resources:
  fresh: {kind: water, unit: m3, price: 1, quality: {COD: 20}}
  waste: {kind: water, unit: m3, discharge: {route: sewer}}
substitutions: [{from: waste, to: fresh}]
plants:
  laundry:
    plot: P1
    area: 1
    hours: 8000
    sources: {rest: {resource: waste, rate: 1, quality: {COD: unknown}},
              suds: {resource: waste, rate: 2, quality: {COD: {mean: 90, worst: 120}}}}
    sinks: {rinse: {resource: fresh, rate: 5, limits: {COD: 60}}}
    operations:
      wash: {takes: fresh, gives: waste, load: {COD: 5}, max_inlet: {COD: 50}, max_outlet: {COD: 150}}
"""


def written(folder):
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\n", encoding="utf-8")
    return folder


def test_text(run, tmp_path):
    ended = run("check", written(tmp_path))
    assert ended.code == 0, ended.err
    assert "1 quality: COD [mg/L, weighted by m3]" in ended.out
    assert "gives suds (waste): 16 000 m3/yr, holds COD 90 (worst 120) mg/L" in ended.out
    assert "gives rest (waste): 8 000 m3/yr, holds COD unknown" in ended.out
    assert "needs rinse (fresh): 40 000 m3/yr, COD at most 60 mg/L" in ended.out


def test_json(run, tmp_path):
    told = json.loads(run("check", written(tmp_path), "--json").out)
    assert told["qualities"] == {"COD": {"unit": "mg/L", "weight": "m3", "load_unit": "kg", "by_index": False}}
    assert told["operations"] == [
        {"plant": "laundry", "operation": "wash", "takes": "fresh", "gives": "waste", "load_per_h": {"COD": 5.0}}
    ]
    assert told["treatments"] == []
    unknown = {(pair["source"], pair["sink"]): pair["unknown"] for pair in told["barred_pairs"]}
    assert unknown == {("rest", "rinse"): ["COD"], ("rest", "wash"): ["COD"]}
