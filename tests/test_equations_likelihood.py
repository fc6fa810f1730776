"""The equations of the chapter on likelihood, held to SciPy, to integrals and to sums."""

from itertools import product

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from lib import calculus

COUNTS = [(7, 10), (3, 3), (0, 4), (5, 9)]


def distribution(rng, size=4):
    """Draw some probabilities that sum to 1."""
    return rng.dirichlet(np.ones(size))


@pytest.fixture
def rng():
    return np.random.default_rng(3)


# --- likelihood ----------------------------------------------------------------------------------


@pytest.mark.equation("eq-ll-bernoulli")
@pytest.mark.parametrize("theta", [0.0, 0.2, 0.7, 1.0])
def test_one_flip_has_the_probability_theta_or_one_minus_theta(theta):
    law = stats.bernoulli(theta)
    assert {1: theta, 0: 1 - theta} == pytest.approx({y: law.pmf(y) for y in (1, 0)})


@pytest.mark.equation("eq-ll-likelihood")
def test_the_product_over_the_flips_gives_all_sequences_together_the_probability_one():
    theta = 0.7
    likelihoods = {
        flips: np.prod([theta if y else 1 - theta for y in flips])
        for flips in product((0, 1), repeat=10)
    }
    assert sum(likelihoods.values()) == pytest.approx(1)
    seven = sum(value for flips, value in likelihoods.items() if sum(flips) == 7)
    assert seven == pytest.approx(stats.binom.pmf(7, 10, theta))


@pytest.mark.equation("eq-ll-coin")
@pytest.mark.parametrize(("heads", "n"), COUNTS)
def test_the_nll_of_a_coin_and_its_slope(heads, n):
    flips = np.repeat([1, 0], [heads, n - heads])

    def nll(theta):
        return -stats.bernoulli.logpmf(flips, theta).sum()

    for theta in (0.2, 0.5, 0.9):
        assert -heads * np.log(theta) - (n - heads) * np.log(1 - theta) == pytest.approx(nll(theta))
        slope = calculus.derivative(nll, theta)
        assert -heads / theta + (n - heads) / (1 - theta) == pytest.approx(slope, rel=1e-6)
        assert (n * theta - heads) / (theta * (1 - theta)) == pytest.approx(slope, rel=1e-6)


@pytest.mark.equation("eq-ll-pairs")
def test_the_probability_of_pairs_splits_into_a_part_without_theta_and_the_rest(rng):
    of_x = distribution(rng, 3)
    joints = []
    for _ in range(2):  # two models of y given x
        given = np.array([distribution(rng, 2) for _ in of_x])
        joints.append(of_x[:, None] * given)
    data = [(0, 1), (2, 0), (1, 1), (2, 1)]
    bracket = np.prod([of_x[x] for x, _ in data])
    for joint in joints:
        given = joint / joint.sum(axis=1, keepdims=True)
        whole = np.prod([joint[pair] for pair in data])
        assert bracket * np.prod([given[pair] for pair in data]) == pytest.approx(whole)


@pytest.mark.equation("eq-ll-nll", "eq-ll-mean-nll")
def test_the_mean_nll_times_n_is_minus_the_log_of_the_likelihood(rng):
    x, y = rng.normal(size=6), rng.integers(0, 2, 6)
    p = 1 / (1 + np.exp(-2 * x))
    losses = [-np.log(q if label else 1 - q) for q, label in zip(p, y, strict=True)]
    likelihood = np.prod(stats.bernoulli.pmf(y, p))
    assert 6 * np.mean(losses) == pytest.approx(-np.log(likelihood))


# --- classes and noise ---------------------------------------------------------------------------


@pytest.mark.equation("eq-ll-two-classes")
@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("y_hat", [0.1, 0.5, 0.9])
def test_powers_write_both_cases_of_two_classes(y, y_hat):
    law = stats.bernoulli(y_hat)
    assert y_hat**y * (1 - y_hat) ** (1 - y) == pytest.approx(law.pmf(y))
    loss = -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)
    assert loss == pytest.approx(-law.logpmf(y))


@pytest.mark.equation("eq-ll-k-classes")
def test_the_loss_of_k_classes_is_minus_the_log_of_a_categorical_probability(rng):
    y_hat = distribution(rng, 5)
    for one_hot in np.eye(5, dtype=int):
        expected = -stats.multinomial.logpmf(one_hot, 1, y_hat)
        assert -(one_hot * np.log(y_hat)).sum() == pytest.approx(expected)


