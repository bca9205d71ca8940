"""python -m viz: files of views, from the same table of fields as links; what goes wrong is one sentence and a code."""

import base64
import gzip
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from pptx import Presentation
from safetensors import safe_open

import samvit
from tests.viz.photos import noise_photo
from viz import command_files, command_line
from viz.command_files import ProgressBar
from viz.command_line import ELSEWHERE, linked_fields, main, parser
from viz.selection import FIELDS, Selection
from viz.texts import text as written_text
from viz.views import VIEWS


@pytest.fixture
def small(monkeypatch, small_encoder):
    """The small encoder in place of every model."""
    monkeypatch.setattr(command_line, "encoder_of", lambda model: small_encoder)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "cat.png"
    noise_photo(rows=65, cols=100).save(path)
    return path


def run(*arguments) -> int:
    return main([str(argument) for argument in arguments])


def test_one_view_goes_into_the_file_that_is_named(small, photo, tmp_path):
    out = tmp_path / "deep" / "heads.svg"
    assert run(photo, "--view", "heads", "--block", 2, "--query", "3,4", "-o", out) == 0
    text = out.read_text()
    assert "query (3, 4)" in text and "Block 2" in text and "cat.png" in text


@pytest.mark.parametrize("kind", ["npz", "safetensors"])
def test_values_say_where_they_come_from(small, photo, tmp_path, kind):
    out = tmp_path / f"values.{kind}"
    assert run(photo, "--view", "qkv_maps", "--block", 1, "--head", 2, "--query", "3,4", "-o", out) == 0
    if kind == "npz":
        with np.load(out) as arrays:
            facts, names, scores = json.loads(str(arrays["about"])), set(arrays), arrays["blocks.1.attn.k.2.scores"]
    else:
        with safe_open(out, "np") as file:
            facts, names = json.loads(file.metadata()["samvit"]), set(file.keys())
            scores = file.get_tensor("blocks.1.attn.k.2.scores")
    assert (facts["photo"], facts["block"], facts["head"], facts["query"]) == ("cat.png", 1, 2, [3, 4])
    assert len(facts["weights_sha256"]) == 64 and facts["size"] == 160
    assert scores.shape == (10, 10, 3) and scores.dtype == np.float32
    assert {f"blocks.1.attn.q.2.{what}" for what in ("scores", "mean", "components", "variance", "range")} <= names


def test_all_views_of_a_folder_s_photos_and_a_broken_one_does_not_stop_the_rest(
    small, photo, tmp_path, capsys, monkeypatch
):
    few = [view for view in VIEWS if view.id in {"heads", "neck_pca"}]
    monkeypatch.setattr(command_line, "VIEWS", few)
    (tmp_path / "broken.jpg").write_text("no photo")
    noise_photo(rows=40, cols=30).save(tmp_path / "dog.png")
    out = tmp_path / "out"
    assert run(tmp_path, "--all", "--format", "npz", "-o", out) == 1
    written = sorted(file.name for file in out.iterdir())
    assert written == ["cat_heads.npz", "cat_neck_pca.npz", "dog_heads.npz", "dog_neck_pca.npz"]
    error = capsys.readouterr().err
    assert error.startswith("broken.jpg: photo must be") and error.count("\n") == 1


def test_a_link_is_a_command_and_options_come_before_it(small, photo, tmp_path):
    link = "https://some.where/page/?image=upload-1&view=heads&block=2&query=3,4&size=512"
    out = tmp_path / "it.svg"
    assert run(photo, "--link", link, "--size", "512", "--block", 3, "-o", out) == 0
    text = out.read_text()
    assert "Block 3" in text and "query (3, 4)" in text and "512 px" in text
    selection = Selection.of(view="scores", block=1, head=2, query=(5, 6), key=(1, 2), scale="log", way="medsam")
    link = "&".join(f"{name}={value}" for name, value in selection.to_query().items())
    assert Selection.of(**linked_fields(link)) == selection


