"""The engine's environment: every directory that it writes to lies on NVMe (truth book, section 2)."""

from __future__ import annotations

from compiler.formats.columns import directory
from compiler.spec.hosts import GpuWorker
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

_FOLDERS = {
    "HOME": "home",
    "XDG_CACHE_HOME": "xdg",
    "TMPDIR": "tmp",
    "HF_HOME": "huggingface",
    "CUDA_CACHE_PATH": "cuda",
    "FLASHINFER_WORKSPACE_BASE": "flashinfer",
    "TVM_FFI_CACHE_DIR": "tvm-ffi",
    "TRITON_CACHE_DIR": "triton",
    "TORCHINDUCTOR_CACHE_DIR": "inductor",
    "SGLANG_CACHE_DIR": "sglang",
    "SGLANG_DG_CACHE_DIR": "deep-gemm",
    "SGLANG_TORCH_PROFILER_DIR": "profiler",
    "SGLANG_CUDA_COREDUMP_DIR": "coredumps",
}


def root(worker: GpuWorker) -> str:
    """The folder that holds all caches."""
    return worker.nvme.cache_root


def directories(worker: GpuWorker, user: str) -> tuple[tuple[str, ...], ...]:
    """What must be there before the engine starts; made only once the mount has been seen.

    systemd-tmpfiles refuses a folder of another account below one that neither root nor that account owns
    ("unsafe path transition"), and a mount that was given to a login user is such a one: root takes it first.
    """
    below = [root(worker), *(f"{root(worker)}/{name}" for name in sorted(_FOLDERS.values()))]
    return (
        ("z", f"{worker.nvme.mount}/", "-", "root", "-", "-"),
        directory(worker.nvme.model_root, 0o755, "root", "root"),
        *(directory(path, 0o750, user, user) for path in below),
    )


def variables(runtime: Runtime, worker: GpuWorker, serving: Serving) -> dict[str, object]:
    """The engine's environment variables.

    SGLANG_MOE_CONFIG_DIR replaces the tuned kernels that the engine itself brings, so it is set only where
    the spec has some: a file that is laid into the empty folder by hand is not read.
    """
    gpu = runtime.hardware.gpus[runtime.instance(worker).gpu]
    tuned = {"SGLANG_MOE_CONFIG_DIR": kernels(runtime)} if serving.tuned_kernels.files else {}
    return {
        "PATH": runtime.search_path(worker),
        "CUDA_HOME": worker.given.cuda,
        **{name: f"{root(worker)}/{folder}" for name, folder in _FOLDERS.items()},
        "HF_HUB_OFFLINE": 1,
        "TRANSFORMERS_OFFLINE": 1,
        "TORCH_CUDA_ARCH_LIST": gpu.compute_capability,
        "FLASHINFER_CUDA_ARCH_LIST": gpu.compute_capability,
        **tuned,
        "SGLANG_TIMEOUT_KEEP_ALIVE": runtime.engine.keep_alive.seconds,
    }


def kernels(runtime: Runtime) -> str:
    """The root of the tuned kernels."""
    return f"{runtime.layout.etc}/kernels"


def kernel_folder(runtime: Runtime, serving: Serving) -> str:
    """Where the engine looks for kernels of its Triton version."""
    return f"{kernels(runtime)}/configs/triton_{serving.tuned_kernels.triton.replace('.', '_')}"
