"""Writes torch.json: forward and backward passes of layers in PyTorch, in float64 on inputs that
are exact in float32. Run here with PyTorch 2.15: python golden.py
"""
import json

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)
cases = []


def drawn(*shape):
    return (torch.randn(*shape) * 64).round() / 64


def flat(t):
    return [float("%.7g" % v) for v in t.detach().reshape(-1).tolist()]


def fill(module):
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(drawn(*p.shape))
        for name, b in module.named_buffers():
            if name.endswith("running_mean"):
                b.copy_(drawn(*b.shape))
            if name.endswith("running_var"):
                b.copy_(drawn(*b.shape).abs() + 0.5)


def case(name, layer, module, x, run=None, train=True, **settings):
    fill(module)
    state = {k: dict(shape=list(v.shape), data=flat(v)) for k, v in module.state_dict().items() if "num_batches" not in k}
    module.train(train)
    x = x.clone().requires_grad_()
    y = (run or module)(x)
    dy = drawn(*y.shape)
    y.backward(dy)
    cases.append(dict(
        name=name, layer=layer, train=train, state=state, rows=x.shape[0], x=flat(x), dy=flat(dy), y=flat(y), dx=flat(x.grad),
        grads={k: flat(p.grad) for k, p in module.named_parameters()},
        after={k: flat(b) for k, b in module.named_buffers() if train and "running" in k}, **settings))


def grids():
    n, image, sequence = 3, (2, 5, 4), (2, 8)
    g, s = dict(grid=image), dict(grid=(2, 1, 8))
    for k, stride, pad in [(3, 1, 0), (3, 1, 1), (3, 2, 1), (2, 3, 0), (3, 1, 2), (2, 1, 3), (1, 1, 0), (5, 2, 2)]:
        case(f"conv 2d {k} {stride} {pad}", "conv2d", nn.Conv2d(2, 3, k, stride, pad), drawn(n, *image), args=[3, k, stride, pad], **g)
    for h, w, stride, pad in [(2, 3, 1, 0), (1, 3, 1, 1), (3, 1, 2, 1), (4, 2, 1, 1)]:
        window = dict(args=[3, 9, stride, pad], window=[h, w])
        case(f"conv 2d {h}x{w} {stride} {pad}", "conv2d", nn.Conv2d(2, 3, (h, w), stride, pad), drawn(n, *image), **window, **g)
    for h, w, stride, pad in [(2, 3, 1, 1), (3, 1, 2, 0)]:
        window = dict(args=[0, 9, stride, pad], window=[h, w])
        case(f"max pool 2d {h}x{w} {stride} {pad}", "maxpool2d", nn.MaxPool2d((h, w), stride, pad), drawn(n, *image), **window, **g)
        case(f"mean pool 2d {h}x{w} {stride} {pad}", "avgpool2d", nn.AvgPool2d((h, w), stride, pad, count_include_pad=False), drawn(n, *image), **window, **g)
    for k, stride, pad in [(3, 1, 1), (3, 2, 0), (4, 3, 2), (1, 1, 0)]:
        case(f"conv 1d {k} {stride} {pad}", "conv1d", nn.Conv1d(2, 3, k, stride, pad), drawn(n, *sequence), args=[3, k, stride, pad], **s)
    for k, stride, pad in [(2, 2, 0), (3, 2, 1), (3, 1, 0), (3, 3, 1)]:
        window = dict(args=[0, k, stride, pad])
        mean = dict(count_include_pad=False)
        case(f"max pool 2d {k} {stride} {pad}", "maxpool2d", nn.MaxPool2d(k, stride, pad), drawn(n, *image), **window, **g)
        case(f"mean pool 2d {k} {stride} {pad}", "avgpool2d", nn.AvgPool2d(k, stride, pad, **mean), drawn(n, *image), **window, **g)
        case(f"max pool 1d {k} {stride} {pad}", "maxpool1d", nn.MaxPool1d(k, stride, pad), drawn(n, *sequence), **window, **s)
        case(f"mean pool 1d {k} {stride} {pad}", "avgpool1d", nn.AvgPool1d(k, stride, pad, **mean), drawn(n, *sequence), **window, **s)
    case("global mean pool", "globalavgpool", nn.AdaptiveAvgPool2d(1), drawn(n, *image), **g)
    for train in True, False:
        case(f"batch norm 2d, training {train}", "batchnorm2d", nn.BatchNorm2d(2), drawn(n, *image), train=train, **g)
        case(f"batch norm of sequences, training {train}", "batchnorm2d", nn.BatchNorm1d(2), drawn(n, *sequence), train=train, **s)


