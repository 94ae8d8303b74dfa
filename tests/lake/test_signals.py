import os
import signal

import pytest

from hublake.lake.signals import stop_event


@pytest.mark.parametrize("polite", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_told_and_means_afterwards_what_it_meant_before(polite: signal.Signals) -> None:
    before = signal.getsignal(polite)
    with stop_event() as stopped:
        assert not stopped.is_set()
        os.kill(os.getpid(), polite)
        assert stopped.wait(10)
    assert signal.getsignal(polite) is before
