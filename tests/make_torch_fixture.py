"""Write PyTorch's values into torch_fixture.json, so that the tests need no PyTorch.

Run it once, by hand, in an environment of its own that has torch and numpy:

    python tests/make_torch_fixture.py

Each section is a function that returns plain lists; inputs are stored beside the values, so that a
test reads both from the file.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

FIXTURE = Path(__file__).with_name("torch_fixture.json")


def tensor(values):
    """Make a float64 tensor that records its gradient."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def loss_case(name, torch_loss, target, prediction, **options):
    """Record the per-sample losses and their gradient with respect to the prediction."""
    prediction = tensor(prediction)
    losses = torch_loss(prediction, torch.as_tensor(target), reduction="none", **options)
    losses = losses.sum(dim=1) if losses.ndim == 2 else losses
    losses.sum().backward()
    return {
        "loss": name,
        "target": np.asarray(target).tolist(),
        "prediction": prediction.tolist(),
        "options": options,
        "value": losses.tolist(),
        "gradient": prediction.grad.tolist(),
    }


def half_mse(prediction, target, reduction):
    """Halve PyTorch's squared error, which has no such namesake."""
    return 0.5 * F.mse_loss(prediction, target, reduction=reduction)


def cross_entropy_of_probs(probs, labels, reduction):
    """Compose the cross-entropy of probabilities, which PyTorch offers in two parts."""
    return F.nll_loss(torch.log(probs), labels, reduction=reduction)


def regression_cases(rng):
    """Regression losses of vectors and of rows, at several scales, with ties at the kinks."""
    cases = []
    for shape, scale in (((7,), 1.0), ((5, 3), 1.0), ((6,), 1e6), ((6,), 1e-6)):
        target = scale * rng.normal(size=shape)
        prediction = scale * rng.normal(size=shape)
        prediction[0] = target[0]
        cases.append(loss_case("squared_error", F.mse_loss, target, prediction))
        cases.append(loss_case("half_squared_error", half_mse, target, prediction))
        cases.append(loss_case("absolute_error", F.l1_loss, target, prediction))
        for delta in (0.5, 1.0, 2.5):
            cases.append(loss_case("huber", F.huber_loss, target, prediction, delta=delta))
    return cases


def binary_cases(rng):
    """Binary losses with hard and soft labels, and scores up to 1e4."""
    hard = np.array([0.0, 1.0] * 6)
    soft = rng.uniform(size=12)
    probs = rng.uniform(0.001, 0.999, size=12)
    moderate = 4.0 * rng.normal(size=12)
    extreme = np.array([-1e4, -1e4, 1e4, 1e4, -700.0, -700.0, 700.0, 700.0, 0.0, 0.0, -40.0, 40.0])
    with_logits = F.binary_cross_entropy_with_logits
    return [
        *(
            loss_case("binary_cross_entropy", F.binary_cross_entropy, y, probs)
            for y in (hard, soft)
        ),
        *(
            loss_case("binary_cross_entropy_with_logits", with_logits, y, z)
            for y in (hard, soft)
            for z in (moderate, extreme)
        ),
    ]


def class_cases(rng):
    """Losses with K classes, and scores up to 1e4."""
    cases = []
    for n, n_classes, scale in ((6, 3, 1.0), (4, 10, 5.0), (8, 2, 1e4), (3, 1, 1.0)):
        labels = rng.integers(n_classes, size=n)
        logits = scale * rng.uniform(-1.0, 1.0, size=(n, n_classes))
        cases.append(loss_case("cross_entropy_with_logits", F.cross_entropy, labels, logits))
        probs = rng.dirichlet(np.ones(n_classes), size=n)
        cases.append(loss_case("cross_entropy", cross_entropy_of_probs, labels, probs))
    worked = [[2.0, 1.0, 0.1]]
    return [*cases, loss_case("cross_entropy_with_logits", F.cross_entropy, np.array([0]), worked)]


def losses_section():
    """Every loss of lib.losses and its gradient."""
    rng = np.random.default_rng(20)
    return [*regression_cases(rng), *binary_cases(rng), *class_cases(rng)]


def models_section():
    """The functions of lib.models, on moderate and extreme scores."""
    rng = np.random.default_rng(21)
    functions = {
        "sigmoid": torch.sigmoid,
        "log_sigmoid": F.logsigmoid,
        "logsumexp": lambda z: torch.logsumexp(z, dim=-1),
        "softmax": lambda z: torch.softmax(z, dim=-1),
        "log_softmax": lambda z: torch.log_softmax(z, dim=-1),
    }
    inputs = [scale * rng.normal(size=(4, 5)) for scale in (1.0, 30.0, 3e3)]
    inputs.append(np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]]))
    return [
        {"function": name, "z": z.tolist(), "value": function(torch.as_tensor(z)).tolist()}
        for name, function in functions.items()
        for z in inputs
    ]


def autodiff_case(name, function, *inputs):
    """Record the value of a function and the gradients of its sum."""
    leaves = [tensor(x) for x in inputs]
    value = function(*leaves)
    value.sum().backward()
    return {
        "function": name,
        "inputs": [np.asarray(x).tolist() for x in inputs],
        "value": value.tolist(),
        "gradients": [leaf.grad.tolist() for leaf in leaves],
    }


