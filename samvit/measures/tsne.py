"""t-SNE: points of many dimensions laid out in a plane, so that near ones stay near."""

import torch
from jaxtyping import Float
from threadpoolctl import threadpool_limits
from torch import Tensor

from samvit.progress import Progress, tell

PERPLEXITY = 30.0  # about how many neighbours each point keeps; fewer where there are few points
STAGES = (12.0, 1.0, 1.0, 1.0)  # how much neighbours attract each other in each stage: first far more than they should
STEPS = 250  # of a stage
SPREAD = 1e-4  # of the start along its first axis, as scikit-learn scales its own
SEED = 0


def tsne(
    points: Float[Tensor, "points dim"], start: Float[Tensor, "points 2"], progress: Progress | None = None
) -> Float[Tensor, "points 2"]:
    """scikit-learn's t-SNE, in stages that go on where the one before ended: it says how far it is, and can be stopped.

    The same each time: it begins at a given place. Early exaggeration in the first stage alone is what scikit-learn
    does as well, which runs all in one go.

    Args:
        start: Where the points begin, in any unit; the first two principal components as a rule.
        progress: Called before each stage with its name, the number done and the total.

    Source: van der Maaten and Hinton 2008; scikit-learn, sklearn.manifold.TSNE; Kobak and Berens 2019, on the start.
    """
    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    spread = float(start[:, 0].std(correction=0))
    places = (start - start.mean(0)) * (SPREAD / spread if spread > 0 else 1.0)
    if len(points) < 3:  # nobody has neighbours
        return places
    for stage, exaggeration in enumerate(STAGES):
        tell(progress, "t-SNE", stage, len(STAGES))
        with threadpool_limits(1):  # scikit-learn's threads and torch's would fight for the same cores
            from sklearn.manifold import TSNE  # late, as in pca.py

            model = TSNE(
                perplexity=perplexity,
                early_exaggeration=exaggeration,
                max_iter=STEPS,
                init=places.numpy(),
                random_state=SEED,
            )
            places = torch.from_numpy(model.fit_transform(points.numpy()))
    return places
