"""Explorables: pictures with handles, alive on a static page and in Jupyter from one module.

Each class is the Python side of one JavaScript module in ``static/``. In Jupyter it is a widget,
whose state can be read and set. On a page that was built from a notebook the same picture starts by
itself, from the state that the class leaves in the page, without a kernel.
"""

from lib.explorables.base import Explorable
from lib.explorables.chain_rule import BackwardSteps, BracketOrder, KnobsAndNeedles
from lib.explorables.datasets import DataMachine
from lib.explorables.likelihood import FiveMeters, NoiseAroundLine, TwoDistributions
from lib.explorables.loss_functions import (
    BatchCutter,
    DecisionBoundary,
    FitLine,
    LogitsToLoss,
)
from lib.explorables.matrix_calculus import JacobianMap, ShapeTable, StepSizeV, ThreeArrows
from lib.explorables.model_fitting import DescentPlanes, LossSwitch, OptimizerRace, TwoModes
from lib.explorables.overfitting import DegreeAndRidge, FiftyDatasets, PeekingCounter

__all__ = [
    "BackwardSteps",
    "BatchCutter",
    "BracketOrder",
    "DataMachine",
    "DecisionBoundary",
    "DegreeAndRidge",
    "DescentPlanes",
    "Explorable",
    "FiftyDatasets",
    "FitLine",
    "FiveMeters",
    "JacobianMap",
    "KnobsAndNeedles",
    "LogitsToLoss",
    "LossSwitch",
    "NoiseAroundLine",
    "OptimizerRace",
    "PeekingCounter",
    "ShapeTable",
    "StepSizeV",
    "ThreeArrows",
    "TwoDistributions",
    "TwoModes",
]
