r"""Capacity of pipes from limits of velocity and pressure drop, and the state of the flow in a pipe.

Pressure falls along a pipe as Darcy and Weisbach say,

    dp/L = f * rho / 2 * v^2 / D,

with f = 64 / Re in laminar flow (Re = rho v D / mu below 2040) and otherwise after Colebrook (1939),

    1 / sqrt(f) = -2 log10(k / (3.7 D) + 2.51 / (Re sqrt(f))).

Colebrook's relation is implicit in f where v is given: there the ``fluids`` library solves it. Where dp/L is given and
v is sought, it is explicit, for

    Re sqrt(f) = D / mu * sqrt(2 rho D dp/L)

holds no v. A gas is taken at the one density its resource states. Bends and valves are not counted: a limit of
pressure drop should leave room for them.

References
----------
.. [1] C. F. Colebrook, "Turbulent flow in pipes, with particular reference to the transition region between the smooth
   and rough pipe laws", Journal of the Institution of Civil Engineers 11 (1939), 133-156.
.. [2] K. Avila et al., "The onset of turbulence in pipe flow", Science 333 (2011), 192-196: Re = 2040.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from planner.case.case import Case
from planner.case.links import Link, Size
from planner.case.resources import Fluid
from planner.case.units import UnitError, convert, parse

#: Height of the wall's roughness where a size states none [m] (an assumption).
ROUGHNESS_M = 1e-4
#: Reynolds number below which flow is laminar.
LAMINAR = 2040.0
#: A capacity at the end of laminar flow keeps this far from it: one drop more, and the pressure drop jumps.
_SHORT_OF_TURBULENT = 0.999 * LAMINAR


@dataclass(frozen=True)
class Bore:
    """The inside of a pipe.

    Attributes
    ----------
    diameter_m, roughness_m
        Inner diameter and height of the wall's roughness [m].
    """

    diameter_m: float
    roughness_m: float = ROUGHNESS_M

    @property
    def area_m2(self) -> float:
        """Cross-section [m2]."""
        return math.pi / 4 * self.diameter_m**2


@dataclass(frozen=True)
class FlowState:
    """A steady flow in one pipe.

    Attributes
    ----------
    volume_m3_per_s
        Volume flow [m3/s].
    velocity_m_per_s
        Mean velocity [m/s].
    reynolds
        Reynolds number.
    gradient_pa_per_m
        Pressure lost along the pipe [Pa/m].
    """

    volume_m3_per_s: float
    velocity_m_per_s: float
    reynolds: float
    gradient_pa_per_m: float


def capacity_of(case: Case, link: str, size: Size, resource: str) -> float | None:
    """Most that one pipe of a size carries of a resource [unit/h].

    The smaller of the capacity the size states and of what its bore lets through at the link's ``max_velocity`` and
    ``max_pressure_drop``, the fluid being as the resource states it.

    Parameters
    ----------
    case
        The case, its numbers converted.
    link, resource
        Names of the link and of what flows in it.
    size
        A size of that link.

    Returns
    -------
    float or None
        None where nothing limits it, or the case does not say enough to tell.
    """
    limits = [] if size.capacity is None else [size.capacity.value]
    velocity = _velocity_limit(case.links[link], size, case.resources[resource].fluid)
    per_volume = units_per_m3(case, resource)
    bore = bore_of(size)
    if velocity is not None and per_volume is not None and bore is not None:
        limits.append(velocity * bore.area_m2 * 3600 * per_volume)
    return min(limits, default=None)


def capacity_of_existing(case: Case, name: str) -> float | None:
    """Most that an existing main carries [unit/h]: as stated, else that of its size; None where the case says neither.

    Parameters
    ----------
    case
        The case, its numbers converted.
    name
        Key of ``existing_mains``.
    """
    main = case.existing_mains[name]
    if main.capacity is not None:
        return main.capacity.value
    size = size_of_existing(case, name)
    return None if size is None else capacity_of(case, main.link, size, main.resource)


def size_of_existing(case: Case, name: str) -> Size | None:
    """Size of an existing main: the one it names, else the first of its link; None where there is none."""
    main = case.existing_mains[name]
    sizes = case.links[main.link].sizes
    return next((size for size in sizes if main.size in (None, size.size)), None)


def mass_per_unit(case: Case, resource: str) -> float | None:
    """Tonnes that flow per unit of a resource [t/unit].

    ``fluid.mass``, else the resource's ``mass``, else what its unit says: a unit of mass, or one of volume and the
    density of the fluid. None where none of these tells.
    """
    data = case.resources[resource]
    fluid = data.fluid
    stated = fluid.mass if fluid is not None and fluid.mass is not None else data.mass
    if stated is not None:
        return stated.value
    tonnes = _in_one(data.unit, "t")
    if tonnes is not None or fluid is None:
        return tonnes
    volume = _in_one(data.unit, "m3")
    return None if volume is None else volume * fluid.density.value / 1000


def units_per_m3(case: Case, resource: str) -> float | None:
    """Units of a resource in a cubic metre of what flows; None without ``fluid``, or where its mass is not known."""
    fluid, mass = case.resources[resource].fluid, mass_per_unit(case, resource)
    return None if fluid is None or not mass else fluid.density.value / 1000 / mass


def bore_of(size: Size) -> Bore | None:
    """Inside of a pipe of a size; None where its inner diameter is not stated, or is 0."""
    if size.inner_diameter is None or size.inner_diameter.value <= 0:
        return None
    roughness = ROUGHNESS_M if size.roughness is None else size.roughness.value / 1000
    return Bore(size.inner_diameter.value / 1000, roughness)


def flow_state(case: Case, size: Size, resource: str, rate: float) -> FlowState | None:
    """State of the flow in one pipe of a size.

    Parameters
    ----------
    case
        The case, its numbers converted.
    size
        The pipe's size.
    resource
        Name of what flows in it.
    rate
        How much of it, usually the peak [unit/h].

    Returns
    -------
    FlowState or None
        None where the case states no bore, no fluid, or no mass per unit of the resource.
    """
    fluid, bore, per_volume = case.resources[resource].fluid, bore_of(size), units_per_m3(case, resource)
    if fluid is None or bore is None or not per_volume or fluid.viscosity.value <= 0:
        return None
    return state_in(bore, fluid, rate / per_volume / 3600)


def state_in(bore: Bore, fluid: Fluid, volume: float) -> FlowState:
    """State of a volume flow [m3/s] of a fluid in a pipe; density and viscosity must be above 0."""
    density, viscosity = fluid.density.value, fluid.viscosity.value
    velocity = volume / bore.area_m2
    reynolds = density * velocity * bore.diameter_m / viscosity
    if reynolds <= 0:
        return FlowState(volume, velocity, 0.0, 0.0)
    from fluids.friction import friction_factor  # imported only where a pipe is checked

    friction = friction_factor(Re=reynolds, eD=bore.roughness_m / bore.diameter_m)
    gradient = friction * density / 2 * velocity**2 / bore.diameter_m
    return FlowState(volume, velocity, reynolds, gradient)


def velocity_at(bore: Bore, fluid: Fluid, gradient: float) -> float | None:
    """Velocity at which a fluid loses a given pressure along a pipe [m/s].

    Between the end of laminar flow and the gradient turbulent flow begins with, it is the velocity at which laminar
    flow ends.

    Parameters
    ----------
    bore
        Inside of the pipe.
    fluid
        What flows.
    gradient
        Pressure lost along the pipe [Pa/m].

    Returns
    -------
    float or None
        None where density or viscosity is 0.
    """
    density, viscosity, diameter = fluid.density.value, fluid.viscosity.value, bore.diameter_m
    if density <= 0 or viscosity <= 0:
        return None
    if gradient <= 0:
        return 0.0
    frictionless = math.sqrt(2 * diameter * gradient / density)  # v sqrt(f)
    per_reynolds = viscosity / density / diameter
    inner = bore.roughness_m / diameter / 3.7 + 2.51 * per_reynolds / frictionless
    turbulent = -2 * math.log10(inner) * frictionless if inner < 1 else 0.0
    if turbulent >= LAMINAR * per_reynolds:
        return turbulent
    laminar = gradient * diameter**2 / (32 * viscosity)
    return min(laminar, _SHORT_OF_TURBULENT * per_reynolds)


def _velocity_limit(link: Link, size: Size, fluid: Fluid | None) -> float | None:
    """Largest velocity a link allows in a pipe of a size [m/s]."""
    bore = bore_of(size)
    limits = [] if link.max_velocity is None else [link.max_velocity.value]
    if link.max_pressure_drop is not None and bore is not None and fluid is not None:
        by_pressure = velocity_at(bore, fluid, link.max_pressure_drop.value)
        limits += [] if by_pressure is None else [by_pressure]
    return min(limits, default=None)


@lru_cache(maxsize=256)
def _in_one(unit: str, expected: str) -> float | None:
    """Number of expected units in one unit; None where it is none of their kind."""
    try:
        # A cubic metre is no mass: seen at once, without the library of units.
        if {name for name, _ in parse(unit)} <= {"m3", "Nm3", "MWh"} and unit != expected:
            return None
        return convert(1.0, unit, expected)
    except UnitError:
        return None
