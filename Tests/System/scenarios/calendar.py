"""The release binary, which has no zones of its own, reads those of the host."""

import datetime
import zoneinfo

from programs import must
from setting import configured

SPREAD = datetime.timedelta(minutes=10)
# Winter and summer in both halves of the world, a zone half an hour off, one with half an hour of summer.
ZONES = (
    "America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "UTC")


def an_audience_is_due_at_its_own_zones_time_of_day(bench):
    bench.credential("endpoint http://127.0.0.1:9/v3")
    bench.daemon()
    for zone in ZONES:
        configured(bench, schedule={"dailyAt": "05:45", "timeZone": zone})
        with bench.client() as client:
            shown = client.call("instance.show", {"instance": "acme"})["result"]["nextSync"]
        due = datetime.datetime.fromisoformat(shown.replace("Z", "+00:00"))
        must(_fits(due, zone, "05:45"), f"{zone}: due at {due}")


def a_time_of_another_zone_is_noticed(bench):
    del bench
    due = datetime.datetime(2026, 7, 1, 9, 47, tzinfo=datetime.timezone.utc)
    must(_fits(due, "America/New_York", "05:45"), "the right time is refused")
    must(not _fits(due, "America/Chicago", "05:45"), "the time of another zone is taken")
    winter = due.replace(month=12)
    must(not _fits(winter, "America/New_York", "05:45"), "summer's time is taken in winter")


def _fits(due, zone, time):
    """Whether it is that time of the day there, or up to the spread later."""
    local = due.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
    hour, minute = map(int, time.split(":"))
    nominal = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return nominal <= local < nominal + SPREAD
