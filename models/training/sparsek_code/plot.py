"""Loss against the bytes of keys and values, from what `evaluate` wrote.

    python -m sparsek_code.plot evaluation.json ../../media/loss-against-bytes.svg
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt  # noqa: E402

ENTRY_KILOBYTES = 12.288
"""Key and value of one token in fp16: 24 layers, 2 KV heads of 64."""
WINDOW, SEGMENT, CONTEXT = 1024, 1020, 14_336


def curve(rows: dict, names: list[tuple[int, str]]) -> tuple[list[float], list[float]]:
    """Megabytes (window included) and losses of rows, each with the entries it keeps beside the window."""
    return [(WINDOW + entries) * ENTRY_KILOBYTES / 1000 for entries, _ in names], [rows[name]["loss"] for _, name in names]


def draw(rows: dict, target: Path) -> None:
    """`rows`: the part `cross` of an evaluation."""
    plt.rcParams.update({"font.size": 10, "svg.fonttype": "none", "svg.hashsalt": "sparsek", "axes.spines.top": False})
    figure, axes = plt.subplots(figsize=(7.2, 4.2))
    sizes = (256, 512, 1024, 2048)
    curves = {
        "memory, retrieval's prior": ("o-", [(k, f"memory {k} prior") for k in sizes]),
        "memory, no prior": ("o--", [(k, f"memory {k}") for k in sizes]),
        "most recent entries": ("^:", [(k, f"recency {k}") for k in sizes]),
        "retrieved segments as text": ("s-", [(n * SEGMENT, f"text {n}") for n in (1, 2, 4, 8)]),
        "full attention": ("D", [(CONTEXT, "full")]),
        "window only": ("x", [(0, "none")]),
    }
    for label, (style, names) in curves.items():
        axes.plot(*curve(rows, names), style, label=label)
    axes.set(xscale="log", xlabel="keys and values, MB (fp16)", ylabel="loss on cross-file tokens")
    axes.set_xticks([12, 16, 25, 50, 100, 200], labels=["12", "16", "25", "50", "100", "200"])
    axes.minorticks_off()
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    draw(json.loads(options.evaluation.read_text())["cross"], options.target)


if __name__ == "__main__":
    main()
