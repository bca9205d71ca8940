"""The run's optimizers: which parameter learns by what, at which rate."""

import torch
from torch import Tensor, nn

from training.recipe import Recipe


def optimizers_of(model: nn.Module, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon for the blocks' matrices, AdamW for the rest; no weight decay on norms, biases and position tables."""
    scores: list[Tensor] = []
    matrices: list[Tensor] = []
    decayed: list[Tensor] = []
    plain: list[Tensor] = []
    tables: list[Tensor] = []
    for name, value in model.named_parameters():
        if "rel_pos" in name or "pos_embed" in name:
            tables.append(value)
        elif value.ndim == 1:
            plain.append(value)
        elif "blocks" in name:
            (scores if "qkv" in name else matrices).append(value)
        else:
            decayed.append(value)
    groups = [
        {"params": decayed, "base_lr": recipe.rate, "weight_decay": recipe.weight_decay},
        {"params": plain, "base_lr": recipe.rate, "weight_decay": 0.0},
        {"params": tables, "base_lr": recipe.table_rate, "weight_decay": 0.0},
    ]
    muon_groups = [
        {"params": scores, "base_lr": recipe.matrix_rate, "weight_decay": recipe.attention_decay},
        {"params": matrices, "base_lr": recipe.matrix_rate, "weight_decay": recipe.weight_decay},
    ]
    return [
        torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98), fused=True),
        torch.optim.Muon(muon_groups, lr=recipe.matrix_rate, adjust_lr_fn="match_rms_adamw"),
    ]
