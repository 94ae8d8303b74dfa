import os
import signal

import pytest

from hublake.lake.signals import stop_event


@pytest.mark.parametrize("polite", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_signal_sets_the_event_and_the_previous_handler_is_restored(polite: signal.Signals) -> None:
    before = signal.getsignal(polite)
    with stop_event() as stopped:
        assert not stopped.is_set()
        os.kill(os.getpid(), polite)
        assert stopped.wait(10)
    assert signal.getsignal(polite) is before