@pytest.mark.equation("eq-ll-additive-noise")
def test_with_additive_noise_the_density_is_that_of_the_noise_at_target_minus_prediction():
    noise, prediction = stats.gumbel_r, 1.5  # a skewed density: the sign of the residual matters
    at = np.linspace(-1, 6, 15)
    chance = [calculus.derivative(lambda t: noise.cdf(t - prediction), y) for y in at]
    assert noise.pdf(at - prediction) == pytest.approx(chance, rel=1e-5)
    assert noise.pdf(prediction - at) != pytest.approx(chance, rel=0.1)


@pytest.mark.equation("eq-ll-gaussian", "eq-ll-laplace")
@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_the_two_noise_densities_and_their_negative_logarithms(scale):
    y, y_hat = np.linspace(-3, 5, 33), 1.2
    bell = np.exp(-((y - y_hat) ** 2) / (2 * scale**2)) / (scale * np.sqrt(2 * np.pi))
    assert bell == pytest.approx(stats.norm.pdf(y, y_hat, scale))
    loss = (y - y_hat) ** 2 / 2 / scale**2 + np.log(scale * np.sqrt(2 * np.pi))
    assert loss == pytest.approx(-stats.norm.logpdf(y, y_hat, scale))
    peak = np.exp(-abs(y - y_hat) / scale) / (2 * scale)
    assert peak == pytest.approx(stats.laplace.pdf(y, y_hat, scale))
    loss = abs(y - y_hat) / scale + np.log(2 * scale)
    assert loss == pytest.approx(-stats.laplace.logpdf(y, y_hat, scale))


@pytest.mark.equation("eq-ll-scale")
def test_the_nll_over_the_scale_its_slope_and_its_lowest_place():
    residuals = np.array([1.0, 2, 4]) - 7 / 3
    n, sse = 3, (residuals**2).sum()

    def nll(sigma):
        return -stats.norm.logpdf(residuals, scale=sigma).sum()

    for sigma in (0.7, 1.0, 2.0):
        value = n * np.log(sigma) + sse / (2 * sigma**2) + n / 2 * np.log(2 * np.pi)
        assert value == pytest.approx(nll(sigma))
        slope = calculus.derivative(nll, sigma)
        assert n / sigma - sse / sigma**3 == pytest.approx(slope, rel=1e-6)
        assert n / sigma**3 * (sigma**2 - sse / n) == pytest.approx(slope, rel=1e-6)
    best = optimize.minimize_scalar(nll, bounds=(0.5, 3), method="bounded").x
    assert best**2 == pytest.approx(sse / n, rel=1e-4) == pytest.approx(1.5556, abs=5e-5)


@pytest.mark.equation("eq-ll-predicted-variance")
@pytest.mark.parametrize(
    ("y", "y_hat", "s"), [(2.0, 0.0, 0.0), (2.0, 0.0, np.log(2)), (1, 1.3, -1)]
)
def test_the_loss_with_a_predicted_variance_and_its_two_slopes(y, y_hat, s):
    def loss(both):
        return -stats.norm.logpdf(y, both[0], np.exp(both[1]))

    value = (y - y_hat) ** 2 / (2 * np.exp(2 * s)) + s + np.log(2 * np.pi) / 2
    assert value == pytest.approx(loss((y_hat, s)))
    slopes = (y_hat - y) / np.exp(2 * s), 1 - (y - y_hat) ** 2 / np.exp(2 * s)
    assert slopes == pytest.approx(calculus.gradient(loss, np.array([y_hat, s])), abs=1e-6)


def test_the_numbers_of_the_box_on_a_predicted_variance():
    assert -stats.norm.logpdf(2, 0, 1) == pytest.approx(2.9189, abs=5e-5)
    assert -stats.norm.logpdf(2, 0, 2) == pytest.approx(2.1121, abs=5e-5)
    nll = optimize.minimize_scalar(lambda mu: -stats.norm.logpdf([10, 13], mu, [1, 2]).sum())
    assert nll.x == pytest.approx(10.6, abs=1e-4)


# --- priors --------------------------------------------------------------------------------------


