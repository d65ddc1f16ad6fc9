"""AWS for Curfew's tests: moto in one process, with the places mended where moto is kinder than AWS.

`python -m stand_in` serves it on 127.0.0.1; `stand_in.control` lists the control plane.
"""
