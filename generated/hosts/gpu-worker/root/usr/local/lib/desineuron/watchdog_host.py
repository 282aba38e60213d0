"""Looks at the host: mount, model, dependencies, systemd, GPUs. Nothing here waits without a bound.

Each look returns a fact that says what is wrong; none raises, since a watchdog that fails sees nothing.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
import signal
import subprocess
import time
from typing import Dict, Iterator, List, Optional, Sequence, Set, Tuple

import model_manifest
from hostkit.config import ConfigError
from watchdog_settings import Dependencies, GpuSettings
from watchdog_state import Answer, Gpus, Model, Unit

COMMAND_SECONDS = 10.0
GPU_SECONDS = 20.0  # the driver's first answer after a boot is slow
CGROUPS = ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd")  # version 2, and the named hierarchy of version 1
INDEX = "model.safetensors.index.json"
ENGINE_SETTINGS, WEIGHTS = "config.json", ".safetensors"
MEMORY_SHARE = 0.9  # the driver keeps a part of what the data sheet says
PROPERTIES = (
    "LoadState",
    "UnitFileState",
    "ActiveState",
    "SubState",
    "InvocationID",
    "ActiveEnterTimestampMonotonic",
    "NRestarts",
    "ControlGroup",
)
FIND_MODULES = "import importlib.util as u, sys; print(*(m for m in sys.argv[1:] if not u.find_spec(m)))"


class Unseen(Exception):
    """A command gave no answer to judge."""


def run(words: Sequence[str], timeout: float) -> str:
    """The output of a command.

    Raises:
        Unseen: it is not there, fails, or takes longer than `timeout` seconds; it is then killed, and
            not waited for, since a process that hangs in a driver does not die.
    """
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C"},
            start_new_session=True,
        )
    except OSError as fault:
        raise Unseen(f"{words[0]}: {fault.strerror}") from None
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        _abandon(process)
        raise Unseen(f"{words[0]} gave no answer within {timeout:g} s") from None
    if process.returncode != 0:
        said = (err or out).decode("utf-8", "replace").strip().splitlines()
        raise Unseen(f"{words[0]} failed ({process.returncode}): {said[-1][:300] if said else 'no word'}")
    return out.decode("utf-8", "replace")


def _abandon(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1)


def mount(path: str) -> Answer:
    """Is a file system mounted there? By device numbers: a sandbox's bind mount must not count as one."""
    if os.path.ismount(path):
        return Answer(True)
    return Answer(False, f"nothing is mounted at {path}: is the volume attached, and did its mount unit run?")


def model(description: model_manifest.Model, rehydrate_unit: str) -> Model:
    """The model on its volume, by marker and sizes; hashing it takes minutes and is the rehydration's."""
    if description.manifest is None:
        return _unrecorded(description.directory, rehydrate_unit)
    try:
        manifest, digest = model_manifest.load(description.manifest)
    except (ConfigError, OSError) as fault:
        return Model("incomplete", f"the model cannot be verified: {fault}", False, False)
    marked = model_manifest.is_marked(description.directory, digest)
    lack = _damaged(description.directory, manifest)
    if lack is None and marked:
        return Model("complete", "", True, False)
    lack = lack or _marked_otherwise(description.directory)
    if lack is not None:
        return Model("incomplete", lack, True, rehydrating(rehydrate_unit))
    told = (
        "the model is unverified: every file has the size of the manifest, and the completion marker is "
        f"missing; `systemctl start {rehydrate_unit}` compares their content and sets it"
    )
    return Model("unverified", told, True, rehydrating(rehydrate_unit))


def _damaged(directory: str, manifest: model_manifest.Manifest) -> Optional[str]:
    for entry in manifest.files:
        wrong = model_manifest.fault_of(directory, entry, deep=False)
        if wrong is not None:
            return f"{entry.path} {wrong}"
    return None


def _marked_otherwise(directory: str) -> Optional[str]:
    """Files that were proven to be another version are not simply unproven."""
    marked = os.path.lexists(os.path.join(directory, model_manifest.MARKER))
    return f"{directory} is marked as complete by another manifest" if marked else None


def _unrecorded(directory: str, rehydrate_unit: str) -> Model:
    """A model without a manifest: it may serve, and cannot be brought back."""
    fault = _unlisted(directory)
    told = (
        "its manifest has not been recorded, which rehydration needs; the program that "
        f"`systemctl cat {rehydrate_unit}` names has a command `manifest` for that"
    )
    if fault is None:
        return Model("unverified", f"the model is unverified: {told}", False, False)
    return Model("incomplete", f"{fault}; nothing verifiable can be fetched: {told}", False, False)


def _unlisted(directory: str) -> Optional[str]:
    """What is missing of a model without a manifest, or None.

    Its own index lists the files of its weights; a model whose weights are one file has no index.
    """
    try:
        names = os.listdir(directory)
    except OSError as fault:
        return f"{directory}: {fault.strerror}"
    weights = [name for name in names if name.endswith(WEIGHTS)]
    if INDEX not in names and ENGINE_SETTINGS in names and len(weights) == 1:
        return _absent(directory, weights)
    return _unindexed(directory)


