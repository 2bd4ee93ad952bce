"""A short run on a tiny model: it learns, it resumes, and it says what is wrong with a checkpoint."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from wideVocabulary import GEOMETRY, SIZES, base

from sparsek_code import checkpoint
from sparsek_code.adapters import Adapters
from sparsek_code.batch import collate
from sparsek_code.episodes import Episode
from sparsek_code.log import Log
from sparsek_code.memory import Plan
from sparsek_code.model import Model
from sparsek_code.recipe import Recipe, drawPlan, priorOf
from sparsek_code.trainer import Trainer
from sparsek_code.weights import withBody, withUpdates


def trainer(stage: str, adapters: Adapters | None = None) -> Trainer:
    weights = base()
    model = Model(weights, adapters or Adapters(GEOMETRY))
    return Trainer(model, model, Recipe(stage=stage, adapterRate=3e-3, scorerRate=1e-2))


def batch(kind: str = "cross"):
    random = np.random.default_rng(0)
    text = lambda n: random.integers(0, 400, n).astype(np.int32)  # noqa: E731
    long = kind == "long"
    live = text(96 if long else 48)
    segments = [] if long else [text(28), text(30), text(20)]
    episode = Episode(segments, [1, 0, -1][: len(segments)], live, np.arange(len(live)) > 4)
    size, length = (0, 96) if long else (96, 48)
    return replace(collate([episode, episode], kind, size, length, SIZES, 64, 8, random))


def test_scorers_learn_what_the_teacher_attends_to():
    run, one = trainer("scorers"), batch()
    values = [float(run.scorerStep(one)["regression"]) for _ in range(40)]
    assert values[-1] < values[0] * 0.7
    assert run.student.adapters.up.abs().sum() == 0  # nothing else moved


@pytest.mark.parametrize("kind", ["cross", "fill", "long"])
def test_a_joint_step_brings_the_student_nearer_to_the_teacher(kind):
    run, one = trainer("joint"), batch(kind)
    plan = drawPlan(one, np.random.default_rng(0), GEOMETRY.layers, late=1.0)
    plan = replace(
        plan, entries=8, window=min(plan.window, 16), chunk=min(plan.chunk, 16) if plan.window else plan.chunk, stored=16
    )
    values = [float(run.jointStep(one, plan, True, False)["kl"]) for _ in range(12)]
    assert values[-1] < values[0] * 0.9


def test_a_gradient_that_is_not_finite_changes_nothing_and_is_counted(tmp_path):
    run, one = trainer("joint"), batch()
    run.jointStep(one, Plan(8, 16, 16, stored=16), True, False)
    before = {name: x.detach().clone() for name, x in run.student.adapters.named_parameters()}
    for group in run.optimiser.param_groups:
        group["betas"] = (0.0, 0.99)  # no momentum of the step before
    norm = run.step(run.student.adapters.up.sum() * float("nan"))
    assert not norm.isfinite()
    assert all(torch.equal(x, before[name]) for name, x in run.student.adapters.named_parameters())
    log = Log(tmp_path / "log.jsonl", every=1)
    with pytest.raises(SystemExit, match="no finite gradient"):
        for _ in range(30):
            log.add({"step": 1, "tokens": 1}, "cross", 1, {"norm": norm})
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[0])["step"] == 1


def test_a_run_resumes_from_its_small_checkpoint(tmp_path):
    run, one, path = trainer("joint"), batch(), tmp_path / "joint.pt.xz"
    plan = replace(drawPlan(one, np.random.default_rng(0), GEOMETRY.layers, late=1.0), entries=8, window=16, chunk=16, stored=16)
    for _ in range(5):
        run.jointStep(one, plan, True, True)
    checkpoint.save(path, run.student.adapters, GEOMETRY, {"step": 5, "tokens": 9, "seconds": 1.0}, run.optimiser)
    adapters, progress, moments = checkpoint.load(path, GEOMETRY)
    assert progress["step"] == 5
    for name, x in run.student.adapters.named_parameters():
        assert torch.allclose(dict(adapters.named_parameters())[name], x, atol=1e-3)
    resumed = trainer("joint", adapters)
    checkpoint.restoreMoments(resumed.optimiser, adapters, moments, 5)
    before = float(run.jointStep(one, plan, True, False)["kl"])
    assert abs(float(resumed.jointStep(one, plan, True, False)["kl"]) - before) < 0.05 * before + 1e-3


def test_a_checkpoint_cut_short_or_of_another_model_is_refused(tmp_path):
    path = tmp_path / "joint.pt.xz"
    checkpoint.save(path, Adapters(GEOMETRY), GEOMETRY, {"step": 1})
    with pytest.raises(ValueError, match="another model"):
        checkpoint.load(path, replace(GEOMETRY, layers=3))
    Path(path).write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ValueError, match="cut short"):
        checkpoint.load(path, GEOMETRY)


def test_a_linear_scorer_trains_as_well(tmp_path):
    geometry = replace(GEOMETRY, scorerHidden=0)
    weights = base()
    weights.geometry = geometry
    model = Model(weights, Adapters(geometry))
    run, one = Trainer(model, model, Recipe(stage="scorers", scorerRate=1e-2)), batch()
    values = [float(run.scorerStep(one)["regression"]) for _ in range(40)]
    assert values[-1] < values[0]


def test_the_prior_falls_with_the_rank_and_spares_the_files_own_segments():
    assert priorOf(torch.tensor([-1, 0, 1, 3])).tolist() == pytest.approx([0, 0, -0.6, -1.2])


def test_learning_rates_rise_then_fall_to_a_small_share():
    recipe = Recipe(steps=100, warmup=10)
    rates = [recipe.rate(step) for step in range(101)]
    assert max(rates) == rates[10] == 1 and rates[0] < 0.2 and rates[100] == pytest.approx(recipe.finalShare)


def test_a_run_with_a_time_of_its_own_is_slow_at_its_end_however_many_steps_are_left():
    recipe = Recipe(steps=1000, warmup=10, seconds=600.0)
    assert recipe.rate(500, 600.0) == pytest.approx(recipe.finalShare)
    assert recipe.rate(500, 100.0) == recipe.rate(500)


def test_a_larger_model_teaches_by_what_it_predicts_alone():
    weights, larger = base(), base(1)
    larger.layers, larger.geometry = [*larger.layers, larger.layers[0]], replace(GEOMETRY, layers=3)
    student = Model(weights, Adapters(GEOMETRY))
    assert Trainer(student, student, Recipe()).comparable
    run, one = Trainer(student, Model(larger, Adapters(GEOMETRY)), Recipe(adapterRate=3e-3)), batch()
    assert not run.comparable
    values = [float(run.jointStep(one, Plan(8, 16, 16, stored=16), True, run.comparable)["kl"]) for _ in range(12)]
    assert values[-1] < values[0]


def test_a_students_body_may_be_anothers_while_its_attention_stays():
    ours, theirs = base(), base(1)
    both = withBody(ours, theirs)
    assert both.layers[0].queryKeyValue is ours.layers[0].queryKeyValue
    assert both.layers[1].output is ours.layers[1].output
    assert both.layers[0].down is theirs.layers[0].down and both.embedding is theirs.embedding


def test_a_teacher_with_an_earlier_runs_updates_predicts_what_that_run_did_and_does_not_move_with_the_student():
    weights, adapters = base(), Adapters(GEOMETRY)
    torch.nn.init.normal_(adapters.up, std=0.1)
    torch.nn.init.normal_(adapters.outputUp, std=0.1)
    one = batch()
    read = lambda model, adapted: model.readDocuments(one.teacher, one.teacherBounds, 256, adapted, True)[0].detach()  # noqa: E731
    teacher = Model(withUpdates(weights, adapters), adapters)
    before = read(teacher, False)
    torch.testing.assert_close(before, read(Model(weights, adapters), True).detach(), atol=1e-4, rtol=1e-4)
    torch.nn.init.zeros_(adapters.up)
    assert torch.equal(read(teacher, False), before)
