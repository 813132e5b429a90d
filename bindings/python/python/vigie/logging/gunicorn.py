"""A ``logger_class`` for gunicorn: ``gunicorn --logger-class vigie.logging.gunicorn.Logger``."""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.glogging import Logger as _Logger  # type: ignore[import-untyped, unused-ignore]  # Not installed everywhere.

from .. import _native
from ._handler import Handler


class Logger(_Logger):  # type: ignore[misc, unused-ignore]  # Without its package it has no type.
    """Writes gunicorn's log and its access log through Vigie.

    A request is one INFO record of the logger ``gunicorn.access``, by the names of OpenTelemetry's semantic conventions for
    HTTP: ``http.request.method``, ``url.path``, ``url.query``, ``http.response.status_code``, ``http.response.body.size``,
    ``client.address``, ``user_agent.original``, ``network.protocol.version``, and ``duration_ms``. The setting
    ``accesslog`` decides whether there is one, as ever (``accesslog = "-"``); ``access_log_format`` makes the message.
    What ``errorlog`` and ``logconfig`` say of handlers does not count.
    """

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's settings, and Vigie as the only handler of both logs."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers[:]:
                log.removeHandler(handler)
                handler.close()
            log.propagate = False
            log.addHandler(Handler())

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """Write a request."""
        if not (
            self.cfg.accesslog or self.cfg.logconfig or self.cfg.logconfig_dict or self.cfg.logconfig_json
        ):
            return
        try:
            atoms = self.atoms_wrapper_class(self.atoms(resp, req, environ, request_time))
            message = self.cfg.access_log_format % atoms
            status = resp.status.split(None, 1)[0] if isinstance(resp.status, str) else resp.status
            protocol = environ.get("SERVER_PROTOCOL", "")
            told = {
                "http.request.method": environ.get("REQUEST_METHOD"),
                "url.path": environ.get("PATH_INFO"),
                "url.query": environ.get("QUERY_STRING") or None,
                "network.protocol.version": protocol.partition("/")[2] or None,
                "client.address": environ.get("REMOTE_ADDR") or None,
                "user_agent.original": environ.get("HTTP_USER_AGENT"),
                "http.response.status_code": int(status),
                "http.response.body.size": getattr(resp, "sent", None),
                "duration_ms": request_time.total_seconds() * 1_000,
            }
        except Exception:
            self.exception("the access log")
            return
        attributes = {name: value for name, value in told.items() if value is not None}
        _native.write_told(self.access_log.name, logging.INFO, message, attributes, None, None)
