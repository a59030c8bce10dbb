"""Writes torch_graphs.json: two layers on the nodes of a graph, and on a set of graphs with jumping
knowledge, trained in PyTorch in float64 by automatic differentiation of the objective of each
module alone. Run here with PyTorch 2.15: python golden_graphs.py
"""
import json

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)


def drawn(*shape):
    return (torch.randn(*shape) * 64).round() / 64


def random_edges(first, nodes, more):
    """A path, and more edges."""
    edges = {(first + i, first + i + 1) for i in range(nodes - 1)}
    for _ in range(more):
        i, j = sorted(torch.randperm(nodes)[:2].tolist())
        edges.add((first + i, first + j))
    return sorted(edges)


def adjacency(edges, nodes):
    a = torch.zeros(nodes, nodes)
    for i, j in edges:
        a[i, j] = a[j, i] = 1
    return a


def gaussian(t, width2=None):
    d = ((t[:, None] - t[None]) ** 2).sum(-1)
    if width2 is None:
        width2 = d.sum() / (len(t) * (len(t) - 1))
    return torch.exp(-d / (2 * width2))


def entropy(k, alpha):
    if alpha == 2:
        return -torch.log2((k / len(k)).square().sum())
    values = torch.linalg.eigvalsh(k / len(k))
    return torch.log2((values[values > 1e-14] ** alpha).sum()) / (1 - alpha)


def normalized(k, y, alpha):
    l = (y[:, None] == y[None]).double()
    joint = entropy(k * l, alpha)
    return (entropy(k, alpha) + entropy(l, alpha) - joint) / joint


def train(parameters, loss, steps, cosine):
    weights = [p for p in parameters if p.dim() > 1]
    others = [p for p in parameters if p.dim() == 1]
    o = torch.optim.Adam([dict(params=weights, weight_decay=0 if cosine else 5e-4), dict(params=others)], lr=0.01)
    s = lr_scheduler.CosineAnnealingLR(o, steps) if cosine else lr_scheduler.ConstantLR(o, 1.0)
    for _ in range(steps):
        o.zero_grad()
        loss().backward()
        o.step()
        s.step()


def flat(m):
    return {k: v.flatten().tolist() for k, v in m.state_dict().items()}


def linear(inputs, outputs):
    l = nn.Linear(inputs, outputs)
    with torch.no_grad():
        l.weight.copy_(drawn(outputs, inputs) / 2)
        l.bias.copy_(drawn(outputs) / 8)
    return l


def on_nodes():
    nodes = 16
    edges, x, y, seen = random_edges(0, nodes, 10), drawn(nodes, 4), torch.randint(0, 2, (nodes,)), torch.arange(0, 12)
    a = adjacency(edges, nodes) + torch.eye(nodes)
    a = a / (a.sum(0)[:, None] * a.sum(0)).sqrt()
    layers = [linear(4, 6), linear(6, 2)]
    start = [flat(l) for l in layers]
    conv = lambda l, t: a @ t @ l.weight.T + l.bias
    hidden = lambda: conv(layers[0], x).relu()
    # One convolution follows the first module, so that its output is seen over one hop.
    train(list(layers[0].parameters()), lambda: -normalized(gaussian((a @ hidden())[seen], 0.25), y[seen], 1.01), 30, False)
    t = hidden().detach()
    train(list(layers[1].parameters()), lambda: F.cross_entropy(conv(layers[1], t)[seen], y[seen]), 30, False)
    return dict(edges=edges, x=x.tolist(), y=y.tolist(), seen=seen.tolist(), start=start, trained=[flat(l) for l in layers])


def on_graphs():
    sizes, y = [3, 5, 4, 6, 3, 4, 5, 4], torch.tensor([0, 1, 1, 0, 1, 0, 0, 1])
    graphs, first = [], 0
    for size in sizes:
        graphs.append(dict(nodes=size, edges=random_edges(0, size, 2), x=drawn(size, 3)))
    nodes = sum(sizes)
    a, sums = torch.zeros(nodes, nodes), torch.zeros(len(sizes), nodes)
    for k, g in enumerate(graphs):
        to = first + g["nodes"]
        a[first:to, first:to], sums[k, first:to] = adjacency(g["edges"], g["nodes"]), 1
        first = to
    x = torch.cat([g["x"] for g in graphs])
    layers = [linear(3, 5), linear(5, 5), linear(10, 2)]
    start = [flat(l) for l in layers]
    t, seen = x, []
    for l in layers[:2]:
        gin = lambda t=t, l=l: l(t + a @ t).relu()
        train(list(l.parameters()), lambda: -normalized(gaussian(sums @ gin()), y, 2), 20, True)
        with torch.no_grad():
            size = gin().square().mean().sqrt()
            for p in l.parameters():
                p /= size
            t = gin()
        seen.append(sums @ t)
    both = torch.cat(seen, 1)
    train(list(layers[2].parameters()), lambda: F.cross_entropy(layers[2](both), y), 30, True)
    for g in graphs:
        g["x"] = g["x"].tolist()
    return dict(graphs=graphs, y=y.tolist(), start=start, trained=[flat(l) for l in layers])


with open("torch_graphs.json", "w") as f:
    json.dump(dict(nodes=on_nodes(), set=on_graphs()), f, separators=(",", ":"))
