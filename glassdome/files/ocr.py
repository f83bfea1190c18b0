"""Words in pictures: a detector of lines and a reader of lines, by PP-OCR's models that the extra `ocr` brings.

The models come out of the package `rapidocr`, read as files; of its code nothing runs, and nothing is fetched. They
are loaded once by `warm`, before a sandbox closes the files, and `words_in` needs none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

from PIL import Image

from glassdome.core.limits import MAX_OCR_LINES, MAX_OCR_PIXELS
from glassdome.files.pdf_layout import Run, lines_of

__all__ = ["has_ocr", "warm", "words_in"]

_MODELS: Final = "rapidocr"
#: Height in which lines are read, and the longest line as a multiple of it; longer ones are squeezed.
_LINE, _LONGEST = 48, 40
#: Probability below which a line is noise.
_LEAST_SURE = 0.6
#: The short side of what the detector sees, at least; letters of a thumbnail are too small for it.
_LEAST_SIDE = 480
_STEP = 32


class _Models(NamedTuple):
    """The loaded models: each takes an array and returns one."""

    detect: Callable[[Any], Any]
    read: Callable[[Any], Any]
    letters: Sequence[str]


def has_ocr() -> bool:
    """Return whether the extra is there."""
    return find_spec("onnxruntime") is not None and find_spec(_MODELS) is not None


@lru_cache(maxsize=1)
def warm() -> _Models | None:
    """Load the models; None without the extra."""
    folder = _folder()
    if folder is None:
        return None
    detectors, readers = sorted(folder.glob("*_det_*.onnx")), sorted(folder.glob("*_rec_*.onnx"))
    if not detectors or not readers:
        return None
    detector, reader = _session(detectors[-1]), _session(readers[-1])
    letters = reader.get_modelmeta().custom_metadata_map["character"].split("\n")
    return _Models(_runner(detector), _runner(reader), ("", *letters, " "))


def _folder() -> Path | None:
    package = find_spec(_MODELS) if has_ocr() else None
    places = package.submodule_search_locations if package else None
    return Path(next(iter(places))) / "models" if places else None


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread, so that a child's address space stays bounded and the result does not depend on the machine.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


def _runner(session: Any) -> Callable[[Any], Any]:
    name = session.get_inputs()[0].name
    return lambda values: session.run(None, {name: values})[0]


def words_in(picture: Image.Image) -> str | None:
    """Return the words of a picture line by line; None where the extra is absent."""
    models = warm()
    if models is None:
        return None
    colours = picture.convert("RGB")
    return lines_of(_runs(colours, models))


def _runs(picture: Image.Image, models: _Models) -> list[Run]:
    from glassdome.files.ocr_boxes import boxes_in

    seen = picture.resize(_seen_size(picture.size), Image.Resampling.BILINEAR)
    found = boxes_in(models.detect(_values(seen))[0, 0])[:MAX_OCR_LINES]
    share_x, share_y = picture.width / seen.width, picture.height / seen.height
    skew = _skew([(box.length, box.turn) for box in found])
    runs = []
    for box in found:
        text, sureness = _line(picture, box.corners(share_x, share_y), models)
        if text and sureness >= _LEAST_SURE:
            runs.append(_run(text, box.x, box.y, box.length, box.height, skew))
    return runs


def _seen_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size in which lines are looked for: multiples of 32, enough for small letters, and bounded."""
    share = max(1.0, _LEAST_SIDE / max(1, min(size)))
    share = min(share, math.sqrt(MAX_OCR_PIXELS / max(1, size[0] * size[1])))
    width, height = (max(_STEP, round(side * share / _STEP) * _STEP) for side in size)
    most = MAX_OCR_PIXELS // _STEP // _STEP * _STEP
    return min(width, most), min(height, most)


def _values(picture: Image.Image) -> Any:
    """Return a picture as the models take it: blue, green, red, from -1 to 1."""
    import numpy

    values = numpy.asarray(picture, dtype=numpy.float32)[:, :, ::-1]
    return numpy.ascontiguousarray((values / 127.5 - 1.0).transpose(2, 0, 1)[None])


def _skew(lines: list[tuple[float, float]]) -> float:
    """Return the turn of the page: the middle one of its long lines."""
    turns = sorted(turn for length, turn in lines if turn and length > 4 * _STEP)
    return turns[len(turns) // 2] if turns else 0.0


def _run(text: str, x: float, y: float, length: float, height: float, skew: float) -> Run:
    """Place a line as on a page that is not turned, the origin below."""
    cos, sin = math.cos(skew), math.sin(skew)
    x, y = x * cos + y * sin, y * cos - x * sin
    return Run(text, x - length / 2, -y - height / 2, x + length / 2, -y + height / 2)


def _line(picture: Image.Image, corners: tuple[float, ...], models: _Models) -> tuple[str, float]:
    """Cut one line out, turned upright, and read it."""
    width = math.dist(corners[0:2], corners[6:8])
    height = max(1.0, math.dist(corners[0:2], corners[2:4]))
    size = (max(_LINE // 2, min(round(_LINE * width / height), _LINE * _LONGEST)), _LINE)
    line = picture.transform(size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    return _decoded(models.read(_values(line))[0], models.letters)


def _decoded(steps: Any, letters: Sequence[str]) -> tuple[str, float]:
    """Read the likeliest letter of each step; a letter again without a blank between is the same one (CTC)."""
    best = steps.argmax(axis=1).tolist()
    sure = steps.max(axis=1).tolist()
    kept = [at for at, letter in enumerate(best) if letter and (at == 0 or best[at - 1] != letter)]
    text = "".join(letters[best[at]] for at in kept if best[at] < len(letters))
    return text.strip(), sum(sure[at] for at in kept) / len(kept) if kept else 0.0
