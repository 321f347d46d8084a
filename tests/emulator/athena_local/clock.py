"""The server's clock, which tests may set wrong (fault kind clock_skew)."""

from __future__ import annotations

import datetime
import email.utils
import time


def now(offset_s: float = 0.0) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(time.time() + offset_s, datetime.timezone.utc)


def http_date(moment: datetime.datetime) -> str:
    """``Sun, 22 Nov 2026 11:49:53 GMT``"""
    return email.utils.format_datetime(moment, usegmt=True)


def iso(moment: datetime.datetime) -> str:
    """``2026-11-22T11:49:53.000Z``, as S3 and STS write times in XML."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def compact(moment: datetime.datetime) -> str:
    """``20261122T114953Z``, as signatures write times."""
    return moment.strftime("%Y%m%dT%H%M%SZ")
