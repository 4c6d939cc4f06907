"""Whether a demo came to its good end: everything is accounted for, and the numbers are published."""

from local.errors import LocalError
from telecom.demo.run import DemoRun


class LedgerNotBalancedError(LocalError):
    """Something that was produced is missing, or is there twice."""


class NotPublishedError(LocalError):
    """A gate kept the numbers of this run from readers."""


def require_good_end(run: DemoRun) -> None:
    """Raise the error of the first thing that is wrong."""
    if not run.audit.is_balanced:
        short = ", ".join(topic.balance.topic for topic in run.audit.topics if not topic.is_balanced)
        raise LedgerNotBalancedError(
            "balance the ledger", f"see the table above: {short}", "telecom logs kafka-to-bronze"
        )
    if run.numbers and not run.numbers.nightly.is_published:
        raise NotPublishedError("publish the numbers", "a gate failed, see above", "telecom run nightly")
    if run.numbers and run.numbers.balance and not run.numbers.balance.is_balanced:
        raise LedgerNotBalancedError("balance silver and gold", "see the table above", "telecom logs nightly")
