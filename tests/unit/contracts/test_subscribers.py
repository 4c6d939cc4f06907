import numpy as np

from contracts.subscribers import subscriber_msisdn
from jobs.producers.model.identities import msisdns


def test_the_network_and_the_crm_number_subscribers_alike():
    rows = np.arange(10_000)
    assert [str(number) for number in msisdns(rows)] == [subscriber_msisdn(row) for row in range(10_000)]


def test_no_two_subscribers_share_a_number():
    assert len({subscriber_msisdn(row) for row in range(50_000)}) == 50_000
