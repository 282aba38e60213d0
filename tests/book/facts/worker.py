"""Facts about the worker: hardware, launch profile, models, watchdog (truth book, sections 3-5, 8, 9, 13)."""

from __future__ import annotations

from compiler.source.document import Data
from tests.book.facts.fact import Fact, Tree

WORKER = "gpu-worker"
MODEL = "qwen3.6-35b-a3b"
MODELS = "/opt/dlami/nvme/models"
LIVE, STAGED = f"{MODELS}/Qwen-Qwen3.6-35B-A3B-FP8", f"{MODELS}/cyankiwi-Qwen3.5-122B-A10B-AWQ-4bit"
OTHER_MODEL = {"models/coder/served_name": "other"}
OTHER_REPOSITORY = {"models/coder/repository": "Other/Model"}
OTHER_CONTEXT = {"serving/coding/context_length": 65536}
OTHER_COUNT = {"hardware/instances/g6.12xlarge/count": 8}
OTHER_UNIT = {"engine/unit": "other"}


def flag(section: str, name: str, values: list[str], spoil: str, value: Data) -> Fact:
    """A launch argument and its value."""
    return Fact(
        section,
        f"launch argument {name}",
        lambda tree: tree.flag(name),
        values,
        {f"serving/coding/{spoil}": value},
    )


def without(section: str, name: str, spoil: str, value: Data) -> Fact:
    """A launch argument that is not given."""
    return Fact(
        section,
        f"no launch argument {name}",
        lambda tree: name in tree.json(WORKER, "launch")["arguments"],
        False,
        {f"serving/coding/{spoil}": value},
    )


def gpu_memory(tree: Tree) -> int:
    gpus = tree.json(WORKER, "watchdog")["gpus"]
    return int(gpus["count"] * gpus["memory_bytes"])


def devices(tree: Tree) -> list[str]:
    allowed = tree.unit(WORKER, "desineuron-sglang.service")["Service"]["DeviceAllow"]
    return [line.split()[0] for line in allowed if line.split()[0].removeprefix("/dev/nvidia").isdigit()]


