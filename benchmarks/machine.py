"""What a figure was measured on."""

import os
import platform
from typing import Any

import psutil


def machine() -> dict[str, Any]:
    """Processor, cores and memory of this machine."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gibibytes": round(psutil.virtual_memory().total / 2**30),
    }
