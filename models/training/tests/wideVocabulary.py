"""A model with random weights, as small as can be but for its vocabulary: sink and markers have large ids."""

import torch

from sparsek_code.episodes import Sizes
from sparsek_code.geometry import Geometry
from sparsek_code.weights import BaseWeights, LayerWeights

GEOMETRY = Geometry(
    layers=2, width=16, queryHeads=4, keyValueHeads=2, headDim=8, feedForwardWidth=24, vocabulary=151_936,
    ropeTheta=10_000.0, rmsNormEpsilon=1e-6, maxPositions=512, scorerHidden=4,
)  # fmt: skip
SIZES = Sizes(context=96, live=48, long=96, suffix=8, window=16, segments=3)


def base(seed: int = 0) -> BaseWeights:
    generator, g = torch.Generator().manual_seed(seed), GEOMETRY
    normal = lambda *shape: torch.randn(shape, generator=generator) * shape[-1] ** -0.5  # noqa: E731
    width = g.queryWidth + 2 * g.keyValueWidth
    layer = lambda: LayerWeights(  # noqa: E731
        1 + normal(16),
        2 * normal(width, 16),
        normal(width),
        normal(16, g.queryWidth),
        1 + normal(16),
        normal(48, 16),
        normal(16, 24),
    )
    return BaseWeights(g, 3 * normal(g.vocabulary, 16), 1 + normal(16), [layer(), layer()])
