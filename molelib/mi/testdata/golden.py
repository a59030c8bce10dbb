"""Writes torch.json: measures of information under every kernel and width rule, with gradients by
automatic differentiation, in PyTorch in float64; and Shannon estimates by SciPy. Run here with
PyTorch 2.15 and SciPy 1.17: python golden.py
"""
import json
import math

import numpy as np
import torch
from scipy.spatial import cKDTree
from scipy.special import digamma

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
n = 10
X = torch.randn(n, 3) * 1.3 + 5
Y = torch.randn(n, 2) + 0.5 * X[:, :2]
Z = torch.randn(n, 2) - X[:, 1:]
labels = torch.randint(0, 3, (n,))
GAUSSIAN, LAPLACIAN, LINEAR, POLYNOMIAL, DELTA = range(5)
MEAN, MEDIAN, NEAREST, SILVERMAN = range(4)


def squared_distances(x):
    return ((x[:, None, :] - x[None, :, :]) ** 2).sum(-1)


def width(x, o):
    m, rule = len(x), o.get("rule", MEAN)
    c = o.get("scale", 5 if rule == SILVERMAN else 1)
    if "width" in o:
        return o["width"]
    if rule == MEAN:
        return c * (squared_distances(x).sum() / (m * (m - 1))) ** 0.5
    d = squared_distances(x.detach()).sqrt()
    if rule == MEDIAN:
        return c * float(np.median(d[tuple(torch.triu_indices(m, m, 1))]))
    if rule == NEAREST:
        return c * torch.sort(d, dim=1)[0][:, 1 : o.get("neighbors", 3) + 1].mean()
    return c * m ** (-1 / (4 + x.shape[1]))


def kernel(x, o):
    if x.dim() == 1:
        return (x[:, None] == x[None, :]).double()
    kind, eye = o.get("kernel", GAUSSIAN), torch.eye(len(x))
    if kind == GAUSSIAN:
        return torch.exp(-squared_distances(x) / (2 * width(x, o) ** 2))
    if kind == LAPLACIAN:
        return torch.exp(-torch.sqrt(squared_distances(x) + eye) * (1 - eye) / width(x, o))
    centred = x - x.mean(0)
    p = centred @ centred.T
    if kind == POLYNOMIAL:
        p = (1 + p) ** o.get("degree", 2)
    d = torch.diagonal(p)
    return p / torch.sqrt(d[:, None] * d[None, :])


def entropy(k, alpha):
    """S of the kernel matrix K/n."""
    values = torch.linalg.eigvalsh(k / len(k))
    values = values[values > 1e-13]
    if alpha == 1:
        return -(values * torch.log2(values)).sum()
    if math.isinf(alpha):
        return -torch.log2(values.max())
    return torch.log2((values**alpha).sum()) / (1 - alpha)


def measure(name, x, y, o, alpha):
    k, l, p, m = kernel(x, o), kernel(y, o.get("target", o)), kernel(Y, o), kernel(Z, o)
    s = lambda *ks: entropy(math.prod(ks[1:], start=ks[0]), alpha)
    h = torch.eye(n) - 1 / n
    kc, lc = h @ k @ h, h @ l @ h
    if name == "entropy":
        return s(k)
    if name == "mutual":
        return s(k) + s(l) - s(k, l)
    if name == "normalized":
        return (s(k) + s(l) - s(k, l)) / s(k, l)
    if name == "conditional":
        return s(k, l) - s(l)
    if name == "conditional mutual":
        return s(k, m) + s(l, m) - s(m) - s(k, l, m)
    if name == "total correlation":  # of x, Y and Z
        return s(k) + s(p) + s(m) - s(k, p, m)
    if name == "dual total correlation":
        return s(k, p) + s(k, m) + s(p, m) - 2 * s(k, p, m)
    if name == "mutual joint":
        return s(k, m) + s(l) - s(k, m, l)
    if name == "hsic":
        return (kc * lc).sum() / (n - 1) ** 2
    if name == "cka":
        return (kc * lc).sum() / (kc.norm() * lc.norm())
    joint, cross = (k * l).mean(), (k.mean(1) * l.mean(1)).mean()
    return torch.log2(joint * k.mean() * l.mean() / cross**2)  # cauchy-schwarz