@pytest.mark.equation("eq-ll-bayes", "eq-ll-map", "eq-ll-map-coin")
@pytest.mark.parametrize(("heads", "n"), COUNTS)
def test_the_posterior_of_a_coin_is_the_beta_density_that_the_literature_gives(heads, n):
    def likelihood(theta):
        return theta**heads * (1 - theta) ** (n - heads)

    def prior(theta):
        return 6 * theta * (1 - theta)

    evidence, _ = integrate.quad(lambda theta: likelihood(theta) * prior(theta), 0, 1)
    thetas = np.linspace(0.05, 0.95, 19)
    posterior = stats.beta(heads + 2, n - heads + 2)
    assert likelihood(thetas) * prior(thetas) / evidence == pytest.approx(posterior.pdf(thetas))

    def penalised(theta):
        return -np.log(likelihood(theta)) - np.log(prior(theta))

    best = optimize.minimize_scalar(penalised, bounds=(1e-6, 1 - 1e-6), method="bounded").x
    peak = optimize.minimize_scalar(lambda theta: -posterior.pdf(theta), bounds=(0, 1)).x
    assert best == pytest.approx(peak, abs=1e-4)
    assert (heads + 1) / (n + 2) == pytest.approx(peak, abs=1e-4)


def test_described_by_its_logit_the_coin_has_its_peak_elsewhere():
    def minus_log_density(z):  # the density of z is that of theta times dtheta/dz
        theta = 1 / (1 + np.exp(-z))
        return -stats.beta.logpdf(theta, 9, 5) - np.log(theta * (1 - theta))

    z = optimize.minimize_scalar(minus_log_density).x
    assert (
        1 / (1 + np.exp(-z)) == pytest.approx(9 / 14, abs=1e-5) == pytest.approx(0.6429, abs=5e-5)
    )


@pytest.mark.equation("eq-ll-l2-penalty")
def test_an_l2_penalty_gives_the_parameters_with_the_largest_posterior_density(rng):
    X, tau, n = rng.normal(size=(12, 2)), 0.7, 12
    y = (X @ [2.0, -1.0] + rng.logistic(size=n) > 0).astype(int)

    def log_likelihood(theta):
        return stats.bernoulli.logpmf(y, 1 / (1 + np.exp(-X @ theta))).sum()

    def penalised(theta):
        return -log_likelihood(theta) / n + theta @ theta / (2 * n * tau**2)

    def minus_log_posterior(theta):
        return -log_likelihood(theta) - stats.norm.logpdf(theta, scale=tau).sum()

    penalised_best = optimize.minimize(penalised, np.zeros(2)).x
    most_probable = optimize.minimize(minus_log_posterior, np.zeros(2)).x
    assert penalised_best == pytest.approx(most_probable, abs=1e-4)


# --- information ---------------------------------------------------------------------------------


@pytest.mark.equation("eq-ll-entropy", "eq-ll-cross-entropy", "eq-ll-kl", "eq-ll-ce-h-kl")
def test_entropy_cross_entropy_and_kl_divergence(rng):
    for _ in range(5):
        p, q = distribution(rng), distribution(rng)
        entropy, cross, kl = (
            -(p * np.log(p)).sum(),
            -(p * np.log(q)).sum(),
            (p * np.log(p / q)).sum(),
        )
        assert entropy == pytest.approx(stats.entropy(p))
        assert kl == pytest.approx(stats.entropy(p, q))
        assert cross == pytest.approx(stats.entropy(p) + stats.entropy(p, q))


def test_the_cross_entropy_is_the_mean_surprise_of_outcomes_that_follow_p():
    p, q = np.array([0.5, 0.25, 0.25]), np.array([0.7, 0.2, 0.1])
    outcomes = np.repeat([0, 1, 2], [200, 100, 100])
    assert -(p * np.log(q)).sum() == pytest.approx(-np.log(q[outcomes]).mean())


@pytest.mark.equation("eq-ll-gibbs")
@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_each_line_of_the_proof_that_kl_is_never_negative(rng, zeros):
    p = np.append(distribution(rng, 4), np.zeros(zeros))
    q, some = distribution(rng, 4 + zeros), p > 0
    lines = [
        (p[some] * np.log(q[some] / p[some])).sum(),
        (p[some] * (q[some] / p[some] - 1)).sum(),
        q[some].sum() - 1,
    ]
    assert lines[0] == pytest.approx(-stats.entropy(p, q))
    assert lines[0] < lines[1]
    assert lines[1] == pytest.approx(lines[2])
    assert lines[2] <= 1e-12


@pytest.mark.equation("eq-ll-one-hot")
def test_for_a_one_hot_label_cross_entropy_and_kl_are_minus_the_log_of_its_probability(rng):
    q = distribution(rng, 3)
    for y, label in enumerate(np.eye(3)):
        assert stats.entropy(label) == 0
        assert stats.entropy(label, q) == pytest.approx(-np.log(q[y]))
        assert -(label * np.log(q)).sum() == pytest.approx(-np.log(q[y]))