def test_an_example_of_a_link_needs_no_file(small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("--link", "image=chelsea&view=heads&size=512&query=3,4&block=1") == 0
    assert [file.name for file in tmp_path.iterdir()] == ["chelsea_heads.png"]


def test_every_field_has_its_option():
    options = {option for action in parser()._actions for option in action.option_strings}
    assert {f"--{known.name.replace('_', '-')}" for known in FIELDS if known.name not in ELSEWHERE} <= options


def test_the_list_has_every_view_with_its_stage_and_title(capsys):
    assert run("--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [[view.id, view.stage] for view in VIEWS]
    assert any(line.endswith("  Heads") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "expected at least one photo, got none"),
        (["PHOTO", "--view", "nothing"], "view must be one of .*, got 'nothing'"),
        (["PHOTO", "--block", "two"], "block must be a whole number"),
        (["PHOTO", "--query", "3"], "query must be row,col, got '3'"),
        (["PHOTO", "--model", "vit_small"], "--model must be one of .* or a checkpoint's path, got 'vit_small'"),
        (["PHOTO", "-o", "heads.docx"], "--output must end in one of .*, got 'heads.docx'"),
        (["PHOTO", "--all", "-o", "all.png"], "--output must be a folder for .* files, got 'all.png'"),
        (["PHOTO", "-o", "a.png", "--format", "svg"], "--format must be that of --output, got svg and 'a.png'"),
        (["--link", "image=upload-1&view=heads"], "the link's photo isn't here, got 'upload-1'"),
        (["PHOTO", "--link", "nonsense"], "link must be a link of the page, .* got 'nonsense'"),
        (["PHOTO", "--link", "block=-"], "block must be a whole number"),
    ],
)
def test_a_command_that_cannot_be_used_is_one_sentence_and_code_2(photo, arguments, sentence, capsys):
    assert run(*[photo if one == "PHOTO" else one for one in arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and re.search(sentence, error)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("ending", ["png", "pptx"])
def test_a_full_disk_is_told_and_what_was_there_before_stays(small, photo, tmp_path, capsys, ending):
    out = tmp_path / f"out.{ending}"
    out.write_bytes(b"before")
    (tmp_path / f".out.{ending}.part").symlink_to("/dev/full")

    assert run(photo, "--view", "heads", "-o", out) == 1
    assert f"out.{ending} can't be written: No space left on device" in capsys.readouterr().err
    assert out.read_bytes() == b"before" and list(tmp_path.glob(".*")) == []
    assert run(photo, "--view", "heads", "-o", out) == 0
    assert out.read_bytes() != b"before" and list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--block", "4"], r"cat\.png: block must be in 0\.\.3, got 4"),
        (["--block", "4", "--lang", "zh"], r"cat\.png: block 必须在 0\.\.3 之内，收到的是 4"),
        (["--query", "9,9"], r"cat\.png: query must be a patch in \(0\.\.6, 0\.\.9\), got \(9, 9\)"),
    ],
)
def test_an_index_outside_the_encoder_or_the_photo_is_told_and_code_1(
    small, photo, tmp_path, arguments, sentence, capsys
):
    assert run(photo, *arguments, "-o", tmp_path / "it.png") == 1
    assert re.search(sentence, capsys.readouterr().err)
    assert not (tmp_path / "it.png").exists()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_fills_on_a_terminal_and_leaves_its_line_empty():
    screen, file = Terminal(), io.StringIO()
    for stream in (screen, file):
        bar = ProgressBar("cat.png", stream)
        bar.step("block 0", 1, 2)
        bar.step("neck", 2, 2)
        bar.clear()
    assert file.getvalue() == ""
    half, full, empty, _ = screen.getvalue().split("\r")[1:]
    assert half.count("█") == 12 and full.count("█") == 24 and full.rstrip().endswith("neck")
    assert empty.strip() == "" and len(empty) >= len(full.rstrip())


def test_several_views_of_several_photos_are_one_file_of_slides(small, photo, tmp_path, monkeypatch):
    monkeypatch.setattr(command_line, "VIEWS", [view for view in VIEWS if view.id in {"heads", "neck_pca"}])
    noise_photo(rows=40, cols=30).save(tmp_path / "dog.png")
    out = tmp_path / "out" / "both.pptx"
    assert run(photo, tmp_path / "dog.png", "--all", "-o", out) == 0
    slides = Presentation(out).slides
    assert [slide.shapes.title.text for slide in slides] == ["Heads", "PCA of the neck"] * 2
    feet = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    assert sum("cat.png" in text for text in feet) == sum("dog.png" in text for text in feet) == 2


def test_a_tour_s_stops_are_slides_with_its_words_and_notes(small, photo, tmp_path):
    tour = tmp_path / "mine.toml"
    tour.write_text(
        'title = "Mine"\n\n[[stop]]\nlink = "view=heads&block=1"\ntitle = "First"\nwords = "Look here."\n'
        'notes = "Wait."\n\n[[stop]]\nlink = "view=neck_pca"\ntitle = "Then"\nwords = "And there."\n'
    )
    out = tmp_path / "tour.pptx"
    assert run(photo, "--tour", tour, "-o", out) == 0
    first, then = Presentation(out).slides
    assert (first.shapes.title.text, then.shapes.title.text) == ("First", "Then")
    assert first.notes_slide.notes_text_frame.text.startswith("Wait.")
    assert "view=neck_pca" in then.notes_slide.notes_text_frame.text


