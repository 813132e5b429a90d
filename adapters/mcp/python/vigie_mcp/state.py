"""Whether the adapter is on: a switch for each time that it was put in.

A function of ours that could not be taken out looks at its own, and passes on: it stays off when others are put in. Not for
the user's choices: see ``settings``.
"""

from __future__ import annotations


class Switch:
    """On from its making, until it is turned off for good."""

    def __init__(self) -> None:
        self.on = True


class State:
    """The switch in force; there is one of it."""

    def __init__(self) -> None:
        self.switch: Switch | None = None

    @property
    def on(self) -> bool:
        """Whether the adapter is on at all."""
        return self.switch is not None

    def turn_on(self) -> Switch:
        """Begins with a switch of its own."""
        self.switch = Switch()
        return self.switch

    def turn_off(self) -> None:
        """Turns off what is on."""
        if self.switch is not None:
            self.switch.on = False
        self.switch = None


state = State()
