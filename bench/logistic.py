"""2,000 full-batch steps of logistic regression, n = 1,000, d = 2, with a bias."""

import numpy as np

from bench.timing import compare, installed

N_STEPS, RATE = 2000, 0.5


def data():
    """Two overlapping clouds."""
    rng = np.random.default_rng(0)
    y = (np.arange(1000) % 2).astype(float)
    return rng.normal(size=(1000, 2)) + y[:, np.newaxis], y


def by_hand():
    """Loop over two lines of NumPy."""
    X, y = data()

    def run():
        w, b = np.zeros(2), 0.0
        for _ in range(N_STEPS):
            error = 1.0 / (1.0 + np.exp(-(X @ w + b))) - y
            w, b = w - RATE * (X.T @ error) / len(y), b - RATE * error.mean()
        return np.append(w, b)

    return run


def with_lib():
    """Take the model, the loss and the optimizer from the package."""
    from lib import losses, models, optimizers

    X, y = data()

    def gradient(theta):
        logits = models.linear(X, theta[np.newaxis, :2], theta[2:])[:, 0]
        error = losses.binary_cross_entropy_with_logits_gradient(y, logits) / len(y)
        return np.append(X.T @ error, error.sum())

    return lambda: (
        optimizers.gradient_descent(
            gradient, np.zeros(3), learning_rate=RATE, n_steps=N_STEPS
        ).theta
    )


def with_torch():
    """Take all of it from PyTorch."""
    import torch

    X, y = map(torch.as_tensor, data())

    def run():
        w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
        b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([w, b], lr=RATE)
        for _ in range(N_STEPS):
            optimizer.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(X @ w + b, y)
            loss.backward()
            optimizer.step()
        return torch.cat([w, b]).detach().numpy()

    return run


def with_autograd():
    """Take the gradient from autograd."""
    import autograd
    import autograd.numpy as anp

    X, y = data()

    def loss(theta):
        z = anp.dot(X, theta[:2]) + theta[2]
        return anp.mean(anp.logaddexp(0.0, z) - y * z)

    def run():
        theta, gradient = np.zeros(3), autograd.grad(loss)
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
    name = "logistic regression, 2,000 steps, n=1,000 d=2"
    return [compare(name, installed(MAKERS), budget=3.0, repeats=7)]