@pytest.mark.equation("eq-ll-jensen")
def test_the_mean_of_a_convex_function_is_at_least_the_function_at_the_mean(rng):
    chances, values = distribution(rng, 6), rng.uniform(0.1, 5, 6)
    mu = chances @ values
    tangent = -np.log(mu) - (values - mu) / mu
    assert (-np.log(values) >= tangent).all()
    assert chances @ tangent == pytest.approx(-np.log(mu))
    assert chances @ -np.log(values) > -np.log(mu)
    assert np.mean([0, -np.log(3)]) == pytest.approx(-0.5493, abs=5e-5)


@pytest.mark.equation("eq-ll-ml-kl")
def test_the_mean_nll_of_data_is_their_entropy_plus_the_kl_divergence_to_the_model(rng):
    data, q = rng.integers(0, 4, 50), distribution(rng, 4)
    counts = np.bincount(data, minlength=4)
    mean_nll = -np.log(q[data]).mean()
    assert -(counts / 50 * np.log(q)).sum() == pytest.approx(mean_nll)
    assert stats.entropy(counts) + stats.entropy(counts, q) == pytest.approx(mean_nll)


@pytest.mark.equation("eq-ll-density-split")
def test_for_densities_the_expected_nll_is_the_differential_entropy_plus_kl():
    p, q = stats.laplace(0.3, 0.8), stats.norm(-0.5, 1.7)

    def mean(function):
        return sum(
            integrate.quad(lambda y: p.pdf(y) * function(y), *ends)[0]
            for ends in ((-40, 0.3), (0.3, 40))
        )

    kl = mean(lambda y: p.logpdf(y) - q.logpdf(y))
    assert mean(lambda y: -q.logpdf(y)) == pytest.approx(p.entropy() + kl, rel=1e-6)
    assert mean(lambda y: -p.logpdf(y)) == pytest.approx(float(p.entropy()), rel=1e-6)


@pytest.mark.equation("eq-ll-kl-gaussians")
@pytest.mark.parametrize(
    ("mu_1", "sigma_1", "mu_2", "sigma_2"), [(0, 1, 1, 2), (1, 2, 0, 1), (-1, 0.5, 2, 3)]
)
def test_the_kl_divergence_of_two_gaussians_is_its_integral(mu_1, sigma_1, mu_2, sigma_2):
    p, q = stats.norm(mu_1, sigma_1), stats.norm(mu_2, sigma_2)
    ends = mu_1 - 12 * sigma_1, mu_1 + 12 * sigma_1
    integral, _ = integrate.quad(lambda y: p.pdf(y) * (p.logpdf(y) - q.logpdf(y)), *ends)
    formula = (
        np.log(sigma_2 / sigma_1) - 1 / 2 + (sigma_1**2 + (mu_1 - mu_2) ** 2) / (2 * sigma_2**2)
    )
    assert formula == pytest.approx(integral, rel=1e-6)


@pytest.mark.equation("eq-ll-expected-split")
def test_the_expected_loss_splits_into_the_noise_at_each_x_and_the_kl_at_each_x(rng):
    of_x = distribution(rng, 3)
    truth = np.array([distribution(rng, 4) for _ in of_x])
    model = np.array([distribution(rng, 4) for _ in of_x])
    expected = -sum(of_x[x] * truth[x, y] * np.log(model[x, y]) for x in range(3) for y in range(4))
    floor = of_x @ stats.entropy(truth, axis=1)
    assert expected == pytest.approx(floor + of_x @ stats.entropy(truth, model, axis=1))


@pytest.mark.equation("eq-ll-mutual-information")
def test_mutual_information_is_what_knowing_x_takes_off_the_entropy_of_y(rng):
    for joint in (np.array([[0.3, 0.2], [0.1, 0.4]]), rng.dirichlet(np.ones(12)).reshape(3, 4)):
        of_x, of_y = joint.sum(axis=1), joint.sum(axis=0)
        as_kl = stats.entropy(joint.ravel(), np.outer(of_x, of_y).ravel())
        after = of_x @ stats.entropy(joint, axis=1)  # it divides each row by its sum
        assert as_kl == pytest.approx(stats.entropy(of_y) - after)
        assert as_kl == pytest.approx(stats.entropy(of_x) - of_y @ stats.entropy(joint, axis=0))
    independent = np.outer(distribution(rng), distribution(rng))
    assert stats.entropy(independent.sum(axis=0)) == pytest.approx(
        independent.sum(axis=1) @ stats.entropy(independent, axis=1)
    )