def test_each_link_of_a_list_is_a_slide_and_a_photo_is_encoded_once_for_all(small, photo, tmp_path, monkeypatch):
    encoded = []
    traced = command_files.traced
    monkeypatch.setattr(command_files, "traced", lambda *of: encoded.append(of[1].name) or traced(*of))
    noise_photo(rows=40, cols=30).save(tmp_path / "dog.png")
    links, out = tmp_path / "links.txt", tmp_path / "talk.pptx"
    links.write_text(
        "# Monday\n\nhttps://some.where/?image=upload-1&view=heads&block=2\n?view=neck_pca&lang=zh\n"
        "view=heads&block=1&compare=own&against_block=3\n",
        encoding="utf-8",
    )
    assert run(photo, tmp_path / "dog.png", "--links", links, "-o", out) == 0
    pages = Presentation(out).slides
    titles = [page.shapes.title.text for page in pages]
    assert titles == ["Heads", written_text("zh", "view.neck_pca.title"), "Heads"] * 2
    assert encoded == ["cat.png", "dog.png"]
    feet = [page.shapes[2].text_frame.text for page in pages]
    assert "Block 2" in feet[0] and "Block 1" in feet[2] and "Block 3" in feet[2] and "dog.png" in feet[3]


def test_links_without_a_photo_are_of_the_examples_that_they_name(small, tmp_path):
    links, out = tmp_path / "links.txt", tmp_path / "talk.pptx"
    links.write_text("image=chelsea&view=heads&block=1\nimage=coffee&view=heads&block=1\n")
    assert run("--links", links, "-o", out) == 0
    feet = [page.shapes[2].text_frame.text for page in Presentation(out).slides]
    assert "chelsea.jpg" in feet[0] and "coffee.jpg" in feet[1]


def test_a_link_that_lies_outside_is_told_and_the_other_slides_are_made(small, photo, tmp_path, capsys):
    links, out = tmp_path / "links.txt", tmp_path / "talk.pptx"
    links.write_text("view=heads&block=9\nview=heads&block=1\n")
    assert run(photo, "--links", links, "-o", out) == 1
    assert "cat.png: block must be in 0..3, got 9" in capsys.readouterr().err
    assert len(Presentation(out).slides) == 1


def test_links_go_into_slides_and_nowhere_else(small, photo, tmp_path, capsys):
    (tmp_path / "links.txt").write_text("view=heads\n")
    assert run(photo, "--links", tmp_path / "links.txt", "-o", tmp_path / "it.png") == 2
    assert "--links must go into slides, as in -o links.pptx" in capsys.readouterr().err


def test_a_lesson_of_two_sides_says_that_it_holds_one(small, photo, tmp_path, capsys):
    out = tmp_path / "lesson.html"
    assert run(photo, "--block", "2", "--blocks", "2", "--compare", "one", "--against-block", "1", "-o", out) == 0
    assert "cat.png: the lesson holds side A alone" in capsys.readouterr().err
    packed = re.search(r'id="sx-lesson">([^<]+)<', out.read_text()).group(1)
    held = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert (held["selection"]["compare"], held["selection"]["against_block"]) == ("off", None)


def test_a_what_if_is_computed_and_told_in_the_file(small, small_encoder, photo, tmp_path):
    files = {}
    for name, more in (("true", []), ("changed", ["--what-if", "rel_pos_off,head_off.1.2"])):
        assert run(photo, "--view", "heads", "--block", 1, "--query", "3,4", *more, "-o", tmp_path / f"{name}.npz") == 0
        with np.load(tmp_path / f"{name}.npz") as arrays:
            files[name] = dict(arrays)
    facts = json.loads(str(files["changed"]["about"]))
    assert facts["what_if"] == "rel_pos_off,head_off.1.2"
    what_if = samvit.trace(small_encoder, photo, what_if="rel_pos_off,head_off.1.2").attention(1, (3, 4)).weights
    values = next(array for name, array in files["changed"].items() if name.endswith("values"))
    assert np.allclose(values, what_if, atol=1e-6)
    assert not np.allclose(values, next(array for name, array in files["true"].items() if name.endswith("values")))


def test_a_lesson_holds_the_blocks_that_are_named(small, photo, tmp_path):
    out = tmp_path / "lesson.html"
    assert run(photo, "--block", "2", "--blocks", "0,2", "-o", out) == 0
    assert re.findall(r'id="sx-tokens-(\d+)"', out.read_text()) == ["0", "2"]


