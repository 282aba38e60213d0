"""What brings a model back when its worker has lost it (truth book, sections 8 and 9)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.rules import manifests
from compiler.rules.others import of_all
from compiler.rules.rounded import up
from compiler.spec.models import Stored
from compiler.spec.runtime import Runtime
from compiler.spec.units import Duration, Size

# The program on the worker warns from the same share on.
_TOLERANCE = 0.1
_DESCRIPTION = "config.json"
# A second, where no limit is written: what a gigabit brings at most is 125 MB (IEEE 802.3).
_USUAL = Size(100 * 10**6)


def _stored(runtime: Runtime) -> Iterator[tuple[str, Stored]]:
    for key, model in sorted(runtime.models.items()):
        if isinstance(model, Stored):
            yield key, model


def manifest_is_recorded(runtime: Runtime, key: str, model: Stored) -> Iterator[Finding]:
    """Every model that is kept on NVMe has a manifest."""
    if model.manifest is None:
        record = f"{runtime.rehydration.program} manifest {model.directory} > {key}.json"
        yield Finding(
            ("models", key, "manifest"),
            f"`{key}` has no manifest, so a lost copy cannot be verified and is not fetched",
            f"record it where the model is whole (`{record}`) and name the file, or waive this here and say "
            "what to do when the model is gone",
        )


def manifest_is_one(runtime: Runtime, key: str, model: Stored) -> Iterator[Finding]:
    """A manifest is what the program that fetches the model reads, and lists what an engine needs."""
    if model.manifest is None:
        return
    try:
        files = manifests.read(runtime.input(model.manifest))
        wrong = list(manifests.problems(files))
    except manifests.NoManifest as error:
        files, wrong = [], [str(error)]
    if not wrong and _DESCRIPTION not in {entry["path"] for entry in files}:
        wrong = [f"has no {_DESCRIPTION}, without which no engine loads a model"]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        yield Finding(
            ("models", key, "manifest"),
            f"{model.manifest}: {wrong[0]}{more}",
            f"record it again where the model is whole: `{runtime.rehydration.program} manifest DIRECTORY`",
        )


def sizes_agree(runtime: Runtime, key: str, model: Stored) -> Iterator[Finding]:
    """The files of a manifest add up to about the size that the spec declares, which is not nothing."""
    declared, place = model.weights, ("models", key, "weights")
    if declared.bytes == 0:
        yield Finding(place, f"`{key}` would be a model of no size", "write the size of all its files")
    if model.manifest is None or not declared.bytes:
        return
    try:
        files = manifests.read(runtime.input(model.manifest))
    except manifests.NoManifest:
        return
    if any(manifests.problems(files)):
        return
    total = manifests.total(files)
    if abs(total - declared.bytes) > _TOLERANCE * declared.bytes:
        yield Finding(
            place,
            f"`weights` is {declared} ({declared.bytes} bytes), and {model.manifest} has {total} bytes",
            f"write {_rounded(total)} if the manifest is right, or record the manifest again",
            related=(Related(f"{len(files)} files, {total} bytes", ("models", key, "manifest")),),
        )


def _rounded(size: int) -> str:
    giga = round(size / 10**9)
    return f"{giga}GB" if giga else f"{size}B"


def fetch_has_time(runtime: Runtime) -> Iterator[Finding]:
    """A run brings the largest model at the bandwidth that there is, and outlives a part that stalls."""
    wanted = runtime.rehydration
    short = list(_largest_has_time(runtime))
    yield from short
    if not short and wanted.timeout >= wanted.run_timeout:
        yield Finding(
            ("rehydration", "timeout"),
            f"a stalled part is given up after {wanted.timeout}, and the run after {wanted.run_timeout}",
            "write a time-out that leaves room for further attempts, such as 60s",
            related=(Related("the run ends here", ("rehydration", "run_timeout")),),
        )


def _largest_has_time(runtime: Runtime) -> Iterator[Finding]:
    limit, ends = runtime.rehydration.bandwidth, runtime.rehydration.run_timeout
    largest = max(of_all(_stored(runtime), lambda one: one.weights), key=lambda known: known[1], default=None)
    if largest is None:
        return
    key, weights = largest
    rate = limit or _USUAL
    exact = Duration(-(-weights.bytes // rate.bytes) * 1000)
    if exact > ends:
        needed = up(exact)
        bound = (Related(f"{rate} a second", ("rehydration", "bandwidth")),) if limit else ()
        way = (
            "or more bandwidth" if limit else f"or write `bandwidth`: without it, {rate} a second are assumed"
        )
        yield Finding(
            ("rehydration", "run_timeout"),
            f"`{key}` ({weights}) takes {needed} at {rate} a second, and a run ends after {ends}",
            f"allow at least {needed}, {way}",
            related=(*bound, Related(f"{weights}", ("models", key, "weights"))),
        )


_LOST = "a lost model comes back from its canonical source without a person (truth book, sections 8, 9)"

RULES = (
    Rule("DN080", each(_stored, manifest_is_recorded), _LOST, waivable=True),
    Rule(
        "DN081",
        each(_stored, manifest_is_one),
        "the program on the worker refuses any other, at the moment when the model is gone (section 8)",
    ),
    Rule(
        "DN082",
        each(_stored, sizes_agree),
        "memory, space and time are reckoned with the one, and files are fetched by the other (section 9)",
    ),
    Rule(
        "DN083",
        fetch_has_time,
        "a run that is cut off leaves the worker without its model, and pauses grow between runs (section 8)",
    ),
)
