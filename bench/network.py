"""Gradient of a network with 64 inputs, 64 hidden tanh units and 10 classes, n = 1,000."""

import numpy as np

from bench.timing import compare, installed

N_SAMPLES, N_CALLS = 1000, 10


def data():
    """Draw inputs, labels, and the weights and biases of both layers."""
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(N_SAMPLES, 64)), rng.integers(10, size=N_SAMPLES)
    weights = (
        rng.normal(size=(64, 64)) / 8,
        np.zeros(64),
        rng.normal(size=(64, 10)) / 8,
        np.zeros(10),
    )
    return X, labels, weights


def repeated(gradients):
    """Call several times, and hand back the last gradients in one vector."""

    def run():
        for _ in range(N_CALLS):
            parts = gradients()
        return np.concatenate([np.ravel(part) for part in parts])

    return run


def by_hand():
    """Forward and backward pass, written out."""
    X, labels, (W1, b1, W2, b2) = data()
    rows = np.arange(N_SAMPLES)

    def gradients():
        H = np.tanh(X @ W1 + b1)
        Z = H @ W2 + b2
        shifted = Z - Z.max(axis=1, keepdims=True)
        exps = np.exp(shifted)
        sums = exps.sum(axis=1, keepdims=True)
        loss = (np.log(sums[:, 0]) - shifted[rows, labels]).mean()
        dZ = exps / sums
        dZ[rows, labels] -= 1.0
        dZ /= N_SAMPLES
        dA = (dZ @ W2.T) * (1.0 - H * H)
        return loss, X.T @ dA, dA.sum(axis=0), H.T @ dZ, dZ.sum(axis=0)

    return repeated(gradients)


def with_lib():
    """Write the forward pass only."""
    from lib.autodiff import Tensor, cross_entropy_with_logits

    X, labels, weights = data()

    def gradients():
        leaves = [Tensor(weight) for weight in weights]
        W1, b1, W2, b2 = leaves
        logits = (X @ W1 + b1).tanh() @ W2 + b2
        loss = cross_entropy_with_logits(labels, logits).mean()
        loss.backward()
        return loss.data, *[leaf.grad for leaf in leaves]

    return repeated(gradients)


def with_torch():
    """Do the same in PyTorch, in float64."""
    import torch

    X, labels, weights = data()
    X, labels = torch.as_tensor(X), torch.as_tensor(labels)

    def gradients():
        leaves = [torch.tensor(weight, requires_grad=True) for weight in weights]
        W1, b1, W2, b2 = leaves
        logits = torch.tanh(X @ W1 + b1) @ W2 + b2
        loss = torch.nn.functional.cross_entropy(logits, labels)
        loss.backward()
        return loss.item(), *[leaf.grad.numpy() for leaf in leaves]

    return repeated(gradients)


def with_autograd():
    """Do the same in autograd."""
    import autograd
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    X, labels, weights = data()
    rows = np.arange(N_SAMPLES)

    def loss(W1, b1, W2, b2):
        Z = anp.dot(anp.tanh(anp.dot(X, W1) + b1), W2) + b2
        return anp.mean(logsumexp(Z, axis=1) - Z[rows, labels])

    value_and_grad = autograd.value_and_grad(loss, argnum=(0, 1, 2, 3))

    def gradients():
        value, parts = value_and_grad(*weights)
        return value, *parts

    return repeated(gradients)


MAKERS = {
    "NumPy by hand": by_hand,
    "lib": with_lib,
    "PyTorch": with_torch,
    "autograd": with_autograd,
}


def rows():
    """Time it."""
    name = "gradient of a 64-64-10 network, 10 calls, n=1,000"
    return [compare(name, installed(MAKERS), budget=1.5, repeats=25)]