def test_a_lesson_carries_the_tour_that_is_named_and_a_picture_can_not(small, photo, tmp_path, capsys):
    tour, out = tmp_path / "mine.toml", tmp_path / "lesson.html"
    tour.write_text('[[stop]]\nlink = "view=scores&block=1"\ntitle = "First"\nwords = "Look here."\n')
    assert run(photo, "--tour", tour, "-o", out) == 0
    packed = re.search(r'id="sx-lesson">([^<]+)<', out.read_text()).group(1)
    held = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert [stop["title"] for stop in held["tour"]["stops"]] == ["First"] and "scores" in held["stored"]
    assert run(photo, "--tour", tour, "-o", tmp_path / "it.png") == 2
    assert "--tour must go into slides or a lesson" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--blocks", "0,x", "-o", "x.html"], "--blocks must be whole numbers with commas between them, got '0,x'"),
        (["--tour", "nowhere.toml", "-o", "x.pptx"], "--tour .*nowhere.toml"),
        (["--links", "nowhere.txt", "-o", "x.pptx"], "nowhere.txt can't be read as a list of links: No such file"),
        (["--links", "x", "--all", "-o", "x.pptx"], "--links must be used without --link, --view, --all and --tour"),
    ],
)
def test_a_tour_links_or_blocks_that_cannot_be_used_are_code_2(small, photo, arguments, sentence, capsys):
    assert run(photo, *arguments) == 2
    assert re.search(sentence, capsys.readouterr().err)


def test_a_link_of_two_sides_becomes_one_file_of_both(small, photo, tmp_path):
    noise_photo(rows=40, cols=30).save(tmp_path / "dog.png")
    out = tmp_path / "both.npz"
    link = "view=heads&block=1&query=3,2&compare=own&against_block=3"
    assert run(photo, "--link", link, "--against-image", tmp_path / "dog.png", "-o", out) == 0
    with np.load(out) as arrays:
        facts = json.loads(str(arrays["about"]))
        a, b, difference = (arrays[name] for name in arrays if name.endswith(".values"))
    assert (facts["photo"], facts["block"]) == ("cat.png", 1)
    assert (facts["against"]["photo"], facts["against"]["block"]) == ("dog.png", 3)
    np.testing.assert_array_equal(difference, a - b)
    assert str(tmp_path) not in json.dumps(facts)


def test_what_the_other_side_does_not_have_is_refused(small, photo, tmp_path, capsys):
    options = ("--view", "heads", "--compare", "one", "-o", tmp_path / "it.npz")
    assert run(photo, *options, "--against-block", 9) == 1
    assert "on the other side, block must be in 0..3, got 9" in capsys.readouterr().err
    assert run(photo, *options, "--against-image", "nobody") == 1
    assert "got 'nobody'" in capsys.readouterr().err


def test_a_photo_is_read_and_made_ready_as_the_fields_say_and_kept_for_each_way_apart(small_encoder, tmp_path):
    pages = [noise_photo(rows=40, cols=60, seed=seed) for seed in (1, 2)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:])
    traces, photo = command_files.Traces(), tmp_path / "stack.tif"
    plain = traces.of(small_encoder, photo, {"size": 160})
    assert traces.of(small_encoder, photo, {"size": 96}).geometry.img_size == 96
    assert traces.of(small_encoder, photo, {"size": 160}) is plain
    second, squashed = (
        traces.of(small_encoder, photo, {"size": 160, **more}) for more in ({"page": (2,)}, {"way": "medsam"})
    )
    assert np.array_equal(second.photo, samvit.trace(small_encoder, pages[1]).photo)
    assert not np.array_equal(second.photo, plain.photo)
    assert (plain.image.way.name, squashed.image.way.name) == ("segment-anything", "medsam")


def test_what_is_looked_at_is_what_the_options_say(small_encoder, photo):
    made = samvit.trace(small_encoder, noise_photo(rows=65, cols=100))
    fields = {"overlay": 20, "block": 2, "head": 1, "query": (1, 2), "scale": "log"}
    order = command_files.Order((photo,), "vit_tiny", ("heads",), fields, Path("it.png"), "")
    chosen = command_files.shown_in(made, "heads", order)
    assert {name: chosen[name] for name in fields} == fields


def test_the_list_of_views_is_in_the_language_asked_for(capsys):
    assert run("--list", "--lang", "zh") == 0
    listed = capsys.readouterr().out
    assert all(written_text("zh", f"view.{view.id}.title") in listed for view in VIEWS)
