"""Scripts joined into one do what they did apart."""

import shutil
import subprocess

import pytest

from viz.page.joined import joined_scripts, joined_styles
from viz.page.modules import MAIN, Modules

SOURCES = {
    "js/main.js": (
        'import { twice as double } from "./model/sums.js";\n'
        'import { seven } from "./model/seven.js";\n\n'
        "/** Start. @returns {number} */\nexport function begin() {\n"
        "  const text = /** @type {string} */ (`// ${double(seven)}`); // stays\n  return text;\n}\n"
    ),
    "js/model/sums.js": (
        'import { seven } from "./seven.js";\n// Sums.\nconst own = seven;\n'
        "export const twice = (one) => one + one + own - own;\n"
    ),
    "js/model/seven.js": "const own = 3;\nexport const seven = own + 4;\n",
}


def run(script, tmp_path, more):
    """What node prints for a script and a line after it."""
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    (tmp_path / "all.mjs").write_text(script, encoding="utf-8")
    (tmp_path / "try.mjs").write_text(f'import * as all from "./all.mjs";\n{more}\n', encoding="utf-8")
    return subprocess.run(["node", "try.mjs"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()


def test_names_of_modules_stay_their_own(tmp_path):
    script = joined_scripts(SOURCES, "js/main.js")
    assert "Start." not in script and "Sums." not in script
    assert run(script, tmp_path, "console.log(Object.keys(all).join(), all.begin())") == "begin // 14"


def test_the_page_s_own_scripts_join(tmp_path):
    modules = Modules()
    sources = {name: path.read_text("utf-8") for name, path in modules.files().items() if name.endswith(".js")}
    assert (
        run(joined_scripts(sources, MAIN), tmp_path, "console.log(Object.keys(all).join())")
        == "begin,place,run,useTheme"
    )


@pytest.mark.parametrize("name", ["./sums.js", "./nowhere.js"])
def test_a_circle_or_a_missing_module_is_named(name):
    broken = SOURCES | {"js/model/seven.js": f'import {{ twice }} from "{name}";\nexport const seven = 7;\n'}
    with pytest.raises(ValueError, match=rf"seven.js → js/model/{name[2:]}"):
        joined_scripts(broken, "js/main.js")


def test_styles_follow_each_other_by_name():
    assert joined_styles({"css/b.css": "/* two */\nb {}", "css/a.css": "a {}"}) == "a {}\nb {}"
