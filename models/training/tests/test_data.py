"""From source text to the tensors of a step: what is cut can be joined, and every target is predicted by the right row."""

import json

import numpy as np
import pytest

from sparsek_code import corpus as corpora
from sparsek_code.batch import SEGMENT_ROOM, Batch, Batches, Mixture, collate
from sparsek_code.corpus import SEGMENT_TOKENS, cut, readExport
from sparsek_code.data import Corpus
from sparsek_code.development import DevelopmentSource, pooled
from sparsek_code.episodes import FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX, SINK, EpisodeSource, Sizes, crossTokens
from sparsek_code.manifest import SINK_TOKENS

SIZES = Sizes(context=2048, live=256, long=1024, suffix=32, window=64, segments=6)
KINDS = ["cross", "fill", "long"]


def source(name: str, functions: int) -> str:
    return f"import helpers\nfrom other import {name}\n\n" + "".join(
        f"def {name}_{i}(value):\n    total = value * {i}\n\n    return helpers.total_{i}(total)\n\n\n"
        for i in range(functions)
    )


@pytest.fixture(scope="module")
def corpus(tiny, tmp_path_factory) -> Corpus:
    tokenizer, path = tiny.tokenizer(), tmp_path_factory.mktemp("corpus") / "corpus.xz"
    files = [
        cut(f"lib/{name}.py", source(name, n), tokenizer)
        for name, n in [("alpha", 30), ("beta", 90), ("helpers", 12), ("other", 20)]
    ]
    corpora.save(path, {"one": files, "two": files[1:3]})
    return Corpus(path)


def test_a_cut_file_joins_to_the_whole_and_no_segment_is_too_long(tiny):
    tokenizer, text = tiny.tokenizer(), source("gamma", 80)
    file = cut("lib/gamma.py", text, tokenizer)
    assert tokenizer.decode([token for body in file.bodies for token in body]) == text
    assert len(file.bodies) > 2 and all(len(file.header) + len(body) <= SEGMENT_TOKENS for body in file.bodies)
    assert sum(tokenizer.decode(body).startswith("def ") for body in file.bodies[1:]) == len(file.bodies) - 1


def test_the_engines_export_reads_as_the_same_files(tiny, tmp_path):
    tokenizer, text = tiny.tokenizer(), source("gamma", 80)
    file, path = cut("lib/gamma.py", text, tokenizer), tmp_path / "export.jsonl"
    rows = [{"path": file.path, "startLine": 1, "endLine": 2, "tokens": file.header + body} for body in file.bodies]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert list(readExport(path, tokenizer)) == [file]


def test_a_saved_corpus_gives_back_segments_files_and_imports(corpus, tiny):
    tokenizer = tiny.tokenizer()
    assert tokenizer.decode(corpus.file(0).tolist()) == source("alpha", 30)
    assert tokenizer.decode(corpus.segment(0).tolist()).startswith("lib/alpha.py\nimport helpers\n")
    imported = corpus.imports[corpus.importBounds[0] : corpus.importBounds[1]]
    assert {corpus.paths[file] for file in imported} == {"lib/helpers.py", "lib/other.py"}


def test_the_sink_is_the_manifests():
    assert SINK == SINK_TOKENS


