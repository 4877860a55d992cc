"""What is changed: the operators of Cosmic Ray that are used, and some that it does not have.

An operator finds in a tree of parso the positions that it can change, and changes one of them.
Cosmic Ray's own are chosen so that no position is changed in many ways that say the same.
"""

from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider

from .statements import (
    CatchNothing,
    DropOperand,
    RemoveStatement,
    ReplaceCondition,
    ReturnNone,
    SwapMembership,
)
from .values import ChangeString, RemoveElement, RemoveKeyword, UnwrapCall

FROM_COSMIC_RAY = (
    "ReplaceBinaryOperator_Add_Sub",
    "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_Div",
    "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_FloorDiv_Div",
    "ReplaceBinaryOperator_Mod_FloorDiv",
    "ReplaceBinaryOperator_Pow_Mul",
    "ReplaceBinaryOperator_BitOr_BitAnd",
    "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_LShift_RShift",
    "ReplaceBinaryOperator_RShift_LShift",
    "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_Lt_GtE",
    "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_LtE_Gt",
    "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_Gt_LtE",
    "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_GtE_Lt",
    "ReplaceComparisonOperator_Is_IsNot",
    "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "NumberReplacer",
    "RemoveDecorator",
    "ZeroIterationForLoop",
)
OWN = (
    CatchNothing,
    ChangeString,
    DropOperand,
    RemoveElement,
    RemoveKeyword,
    RemoveStatement,
    ReplaceCondition,
    ReturnNone,
    SwapMembership,
    UnwrapCall,
)
OPERATORS: dict[str, Operator] = {
    **{name: OperatorProvider()[name]() for name in FROM_COSMIC_RAY},
    **{operator.__name__: operator() for operator in OWN},
}
