"""Full-batch steps of softmax regression, n = 1,000, d = 20, K = 10, with biases."""

import numpy as np

from bench.timing import compare, installed

N_STEPS, RATE, N_CLASSES = 200, 0.5, 10


def data():
    """Ten overlapping clouds."""
    rng = np.random.default_rng(0)
    labels = np.arange(1000) % N_CLASSES
    return rng.normal(size=(1000, 20)) + rng.normal(size=(N_CLASSES, 20))[labels], labels


def by_hand():
    """Loop over a few lines of NumPy."""
    X, labels = data()
    rows = np.arange(len(X))

    def run():
        W, b = np.zeros((N_CLASSES, 20)), np.zeros(N_CLASSES)
        for _ in range(N_STEPS):
            Z = X @ W.T + b
            P = np.exp(Z - Z.max(axis=1, keepdims=True))
            P /= P.sum(axis=1, keepdims=True)
            P[rows, labels] -= 1.0
            P /= len(X)
            W, b = W - RATE * (P.T @ X), b - RATE * P.sum(axis=0)
        return np.column_stack([W, b])

    return run


def with_lib():
    """Take the model, the loss and the optimizer from the package."""
    from lib import losses, models, optimizers

    X, labels = data()

    def gradient(theta):
        logits = models.linear(X, theta[:, :-1], theta[:, -1])
        error = losses.cross_entropy_with_logits_gradient(labels, logits)
        return np.column_stack([error.T @ X, error.sum(axis=0)]) / len(X)

    start = np.zeros((N_CLASSES, 21))
    return lambda: (
        optimizers.gradient_descent(gradient, start, learning_rate=RATE, n_steps=N_STEPS).theta
    )


def with_torch():
    """Take all of it from PyTorch."""
    import torch

    X, labels = map(torch.as_tensor, data())

    def run():
        W = torch.zeros((N_CLASSES, 20), dtype=torch.float64, requires_grad=True)
        b = torch.zeros(N_CLASSES, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([W, b], lr=RATE)
        for _ in range(N_STEPS):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(X @ W.T + b, labels).backward()
            optimizer.step()
        return torch.cat([W, b[:, None]], dim=1).detach().numpy()

    return run


def with_autograd():
    """Take the gradient from autograd."""
    import autograd
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    X, labels = data()
    rows = np.arange(len(X))

    def loss(theta):
        Z = anp.dot(X, theta[:, :-1].T) + theta[:, -1]
        return anp.mean(logsumexp(Z, axis=1) - Z[rows, labels])

    def run():
        theta, gradient = np.zeros((N_CLASSES, 21)), autograd.grad(loss)
        for _ in range(N_STEPS):
            theta = theta - RATE * gradient(theta)
        return theta

    return run


MAKERS = {
    "NumPy by hand": by_hand,
    "lib": with_lib,
    "PyTorch": with_torch,
    "autograd": with_autograd,
}


def rows():
    """Time it."""
    name = "softmax regression, 200 steps, n=1,000 d=20 K=10"
    return [compare(name, installed(MAKERS), budget=1.3, repeats=9)]
