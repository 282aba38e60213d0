"""What makers of machines publish: the memory of a GPU by its name, and the GPUs of a machine by its type.

Only what nobody has to choose; a name that is not here is not judged, and what is can be waived. GPU memory
is in gigabytes, as NVIDIA's data sheets have it ("GPU Memory"); the names are those of nvidia-smi. GPUs by
machine type are AWS's ("Amazon EC2 instance types", accelerated computing), of families with NVIDIA's GPUs.
"""

from __future__ import annotations

import re

# A name that says its memory needs no row, such as A100-SXM4-80GB.
_SAID = re.compile(r"(?<![0-9])([0-9]{1,3})GB(?![A-Za-z0-9])")
_MEMORY = {
    "A10": (24,),
    "A10G": (24,),
    "A16": (16,),
    "A2": (16,),
    "A30": (24,),
    "A40": (48,),
    "B200": (180, 192),
    "GeForce RTX 3090": (24,),
    "GeForce RTX 4090": (24,),
    "GeForce RTX 5090": (32,),
    "H100 NVL": (94,),
    "H100 PCIe": (80,),
    "H20": (96, 141),
    "H200": (141,),
    "H200 NVL": (141,),
    "L4": (24,),
    "L40": (48,),
    "L40S": (48,),
    "RTX 6000 Ada Generation": (48,),
    "RTX A6000": (48,),
    "RTX PRO 6000 Blackwell Server Edition": (96,),
    "T4": (16,),
}

_SMALL = {"xlarge": 1, "2xlarge": 1, "4xlarge": 1, "8xlarge": 1, "12xlarge": 4, "16xlarge": 1}
_LARGE = {**_SMALL, "24xlarge": 4, "48xlarge": 8}
_COUNTS: dict[str, dict[str, int]] = {
    "g4dn": {**_SMALL, "metal": 8},
    "g5": _LARGE,
    "g6": _LARGE,
    "g6e": _LARGE,
    "gr6": {"4xlarge": 1, "8xlarge": 1},
    "p3": {"2xlarge": 1, "8xlarge": 4, "16xlarge": 8},
    "p3dn": {"24xlarge": 8},
    "p4d": {"24xlarge": 8},
    "p4de": {"24xlarge": 8},
    "p5": {"4xlarge": 1, "48xlarge": 8},
    "p5e": {"48xlarge": 8},
    "p5en": {"48xlarge": 8},
    "p6-b200": {"48xlarge": 8},
}


def memory_of(name: str) -> tuple[int, ...]:
    """Gigabytes that a GPU of this name may have; nothing where that is not known here."""
    said = _SAID.search(name)
    if said is not None:
        return (int(said[1]),)
    return _MEMORY.get(re.sub(r"^(?:NVIDIA|Tesla) ", "", name), ())


def count_of(instance: str) -> int | None:
    """GPUs in one machine of this type; None where that is not known here."""
    family, _, size = instance.partition(".")
    return _COUNTS.get(family, {}).get(size)