options = [
    dict(), dict(scale=0.5), dict(width=1.7), dict(rule=MEDIAN), dict(rule=NEAREST), dict(rule=NEAREST, neighbors=5, scale=0.8),
    dict(rule=SILVERMAN), dict(rule=SILVERMAN, scale=1.5), dict(kernel=LAPLACIAN), dict(kernel=LAPLACIAN, width=0.9),
    dict(kernel=LINEAR), dict(kernel=POLYNOMIAL), dict(kernel=POLYNOMIAL, degree=3),
    dict(scale=0.7, target=dict(kernel=LAPLACIAN, scale=0.6)), dict(kernel=LINEAR, target=dict(width=1.1)),
]
of_order = ["entropy", "mutual", "normalized", "conditional", "conditional mutual", "total correlation", "dual total correlation", "mutual joint"]
with_gradient = ["entropy", "mutual", "normalized", "conditional mutual", "hsic", "cka", "cauchy-schwarz"]


def case(name, o, alpha, of_labels, gradient):
    x = X.clone().requires_grad_()
    value = measure(name, x, labels if of_labels else Y, o, alpha)
    c = dict(measure=name, options=o, alpha=-1 if math.isinf(alpha) else alpha, labels=of_labels, value=value.item())
    if gradient:
        value.backward()
        c["gradient"] = [float("%.12g" % g) for g in x.grad.flatten().tolist()]
    return c


def ksg(x, y, k):
    both = np.hstack([x, y])
    radius = np.nextafter(cKDTree(both).query(both, k=k + 1, p=np.inf)[0][:, -1], 0)
    near = lambda a: cKDTree(a).query_ball_point(a, radius, p=np.inf, return_length=True)
    return (digamma(k) + digamma(len(x)) - np.mean(digamma(near(x)) + digamma(near(y)))) / np.log(2)


def ross(x, c, k):
    """As in scikit-learn's mutual_info_classif; here no class has k examples or fewer."""
    radius, size = np.empty(len(x)), np.empty(len(x))
    for label in np.unique(c):
        own = c == label
        radius[own], size[own] = np.nextafter(cKDTree(x[own]).query(x[own], k=k + 1, p=np.inf)[0][:, -1], 0), own.sum()
    m = cKDTree(x).query_ball_point(x, radius, p=np.inf, return_length=True)
    return (digamma(len(x)) + digamma(k) - np.mean(digamma(size)) - np.mean(digamma(m))) / np.log(2)


def shannon():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(40, 2)).round(6)
    y = (0.8 * x[:, :1] + 0.6 * rng.normal(size=(40, 1))).round(6)
    c = (x[:, 0] + 0.5 * rng.normal(size=40) > 0).astype(int)
    ks = [1, 3, 5]
    return dict(x=x.tolist(), y=y.tolist(), labels=c.tolist(), k=ks, points=[ksg(x, y, k) for k in ks], classes=[ross(x, c, k) for k in ks])


cases = []
for o in options:
    for alpha in 0.5, 1.0, 1.01, 2.0, math.inf:
        for name in of_order:
            cases.append(case(name, o, alpha, name != "mutual joint", alpha == 1.01 and name in with_gradient))
    for name in "mutual", "hsic", "cka", "cauchy-schwarz":
        cases.append(case(name, o, 1.01, False, True))
with open("torch.json", "w") as f:
    json.dump(dict(x=X.tolist(), y=Y.tolist(), z=Z.tolist(), labels=labels.tolist(), cases=cases, shannon=shannon()), f, separators=(",", ":"))
