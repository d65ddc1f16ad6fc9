"""The places where moto is kinder than AWS, mended: one module each, its docstring naming the rule's source.

To add one (for S3, SSM, IAM, ...): write a module with `apply()` and put it in `ALL`.
"""

from __future__ import annotations

from . import (
    auto_scaling,
    caller,
    instance_states,
    quick_lookups,
    regions,
    spot_requests,
    transition_times,
    virtual_time,
)

# virtual_time first: the modules after it import moto's, which take their clock when they are imported.
ALL = (
    virtual_time,
    caller,
    quick_lookups,
    regions,
    transition_times,
    instance_states,
    spot_requests,
    auto_scaling,
)


def apply_all() -> None:
    """Once in a process: patches wrap what they find."""
    for patch in ALL:
        patch.apply()
