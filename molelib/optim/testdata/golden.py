"""Writes torch.json: steps of optimizers and learning rates of schedulers in PyTorch, in float64.
Run here with PyTorch 2.15: python golden.py
"""
import json

import torch
from torch import optim
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)


def drawn(*shape):
    return torch.nn.Parameter((torch.randn(*shape) * 64).round() / 64)


def flat(t):
    return [float("%.9g" % v) for v in t.detach().reshape(-1).tolist()]


def steps(name, make, decay=0.0, **settings):
    """A weight, which decays, and a bias, which does not; at one of the steps all gradients are 0."""
    w, b = drawn(2, 9), drawn(1, 3)
    case = dict(name=name, w=flat(w), b=flat(b), grads=[], values=[])
    o = make([dict(params=[w], weight_decay=decay), dict(params=[b], weight_decay=0)], lr=0.05, **settings)
    for step in range(12):
        w.grad, b.grad = drawn(2, 9).detach() * (step != 5), drawn(1, 3).detach() * (step != 5)
        o.step()
        case["grads"].append([flat(w.grad), flat(b.grad)])
        case["values"].append([flat(w), flat(b)])
    return case


def rates(make):
    o = optim.SGD([drawn(1)], lr=1.0)
    scheduler, values = make(o), []
    for _ in range(20):
        values.append(o.param_groups[0]["lr"])
        o.step()
        scheduler.step()
    return values


optimizers = [
    steps("sgd", optim.SGD),
    steps("momentum", optim.SGD, decay=0.01, momentum=0.9),
    steps("adam", optim.Adam),
    steps("adam l2", optim.Adam, decay=0.01, betas=(0.8, 0.95), eps=1e-4),
    steps("adamw", optim.AdamW, decay=0.1),
]
schedules = dict(
    cosine=rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 20)),
    floor=rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 20, eta_min=0.1)),
    step=rates(lambda o: lr_scheduler.StepLR(o, 5, 0.1)),
    warmup=rates(lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 1 / 5, 1.0, 4), lr_scheduler.CosineAnnealingLR(o, 16)], [4])),
)
with open("torch.json", "w") as f:
    json.dump(dict(optimizers=optimizers, schedules=schedules), f, separators=(",", ":"))
