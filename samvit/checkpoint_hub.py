"""The Hugging Face hub: what it published, whether it can be reached, and downloads that are whole or not there."""

import errno
import threading
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from samvit.errors import CheckpointError, Phrase, phrase

# In a notebook without ipywidgets tqdm, which the hub brings along, would tell everybody so.
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "IProgress not found")
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_download, hf_hub_url, try_to_load_from_cache
    from huggingface_hub.errors import (  # type: ignore[attr-defined]  # HTTPError is the hub's own client's
        EntryNotFoundError,
        FileMetadataError,
        HfHubHTTPError,
        HFValidationError,
        HTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
        XetDownloadError,
    )

HUB_FILE = "model.safetensors"

# How long to wait for the hub's answer: a person watches the page, or has asked for a download.
PAGE_PATIENCE_SECONDS = 3.0
DOWNLOAD_PATIENCE_SECONDS = 15.0

# How long the page believes an answer.
ANSWER_LIFE_SECONDS = 60.0

HUB_ERRORS = (HTTPError, OSError, ValueError, RuntimeError, EntryNotFoundError, XetDownloadError)


@dataclass(frozen=True)
class Published:
    """Where Meta published one encoder: a hub repository, and an official file with its SHA-256."""

    repo: str
    official: str
    sha256: str


PUBLISHED = {
    "vit_b": Published(
        "facebook/sam-vit-base",
        "sam_vit_b_01ec64.pth",
        "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912",
    ),
    "vit_l": Published(
        "facebook/sam-vit-large",
        "sam_vit_l_0b3195.pth",
        "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622",
    ),
    "vit_h": Published(
        "facebook/sam-vit-huge",
        "sam_vit_h_4b8939.pth",
        "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e",
    ),
}


def cached(published: Published, revision: str | None = None) -> Path | None:
    """The file in the hub's cache on this machine; None if it isn't there."""
    path = try_to_load_from_cache(published.repo, HUB_FILE, cache_dir=constants.HF_HUB_CACHE, revision=revision)
    return Path(path) if isinstance(path, str) else None


def download(published: Published, revision: str | None = None) -> Path:
    """Fetch a file into the hub's cache, showing progress; a file appears there whole or not at all.

    Args:
        revision: Commit, tag or branch; the main branch if None.

    Raises:
        CheckpointError: If the hub can't be reached or hasn't got it, or the download breaks off; a clause.
    """
    # Asked once before: without a network huggingface_hub itself retries for half a minute.
    if error := ask_hub(published, revision, DOWNLOAD_PATIENCE_SECONDS):
        raise CheckpointError(problem_of(error, published.repo, revision))
    try:
        path = hf_hub_download(
            published.repo,
            HUB_FILE,
            revision=revision,
            cache_dir=constants.HF_HUB_CACHE,
            endpoint=constants.ENDPOINT,
        )
    except HUB_ERRORS as error:
        raise CheckpointError(problem_of(error, published.repo, revision)) from None
    return Path(path)


# (endpoint, repository, revision) → when the hub answered, and what was wrong. An unreachable hub has no repository.
_answers: dict[tuple[str, str | None, str | None], tuple[float, Phrase | None]] = {}


def hub_answer(published: Published, revision: str | None = None) -> Phrase | None:
    """Why the hub can't give a file now, as a clause; None if it can. Asks at most once a minute."""
    whole_hub, this_file = (constants.ENDPOINT, None, None), (constants.ENDPOINT, published.repo, revision)
    for key in (whole_hub, this_file):
        if key in _answers and time.monotonic() - _answers[key][0] < ANSWER_LIFE_SECONDS:
            return _answers[key][1]
    error = ask_hub(published, revision, PAGE_PATIENCE_SECONDS)
    problem = problem_of(error, published.repo, revision) if error else None
    unreachable = error is not None and not isinstance(error, HfHubHTTPError)
    _answers[whole_hub if unreachable else this_file] = (time.monotonic(), problem)
    return problem


def ask_hub(published: Published, revision: str | None, patience_seconds: float) -> Exception | None:
    """Ask the hub for a file's metadata; what went wrong, or None."""
    answers: list[Exception | None] = []

    def ask() -> None:
        try:
            url = hf_hub_url(published.repo, HUB_FILE, revision=revision, endpoint=constants.ENDPOINT)
            metadata = get_hf_file_metadata(url, timeout=patience_seconds)
            if metadata.commit_hash is None or metadata.etag is None:
                raise FileMetadataError("a server that isn't a hub")
            answers.append(None)
        except HUB_ERRORS as error:
            answers.append(error)

    # In a thread of its own: a name lookup without a network can outlast any timeout of the request.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(patience_seconds)
    return answers[0] if answers else TimeoutError()


def problem_of(error: Exception, repo: str, revision: str | None) -> Phrase:
    """Why the hub didn't give a file, as a clause for a person; neither paths nor addresses beyond the host."""
    host = urlsplit(constants.ENDPOINT).hostname or "the hub"
    if constants.is_offline_mode():
        return phrase("hub.offline")
    if isinstance(error, (RevisionNotFoundError, HFValidationError)):
        return phrase("hub.revision", repo=repo, host=host, revision=revision)
    if isinstance(error, (RepositoryNotFoundError, EntryNotFoundError)) and isinstance(error, HfHubHTTPError):
        return phrase("hub.repo", host=host, repo=repo)
    if isinstance(error, HfHubHTTPError):
        return phrase("hub.refused", host=host, repo=repo, status=error.response.status_code)
    if isinstance(error, FileMetadataError):
        return phrase("hub.other", host=host)
    if isinstance(error, (HTTPError, LocalEntryNotFoundError, TimeoutError)):
        return phrase("hub.unreachable", host=host)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return phrase("hub.disk_full", repo=repo)
    if isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return phrase("hub.read_only", repo=repo)
    return phrase("hub.broken", host=host)
