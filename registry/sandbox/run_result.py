"""How one execution of an analysis ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from analyses.uncertainty import Estimate
from registry.contract.input_dataset import Fact
from registry.contract.outcome import Message, Outcome

Status = Literal["done", "refused", "failed"]
STATUSES: tuple[Status, ...] = ("done", "refused", "failed")


@dataclass(frozen=True)
class RunResult:
    """How one execution of an analysis ended, before anything is stored."""

    status: Status
    outcome: Outcome = field(default_factory=Outcome)
    messages: tuple[Message, ...] = ()
    reads: Mapping[str, Fact] = field(default_factory=dict)
    """Every fact it read, by path."""
    source_hash: str = ""
    """Of the source it computed with; empty if the process did not say."""

    @property
    def values(self) -> dict[str, Estimate]:
        """The values it returned, by quantity and place, `relaxation_time_s@peak:2`, and conditions of a group."""
        return {result.key: result.estimate for result in self.outcome.values}

    @property
    def text(self) -> str:
        """Its messages, one a line."""
        return "\n".join(message.text for message in self.messages)

    @classmethod
    def failed(cls, message: Message, reads: Mapping[str, Fact] | None = None) -> "RunResult":
        """Create the result of a failed run."""
        return cls("failed", messages=(message,), reads=reads or {})
