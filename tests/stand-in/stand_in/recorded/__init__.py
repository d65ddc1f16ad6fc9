"""AWS's answers for a large fleet, made once at the start, for figures of scale: moto spends milliseconds on each instance
it describes, which would be measured instead of the caller.

It answers by rote: no signatures, no state, nothing can be launched or ended. `python -m stand_in.recorded --help`
"""