FACTS = [
    flag("3", "--tp-size", ["4"], "tp_size", 2),
    flag("3", "--attention-backend", ["flashinfer"], "features/attention_backend", "triton"),
    flag("3", "--context-length", ["131072"], "context_length", 65536),
    flag("3", "--mem-fraction-static", ["0.88"], "mem_fraction_static", 0.9),
    flag("3", "--dist-init-addr", ["127.0.0.1:50000"], "dist_init/port", 50001),
    Fact(
        "3",
        "launch argument --enable-metrics",
        lambda t: "--enable-metrics" in t.json(WORKER, "launch")["arguments"],
        True,
        {"serving/coding/enable_metrics": False},
    ),
    Fact(
        "4",
        "launch argument --served-model-name",
        lambda t: t.flag("--served-model-name"),
        [MODEL],
        OTHER_MODEL,
    ),
    Fact("3", "launch argument --model-path", lambda t: t.flag("--model-path"), [LIVE], OTHER_REPOSITORY),
    without("5", "--disable-radix-cache", "features/prefix_cache", False),
    without("13", "--enable-hierarchical-cache", "hierarchical_cache", True),
    Fact(
        "13",
        "the page size that the hybrid cache requires",
        lambda t: t.flag("--page-size"),
        ["1"],
        {"serving/coding/page_size": 16},
    ),
    Fact(
        "3",
        "the preflight looks for the model",
        lambda t: t.json(WORKER, "launch")["model_directory"],
        LIVE,
        {"hosts/gpu-worker/nvme/mount": "/mnt/other"},
    ),
    Fact(
        "3",
        "the bind address is asked of the instance, as root, before the engine starts",
        lambda t: t.start(WORKER, "desineuron-sglang.service", "ExecStartPre")[-1],
        [
            "+/usr/bin/python3",
            "/usr/local/lib/desineuron/discover.py",
            "--config",
            "/etc/desineuron/discovery.json",
        ],
        {"name": "other"},
    ),
    Fact(
        "3",
        "where it is asked",
        lambda t: t.json(WORKER, "discovery")["source"],
        "imds",
        {"hosts/gpu-worker/address/source": "static"},
    ),
    Fact(
        "3",
        "one GPU type",
        lambda t: t.json(WORKER, "watchdog")["gpus"]["name"],
        "NVIDIA L4",
        {"hardware/gpus/l4/name": "NVIDIA L40S"},
    ),
    Fact("3", "96 GB of GPU memory", gpu_memory, 96 * 10**9, {"hardware/gpus/l4/memory": "48GB"}),
    Fact(
        "3",
        "four GPUs are given to the unit",
        devices,
        [f"/dev/nvidia{number}" for number in range(4)],
        OTHER_COUNT,
    ),
    Fact(
        "3",
        "the hardware on the hand-off page",
        lambda t: any(
            line.endswith("on 4 × NVIDIA L4, 96 GB.")
            for line in t.outputs["docs/hand-off.md"].decode().splitlines()
        ),
        True,
        OTHER_COUNT,
    ),
    Fact(
        "8",
        "the watchdog expects four GPUs",
        lambda t: t.json(WORKER, "watchdog")["gpus"]["count"],
        4,
        OTHER_COUNT,
    ),
    Fact(
        "8",
        "the watchdog expects the exact model id",
        lambda t: t.json(WORKER, "watchdog")["model_id"],
        MODEL,
        OTHER_MODEL,
    ),
    Fact(
        "8",
        "the watchdog checks FlashInfer",
        lambda t: t.json(WORKER, "watchdog")["dependencies"]["modules"],
        ["flashinfer"],
        {"engine/modules": ("triton",)},
    ),
    Fact(
        "5",
        "the watchdog checks for ninja",
        lambda t: "ninja" in t.json(WORKER, "watchdog")["dependencies"]["commands"],
        True,
        {"engine/commands": ("nvcc",)},
    ),
    Fact(
        "16.2",
        "the watchdog checks the same context",
        lambda t: t.json(WORKER, "watchdog")["context_length"],
        131072,
        OTHER_CONTEXT,
    ),
    Fact(
        "8",
        "the watchdog keeps this unit running",
        lambda t: t.json(WORKER, "watchdog")["unit"],
        "desineuron-sglang.service",
        OTHER_UNIT,
    ),
    Fact(
        "8",
        "the watchdog brings the model back by this unit",
        lambda t: t.json(WORKER, "watchdog")["rehydrate_unit"] in t.units(WORKER),
        True,
        {"name": "other"},
    ),
    Fact(
        "8",
        "the units of the worker",
        lambda t: (
            t.units(WORKER)
            >= {
                "desineuron-sglang.service",
                "desineuron-sglang-watchdog.service",
                "desineuron-sglang-watchdog.timer",
            }
        ),
        True,
        {"watchdog/unit": "other"},
    ),
    Fact(
        "8",
        "the engine is enabled",
        lambda t: t.json(WORKER, "install-sglang")["enable"],
        ["desineuron-sglang.service"],
        OTHER_UNIT,
    ),
    Fact(
        "8",
        "the watchdog is enabled",
        lambda t: t.json(WORKER, "install-watchdog")["enable"],
        ["desineuron-sglang-watchdog.timer"],
        {"watchdog/unit": "other"},
    ),
    Fact(
        "5",
        "packages",
        lambda t: {"ninja-build", "build-essential"} <= set(t.json(WORKER, "install-sglang")["packages"]),
        True,
        {"engine/packages": ("ninja-build",)},
    ),
    Fact(
        "8",
        "the installer of the engine",
        lambda t: t.command(WORKER, "/usr/local/sbin/install_gpu_sglang_runtime.sh")[-1],
        "/etc/desineuron/install-sglang.json",
        {"engine/installer": "other.sh"},
    ),
    Fact(
        "8",
        "the installer of the watchdog",
        lambda t: t.command(WORKER, "/usr/local/sbin/install_gpu_sglang_watchdog.sh")[-1],
        "/etc/desineuron/install-watchdog.json",
        {"watchdog/installer": "other.sh"},
    ),
    Fact(
        "9",
        "the live model's directory",
        lambda t: t.json(WORKER, "models/coder")["directory"],
        LIVE,
        OTHER_REPOSITORY,
    ),
    Fact(
        "9",
        "the staged model's directory",
        lambda t: t.json(WORKER, "models/candidate-122b")["directory"],
        STAGED,
        {"models/candidate-122b/repository": "other/model"},
    ),
    Fact(
        "4",
        "the staged model",
        lambda t: t.json(WORKER, "models/candidate-122b")["repository"],
        "cyankiwi/Qwen3.5-122B-A10B-AWQ-4bit",
        {"models/candidate-122b/repository": "other/model"},
    ),
    Fact(
        "9",
        "the staging command stages that model and nothing else",
        lambda t: [
            t.command(WORKER, "/usr/local/sbin/acquire_qwen35_122b_nvfp4.sh")[-2:],
            t.json(WORKER, "stage-candidate-122b")["models"],
        ],
        [
            ["/etc/desineuron/stage-candidate-122b.json", "run"],
            ["/etc/desineuron/models/candidate-122b.json"],
        ],
        {"models/candidate-122b/script": "other.sh"},
    ),
    Fact(
        "8",
        "what is brought back is the served model alone",
        lambda t: t.json(WORKER, "rehydrate")["models"],
        ["/etc/desineuron/models/coder.json"],
        {"name": "other"},
    ),
    Fact(
        "4",
        "the models' status on the hand-off page",
        lambda t: [row[1:3] for row in t.rows("Models")],
        [
            ["cyankiwi/Qwen3.5-122B-A10B-AWQ-4bit", "staged"],
            ["txn545/Qwen3.5-122B-A10B-NVFP4", "rejected"],
            ["Qwen/Qwen3.6-35B-A3B-FP8", "primary"],
        ],
        {"models/candidate-122b-nvfp4/repository": "other/model"},
    ),
]
