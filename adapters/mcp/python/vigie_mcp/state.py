"""Whether the adapter is on. A function of ours that could not be taken out asks here, and passes on.

Not for the user's choices: see ``settings``.
"""

from __future__ import annotations


class State:
    """On or off; there is one of it."""

    on: bool = False


state = State()
