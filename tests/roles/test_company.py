"""What names mean together: players of a game, agents, evaluation sets, parts and wholes, old signs."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.model.role import Roles, Split, Task
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import roles

FALL = [2.0 - i / 8 for i in range(12)]
RISE = [i / 12 for i in range(12)]


def of(**curves: list[float]) -> Roles:
    """The roles of curves; "__" in a keyword stands for "/"."""
    series = {n: Series(n, np.arange(len(v)), np.array(v)) for k, v in curves.items() for n in [k.replace("__", "/")]}
    return roles(Run("r", (), "t", series))


def name(series: Series | None) -> str:
    return series.name if series is not None else ""


@pytest.mark.parametrize(
    ("names", "generator", "discriminator"),
    [
        ("Loss/G/loss Loss/D/loss Loss/scores/real Loss/signs/fake Loss/G/reg", "Loss/G/loss", "Loss/D/loss"),
        ("Loss/G/loss/mean Loss/G/loss/std Loss/D/loss/mean Loss/D/loss/std", "Loss/G/loss/mean", "Loss/D/loss/mean"),
        ("G_GAN G_L1 D_real D_fake", "G_GAN", "D_fake"),
        ("gan_g l1_g kl_g dis_img", "gan_g", "dis_img"),
        ("gan_g dis_real dis_fake", "gan_g", "dis_fake"),
        ("gen_loss disc_real disc_fake", "gen_loss", "disc_fake"),
        ("D_A G_A cycle_A idt_A D_B G_B cycle_B idt_B", "G_A", "D_A"),
        ("errD errG D_x", "errG", "errD"),
        ("disc_loss gen_loss fm_loss mel_loss kl_loss", "gen_loss", "disc_loss"),
        ("loss/g/total loss/d/total loss/g/fm loss/g/mel loss/g/kl", "loss/g/total", "loss/d/total"),
        ("loss_gen_all loss_gen loss_disc_all loss_mel", "loss_gen_all", "loss_disc_all"),
        ("Generator Loss|Discriminator Loss|fid50k_full", "Generator Loss", "Discriminator Loss"),
        ("l_g_pix l_g_percep l_g_gan l_d_real l_d_fake D_real D_fake", "l_g_gan", "l_d_fake"),
        ("l_g_total l_g_pix l_d_total out_d_real", "l_g_total", "l_d_total"),
        ("D_loss D_real D_fake G_loss", "G_loss", "D_loss"),
        ("critic_loss generator_loss gradient_penalty", "generator_loss", "critic_loss"),
        ("loss_G_A loss_G_B loss_D_A loss_D_B", "loss_G_A", "loss_D_A"),
        ("disc_fake_loss disc_real_loss gan_loss mean_disc_loss", "gan_loss", "mean_disc_loss"),
        ("d_loss adv_loss", "adv_loss", "d_loss"),
        ("adversarial_loss discriminator_loss content_loss", "adversarial_loss", "discriminator_loss"),
        ("d_real_loss d_fake_loss gan_loss", "gan_loss", "d_fake_loss"),
        ("train/gan_loss train/disc_loss train/l1_loss", "train/gan_loss", "train/disc_loss"),
        ("Gen CE loss|Disc CE loss", "Gen CE loss", "Disc CE loss"),
        ("g_hinge_loss d_hinge_loss lr", "g_hinge_loss", "d_hinge_loss"),
    ],
)
def test_two_players_are_no_sum(names: str, generator: str, discriminator: str) -> None:
    found = of(**dict.fromkeys(names.split("|") if "|" in names else names.split(), FALL))
    assert found.task is Task.ADVERSARIAL and name(found.train) in {"", "fid50k_full"} and found.validation is None
    assert (name(found.generator), name(found.discriminator)) == (generator, discriminator)


@pytest.mark.parametrize(
    ("names", "reward"),
    [
        ("act_loss cri_loss unsuper_loss average_reward_score", "average_reward_score"),
        ("Mean_Reward Std_of_Reward", "Mean_Reward"),
        ("reward_std reward loss kl", "reward"),
        ("reward/mean reward/std reward/num", "reward/mean"),
        ("train/actor_loss train/critic_loss eval/mean_reward rollout/ep_rew_mean", "eval/mean_reward"),
        ("episode_reward_max episode_reward_mean episode_reward_min", "episode_reward_mean"),
        ("Policy/Extrinsic_Reward Environment/Cumulative_Reward", "Environment/Cumulative_Reward"),
        ("mean_100_episode_reward", "mean_100_episode_reward"),
        ("EpRewMean EpLenMean loss_pol_surr loss_vf_loss loss_ent", "EpRewMean"),
        ("policy_loss value_loss entropy", ""),
        ("actor_loss critic_loss", ""),
    ],
)
def test_an_agent_has_a_reward_and_no_objective_of_its_losses(names: str, reward: str) -> None:
    found = of(**dict.fromkeys(names.split(), FALL))
    assert found.task is Task.REINFORCEMENT and name(found.reward) == reward
    assert name(found.train) in {"", "loss"} and found.generator is None


@pytest.mark.parametrize(
    "names",
    [
        "loss gan_loss disc_loss",
        "ce_loss adv_loss disc_loss",
        "cls_loss adv_loss disc_loss accuracy",
        "gan_loss l1_loss",
        "disc_loss style_loss",
    ],
)
def test_an_adversarial_term_is_no_player_where_more_is_learned_or_nobody_plays_against_it(names: str) -> None:
    assert of(**dict.fromkeys(names.split(), FALL)).task is Task.SUPERVISED


@pytest.mark.parametrize(
    ("names", "objective"),
    [
        ("Distill_Loss CE_Loss", "CE_Loss + Distill_Loss"),
        ("ce_loss kd_loss", "ce_loss + kd_loss"),
        ("train_ce_loss train_distillation_loss", "train_ce_loss + train_distillation_loss"),
        ("bce_loss distil_loss", "bce_loss + distil_loss"),
        ("cross_entropy_loss kd_loss feature_loss", "cross_entropy_loss + feature_loss + kd_loss"),
        ("loss ce_loss kd_loss", "loss"),
        ("total_loss ce_loss distill_loss", "total_loss"),
        ("train_loss ce_loss kd_loss", "train_loss"),
        ("ce_loss kl_loss", "ce_loss"),
        ("ce_loss aux_loss", "ce_loss"),
    ],
)
def test_a_student_minimises_the_sum_of_two_losses(names: str, objective: str) -> None:
    assert name(of(**dict.fromkeys(names.split(), FALL)).train) == objective


def test_a_students_loss_on_held_out_data_stays_the_objective() -> None:
    assert name(of(ce_loss=FALL, kd_loss=FALL, val_ce_loss=FALL).validation) == "val_ce_loss"


def test_one_player_alone_is_a_loss_like_others() -> None:
    found = of(d_loss=FALL)
    assert found.task is Task.SUPERVISED and name(found.train) == "d_loss"


@pytest.mark.parametrize("metric", ["logloss", "auc"])
def test_the_first_numbered_set_is_training_and_the_last_counts(metric: str) -> None:
    curves = {f"validation_{i}-{metric}": [v + i for v in FALL] for i in range(3)}
    found = of(**curves)
    assert (name(found.train), name(found.validation)) == (f"validation_0-{metric}", f"validation_2-{metric}")
    assert name(of(**{"validation_0-logloss": FALL}).validation) == "validation_0-logloss"


def test_what_the_user_says_of_a_set_holds() -> None:
    series = {n: Series(n, np.arange(12), np.array(FALL)) for n in ("validation_0-rmse", "validation_1-rmse")}
    found = roles(Run("r", (), "t", series), {"validation_0*": "validation", "validation_1*": "train"})
    assert (name(found.train), name(found.validation)) == ("validation_1-rmse", "validation_0-rmse")


def test_the_part_that_is_the_sum_of_the_others_is_the_objective() -> None:
    found = of(ae_loss=[2.0 * v + 1 for v in FALL], rec_loss=FALL, kl_loss=[v + 1 for v in FALL])
    assert name(found.train) == "ae_loss"
    near = of(ae_loss=[2.0 * v + 1.2 for v in FALL], rec_loss=FALL, kl_loss=[v + 1 for v in FALL])
    assert name(near.train) == "ae_loss + kl_loss + rec_loss"


@pytest.mark.parametrize(
    ("names", "objective"),
    [
        ("fold0_loss fold1_loss", "(fold0_loss + fold1_loss) / 2"),
        ("loss_model1 loss_model2 loss_model3", "(loss_model1 + loss_model2 + loss_model3) / 3"),
        ("box_loss cls_loss", "box_loss + cls_loss"),
        ("loss box_loss cls_loss", "loss"),
        ("total_loss box_loss cls_loss", "total_loss"),
        ("combined_loss box_loss cls_loss", "combined_loss"),
        ("loss_sum loss_box loss_cls", "loss_sum"),
        ("box_loss loss_std loss_max", "box_loss"),
    ],
)
def test_parts_are_summed_and_repetitions_are_averaged(names: str, objective: str) -> None:
    assert name(of(**dict.fromkeys(names.split(), FALL)).train) == objective


@pytest.mark.parametrize(
    "sets", ["eval_wiki_loss eval_c4_loss", "val_loss/dataloader_idx_0 val_loss/dataloader_idx_1", "valid_a_loss"]
)
def test_a_loss_for_each_data_set_gives_the_mean(sets: str) -> None:
    found = of(train_loss=FALL, **{n: [v + 1 for v in FALL] for n in sets.split()})
    assert found.validation is not None
    np.testing.assert_allclose(found.validation.values, np.array(FALL) + 1)
    assert found.validation.name.count("loss") == len(sets.split())


@pytest.mark.parametrize("loss", ["learn/MultiClass loss", "learn/Logloss", "test/Logloss"])
def test_a_cross_entropy_below_zero_is_a_log_likelihood(loss: str) -> None:
    assert of(**{loss: [-v - 0.1 for v in FALL]}).direction == "max"
    assert of(**{loss: [v + 0.1 for v in FALL]}).direction == "min"
    assert of(**{loss: [v - 1.0 for v in FALL]}).direction == "min"  # crosses zero: an error of another kind


@pytest.mark.parametrize("others", ["kl", "recons", "acc", "mae latent", "t2m/R10", "dice iou", "wer", "ce"])
def test_names_with_a_v_in_front_are_of_the_held_out_data_where_they_have_twins(others: str) -> None:
    names = ["loss", "v_loss", *(n for other in others.split() for n in (other, f"v_{other}"))]
    found = of(**dict.fromkeys(names, FALL))
    assert (name(found.train), name(found.validation)) == ("loss", "v_loss") and found.task is Task.SUPERVISED


@pytest.mark.parametrize(
    "names", ["loss v_loss", "v_loss p_loss reward", "loss v_loss pi_loss entropy", "v_kl kl v_acc acc"]
)
def test_a_value_function_has_no_twins(names: str) -> None:
    found = of(**dict.fromkeys(names.split(), FALL))
    assert "v_loss" not in names or found.by_name["v_loss"].split is Split.NONE


SLOWER = [2.25 - i / 16 for i in range(12)]


@pytest.mark.parametrize(
    "others", ["", "acc", "accuracy lr", "balanced_accuracy accuracy", "train_acc acc", "f1 auc", "epoch", "lr"]
)
def test_a_plain_loss_beside_that_of_training_is_held_out(others: str) -> None:
    found = of(train_loss=FALL, loss=SLOWER, **dict.fromkeys(others.split(), RISE))
    assert (name(found.train), name(found.validation)) == ("train_loss", "loss")
    assert all(m.validation is not None for m in found.metrics)


@pytest.mark.parametrize(
    "curves",
    [
        {"train_loss": FALL, "loss": FALL},  # logged twice
        {"train_loss": FALL, "loss": SLOWER[:7]},  # not in every record
        {"train_loss": FALL, "loss": SLOWER, "reg_loss": FALL},  # a whole and its parts
        {"train_loss": FALL, "loss": SLOWER, "train_loss_step": FALL},
    ],
)
def test_a_plain_loss_that_may_be_of_training(curves: dict[str, list[float]]) -> None:
    assert of(**curves).validation is None
    assert name(of(**curves, val_loss=SLOWER).validation) == "val_loss"


@pytest.mark.parametrize(
    ("names", "task"),
    [
        ("Score epsilon", Task.REINFORCEMENT),
        ("score avg_score eps", Task.REINFORCEMENT),
        ("Total Score|Epsilon|loss", Task.REINFORCEMENT),
        ("mean score|exploration rate", Task.REINFORCEMENT),
        ("Score|Average Score|exploration", Task.REINFORCEMENT),
        ("Score loss", Task.SUPERVISED),
        ("f1_score epsilon", Task.SUPERVISED),
        ("score val_loss epsilon", Task.SUPERVISED),
        ("score val_accuracy eps", Task.SUPERVISED),
        ("accuracy epsilon", Task.SUPERVISED),
    ],
)
def test_scores_beside_random_actions_are_returns(names: str, task: Task) -> None:
    found = of(**dict.fromkeys(names.split("|") if "|" in names else names.split(), RISE))
    assert found.task is task
    assert (found.reward is not None) == (task is Task.REINFORCEMENT)


@pytest.mark.parametrize(
    ("name", "values", "task"),
    [
        ("Average Score", [-1.2, -1.1, -0.7], Task.REINFORCEMENT),
        ("Average Score", [13.2, 40.0, 180.5], Task.REINFORCEMENT),
        ("mean_score", [-21.0, -20.1, 3.0], Task.REINFORCEMENT),
        ("Average Score", [0.31, 0.52, 0.8], Task.SUPERVISED),
        ("score", [-1.2, -1.1, -0.7], Task.SUPERVISED),
    ],
)
def test_an_average_score_that_is_no_share_is_a_return(name: str, values: list[float], task: Task) -> None:
    assert of(**{name: values}).task is task
    assert of(**{name: values}, val_loss=values).task is Task.SUPERVISED
    assert of(**{name: values}, loss=values).task is Task.SUPERVISED


def test_of_two_returns_the_one_of_the_last_episodes_is_judged() -> None:
    assert name(of(rollout__return=RISE, rollout__return_history=RISE).reward) == "rollout/return_history"


PSNR = [30 + i / 2 for i in range(12)]


@pytest.mark.parametrize("split", ["valid_", "val_", "val/", "eval_"])
@pytest.mark.parametrize("score", ["psnr", "PSNR", "ssim", "ms_ssim", "accuracy", "acc", "f1", "iou"])
def test_a_score_that_is_called_a_loss(split: str, score: str) -> None:
    rising = PSNR if score.lower() == "psnr" else RISE
    found = of(**{f"{split}mae_loss": FALL, f"{split}{score}_loss": rising, "train_loss": FALL})
    assert name(found.validation) == f"{split}mae_loss"
    assert [name(m.validation) for m in found.metrics] == [f"{split}{score}_loss"] and found.metrics[
        0
    ].direction == "max"


@pytest.mark.parametrize(
    ("loss", "values"),
    [
        ("dice_loss", FALL),
        ("iou_loss", [1 - one for one in RISE]),
        ("psnr_loss", [-one for one in PSNR]),
        ("ssim_loss", FALL),
    ],
)
def test_a_loss_made_of_a_score_stays_a_loss(loss: str, values: list[float]) -> None:
    found = of(val_mae_loss=FALL, train_loss=FALL, **{f"val_{loss}": values})
    assert not found.metrics


def test_where_all_losses_rise_none_is_a_score() -> None:
    found = of(train_loss=FALL, val_ce_loss=RISE, val_dice_loss=RISE)
    assert not found.metrics and name(found.validation) == "val_ce_loss"
