"""Where a training runs: the device, its precision, and what makes two runs of one seed the same."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch

from .config import Config


@dataclass(frozen=True, slots=True)
class Machine:
    """A device and the number format of its forward passes (None: float32 throughout)."""

    device: torch.device
    half: torch.dtype | None

    @property
    def scales_loss(self) -> bool:
        """Whether gradients would underflow without a loss scale: in float16, not in bfloat16."""
        return self.half is torch.float16 and self.device.type == "cuda"


def choose(config: Config) -> Machine:
    """Pick the device and precision that `config` asks for; `auto` takes the GPU, in bfloat16 where it has it.

    Raises ValueError where the GPU is asked for by name and there is none.
    """
    there = torch.cuda.is_available()
    if config.device == "cuda" and not there:
        raise ValueError("--device cuda: this torch sees no CUDA device; use --device cpu or auto")
    device = torch.device("cuda" if there and config.device != "cpu" else "cpu")
    amp = config.amp
    if amp == "auto":
        amp = "off" if device.type == "cpu" else ("bf16" if torch.cuda.is_bf16_supported() else "fp16")
    half = {"off": None, "bf16": torch.bfloat16, "fp16": torch.float16}[amp]
    return Machine(device, half)


def make_repeatable(config: Config, machine: Machine) -> None:
    """Seed torch and ask for repeatable kernels; small networks run on one thread, which is fastest for them."""
    torch.manual_seed(config.seed)
    if machine.device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
    elif len(config.hidden) and max(config.hidden) <= 1024:
        torch.set_num_threads(1)
