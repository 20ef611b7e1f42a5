"""Faults of finance and of contracts: each names its field, what was found and what is expected; all at once."""

import sys
from pathlib import Path

import pytest

from planner.case.idle_parties import idle_parties
from planner.case.read import read_case
from planner.errors import CaseError

sys.path.insert(0, str(Path(__file__).parents[1] / "finance"))
from park_by_hand import CASE, DISTANCES, changed  # noqa: E402

FINANCE = "economics.finance."


def faults(folder: Path, *changes: tuple[str, str]) -> str:
    (folder / "case.yaml").write_text(changed(CASE, *changes), encoding="utf-8")
    (folder / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    with pytest.raises(CaseError) as found:
        read_case(folder)
    return str(found.value)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("horizon: 20.5", "horizon: found 20.5; expected whole years from 1 to 200"),
        ("horizon: 0", "horizon: found 0"),
        ("horizon: 20, delay: -1", "delay"),
        ("horizon: 20, spending: [0.5, 0.5]", "spending: has 2 years, but operation starts 0 years after the first"),
        ("horizon: 20, delay: 1, spending: [0.5, 0.4]", "spending: adds up to 0.9"),
        ("horizon: 2, ramp_up: [0.5, 0.6, 0.7]", "ramp_up: has 3 years; expected at most the horizon, 2"),
        ("horizon: 20, ramp_up: [1.2]", "ramp_up"),
        ("horizon: 20, escalation: {gass: 2 %}", 'escalation.gass: no such resource; did you mean "gas"?'),
        ("horizon: 20, escalation: {gas: 60 %}", "escalation.gas: found 60 %"),
        ("horizon: 20, residual: some", "residual"),
        ("horizon: 20, energy: [oil]", "energy"),
        ("horizon: 20, debt: {share: 0.5, rate: 5 %, term: 25}", "debt.term: found 25; expected at most the horizon"),
        ("horizon: 20, debt: {share: 0.5, rate: 5 %, term: 5, grace: 5}", "debt.grace: found 5; expected less than"),
        ("horizon: 20, tax: {rate: 30 %, depreciation: 7.5}", "tax.depreciation: found 7.5; expected whole years"),
        ("horizon: 20, grants: [{share: 0.2, amount: 5}]", "states both share and amount; expected one of them"),
        ("horizon: 20, grants: [{name: green}]", "states neither of share and amount; expected one of them"),
        ("horizon: 20, grants: [{share: 0.2, of: [pipes]}]", "grants[1].of"),
        ("horizon: 20, grants: [{share: 0.2, to: [nobody]}]", "grants[1].to"),
        ("horizon: 20, economic: {prices: {heat: 5}}", "heat has no price, so that none of it is bought"),
        ("horizon: 20, economic: {factors: {labour: 0.7}}", "factors"),
        ("horizon: 20, economic: {factors: {investments: 0.7}}", "factors.investments: no such field; expected invest"),
        ("horizon: 20, economic: {factors: {investments: 0.7}}", 'did you mean "investment"?'),
        ("horizon: 20, economic: {factors: {investment: 90}}", "factors.investment: found 90; expected at most 10"),
    ],
)
def test_faults_of_finance(tmp_path, terms, said):
    found = faults(tmp_path, ("horizon: 20", terms))
    assert said in found
    assert "economics.finance" in found


@pytest.mark.parametrize(
    ("contract", "said"),
    [
        ("{}", "contract: says nothing; state term, take_or_pay or escalation"),
        ("{term: 2030}", "contract.term: found 2030; expected at most 1000 yr"),
        ("{term: 0}", "contract.term: found 0; expected more than 0 years"),
        ("{take_or_pay: 120 %}", "contract.take_or_pay"),
        ("{term: 9, escalation: 80 %}", "contract.escalation: found 80 %"),
    ],
)
def test_faults_of_contracts(tmp_path, contract, said):
    found = faults(tmp_path, ("transfer: {price: 22},", f"transfer: {{price: 22}}, contract: {contract},"))
    assert said in found


def test_all_faults_at_once(tmp_path):
    found = faults(tmp_path, ("horizon: 20", "horizon: 0.5, delay: 0.5, spending: [0.3], escalation: {gas: 99 %}"))
    assert all(f"finance.{word}" in found for word in ("horizon", "delay", "spending", "escalation.gas"))
    found = faults(tmp_path, ("horizon: 20", "horizon: 20, escalation: {oil: 1 %}, energy: [coal]"))
    assert all(word in found for word in ("escalation.oil", "energy"))


def test_money_of_a_plant_is_that_of_its_firm(tmp_path):
    owned = ("kiln: {plot: A,", "kiln: {plot: A, firm: Acme,"), ("geography:", "parties: {Acme: {}}\ngeography:")
    found = faults(tmp_path, *owned, ("horizon: 20", "horizon: 20, grants: [{share: 0.2, to: [kiln]}]"))
    assert "grants[1].to[1]: kiln belongs to Acme, whose money it is; name Acme" in found
    found = faults(tmp_path, *owned, ("paid_by: {seller: 1}", "paid_by: {kiln: 1}"))
    assert "paid_by.kiln: kiln belongs to Acme, whose money it is; name Acme" in found


def test_a_rate_of_nobody_is_told(tmp_path):
    parties = "parties: {kilm: {discount_rate: 4 %}, mill: {discount_rate: 4 %}}\ngeography:"
    (tmp_path / "case.yaml").write_text(changed(CASE, ("geography:", parties)), encoding="utf-8")
    (tmp_path / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    told = list(idle_parties(read_case(tmp_path)))
    message = "has no effect: nothing in the case belongs to it or is paid by it"
    assert told == [f'parties.kilm.discount_rate {message}; did you mean "kiln"?']
