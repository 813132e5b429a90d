"""What the user chose in ``instrument``.

Not for Vigie's own configuration.
"""

from __future__ import annotations

from typing import Literal, get_args

from .names import CAPTURE_BYTES

Capture = Literal["off", "metadata", "full"]


class Settings:
    """The choices in force; there is one of it."""

    def __init__(self) -> None:
        self.capture: Capture = "off"
        self.capture_bytes: int = CAPTURE_BYTES

    def choose(self, capture: Capture, capture_bytes: int) -> None:
        """Takes new choices. Raises ``ValueError`` for those that are not accepted; nothing has changed then."""
        accepted = get_args(Capture)
        if capture not in accepted:
            listed = ", ".join(accepted)
            raise ValueError(f"vigie_mcp: capture is {capture!r}, which is none of {listed}")
        whole = isinstance(capture_bytes, int) and not isinstance(capture_bytes, bool)
        if not whole or capture_bytes < 1:
            raise ValueError(
                f"vigie_mcp: capture_bytes is {capture_bytes!r}, which is no whole number above 0"
            )
        self.capture, self.capture_bytes = capture, capture_bytes


settings = Settings()
