"""Answers are the likeliest tokens, each fault of an answer is seen, and conversations become episodes of which the answer is learnt."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from wideVocabulary import GEOMETRY, SIZES, base

from sparsek_code import conversations
from sparsek_code import corpus as corpora
from sparsek_code.adapters import Adapters
from sparsek_code.answers import answer, faults
from sparsek_code.batch import Batches, Mixture, collate
from sparsek_code.chat import Chats
from sparsek_code.corpus import cut
from sparsek_code.data import Corpus
from sparsek_code.decode import write
from sparsek_code.infilling import following
from sparsek_code.model import Model
from sparsek_code.recipe import Recipe, drawPlan
from sparsek_code.trainer import Trainer
from sparsek_code.weights import load, withUpdates

EVIDENCE = [
    {"path": "lib/store.py", "text": "def open_store(name):\n    limit = 40\n    return Store(name)"},
    {"path": "lib/other.py", "text": "def close(): pass"},
]


def row(kind: str = "which", name: str = "open_store") -> dict:
    return {"kind": kind, "name": name, "question": "Which function opens a store?", "evidence": EVIDENCE}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("which", " `open_store` opens it and returns a `Store` [1].", set()),
        ("which", " `open_store()` in lib/store.py opens it [1].\n```py\n    limit = 40\n```", set()),
        ("which", " `close` closes what was open before [2].", {"misses"}),
        ("which", " `open_store` calls `Store.connect` for that [1].", {"invents"}),
        ("which", " `open_store` is declared in lib/stores.py for that [1].", {"invents"}),
        ("which", " `open_store` opens it, as is said there.", {"uncited"}),
        ("which", " `open_store` opens it, as is said there [3].", {"uncited"}),
        ("which", " `open_store` has a limit [1].\n```py\n    limit = 50\n```", {"misquotes"}),
        ("which", " `open_store` opens a store by name [1]. `open_store` opens a store by name [1].", {"repeats"}),
        ("which", " The excerpts do not show `open_store` [1].", {"denies"}),
        ("which", " It.", {"unfinished", "uncited", "misses"}),
        ("absent", " The excerpts do not say which function opens a store.", set()),
        ("absent", " `close` opens the store that is asked for [2].", {"guesses"}),
        ("summary", "This file opens stores by their names.", set()),
    ],
)
def test_what_is_wrong_with_an_answer_is_seen(kind, text, expected):
    assert faults(row(kind), text, ended=True) == expected


def test_an_answer_that_does_not_end_is_unfinished():
    assert faults(row(), " `open_store` opens it and returns a `Store` [1].", ended=False) == {"unfinished"}


@pytest.fixture(scope="module")
def model() -> Model:
    adapters = Adapters(GEOMETRY)
    torch.nn.init.normal_(adapters.up, std=0.1)
    return Model(base(), adapters)


def test_each_token_is_the_likeliest_behind_all_before_it(model):
    prompts = [[1, 2, 3], [7, 8], [11, 12, 13, 14, 15, 16]]
    merged = Model(withUpdates(model.base, model.adapters), Adapters(GEOMETRY))
    for prompt, tokens in zip(prompts, write(model, prompts, {0}, 12), strict=True):
        text = list(prompt)
        for token in tokens:
            assert token == following(merged, [text])[0]
            text.append(token)


def test_a_text_ends_behind_its_first_ending_token(model):
    (free,) = write(model, [[1, 2, 3]], {0}, 12)
    stop = free[4]
    first = free.index(stop)
    assert write(model, [[1, 2, 3], [7, 8]], {stop}, 12)[0] == free[: first + 1]


def test_rows_get_tokens_and_faults_and_time_may_be_too_short(tiny):
    writer = Model(load(tiny.folder), Adapters.ofPack(tiny))
    rows = [{**row(), "prompt": tiny.tokenizer().encode("Which?" * n)} for n in (1, 2, 3)]
    done = answer(writer, tiny, rows, batch=2, seconds=60)
    assert len(done) == 3 and all(one["answer"] and isinstance(one["faults"], list) for one in done)
    assert answer(writer, tiny, rows, batch=2, seconds=-1) == []


@pytest.fixture(scope="module")
def corpus(tiny, tmp_path_factory) -> Corpus:
    path, text = tmp_path_factory.mktemp("chat") / "corpus.xz", "def twice(x):\n    return 2 * x\n"
    corpora.save(path, {"one": [cut(f"lib/{name}.py", text * 3, tiny.tokenizer()) for name in "abc"]})
    return Corpus(path)


def saved(folder, **changes):
    one = {"repository": "one", "segments": [2, 0, 1], "prompt": list(range(20, 50)), "answer": [60, 61, 62], **changes}
    conversations.save(folder / "answers.jsonl.xz", [one])
    return folder / "answers.jsonl.xz"


SHAPES = replace(SIZES, context=512, segments=2)


def test_an_episode_asks_for_the_answer_alone_and_its_best_segment_stands_last(corpus, tmp_path):
    chats, random, seen = Chats(saved(tmp_path), corpus, SHAPES), np.random.default_rng(0), set()
    for _ in range(20):
        episode = chats.draw(random)
        assert episode.live[episode.predicted].tolist() == [60, 61, 62] and episode.live[:30].tolist() == list(range(20, 50))
        seen.add(len(episode.segments))
        if episode.segments:
            assert episode.ranks == [1, 0] and [s.tolist() for s in episode.segments] == [corpus.segment(s).tolist() for s in (0, 2)]
    assert seen == {0, 2}


@pytest.mark.parametrize(("changes", "message"), [({"repository": "two"}, "two"), ({"segments": [9]}, "fewer segments"), ({"prompt": [1] * 99}, "no answer")])
def test_answers_that_cannot_be_learnt_here_are_refused(corpus, tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        Chats(saved(tmp_path, **changes), corpus, SHAPES)


def test_conversations_have_their_share_of_the_steps(corpus, tmp_path):
    chats = Chats(saved(tmp_path), corpus, SHAPES)
    mixture = Mixture(fill=0, long=0, chat=0.55, episodes=2, targets=50, queries=4)
    kinds = [batch.kind for batch, _ in zip(Batches(corpus, SHAPES, mixture, 0, chats), range(40), strict=False)]
    assert 10 < kinds.count("chat") < 30 and set(kinds) == {"chat", "cross"}
    assert {batch.kind for batch, _ in zip(Batches(corpus, SHAPES, mixture, 0), range(20), strict=False)} == {"cross"}


def test_a_step_teaches_the_answer_with_memory_and_without(corpus, tmp_path):
    chats, random = Chats(saved(tmp_path), corpus, SHAPES), np.random.default_rng(0)
    drawn = [chats.draw(random) for _ in range(20)]
    episodes = [next(e for e in drawn if not e.segments), next(e for e in drawn if e.segments)]
    batch = collate(episodes, "chat", SHAPES.context, SHAPES.live, SHAPES, 8, 4, random)
    assert sorted(batch.labels[batch.weights > 0].tolist()) == [60, 60, 61, 61, 62, 62]
    weights = base()
    student = Model(weights, Adapters(GEOMETRY))
    trainer = Trainer(student, Model(weights, Adapters(GEOMETRY)), Recipe(adapterRate=3e-3))
    plan = drawPlan(batch, random, GEOMETRY.layers, late=1.0)
    assert (plan.window, plan.chunk) == (1024, 256)
    plan = replace(plan, entries=8, window=16, chunk=16, stored=16)
    values = [trainer.jointStep(batch, plan, True, step == 0) for step in range(6)]
    assert all(torch.isfinite(x) for step in values for x in step.values())
    total = [float(step["kl"]) + 0.3 * float(step["entropy"]) for step in values]
    assert total[-1] < total[0]