def rows():
    n = 3
    case("dense", "dense", nn.Linear(5, 3), drawn(n, 5))
    for train in True, False:
        case(f"batch norm, training {train}", "batchnorm", nn.BatchNorm1d(5), drawn(n, 5), train=train)
    case("layer norm", "layernorm", nn.LayerNorm(5), drawn(n, 5))
    for name, module in dict(relu=nn.ReLU(), leakyrelu=nn.LeakyReLU(0.1), elu=nn.ELU(), tanh=nn.Tanh(), sigmoid=nn.Sigmoid(), flatten=nn.Flatten()).items():
        case(name, name, module, drawn(n, 5))
    f = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 5))
    case("residual", "residual", f, drawn(n, 5), run=lambda x: x + f(x))


# Two components and a node on its own.
edges, nodes = [[0, 1], [1, 2], [2, 3], [0, 3], [1, 3], [4, 5], [5, 6]], 8
A = torch.zeros(nodes, nodes)
for i, j in edges:
    A[i, j] = A[j, i] = 1
loops = A + torch.eye(nodes)


class GCNConv(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.lin = nn.Linear(inputs, outputs, bias=False)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        d = loops.sum(1) ** -0.5
        return (d[:, None] * loops * d) @ self.lin(x) + self.bias


class SAGEConv(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.lin_l = nn.Linear(inputs, outputs)
        self.lin_r = nn.Linear(inputs, outputs, bias=False)

    def forward(self, x):
        return self.lin_l(A @ x / A.sum(1, keepdim=True).clamp(min=1)) + self.lin_r(x)


class GINConv(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.nn = f
        self.eps = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.nn((1 + self.eps) * x + A @ x)


class GATConv(nn.Module):
    def __init__(self, inputs, outputs, heads, concat):
        super().__init__()
        self.heads, self.outputs, self.concat = heads, outputs, concat
        self.lin = nn.Linear(inputs, heads * outputs, bias=False)
        self.att_src = nn.Parameter(torch.zeros(1, heads, outputs))
        self.att_dst = nn.Parameter(torch.zeros(1, heads, outputs))
        self.bias = nn.Parameter(torch.zeros(heads * outputs if concat else outputs))

    def forward(self, x):
        z = self.lin(x).view(-1, self.heads, self.outputs)
        source, target = (z * self.att_src).sum(-1), (z * self.att_dst).sum(-1)
        score = F.leaky_relu(source[None] + target[:, None], 0.2)  # to, from, head
        weight = torch.softmax(score.masked_fill(loops[:, :, None] == 0, -torch.inf), 1)
        y = torch.einsum("ijh,jho->iho", weight, z)
        return (y.flatten(1) if self.concat else y.mean(1)) + self.bias


def graphs():
    g = dict(edges=edges)
    case("gcn", "gcn", GCNConv(4, 3), drawn(nodes, 4), **g)
    case("graphsage", "sage", SAGEConv(4, 3), drawn(nodes, 4), **g)
    case("gin", "gin", GINConv(nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))), drawn(nodes, 4), **g)
    case("gat, heads beside each other", "gat", GATConv(4, 3, 2, True), drawn(nodes, 4), **g)
    case("gat, mean of heads", "gatmean", GATConv(4, 3, 2, False), drawn(nodes, 4), **g)


rows()
grids()
graphs()
with open("torch.json", "w") as f:
    json.dump(dict(layers=cases), f, separators=(",", ":"))
