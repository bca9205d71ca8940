"""What samvit itself says: errors, how a photo was read, what weights are. Its English stands beside its code."""

from samvit.sentences import ENGLISH, PHOTO_FACTS, WEIGHTS_FACTS

TEXTS = {
    **{f"samvit.{key}": said for key, said in ENGLISH.items()},
    **{f"samvit.photo_fact.{key}": said for key, said in PHOTO_FACTS.items()},
    **{f"samvit.weights_fact.{key}": said for key, said in WEIGHTS_FACTS.items()},
}
