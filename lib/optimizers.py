"""Ways downhill: each takes a function that computes a gradient, and returns the whole path.

An optimizer knows no loss, no model and no data. It is given the gradient as a function of the
parameters theta, which may be an array of any shape, and it records every theta it visits.

**Divergence is not an error.** A learning rate that is too large makes theta grow until float64 is
full. The path then goes to plus or minus infinity without a warning, and ``Trace.diverged`` says
so. It never holds NaN: from the first theta that is not finite the gradient is not asked for any
more, and the rest of the path repeats that theta, and the last gradient. A gradient that is NaN, or
raises, where a parameter is beyond ``OVERFLOW`` counts as overflow too; anywhere nearer it is an
error in the gradient, and is reported.

The updates are PyTorch's, step for step.

References
----------
The PyTorch documentation, ``torch.optim.SGD`` and ``torch.optim.Adam``.
HIPS/autograd, ``autograd/misc/optimizers.py``: an optimizer takes a gradient function.
"""

from dataclasses import dataclass

import numpy as np

from lib import checks

OVERFLOW = 1e75  # beyond it, the fourth power of a parameter is more than float64 can hold


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """The path of an optimizer.

    Attributes
    ----------
    thetas : numpy.ndarray, shape (n_steps + 1, ...)
        The parameters: first the start, then what each step led to.
    gradients : numpy.ndarray, shape (n_steps, ...)
        The gradient that each step used.

    See Also
    --------
    gradient_descent : makes one.

    Examples
    --------
    >>> trace = gradient_descent(lambda theta: 2 * theta, 8.0, learning_rate=0.25, n_steps=3)
    >>> trace
    Trace(n_steps=3, last theta 1, diverged=False)
    >>> print(trace.thetas, trace.gradients)
    [8. 4. 2. 1.] [16.  8.  4.]
    """

    thetas: np.ndarray
    gradients: np.ndarray

    @property
    def theta(self):
        """The last parameters, an array of their shape."""
        return self.thetas[-1]

    @property
    def diverged(self):
        """Whether the path left the range of float64."""
        return not bool(np.isfinite(self.thetas[-1]).all())

    def __len__(self):
        return len(self.thetas)

    def __repr__(self):
        last = np.array2string(self.theta, formatter={"float_kind": "{:.6g}".format}, threshold=8)
        return f"Trace(n_steps={len(self.gradients)}, last theta {last}, diverged={self.diverged})"


# ---------------------------------------------------------------------------------------------
# The update rules: from theta, the gradient g there and the number t of the step to the next theta
# ---------------------------------------------------------------------------------------------


def _plain_rule(learning_rate):
    """Step against the gradient."""
    rate = checks.positive_number("learning_rate", learning_rate)
    return lambda theta, g, t: theta - rate * g


def _momentum_rule(learning_rate, momentum):
    """Step along a velocity that remembers earlier gradients."""
    rate = checks.positive_number("learning_rate", learning_rate)
    momentum = checks.below_one("momentum", momentum)
    v = 0.0

    def update(theta, g, t):
        nonlocal v
        v = momentum * v + g
        return theta - rate * v

    return update


def _adam_rule(learning_rate, beta1, beta2, epsilon):
    """Step along the mean gradient m, in units of the root of the mean squared gradient v."""
    rate = checks.positive_number("learning_rate", learning_rate)
    beta1, beta2 = checks.below_one("beta1", beta1), checks.below_one("beta2", beta2)
    epsilon = checks.positive_number("epsilon", epsilon)
    m = v = 0.0

    def update(theta, g, t):
        nonlocal m, v
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)  # the means start at 0; this makes up for it
        v_hat = v / (1 - beta2**t)
        return theta - rate * m_hat / (np.sqrt(v_hat) + epsilon)

    return update


# ---------------------------------------------------------------------------------------------
# The optimizers
# ---------------------------------------------------------------------------------------------


