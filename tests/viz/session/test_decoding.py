"""Strangers' photos in another process: the same pixels, and nothing that a file does takes this process along."""

import io
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.fuzz_photos import fuzz
from samvit.errors import ImageError
from samvit.photo import open_photo, worker
from tests.samvit.photo.files import noise, pillow, png, tiff
from tests.viz.session.hostile import FILES, IMAGE, RGB
from viz.session.decoding import DECODER, Decoder, is_plain, variables

FEW_S, MOST_KB, MOST_LARGE_KB = 5.0, 500_000, 1_300_000  # what states 60 megapixels costs what a photo of them does


@pytest.fixture(scope="module", autouse=True)
def started():
    """The process of this program is there before anything is timed, and gives memory back as it does for a visitor."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GLIBC_TUNABLES", raising=False)  # which `make test` sets
        DECODER.close()
        DECODER.start()
        yield
    DECODER.close()


def forget_peak():
    """Count the decoding process's most memory anew from now on."""
    Path(f"/proc/{DECODER._process.pid}/clear_refs").write_text("5")


def peak_kb():
    """The most memory that the decoding process has had."""
    lines = Path(f"/proc/{DECODER._process.pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:")))


def used_s():
    """Seconds of a processor that the decoding process and this one have had: others don't count, as a clock would."""
    fields = Path(f"/proc/{DECODER._process.pid}/stat").read_text().split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK") + time.process_time()


@pytest.mark.parametrize(
    "data",
    [
        png(16, 2, noise((9, 7, 3), "u2")),
        tiff(noise((9, 7, 5), "u2")),
        pillow(IMAGE, "JPEG", progressive=True),
        pillow(IMAGE, "WEBP"),
        pillow(IMAGE, "GIF", save_all=True, append_images=[IMAGE.rotate(90)]),
        pillow(IMAGE.convert("CMYK"), "JPEG"),
    ],
    ids=["deep PNG", "bands", "progressive", "WebP", "GIF", "CMYK"],
)
def test_a_photo_from_the_other_process_is_the_same(data):
    here, there = open_photo(data), DECODER.open(data)
    assert np.array_equal(here.pixels, there.pixels)
    assert (there.facts, there.format, there.pages, there.bands) == (here.facts, here.format, here.pages, here.bands)


@pytest.mark.parametrize(("channels", "bands"), [(1, None), (1, (4,)), (4, None), (4, (5, 1, 1, 2))])
def test_a_photo_for_another_number_of_channels_is_the_same_too(channels, bands):
    data = tiff(noise((9, 7, 5), "u2"), photometric="minisblack", planarconfig="contig")
    here, there = (opens(data, bands=bands, channels=channels) for opens in (open_photo, DECODER.open))
    assert here.planes is not None and there.planes is not None
    assert here.planes.shape == (9, 7, channels) and np.array_equal(here.planes, there.planes)
    assert np.array_equal(here.pixels, there.pixels) and here.facts == there.facts


def test_what_is_refused_there_is_refused_here_with_the_same_key():
    for data, options in ((b"%PDF", {}), (tiff(noise((9, 7, 5))), {"bands": (9,)}), (tiff(RGB), {"page": 3})):
        with pytest.raises(ImageError) as there:
            DECODER.open(data, **options)
        with pytest.raises(ImageError) as here:
            open_photo(data, **options)
        assert there.value.phrase == here.value.phrase


def test_only_plain_files_are_decoded_here():
    assert is_plain(png(8, 2, RGB)) and is_plain(pillow(IMAGE, "JPEG"))
    others = (
        png(16, 2, RGB),
        pillow(IMAGE, "JPEG", progressive=True),
        tiff(RGB),
        pillow(IMAGE, "WEBP"),
        b"",
        b"\xff\xd8\xff",
    )
    assert not any(map(is_plain, others))


def test_a_process_that_dies_costs_one_photo(monkeypatch):
    decoder = Decoder()
    decoder.start()
    try:
        decoder._process.kill()
        decoder._process.wait()
        assert decoder.open(tiff(RGB)).image.size == (16, 16)  # died meanwhile: nobody notices
        with monkeypatch.context() as patch:  # dies while it decodes: its answer never comes
            patch.setattr("viz.session.decoding.worker.send", lambda *_: decoder._process.kill())
            with pytest.raises(ImageError, match="photo must be decoded within seconds and a gigabyte"):
                decoder.open(tiff(RGB))
        assert decoder.open(tiff(RGB)).image.size == (16, 16)
    finally:
        decoder.close()


def test_a_process_starts_while_another_thread_sets_and_deletes_variables(monkeypatch, tmp_path):
    """The list of variables moves in memory as it grows: a process that starts meanwhile needs a list of its own."""
    ready = io.BytesIO()
    worker.send(ready, "ready")
    quick = tmp_path / "quick.py"  # is ready at once, so that there is time for many starts
    quick.write_text(f"import sys; sys.stdout.buffer.write({ready.getvalue()!r})")
    monkeypatch.setattr(worker, "__file__", str(quick))
    done = threading.Event()

    def set_variables():
        while not done.is_set():
            for number in range(4000):
                os.environ[f"SAMVIT_TEST_{number}"] = "set"
            for number in range(4000):
                del os.environ[f"SAMVIT_TEST_{number}"]

    setting = threading.Thread(target=set_variables)
    setting.start()
    try:
        for _ in range(20):
            decoder = Decoder()
            decoder.start()
            decoder.close()
        for _ in range(200):
            assert variables()["PATH"] == os.environ["PATH"]
    finally:
        done.set()
        setting.join()


def test_a_process_that_cannot_start_is_said(monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(RuntimeError, match="the process that decodes photos doesn't start"):
        Decoder().start()


def test_work_without_an_end_is_ended_and_said(monkeypatch):
    decoder = Decoder()
    monkeypatch.setattr("viz.session.decoding.PATIENCE_S", 0.001)
    try:
        decoder.start()
        with pytest.raises(ImageError, match="photo must be decoded within seconds and a gigabyte"):
            decoder.open(tiff(noise((3000, 3000, 3), "u2"), compression="zlib"))
    finally:
        decoder.close()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_a_picture_or_a_sentence(name):
    data = FILES[name]()
    forget_peak()
    process, start = DECODER._process.pid, used_s()
    try:
        photo = DECODER.open(data)
    except ImageError as error:
        said = str(error)
        assert (
            said.startswith(("photo must ", "page must ", "frame must "))
            and "\n" not in said
            and os.getcwd() not in said
        )
    else:
        assert photo.image.mode == "RGB"
    if process == DECODER._process.pid:  # else the system ended it at its limits
        assert used_s() - start < FEW_S
        assert peak_kb() < (MOST_LARGE_KB if "60 megapixels" in name else MOST_KB)


@pytest.mark.filterwarnings("ignore")
def test_broken_files_are_pictures_or_sentences():
    forget_peak()
    came, faults = fuzz(600, 3, DECODER.open)
    assert faults == []
    assert min(came["picture"], came["sentence"]) > 100
    assert peak_kb() < MOST_KB
