"""A network in numpy against finite differences, against torch, and on real digits."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from cnnlib.gradcheck import GradientMismatch, check_gradient
from cnnlib.network import (
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Function,
    GlobalAvgPool2d,
    Linear,
    MaxPool2d,
    Network,
    ReLU,
    accuracy,
    fit,
    predict,
)
from cnnlib.ops.activations import tanh_backward, tanh_forward
from cnnlib.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from cnnlib.optim import SGD, Adam, one_cycle


def rng_of(seed=0):
    return np.random.default_rng(seed)


def every_layer(seed=0, dtype=np.float64):
    """Non-square kernels, uneven padding, groups: for images (N, 2, 7, 6)."""
    rng = rng_of(seed)
    return Network(
        [
            Conv2d(2, 4, (3, 2), padding=((1, 1), (1, 0)), bias=False, rng=rng, dtype=dtype),
            BatchNorm2d(4, dtype=dtype),
            ReLU(),
            MaxPool2d(2, stride=(2, 1)),
            Conv2d(4, 6, (2, 3), stride=(1, 2), groups=2, rng=rng, dtype=dtype),
            Function(tanh_forward, tanh_backward),
            Flatten(),
            Dropout(0.25, rng=rng),
            Linear(24, 3, rng=rng, dtype=dtype),
        ]
    )


def digits_network(seed, widths=(8, 16), dtype=np.float32):
    rng = rng_of(seed)
    first, second = widths
    return Network(
        [
            Conv2d(1, first, 3, padding=1, bias=False, rng=rng, dtype=dtype),
            BatchNorm2d(first, dtype=dtype),
            ReLU(),
            MaxPool2d(2),
            Conv2d(first, second, 3, padding=1, bias=False, rng=rng, dtype=dtype),
            BatchNorm2d(second, dtype=dtype),
            ReLU(),
            GlobalAvgPool2d(),
            Linear(second, 10, rng=rng, dtype=dtype),
        ]
    )


@pytest.fixture(scope="module")
def digits():
    """((x, labels) to train on, (x, labels) held back): 8x8, standardised."""
    images, labels = load_digits(return_X_y=True)
    x = ((images - images.mean()) / images.std()).reshape(-1, 1, 8, 8).astype(np.float32)
    order = rng_of(1).permutation(len(x))
    train, test = order[:1200], order[1200:]
    return (x[train], labels[train]), (x[test], labels[test])


class TestGradients:
    @staticmethod
    def forward(x, **params):
        """A network of its own each time, so that dropout draws the same mask."""
        network = every_layer()
        for name, array in params.items():
            network.params[name][...] = array
        return network.forward(x, training=True), network

    @staticmethod
    def inputs():
        network = every_layer()
        return {"x": rng_of(3).standard_normal((4, 2, 7, 6)), **network.params}

    def test_of_the_whole_network_are_its_slopes(self):
        def backward(dy, network):
            dx = network.backward(dy)
            return dx, *(network.grads[name] for name in network.params)

        check_gradient("network", self.forward, backward, self.inputs(), rng=rng_of(5), step=1e-5, tolerance=1e-6)

    @pytest.mark.parametrize("wrong", ["0.w", "1.gamma", "4.b", "8.w"])
    def test_a_thousandth_too_much_is_found(self, wrong):
        def backward(dy, network):
            dx = network.backward(dy)
            grads = network.grads | {wrong: network.grads[wrong] * 1.001}
            return dx, *(grads[name] for name in network.params)

        with pytest.raises(GradientMismatch, match=rf"the gradient of {wrong}"):
            check_gradient("network", self.forward, backward, self.inputs(), rng=rng_of(5), step=1e-5, tolerance=1e-6)


def test_is_the_same_network_in_torch():
    """Forward, the gradients of everything, five steps of Adam, and what batch normalisation collected."""
    network = digits_network(7, dtype=np.float64)
    first, second = 8, 16
    peer = torch.nn.Sequential(
        torch.nn.Conv2d(1, first, 3, padding=1, bias=False),
        torch.nn.BatchNorm2d(first),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(first, second, 3, padding=1, bias=False),
        torch.nn.BatchNorm2d(second),
        torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(second, 10),
    ).double()
    weights = list(peer.parameters())
    for theta, weight in zip(network.params.values(), weights, strict=True):
        weight.data = torch.tensor(theta)
    x, labels = rng_of(2).standard_normal((12, 1, 8, 6)), rng_of(3).integers(10, size=12)
    x_peer = torch.tensor(x, requires_grad=True)
    ours, theirs = Adam(1e-2, weight_decay=1e-3), torch.optim.Adam(weights, lr=1e-2, weight_decay=1e-3)
    for _ in range(5):
        scores = network.forward(x, training=True)
        loss, cache = cross_entropy_forward(scores, labels)
        dx = network.backward(cross_entropy_backward(cache))
        theirs.zero_grad()
        x_peer.grad = None
        scores_peer = peer(x_peer)
        loss_peer = torch.nn.functional.cross_entropy(scores_peer, torch.tensor(labels))
        loss_peer.backward()
        np.testing.assert_allclose(scores, scores_peer.detach().numpy(), rtol=1e-8, atol=1e-10)
        assert loss == pytest.approx(loss_peer.item(), rel=1e-9)
        np.testing.assert_allclose(dx, x_peer.grad.numpy(), rtol=1e-7, atol=1e-12)
        for g, weight in zip(network.grads.values(), weights, strict=True):
            np.testing.assert_allclose(g, weight.grad.numpy(), rtol=1e-7, atol=1e-12)
        ours.step(network.params, network.grads)
        theirs.step()
    for theta, weight in zip(network.params.values(), weights, strict=True):
        np.testing.assert_allclose(theta, weight.detach().numpy(), rtol=1e-7, atol=1e-10)
    collected = [b for name, b in peer.named_buffers() if "running" in name]
    for running, buffer in zip(network.running.values(), collected, strict=True):
        np.testing.assert_allclose(running, buffer.numpy(), rtol=1e-9)
    np.testing.assert_allclose(network.forward(x), peer.eval()(x_peer).detach().numpy(), rtol=1e-8, atol=1e-10)


class TestTraining:
    def test_overfits_one_batch(self):
        x, labels = rng_of(1).standard_normal((16, 2, 7, 6)), rng_of(2).integers(3, size=16)
        network = every_layer()
        curves = fit(network, x, labels, optimizer=Adam(1e-2), epochs=80, batch_size=16, rng=rng_of(3), progress=False)
        assert curves.loss[0] > 0.8
        assert accuracy(network, x, labels) == 1.0

    def test_learns_to_read_digits(self, digits):
        train, test = digits
        network = digits_network(0, widths=(16, 32))
        curves = fit(
            network,
            *train,
            optimizer=Adam(),
            epochs=6,
            batch_size=64,
            rng=rng_of(0),
            validation=test,
            schedule=one_cycle(1e-2),
            progress=False,
        )
        assert accuracy(network, *test) >= 0.93
        assert curves.validation_accuracy[-1] == accuracy(network, *test)
        assert [len(curve) for curve in curves] == [6] * 4
        assert curves.loss[-1] < curves.loss[0]
        assert curves.validation_loss[-1] < curves.validation_loss[0]

    def test_one_seed_gives_one_result_to_the_bit(self, digits):
        (x, labels), _ = digits

        def trained(seed):
            network = digits_network(4)
            curves = fit(
                network,
                x[:200],
                labels[:200],
                optimizer=SGD(0.1, momentum=0.9),
                epochs=2,
                batch_size=32,
                rng=rng_of(seed),
                augment=lambda images, rng: images + rng.normal(0, 0.1, images.shape).astype(images.dtype),
                progress=False,
            )
            return network, curves

        (one, curves_one), (two, curves_two), (other, _) = trained(5), trained(5), trained(6)
        assert curves_one == curves_two
        for name, array in (one.params | one.running).items():
            np.testing.assert_array_equal(array, (two.params | two.running)[name])
            assert array.dtype == np.float32
        assert (one.params["0.w"] != other.params["0.w"]).any()

    def test_every_image_comes_once_an_epoch_in_another_order(self):
        x = np.arange(10.0).reshape(10, 1)
        seen = []

        def watch(images, rng):
            seen.append(images.ravel().tolist())
            return images

        network = Network([Linear(1, 2, rng=rng_of())])
        fit(
            network,
            x,
            np.zeros(10, int),
            optimizer=SGD(1e-3),
            epochs=2,
            batch_size=4,
            rng=rng_of(),
            augment=watch,
            progress=False,
        )
        assert [len(batch) for batch in seen] == [4, 4, 2] * 2
        epochs = [[value for batch in half for value in batch] for half in (seen[:3], seen[3:])]
        assert epochs[0] != epochs[1]
        assert sorted(epochs[0]) == sorted(epochs[1]) == x.ravel().tolist()

    def test_loss_and_accuracy_are_means_over_images_whatever_the_batches(self):
        """With a learning rate too small to matter, uneven batches give what all images give at once."""
        x, labels = rng_of(1).standard_normal((10, 3)), rng_of(2).integers(4, size=10)
        network = Network([Linear(3, 4, rng=rng_of())])
        loss, _ = cross_entropy_forward(network.forward(x), labels)
        share = accuracy(network, x, labels)
        curves = fit(network, x, labels, optimizer=SGD(1e-12), epochs=1, batch_size=4, rng=rng_of(), progress=False)
        assert curves.loss == [pytest.approx(loss, rel=1e-9)]
        assert curves.accuracy == [share]

    def test_the_schedule_goes_from_0_to_1(self):
        asked = []

        def schedule(done):
            asked.append(done)
            return 0.1

        optimizer = SGD(1.0)
        network = Network([Linear(3, 2, rng=rng_of())])
        fit(
            network,
            np.ones((6, 3)),
            np.zeros(6, int),
            optimizer=optimizer,
            epochs=2,
            batch_size=2,
            rng=rng_of(),
            schedule=schedule,
            progress=False,
        )
        assert asked == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
        assert optimizer.lr == 0.1

    @pytest.mark.parametrize("progress", [True, False])
    def test_the_bar_goes_to_standard_output(self, progress, capsys):
        network = Network([Linear(3, 2, rng=rng_of())])
        fit(
            network,
            np.ones((6, 3)),
            np.zeros(6, int),
            optimizer=SGD(0.1),
            epochs=2,
            batch_size=2,
            rng=rng_of(),
            progress=progress,
        )
        out, err = capsys.readouterr()
        assert err == ""
        assert ("epoch 2/2" in out and "6/6" in out) == progress
        assert bool(out) == progress

    def test_inputs_are_left_as_they_were(self):
        x, labels = rng_of(1).standard_normal((9, 7, 2, 6)).swapaxes(1, 2), np.arange(9) % 3
        before = x.copy()
        network = every_layer()
        fit(network, x, labels, optimizer=Adam(), epochs=1, batch_size=4, rng=rng_of(), progress=False)
        network.forward(x)
        np.testing.assert_array_equal(x, before)
        np.testing.assert_array_equal(labels, np.arange(9) % 3)


class TestNetwork:
    def test_names_its_arrays_by_place_and_role(self):
        network = every_layer()
        assert list(network.params) == ["0.w", "1.gamma", "1.beta", "4.w", "4.b", "8.w", "8.b"]
        assert list(network.running) == ["1.mean", "1.var"]
        assert network.grads == {}
        assert network.params["8.b"] is network.layers[8].params["b"]

    def test_counts_its_parameters_when_shown(self):
        lines = repr(every_layer()).splitlines()
        assert lines[0] == "Network of 9 layers, 209 parameters"
        assert lines[1].split() == ["0", "Conv2d", "w", "(4,", "2,", "3,", "2)"]
        assert lines[3].split() == ["2", "ReLU"]

    def test_predicts_in_parts_what_it_predicts_at_once(self):
        network = every_layer()
        x = rng_of(1).standard_normal((300, 2, 7, 6))
        classes = predict(network, x)
        np.testing.assert_array_equal(classes, network.forward(x).argmax(axis=1))
        assert len(set(classes.tolist())) > 1
        assert accuracy(network, x, classes) == 1.0

    def test_saved_and_loaded_it_says_the_same(self, tmp_path):
        network, fresh = every_layer(0), every_layer(1)
        x = rng_of(1).standard_normal((5, 2, 7, 6))
        network.forward(x, training=True)
        file = tmp_path / "weights"
        network.save(file)
        held = fresh.params["0.w"]
        assert (fresh.forward(x) != network.forward(x)).any()
        fresh.load(file)
        np.testing.assert_array_equal(fresh.forward(x), network.forward(x))
        assert fresh.params["0.w"] is held

    def test_a_file_of_another_network_is_refused_and_changes_nothing(self, tmp_path):
        network = every_layer()
        before = network.params["0.w"].copy()
        for other, message in (
            (Network([Linear(3, 2, rng=rng_of())]), r"0\.w has shape \(2, 3\) in the file but \(4, 2, 3, 2\)"),
            (Network(every_layer(1).layers[:8]), r"8\.w has shape none in the file but \(3, 24\)"),
        ):
            other.save(tmp_path / "other.npz")
            with pytest.raises(ValueError, match=message):
                network.load(tmp_path / "other.npz")
        np.testing.assert_array_equal(network.params["0.w"], before)

    def test_a_file_that_holds_objects_is_not_unpickled(self, tmp_path):
        np.savez(tmp_path / "bad.npz", **{"0.w": np.array([print], dtype=object)})
        with pytest.raises(ValueError, match=r"allow_pickle=False"):
            every_layer().load(tmp_path / "bad.npz")

    def test_batch_normalisation_asks_the_batch_only_while_training(self):
        network = every_layer()
        x = rng_of(1).standard_normal((5, 2, 7, 6))
        before = {name: array.copy() for name, array in network.running.items()}
        np.testing.assert_allclose(network.forward(x)[:2], network.forward(x[:2]), rtol=1e-12)
        for name, array in network.running.items():
            np.testing.assert_array_equal(array, before[name])
        network.forward(x, training=True)
        assert all((array != before[name]).any() for name, array in network.running.items())


def tiny():
    return Network([Linear(3, 2, rng=rng_of())])


def backward_twice():
    network = tiny()
    network.forward(np.ones((1, 3)), training=True)
    network.backward(np.ones((1, 2)))
    network.backward(np.ones((1, 2)))


def backward_after_prediction():
    network = tiny()
    network.forward(np.ones((1, 3)), training=True)
    network.forward(np.ones((1, 3)))
    network.backward(np.ones((1, 2)))


def fit_with(**changes):
    arguments = {
        "x": np.ones((4, 3)),
        "labels": np.zeros(4, int),
        "optimizer": SGD(0.1),
        "epochs": 1,
        "batch_size": 2,
        "rng": rng_of(),
        "progress": False,
    }
    return lambda: fit(tiny(), **(arguments | changes))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (backward_twice, ValueError, r"Linear: backward needs a forward with training=True before it"),
        (backward_after_prediction, ValueError, r"Linear: backward needs a forward"),
        (lambda: Network([layer := ReLU(), layer]), ValueError, r"Network: a layer stands in it twice"),
        (lambda: Conv2d(3, 4, 3, groups=2, rng=rng_of()), ValueError, r"Conv2d: groups is 2 but channels is 3"),
        (lambda: Conv2d(3, 4, 0, rng=rng_of()), ValueError, r"Conv2d: kernel is 0; 1 or more"),
        (lambda: Linear(3, 4, rng=0), TypeError, r"rng is 0; a generator fits"),
        (lambda: BatchNorm2d(0), ValueError, r"BatchNorm2d: channels is 0"),
        (lambda: Dropout(1.5, rng=rng_of()), ValueError, r"Dropout: p is 1\.5; 0"),
        (fit_with(labels=np.zeros(3, int)), ValueError, r"fit: labels has shape \(3,\) but x has 4 images"),
        (fit_with(labels=np.zeros(4)), TypeError, r"fit: labels has dtype float64; whole numbers"),
        (fit_with(labels=np.full(4, 2)), ValueError, r"labels holds 2; whole numbers from 0 to 1 fit"),
        (fit_with(x=np.ones((0, 3))), ValueError, r"fit: x has shape \(0, 3\)"),
        (fit_with(x=np.full((4, 3), np.nan)), ValueError, r"SGD: the gradient of 0\.w is NaN"),
        (fit_with(epochs=0), ValueError, r"fit: epochs is 0; 1 or more"),
        (fit_with(batch_size=0), ValueError, r"fit: batch_size is 0; 1 or more"),
        (fit_with(rng=3), TypeError, r"fit: rng is 3; a generator"),
        (lambda: predict(tiny(), np.ones((0, 3))), ValueError, r"predict: x has shape \(0, 3\)"),
        (lambda: accuracy(tiny(), np.ones((2, 3)), [0]), ValueError, r"accuracy: labels has shape \(1,\)"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