def _unindexed(directory: str) -> Optional[str]:
    index = os.path.join(directory, INDEX)
    try:
        with open(index, "rb") as stream:
            names = sorted(set(json.load(stream)["weight_map"].values()))
    except OSError as fault:
        return f"{index}: {fault.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{index} is no index of weights"
    return _absent(directory, names) if names else f"{index} lists nothing"


def _absent(directory: str, names: Sequence[object]) -> Optional[str]:
    for name in names:
        path = os.path.join(directory, str(name))
        if not os.path.isfile(path) or os.path.getsize(path) == 0:
            return f"{path} is missing or empty"
    return None


def rehydrating(unit: str) -> bool:
    """Is the model being fetched? When systemd does not tell, no: starting it twice does nothing."""
    try:
        return run(
            ["systemctl", "show", "--property=ActiveState", "--value", unit], COMMAND_SECONDS
        ).strip() in (
            "activating",
            "reloading",
        )
    except Unseen:
        return False


def dependencies(wanted: Dependencies) -> Answer:
    """What the engine's run-time builds need.

    Modules are looked for and not imported: an import takes seconds, memory and a home directory to write to,
    each minute. What only an import shows, such as a library that does not load, ends the engine at its start
    with the reason in its journal.
    """
    missing = [name for name in wanted.commands if shutil.which(name, path=wanted.path) is None]
    if missing:
        return Answer(False, f"{', '.join(missing)} not found in {wanted.path}: run the engine's installer")
    if not wanted.modules:
        return Answer(True)
    try:
        absent = run([wanted.python, "-I", "-c", FIND_MODULES, *wanted.modules], COMMAND_SECONDS).split()
    except Unseen as fault:
        return Answer(False, f"the engine's Python does not work: {fault}")
    if absent:
        told = f"{wanted.python} has no module {', '.join(absent)}: run the engine's installer"
        return Answer(False, told)
    return Answer(True)


def unit(name: str) -> Unit:
    """What systemd says of a unit.

    Raises:
        Unseen: systemd does not answer.
    """
    told = run(["systemctl", "show", f"--property={','.join(PROPERTIES)}", name], COMMAND_SECONDS)
    found: Dict[str, str] = dict.fromkeys(PROPERTIES, "")
    for line in told.splitlines():
        key, _, value = line.partition("=")
        found[key] = value
    return Unit(
        load=found["LoadState"],
        file=found["UnitFileState"],
        active=found["ActiveState"],
        sub=found["SubState"],
        invocation=found["InvocationID"],
        active_seconds=max(0.0, time.monotonic() - _number(found["ActiveEnterTimestampMonotonic"]) / 1e6),
        automatic_restarts=_number(found["NRestarts"]),
        control_group=found["ControlGroup"],
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def gpus(wanted: GpuSettings, control_group: str) -> Gpus:
    """GPUs of the wanted kind, and how many of them the unit's processes hold."""
    try:
        listed = _query("--query-gpu=uuid,name,memory.total", 3)
        users = _query("--query-compute-apps=gpu_uuid,pid,used_memory", 3)
    except Unseen as fault:
        return Gpus(wanted.count, 0, 0, f"{fault}: is the driver loaded?")
    least = wanted.memory_bytes * MEMORY_SHARE
    present = {row[0] for row in listed if wanted.name in row[1] and _number(row[2]) * (1 << 20) >= least}
    if listed and not present:
        kinds = ", ".join(sorted({f"{row[1]} with {row[2]} MiB" for row in listed}))
        told = f"the host has {kinds}, and {wanted.name} with {wanted.memory_bytes >> 20} MiB is wanted"
        return Gpus(wanted.count, 0, 0, told)
    ours = set(_processes(control_group))
    held: Set[str] = {row[0] for row in users if _number(row[1]) in ours and row[0] in present}
    return Gpus(wanted.count, len(present), len(held))


def _query(what: str, columns: int) -> List[Tuple[str, ...]]:
    told = run(["nvidia-smi", what, "--format=csv,noheader,nounits"], GPU_SECONDS)
    rows = [tuple(cell.strip() for cell in row) for row in csv.reader(told.splitlines())]
    return [row for row in rows if len(row) == columns]


def _processes(control_group: str) -> Iterator[int]:
    """The processes of a control group and of those below it."""
    for root in CGROUPS if control_group.strip("/") else ():
        for folder, _, names in os.walk(root + control_group):
            if "cgroup.procs" in names:
                with (
                    contextlib.suppress(OSError),
                    open(os.path.join(folder, "cgroup.procs"), encoding="ascii") as one,
                ):
                    yield from (int(line) for line in one if line.strip().isdigit())
