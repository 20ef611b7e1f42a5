r"""Heat along pipes: what insulation lets through, what is lost on a metre, how much must flow to arrive hot enough.

A pipe of outside diameter d under insulation of thickness s and conductivity lambda, with a resistance R_o of the soil
or the air outside, lets through on each metre and kelvin

    U' = 1 / (ln((d + 2 s) / d) / (2 pi lambda) + R_o).                                                       (1)

What flows at a heat capacity flow C past surroundings of the one temperature T_g cools (or warms) along its way x as

    T(x) = T_g + (T_0 - T_g) exp(-U' x / C),                                                                  (2)

so that it arrives at no less than T_a after a length L if

    C >= U' L / ln((T_0 - T_g) / (T_a - T_g)).                                                                (3)

A loop loses U' ((T_s - T_g) + (T_r - T_g)) on a metre of supply and return: what (2) loses at its first metre, a
little more than it loses on the whole way. Walls of steel and films inside are left out: their resistance is small.

References
----------
.. [1] P. Wallenten, "Steady-state heat loss from insulated pipes", Lund University, TVBH-3017 (1991), eq. 2.1.
.. [2] S. Frederiksen and S. Werner, "District Heating and Cooling", Studentlitteratur (2013), ch. 8.
"""

import math

#: Steps, and relative precision, of the flow of a loop whose return cools.
_STEPS, _PRECISION = 500, 1e-13


def heat_transfer(diameter: float, thickness: float, conductivity: float, outside: float = 0.0) -> float:
    """Heat that passes through insulation on a metre of pipe, equation (1) [W/m/K].

    Parameters
    ----------
    diameter
        Outside diameter of the pipe under the insulation [mm].
    thickness
        Of the insulation [mm].
    conductivity
        Of the insulation [W/m/K].
    outside
        Thermal resistance of the soil or the air outside [m K/W].

    Raises
    ------
    ValueError
        If a diameter or conductivity is not positive, or nothing holds the heat back.
    """
    if diameter <= 0 or conductivity <= 0 or thickness < 0 or outside < 0:
        raise ValueError("expected a diameter and a conductivity above 0, a thickness and a resistance of at least 0")
    resistance = math.log((diameter + 2.0 * thickness) / diameter) / (2.0 * math.pi * conductivity) + outside
    if resistance <= 0:
        raise ValueError("insulation without thickness holds no heat back")
    return 1.0 / resistance


def arriving_temperature(start: float, ground: float, transfer: float, metres: float, flow: float) -> float:
    """Temperature at the end of a pipe, equation (2) [degC].

    Parameters
    ----------
    start, ground
        Temperature at which it leaves, and that around the pipe [degC].
    transfer
        Of one pipe [W/m/K].
    metres
        Length [m].
    flow
        Heat capacity flow [W/K]; what stands still takes the temperature of the ground.
    """
    if transfer * metres <= 0:
        return start
    return ground if flow <= 0 else ground + (start - ground) * math.exp(-transfer * metres / flow)


def least_capacity_flow(start: float, arrives: float, ground: float, transfer: float) -> float:
    """Least heat capacity flow for each metre of a pipe, so that it arrives hot (or cold) enough, equation (3) [W/K/m].

    Parameters
    ----------
    start, arrives, ground
        Temperature at which it leaves, at which it must arrive, and that around the pipe [degC].
    transfer
        Of one pipe [W/m/K].

    Returns
    -------
    float
        0 where the ground would not take it beyond ``arrives``; infinite where it leaves no better than it must arrive.
    """
    ahead, left = start - ground, arrives - ground
    if start < arrives:  # what cools: the same the other way up
        ahead, left = -ahead, -left
    if transfer <= 0 or ahead <= 0 or left <= 0:
        return 0.0
    return transfer / math.log(ahead / left) if ahead > left else math.inf


def least_heat(start: float, back: float, arrives: float, ground: float, transfers: tuple[float, float]) -> float:
    """Heat that a loop must carry for each metre of its way, so that it arrives hot (or cold) enough [W/m].

    The heat that leaves is that between supply and what comes back, which cools on its way, too. At the least flow
    it comes back at T_g + (T_r - T_g) exp(-U'_r / c), c being the least heat capacity flow of a metre; where more flows
    both flow and heat are more. Where the ground helps the return, nothing is taken off for that.

    Parameters
    ----------
    start, back, arrives, ground
        Supply, return, least temperature of arrival, temperature around the pipes [degC].
    transfers
        Of supply and return pipe [W/m/K].
    """
    flow = least_capacity_flow(start, arrives, ground, transfers[0])
    if flow <= 0:
        return 0.0
    returned = ground + (back - ground) * math.exp(-transfers[1] / flow)
    return flow * max(abs(start - back), abs(start - returned))


def loop_arrival(
    start: float, back: float, ground: float, transfers: tuple[float, float], metres: float, heat: float
) -> float:
    """Temperature at which water of a loop arrives, as so much heat leaves with it [degC].

    What leaves is C (T_s - T(return)), T(return) being what comes back of T_r by equation (2); see :func:`least_heat`.

    Parameters
    ----------
    start, back, ground
        Supply, return at the taker, temperature around the pipes [degC].
    transfers
        Of supply and return pipe [W/m/K].
    metres
        Length of the way [m].
    heat
        That leaves [W].
    """
    flow = heat / abs(start - back)
    for _ in range(_STEPS):
        returned = arriving_temperature(back, ground, transfers[1], metres, flow)
        before, flow = flow, heat / max(abs(start - back), abs(start - returned))
        if before - flow <= _PRECISION * flow:
            break
    return arriving_temperature(start, ground, transfers[0], metres, flow)