def two_layers(X, W1, b1, W2, b2):
    """Class losses of a network with one hidden layer; the labels are 0, 1, 2, 0, ..."""
    labels = torch.arange(len(X)) % W2.shape[1]
    return F.cross_entropy(torch.tanh(X @ W1 + b1) @ W2 + b2, labels, reduction="none")


def autodiff_section():
    """Functions of one or more arrays, and their gradients."""
    rng = np.random.default_rng(22)
    sizes = ((6, 4), (4, 5), (5,), (5, 3), (3,))
    x, y = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    positive = rng.uniform(0.1, 3.0, size=(3, 4))
    ties = np.array([[1.0, 5.0, 5.0], [2.0, 2.0, 2.0]])
    large = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]])
    return [
        autodiff_case("two_layers", two_layers, *(rng.normal(size=size) for size in sizes)),
        autodiff_case("arithmetic", lambda a, b, c: (a + b) * c - a / c, x, y, positive),
        autodiff_case("broadcast", lambda a, b, c: a * b + c, x, y[:1], 2.5),
        autodiff_case("power", lambda a, b: a**3 + a**-0.5 + a**b, positive, y),
        autodiff_case("elementwise", lambda a: a.tanh() * a.sigmoid() + a.relu() - a.exp(), x),
        autodiff_case("log", lambda a: a.log() * a, positive),
        autodiff_case("amax", lambda a: a.amax(dim=1), ties),
        autodiff_case("max", lambda a: a.max() * a.sum(), ties),
        autodiff_case("indexing", lambda a: a[[0, 0, 2]] * a[1:2, ::2].sum(), x),
        autodiff_case("products", lambda A, u, v: (A @ u) @ (A @ v) * (v @ A.T), x, y[0], y[1]),
        autodiff_case("log_softmax", lambda z: torch.log_softmax(z, -1) ** 2, x),
        autodiff_case("log_softmax", lambda z: torch.log_softmax(z, -1) ** 2, large),
        autodiff_case("mean", lambda a: (a - a.mean(dim=0)).T.reshape(-1) ** 2, x),
    ]


def optimizer_loss(theta):
    """Bowl with ripples, of any number of parameters."""
    target = torch.arange(theta.numel(), dtype=torch.float64).reshape(theta.shape)
    return (0.5 * (theta - target) ** 2 * (1.0 + target)).sum() + torch.cos(3.0 * theta).sum()


def optimizer_case(name, make, theta, **options):
    """Record every theta of an optimizer on the bowl with ripples."""
    theta = tensor(theta)
    optimizer = make([theta], **options)
    thetas = [theta.tolist()]
    for _ in range(40):
        optimizer.zero_grad()
        optimizer_loss(theta).backward()
        optimizer.step()
        thetas.append(theta.tolist())
    return {"optimizer": name, "options": options, "thetas": thetas}


def sgd_case(batch_size, momentum):
    """Record every theta of a line fitted in batches, shuffled by NumPy once an epoch."""
    rng = np.random.default_rng(24)
    X, y = rng.normal(size=(10, 2)), rng.normal(size=10)
    theta, thetas, shuffler = tensor([0.5, -0.5]), [[0.5, -0.5]], np.random.default_rng(25)
    optimizer = torch.optim.SGD([theta], lr=0.1, momentum=momentum)
    for order in (shuffler.permutation(10) for _ in range(4)):
        for batch in (order[i : i + batch_size] for i in range(0, 10, batch_size)):
            optimizer.zero_grad()
            F.mse_loss(torch.as_tensor(X[batch]) @ theta, torch.as_tensor(y[batch])).backward()
            optimizer.step()
            thetas.append(theta.tolist())
    options = {"batch_size": batch_size, "momentum": momentum}
    return {"X": X.tolist(), "y": y.tolist(), "options": options, "thetas": thetas}


def optimizers_section():
    """Every optimizer of lib.optimizers, step by step."""
    start = np.random.default_rng(23).normal(size=(2, 3))
    sgd, adam = torch.optim.SGD, torch.optim.Adam
    return [
        optimizer_case("gradient_descent", sgd, start, lr=0.05),
        optimizer_case("gradient_descent", sgd, 1.5, lr=0.05),
        optimizer_case("momentum", sgd, start, lr=0.02, momentum=0.9),
        optimizer_case("momentum", sgd, start, lr=0.05, momentum=0.5),
        optimizer_case("adam", adam, start, lr=0.1),
        optimizer_case("adam", adam, start, lr=0.3, betas=(0.5, 0.9), eps=1e-4),
    ]


def sgd_section():
    """Stochastic gradient descent, with batches that do and do not divide the samples."""
    return [sgd_case(5, 0.0), sgd_case(4, 0.9), sgd_case(10, 0.0), sgd_case(1, 0.5)]


SECTIONS = {
    "losses": losses_section,
    "models": models_section,
    "autodiff": autodiff_section,
    "optimizers": optimizers_section,
    "sgd": sgd_section,
}


def main():
    """Write all sections and the version they come from."""
    fixture = {"torch_version": torch.__version__}
    fixture.update((name, section()) for name, section in SECTIONS.items())
    FIXTURE.write_text(json.dumps(fixture, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
