import os
import signal

import pytest

from hublake.lake.signals import told_to_end


@pytest.mark.parametrize("polite", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_told_and_means_afterwards_what_it_meant_before(polite: signal.Signals) -> None:
    before = signal.getsignal(polite)
    with told_to_end() as is_told:
        assert not is_told.is_set()
        os.kill(os.getpid(), polite)
        assert is_told.wait(10)
    assert signal.getsignal(polite) is before
