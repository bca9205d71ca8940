"""Behind nginx, under a path of its own: the page opens, and all that it asks for goes through the proxy."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.app import free_port, running_app
from tests.browser.conftest import LITTLE, PATIENCE_MS, ready
from tests.browser.test_page import photo_file, upload

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="nginx isn't installed"),
]

CONFIG = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location /explorer/ {{
            proxy_pass {app}/;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_buffering off;
            client_max_body_size 40m;
        }}
    }}
}}
"""


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[str]:
    """The address under which nginx serves the app."""
    with running_app(*LITTLE, "--models", "vit_tiny", "--root-path", "/explorer") as app:
        port = free_port()
        (tmp_path / "nginx.conf").write_text(CONFIG.format(folder=tmp_path, port=port, app=app))
        command = [NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as nginx:
            try:
                yield f"http://127.0.0.1:{port}/explorer"
            finally:
                nginx.terminate()


def test_the_page_works_under_a_path_behind_a_proxy(proxied, browser: Browser, tmp_path):
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    outside, failed = [], []
    page.on("request", lambda request: request.url.startswith(proxied) or outside.append(request.url))
    page.on("response", lambda answer: answer.status < 400 or failed.append((answer.status, answer.url)))
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(f"{proxied}/?size=512", wait_until="commit")
    ready(page)
    upload(page, photo_file((20, 200, 20)))
    page.wait_for_url("**/explorer/?*image=upload-*")
    ready(page)
    page.reload()
    ready(page)
    assert [url for url in outside if not url.startswith(("data:", "blob:"))] == []
    assert failed == []
    page.context.close()
