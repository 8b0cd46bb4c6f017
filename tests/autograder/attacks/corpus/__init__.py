"""The corpus of hostile submissions."""

from . import forging, lying, reading, resources, structure

ATTACKS = {attack.name: attack for part in (reading, resources, lying, forging, structure) for attack in part.ATTACKS}
