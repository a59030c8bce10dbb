"""Writes torch.json: a network of two modules, dense 4→8 with ReLU and dense 8→3, trained in PyTorch
in float64 by automatic differentiation of the objective of each module alone. Run here with
PyTorch 2.15: python golden.py
"""
import json

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)
torch.manual_seed(3)
n, hidden_steps, output_steps, rate = 30, 20, 30, 0.01
y = torch.arange(n) % 3
X = ((torch.randn(n, 4) + 1.5 * torch.randn(3, 4)[y]) * 64).round() / 64
start = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
with torch.no_grad():
    for p in start.parameters():
        p.copy_((torch.randn(p.shape) * 0.6 * 64).round() / 64)
start = {k: v.clone() for k, v in start.state_dict().items()}
labels = (y[:, None] == y[None, :]).double()
centre = torch.eye(n) - 1 / n


def kernel(t, c=1.0, laplacian=False):
    d = ((t[:, None] - t[None]) ** 2).sum(-1)
    width2 = c * c * d.sum() / (n * (n - 1))
    if not laplacian:
        return torch.exp(-d / (2 * width2))
    return torch.exp(-torch.sqrt(d + torch.eye(n)) * (1 - torch.eye(n)) / width2.sqrt())


def entropy(k, alpha):
    if alpha == 2:
        return -torch.log2((k / n).square().sum())
    values = torch.linalg.eigvalsh(k / n)
    return torch.log2((values[values > 1e-14] ** alpha).sum()) / (1 - alpha)


def information(k, l, alpha):
    return entropy(k, alpha) + entropy(l, alpha) - entropy(k * l, alpha)


def hsic(k, l):
    return ((centre @ k @ centre) * (centre @ l @ centre)).sum() / (n - 1) ** 2


def cka(k, l):
    return hsic(k, l) / (hsic(k, k) * hsic(l, l)).sqrt()


def cauchy_schwarz(k, l):
    return torch.log2((k * l).mean() * k.mean() * l.mean() / (k.mean(1) * l.mean(1)).mean() ** 2)


def multivariate(t):
    k = torch.ones(n, n)
    for channel in t.chunk(4, 1):
        k = k * kernel(channel, 2.0)
    return information(k, labels, 1.01)


objectives = {
    "I(T;Y)": lambda t: information(kernel(t), labels, 1.01),
    "I(T;Y)/S(T,Y), order 2": lambda t: information(kernel(t), labels, 2) / entropy(kernel(t) * labels, 2),
    "bottleneck, order 1.5": lambda t: information(kernel(t), labels, 1.5) - 0.3 * information(kernel(t), kernel(X), 1.5),
    "Laplacian, order 2": lambda t: information(kernel(t, 0.8, True), labels, 2),
    "I(T;X), order 2": lambda t: information(kernel(t), kernel(X), 2),
    "channels": multivariate,
    "CKA": lambda t: cka(kernel(t), labels),
    "HSIC bottleneck": lambda t: hsic(kernel(t), labels) - 0.2 * hsic(kernel(t), kernel(X)),
    "Cauchy-Schwarz": lambda t: cauchy_schwarz(kernel(t), labels),
}


def fresh():
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    net.load_state_dict(start)
    return net


def cosine(parameters, rate, steps):
    o = torch.optim.Adam(parameters, lr=rate)
    return o, lr_scheduler.CosineAnnealingLR(o, steps)


def step(o, s, loss, clip=None):
    o.zero_grad()
    loss.backward()
    if clip:
        nn.utils.clip_grad_norm_(o.param_groups[0]["params"], clip)
    o.step()
    s.step()


def unit(hidden):
    """Divides the output of a module by its root mean square, and returns it."""
    with torch.no_grad():
        size = hidden(X).square().mean().sqrt()
        for p in hidden.parameters():
            p /= size
        return hidden(X)


def sequential(objective, clip=None):
    net = fresh()
    hidden, output = net[:2], net[2:]
    o, s = cosine(hidden.parameters(), rate, hidden_steps)
    for _ in range(hidden_steps):
        step(o, s, -objective(hidden(X)), clip)
    t = unit(hidden)
    o, s = cosine(output.parameters(), 2 * rate, output_steps)
    for _ in range(output_steps):
        step(o, s, F.cross_entropy(output(t), y), clip)
    return net


def regression():
    """The last module gives the first three numbers of X, shuffled, in units of their deviation."""
    net, targets = fresh(), X[torch.arange(n - 1, -1, -1), :3]
    hidden, output = net[:2], net[2:]
    scaled = (targets - targets.mean(0)) / targets.std(0, unbiased=False)
    o, s = cosine(hidden.parameters(), rate, hidden_steps)
    for _ in range(hidden_steps):
        step(o, s, -information(kernel(hidden(X)), kernel(scaled), 1.01))
    t = unit(hidden)
    o, s = cosine(output.parameters(), 2 * rate, output_steps)
    for _ in range(output_steps):
        step(o, s, (output(t) - scaled).square().sum() / (2 * n))
    return net


def simultaneous(objective):
    net = fresh()
    hidden, output = net[:2], net[2:]
    (o1, s1), (o2, s2) = cosine(hidden.parameters(), rate, output_steps), cosine(output.parameters(), rate, output_steps)
    for _ in range(output_steps):
        t = hidden(X)
        passed = t.detach().clone()
        step(o1, s1, -objective(t))
        step(o2, s2, F.cross_entropy(output(passed), y))
    return net


def back_propagation():
    net = fresh()
    o, s = cosine(net.parameters(), rate, output_steps)
    for _ in range(output_steps):
        step(o, s, F.cross_entropy(net(X), y))
    return net


def weights(net):
    return {k: [float("%.7g" % w) for w in v.flatten().tolist()] for k, v in net.state_dict().items()}


first = objectives["I(T;Y)"]
trained = {name: sequential(o) for name, o in objectives.items()}
trained["clipped"] = sequential(first, clip=0.05)
trained["targets"] = regression()
trained["simultaneous"] = simultaneous(first)
trained["back-propagation"] = back_propagation()
with open("torch.json", "w") as f:
    json.dump(dict(x=X.tolist(), y=y.tolist(), start={k: v.flatten().tolist() for k, v in start.items()}, trained={k: weights(net) for k, net in trained.items()}), f, separators=(",", ":"))