def gradient_descent(gradient, theta, *, learning_rate, n_steps):
    """Step against the gradient, again and again.

    Parameters
    ----------
    gradient : callable
        Function of the parameters; returns the gradient of the loss, an array of their shape.
    theta : array_like, any shape
        Where to start. It is not changed.
    learning_rate : float
        The length of a step for a gradient of 1, in units of theta squared per unit of loss.
    n_steps : int
        How many steps to take; 0 is allowed.

    Returns
    -------
    Trace
        The path.

    Raises
    ------
    TypeError
        If the gradient cannot be called or is not made of real numbers, or an argument is of the
        wrong type.
    ValueError
        If the start is not finite, the learning rate is not positive, or the gradient has another
        shape than theta or is NaN.

    See Also
    --------
    largest_stable_rate : the learning rate at which it begins to diverge.
    momentum, adam, sgd : other ways down.

    Notes
    -----
    theta ← theta - learning_rate · gradient(theta).

    References
    ----------
    A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847.

    Examples
    --------
    >>> gradient_descent(lambda w: 2 * w, [3.0, 1.0], learning_rate=0.25, n_steps=1).theta
    array([1.5, 0.5])
    """
    return _descend(gradient, theta, n_steps, _plain_rule(learning_rate))


def momentum(gradient, theta, *, learning_rate, momentum=0.9, n_steps):
    """Step along a velocity that remembers earlier gradients.

    Parameters
    ----------
    gradient : callable
        Function of the parameters; returns the gradient of the loss, an array of their shape.
    theta : array_like, any shape
        Where to start. It is not changed.
    learning_rate : float
        The length of a step for a velocity of 1.
    momentum : float
        How much of the velocity stays from one step to the next, in [0, 1).
    n_steps : int
        How many steps to take; 0 is allowed.

    Returns
    -------
    Trace
        The path.

    Raises
    ------
    TypeError
        If the gradient cannot be called or is not made of real numbers, or an argument is of the
        wrong type.
    ValueError
        If the start is not finite, the learning rate is not positive, the momentum is not in
        [0, 1), or the gradient has another shape than theta or is NaN.

    See Also
    --------
    gradient_descent : the same with momentum 0.

    Notes
    -----
    v ← momentum · v + gradient(theta), theta ← theta - learning_rate · v, with v = 0 at first: the
    convention of PyTorch. In others the learning rate is inside the velocity.

    With the best rate and momentum for its eigenvalues, a quadratic loss needs a number of steps
    that grows with the root of the condition number, where gradient descent's grows with the
    condition number itself. This holds for quadratic losses: there is a strongly convex function on
    which the same constants lead into a cycle.

    References
    ----------
    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    L. Lessard, B. Recht and A. Packard, "Analysis and design of optimization algorithms via
    integral quadratic constraints", SIAM Journal on Optimization 26(1), 2016: the cycle.

    Examples
    --------
    >>> trace = momentum(lambda w: 2 * w, 8.0, learning_rate=0.25, momentum=0.5, n_steps=2)
    >>> print(trace.thetas)
    [8. 4. 0.]
    """
    return _descend(gradient, theta, n_steps, _momentum_rule(learning_rate, momentum))