@pytest.mark.parametrize("kind", KINDS)
def test_every_target_is_predicted_by_the_row_before_it_in_both_streams(corpus, kind):
    batch = draw(corpus, kind)
    asked = batch.weights > 0
    live, teacher = batch.live.flatten(), batch.teacher
    assert asked.any() and abs(float(batch.weights.sum()) - 1) < 1e-5
    assert (live[batch.student[asked] + 1] == batch.labels[asked]).all()
    assert (teacher[batch.teacherRows[asked] + 1] == batch.labels[asked]).all()
    assert (live[batch.student[asked]] == teacher[batch.teacherRows[asked]]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_scored_candidates_are_the_same_tokens_in_the_teachers_stream_and_precede_the_queries(corpus, kind):
    batch = draw(corpus, kind)
    size = batch.size
    for e in range(len(batch.live)):
        own = np.concatenate([batch.context[4:].view(len(batch.live), -1)[e].numpy(), batch.live[e].numpy()])
        rows = batch.scored[e].numpy()
        assert (rows >= 0).any()
        assert (batch.teacher.numpy()[rows[rows >= 0]] == own[rows >= 0]).all()
        assert rows.max() < batch.queries[e].min() and batch.queries[e].max() < batch.teacherPlaces[e + 1]
        places = batch.segments[e].flatten()
        assert set(places[places < size].tolist()) == set(np.flatnonzero(rows[:size] >= 0).tolist())


def test_segments_stand_behind_a_sink_in_documents_of_their_own(corpus):
    batch = draw(corpus, "cross")
    bounds = batch.contextBounds.tolist()
    assert bounds[-1] == len(batch.context)
    for start, end in zip(bounds, bounds[1:], strict=False):
        if start < end and batch.context[start] != batch.context[start + 1]:  # padding repeats one token
            assert batch.context[start : start + 4].tolist() == SINK


def test_no_document_is_longer_than_attention_is_told_padding_too(corpus):
    sizes = Sizes(context=8192, live=256, long=1024, suffix=32, window=64, segments=2)
    episodes = EpisodeSource(corpus, sizes, 1)
    batch = collate([episodes.draw("cross") for _ in range(2)], "cross", 8192, 256, sizes, 300, 8, np.random.default_rng(0))
    assert batch.contextBounds[-1] == len(batch.context)
    assert 0 <= batch.contextBounds.diff().min() and batch.contextBounds.diff().max() <= SEGMENT_ROOM


def test_fill_in_the_middle_has_the_suffix_in_front_and_shows_the_middle_nowhere_else(corpus):
    episodes = EpisodeSource(corpus, SIZES, 3)
    drawn = [episodes.draw("fill") for _ in range(40)]
    suffixFirst = [e for e in drawn if e.live[1] == FIM_SUFFIX]
    assert len(suffixFirst) > len(drawn) / 2
    for episode in suffixFirst:
        assert episode.live[0] == FIM_PREFIX
        marker = int(np.flatnonzero(episode.live == FIM_MIDDLE)[0])
        assert not episode.predicted[: marker + 1].any() and episode.predicted[marker + 1 :].all()


def test_context_leaves_out_the_live_file_and_ranks_count_up_from_zero(corpus):
    episode = DevelopmentSource(corpus, Sizes(4096, 1024, 1024, 32, 64, 6), 3).at(0)
    assert episode is not None
    assert sorted(episode.ranks) == list(range(len(episode.ranks)))
    own = {tuple(corpus.segment(s).tolist()) for s in corpus.segmentsOf(np.array([0]))}
    assert not own & {tuple(segment.tolist()) for segment in episode.segments}
    assert len(pooled(episode, 1).segments) == 1


def test_retrieved_segments_stand_in_the_order_of_a_recall_the_best_last(corpus):
    episode = DevelopmentSource(corpus, Sizes(6144, 1024, 1024, 32, 64, 6), 3).at(0)
    assert episode is not None and len(episode.segments) > 2
    assert episode.ranks == sorted(episode.ranks, reverse=True)
    everything = {tuple(corpus.segment(s).tolist()): s for s in corpus.repositorySegments(0)}
    relevance = corpus.index(0).relevance(episode.live[:256])
    found = [relevance[everything[tuple(segment.tolist())]] for segment in episode.segments]
    assert found == sorted(found)


def test_the_live_files_own_segments_stand_last_those_behind_the_suffix_before_those_in_front_of_it(corpus):
    sizes, sides = Sizes(context=8192, live=512, long=1024, suffix=32, window=64, segments=8), set()
    episodes = EpisodeSource(corpus, sizes, 3)
    files = [bytes(corpus.file(file).tolist()) for file in range(len(corpus.paths))]
    for episode in (episodes.draw("fill") for _ in range(60)):
        own = [bytes(s.tolist()).split(b"\n", 1)[1] for s, rank in zip(episode.segments, episode.ranks, strict=True) if rank < 0]
        assert episode.ranks[len(episode.ranks) - len(own) :] == [-1] * len(own)
        if episode.live[1] != FIM_SUFFIX:
            continue
        text = bytes(episode.live[np.flatnonzero(episode.live == FIM_MIDDLE)[0] + 1 : -1].tolist())
        file = next(file for file in files if text in file)
        places = [file.index(body) for body in own]
        behind = [place for place in places if place > file.index(text)]
        assert places == sorted(behind) + sorted(set(places) - set(behind))
        sides.add((len(behind) > 0, len(behind) < len(places)))
    assert (True, True) in sides


def test_cross_file_tokens_have_a_bigram_of_the_context_that_the_text_has_not_shown(corpus):
    episode = DevelopmentSource(corpus, Sizes(2048, 1024, 1024, 32, 64, 6), 3).at(0)
    assert episode is not None
    pairs = [set(zip(s.tolist(), s.tolist()[1:], strict=False)) for s in episode.segments]
    live = episode.live.tolist()
    for place in range(256, len(live)):
        pair = (live[place - 1], live[place])
        new = pair not in set(zip(live[: place - 1], live[1:place], strict=False))
        assert (place in crossTokens(episode)) == (new and any(pair in context for context in pairs))


def draw(corpus: Corpus, kind: str) -> Batch:
    size, length = (0, SIZES.long) if kind == "long" else (SIZES.context, SIZES.live)
    episodes = EpisodeSource(corpus, SIZES, 1)
    random = np.random.default_rng(0)
    return collate([episodes.draw(kind) for _ in range(2)], kind, size, length, SIZES, 300, 8, random)


def test_the_stream_of_batches_mixes_the_kinds(corpus):
    stream = iter(Batches(corpus, SIZES, Mixture(episodes=1, targets=50, queries=4), 0))
    assert {next(stream).kind for _ in range(30)} == set(KINDS)
