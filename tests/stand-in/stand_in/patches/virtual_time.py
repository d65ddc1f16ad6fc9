"""moto reads the machine's clock; here it reads the virtual one, so that tests advance hours without sleeping.

Not a rule of AWS: what the other patches stand on.
"""

from __future__ import annotations

import sys

from ..world import world


def apply() -> None:
    import moto.core.utils

    original = moto.core.utils.utcnow
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and getattr(module, "utcnow", None) is original:
            module.utcnow = world.clock.now