def adam(gradient, theta, *, learning_rate, n_steps, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Step along the average gradient, measured in units of its own typical size.

    Parameters
    ----------
    gradient : callable
        Function of the parameters; returns the gradient of the loss, an array of their shape.
    theta : array_like, any shape
        Where to start. It is not changed.
    learning_rate : float
        The length of a step in every coordinate while the gradient stays the same, in the unit of
        theta; see Notes.
    n_steps : int
        How many steps to take; 0 is allowed.
    beta1, beta2 : float
        How much of the average gradient, and of the average squared gradient, stays from one step
        to the next, in [0, 1).
    epsilon : float
        Added to the typical size of the gradient, in its unit; positive.

    Returns
    -------
    Trace
        The path.

    Raises
    ------
    TypeError
        If the gradient cannot be called or is not made of real numbers, or an argument is of the
        wrong type.
    ValueError
        If the start is not finite, the learning rate or epsilon is not positive, a beta is not in
        [0, 1), or the gradient has another shape than theta or is NaN.

    See Also
    --------
    momentum : averages the gradient only.

    Notes
    -----
    m ← beta1 m + (1 - beta1) g, v ← beta2 v + (1 - beta2) g², and theta ← theta - learning_rate ·
    (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) at step t = 1, 2, ...

    A step is as long as the learning rate while the gradient stays the same, and shorter where its
    sign changes. It is longer where gradients grow: with the default betas 3.2 times the learning
    rate, (1 - beta1) / sqrt(1 - beta2), at a large gradient after many zeros, and never over 7.3.

    References
    ----------
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.

    Examples
    --------
    >>> trace = adam(lambda w: 2 * w, 8.0, learning_rate=0.5, n_steps=2)
    >>> print(trace.thetas.round(2))
    [8.  7.5 7. ]
    """
    return _descend(gradient, theta, n_steps, _adam_rule(learning_rate, beta1, beta2, epsilon))


def sgd(
    gradient_on_batch,
    theta,
    n_samples,
    *,
    rng,
    batch_size,
    learning_rate,
    n_epochs,
    momentum=0.0,
):
    """Step against the gradient of a few samples at a time.

    Parameters
    ----------
    gradient_on_batch : callable
        Function of the parameters and of an array of sample indices, shape (at most batch_size,);
        returns the gradient of the mean loss of these samples, an array of the shape of theta.
    theta : array_like, any shape
        Where to start. It is not changed.
    n_samples : int
        How many samples there are.
    rng : numpy.random.Generator
        Shuffles the samples, once before each epoch.
    batch_size : int
        How many samples a step looks at, at most n_samples. The last batch of an epoch is smaller
        where it does not divide n_samples.
    learning_rate : float
        The length of a step for a velocity of 1.
    n_epochs : int
        How many times to go through all samples; 0 is allowed.
    momentum : float
        How much of the velocity stays from one step to the next, in [0, 1).

    Returns
    -------
    Trace
        The path, with n_epochs · ceil(n_samples / batch_size) steps.

    Raises
    ------
    TypeError
        If the gradient cannot be called or is not made of real numbers, or an argument is of the
        wrong type.
    ValueError
        If the start is not finite, an argument is out of its range, or the gradient has another
        shape than theta or is NaN.

    See Also
    --------
    momentum : the same step, on all samples.

    Notes
    -----
    Stochastic gradient descent: at fixed parameters the gradient of a random batch is right on
    average, and costs batch_size / n_samples of the whole. Within an epoch the parameters depend on
    the batches already drawn, so it need not hold for the batches that are left. With a constant
    learning rate the path settles only where the gradient of every possible batch is zero.

    References
    ----------
    H. Robbins and S. Monro, "A stochastic approximation method", 1951.

    Examples
    --------
    >>> y = np.array([1.0, 3.0])
    >>> trace = sgd(
    ...     lambda w, batch: np.mean(w - y[batch]),
    ...     0.0,
    ...     2,
    ...     rng=np.random.default_rng(0),
    ...     batch_size=2,
    ...     learning_rate=0.5,
    ...     n_epochs=2,
    ... )
    >>> print(trace.thetas)
    [0.  1.  1.5]
    """
    checks.function("gradient_on_batch", gradient_on_batch)
    n_samples = checks.count("n_samples", n_samples)
    batch_size = checks.count("batch_size", batch_size)
    if batch_size > n_samples:
        message = f"batch_size must be at most n_samples, {n_samples}, got {batch_size}."
        raise ValueError(message)
    n_epochs = checks.count("n_epochs", n_epochs, minimum=0)
    batches = _batches(n_samples, batch_size, checks.generator(rng))
    return _descend(
        lambda theta: gradient_on_batch(theta, next(batches)),
        theta,
        n_epochs * -(-n_samples // batch_size),
        _momentum_rule(learning_rate, momentum),
    )


def largest_stable_rate(hessian):
    """Find the learning rate above which gradient descent diverges on a quadratic loss.

    Parameters
    ----------
    hessian : array_like, shape (d, d)
        The second derivatives of the loss, symmetric, in units of loss per unit of theta squared.

    Returns
    -------
    float
        The rate, in units of theta squared per unit of loss.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If the matrix is not square, not symmetric, not finite, has no positive eigenvalue, or has
        a negative one: along its eigenvector the loss curves downwards, and gradient descent leaves
        at any rate.

    See Also
    --------
    lib.calculus.hessian : computes the matrix for any loss.

    Notes
    -----
    2 / λ_max. Along an eigenvector a step multiplies the distance to the minimum by
    1 - learning_rate · λ, which is below 1 in size exactly when the rate is below 2 / λ and λ is
    positive. For λ = 0 the distance stays as it is, for λ < 0 it grows at every rate. An eigenvalue
    that is negative by less than 1e-9 of the largest one counts as zero: a Hessian by differences
    is no more certain than that.

    References
    ----------
    G. Goh, "Why momentum really works", Distill, 2017.

    Examples
    --------
    >>> largest_stable_rate([[2.0, 0.0], [0.0, 8.0]])
    0.25
    """
    eigenvalues = np.linalg.eigvalsh(_symmetric("hessian", checks.finite_array("hessian", hessian)))
    least, largest = float(eigenvalues[0]), float(eigenvalues[-1])
    rounding = len(eigenvalues) * float(np.spacing(1.0)) * np.abs(eigenvalues).max()
    if largest <= rounding:
        raise ValueError(f"hessian must have a positive eigenvalue, got at most {largest:.6g}.")
    if least < -max(rounding, 1e-9 * largest):
        raise ValueError(
            f"hessian must have no negative eigenvalue, got {least:.6g}: the loss curves downwards "
            "along its eigenvector, and gradient descent leaves at any learning rate."
        )
    return 2.0 / largest


def _symmetric(name, array):
    """Refuse what is not a symmetric matrix, up to 1e-8 of its largest entry."""
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError(f"{name} must have shape (d, d), got {array.shape}.")
    with np.errstate(over="ignore"):
        gap = np.abs(array - array.T)
    if gap.max() > 1e-8 * np.abs(array).max():
        i, j = (int(k) for k in np.unravel_index(np.argmax(gap), gap.shape))
        raise ValueError(
            f"{name} must be symmetric, got {array[i, j]} at index {(i, j)} "
            f"and {array[j, i]} at index {(j, i)}."
        )
    return array


# ---------------------------------------------------------------------------------------------
# One loop for all of them
# ---------------------------------------------------------------------------------------------


def _batches(n_samples, batch_size, rng):
    """Cut the samples into batches, in a new order each epoch, without end."""
    while True:
        order = rng.permutation(n_samples)
        yield from (order[i : i + batch_size] for i in range(0, n_samples, batch_size))


def _descend(gradient, theta, n_steps, update):
    """Walk from theta, and return the path."""
    checks.function("gradient", gradient)
    theta = checks.finite_array("theta", theta)
    n_steps = checks.count("n_steps", n_steps, minimum=0)
    thetas, gradients = np.empty((n_steps + 1, *theta.shape)), np.empty((n_steps, *theta.shape))
    thetas[0] = theta
    with np.errstate(all="ignore"):  # what is not finite is looked at here
        for t in range(n_steps):
            g = gradients[t] = _gradient_at(gradient, theta)
            theta = thetas[t + 1] = update(theta, g, t + 1)
            if not checks.all_finite(theta):
                thetas[t + 1 :] = _infinite(theta, thetas[t])
                gradients[t + 1 :] = g
                break
    return Trace(thetas, gradients)


def _gradient_at(gradient, theta):
    """Ask for the gradient, and take a failure far out for the overflow that it is."""
    try:
        g = checks.real_array("gradient(theta)", gradient(theta.copy()))
        checks.not_nan("gradient(theta)", g)
    except (ValueError, ArithmeticError):
        far = np.abs(theta) > OVERFLOW
        if not far.any():
            raise
        return np.where(far, -np.copysign(np.inf, theta), 0.0)
    checks.same_shape("gradient(theta)", g, "theta", theta)
    return g


def _infinite(theta, previous):
    """Put plus or minus infinity for NaN, which is an infinity overshot."""
    return np.where(np.isnan(theta), np.copysign(np.inf, previous), theta)
