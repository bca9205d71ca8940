"""Principal components, for pictures whose colours are the directions in which vectors differ most."""

import numpy as np
from jaxtyping import Float
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits


def principal_components(
    vectors: Float[np.ndarray, "points dim"], count: int
) -> tuple[Float[np.ndarray, "components dim"], Float[np.ndarray, " components"]]:
    """The first principal components of vectors, by scikit-learn.

    Signs are free in PCA; here each component's largest loading is positive (scikit-learn's svd_flip), so that the same
    vectors always give the same picture.

    Args:
        count: How many components are wanted; fewer come back where there are fewer points or channels.

    Returns:
        The components as unit vectors, and the share of the variance that each explains (zeros if nothing varies).
    """
    count = min(count, *vectors.shape)
    if np.ptp(vectors, axis=0).max() == 0:
        return np.eye(count, vectors.shape[1], dtype=np.float32), np.zeros(count, np.float32)
    with threadpool_limits(1, user_api="blas"):  # BLAS's threads and torch's would fight for the same cores
        pca = PCA(count, svd_solver="covariance_eigh").fit(vectors.astype(np.float64))
    return pca.components_.astype(np.float32), pca.explained_variance_ratio_.astype(np.float32)
