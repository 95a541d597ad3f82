"""Public holidays by country, from the `holidays` library. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import version

import holidays

LIBRARY_VERSION = version("holidays")


@dataclass(frozen=True)
class _CountryHolidays:
    """The holidays of a country or a part of it, by year; `key` names them and the version they come from."""

    country: str
    subdivision: str

    @property
    def key(self) -> str:
        return f"{self.country}-{self.subdivision} holidays {LIBRARY_VERSION}"

    def __call__(self, year: int) -> list[date]:
        return list(_country_days(self.country, self.subdivision, year))


def calendar_for(country: str, subdivision: str) -> Callable[[int], list[date]]:
    """Public holidays (local days, in order) by year, cached.

    In: the country as ISO 3166-1 alpha-2, the subdivision as the library lists it for that country, or "".
    Years the library knows nothing about have none. ValueError for an unknown country or subdivision.
    """
    if country not in holidays.list_supported_countries():
        raise ValueError(f"No holidays are known for the country {country!r}")
    try:
        holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError as error:
        raise ValueError(f"No holidays are known for {subdivision!r} in {country!r}") from error
    return _CountryHolidays(country, subdivision)


@lru_cache(maxsize=1024)
def _country_days(country: str, subdivision: str, year: int) -> tuple[date, ...]:
    return tuple(sorted(holidays.country_holidays(country, subdiv=subdivision or None, years=year)))


@lru_cache(maxsize=256)
def named_days(country: str, subdivision: str, year: int, language: str) -> tuple[tuple[date, str], ...]:
    """Public holidays of one year with their names, in order. See `calendar_for`.

    Names are in `language` (such as "de") where the library has them, else as the country calls them.
    """
    known = holidays.country_holidays(country).supported_languages
    told = next((one for one in known if one.split("_")[0] == language), None)
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=told)
    return tuple(sorted(found.items()))
