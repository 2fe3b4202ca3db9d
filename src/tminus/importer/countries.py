"""Regions as launch plans name them, and the countries (ISO 3166-1) that they mean."""

from __future__ import annotations

import re

_EU = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
_NAMES = {
    "US": "us|usa|u.s.|united states|united states of america|america|etats-unis|estados unidos|vereinigte staaten",
    "CA": "canada|kanada", "GB": "uk|u.k.|gb|united kingdom|great britain|britain|england|royaume-uni|reino unido",
    "IE": "ireland|irland", "AU": "australia", "NZ": "new zealand", "DE": "germany|deutschland|allemagne|alemania|de",
    "AT": "austria|österreich|at", "CH": "switzerland|schweiz|suisse|svizzera|ch", "FR": "france|frankreich|francia|fr",
    "IT": "italy|italia|italien|it", "ES": "spain|españa|spanien|es", "PT": "portugal|pt", "NL": "netherlands|holland|nl",
    "BE": "belgium|belgien|belgique|be", "LU": "luxembourg|luxemburg", "DK": "denmark|dänemark|danmark", "FI": "finland",
    "SE": "sweden|schweden|sverige", "NO": "norway|norwegen|norge", "IS": "iceland", "PL": "poland|polen|polska",
    "CZ": "czechia|czech republic", "TR": "turkey|türkiye|turkiye|türkei", "GR": "greece|griechenland", "RO": "romania",
    "HU": "hungary|ungarn", "UA": "ukraine", "IL": "israel", "AE": "uae|united arab emirates", "SA": "saudi arabia",
    "ZA": "south africa", "NG": "nigeria", "KE": "kenya", "EG": "egypt", "IN": "india|indien", "JP": "japan|日本",
    "CN": "china|中国", "HK": "hong kong", "TW": "taiwan", "KR": "south korea|korea|한국", "SG": "singapore", "MY": "malaysia",
    "ID": "indonesia", "TH": "thailand", "VN": "vietnam", "PH": "philippines", "PK": "pakistan", "MX": "mexico|méxico",
    "BR": "brazil|brasil|brasilien", "AR": "argentina", "CL": "chile", "CO": "colombia", "PE": "peru|perú",
}  # fmt: skip
_GROUPS = {
    "eu|european union|eu countries|eu27": _EU,
    "eea|european economic area": f"{_EU} IS LI NO",
    "dach": "DE AT CH",
    "benelux": "BE NL LU",
    "nordics|nordic countries": "DK FI IS NO SE",
    "north america": "US CA MX",
    "english-speaking|english-speaking countries|english speaking|english-speaking markets|anglosphere": "US GB CA AU NZ IE",
    "anz": "AU NZ",
}
_EVERYWHERE = frozenset(
    [
        "global",
        "globally",
        "global rollout",
        "worldwide",
        "world",
        "everywhere",
        "all",
        "all regions",
        "all countries",
        "all markets",
        "international",
        "rest of world",
        "row",
        "remaining regions",
        "weltweit",
        "monde entier",
        "todo el mundo",
        "tüm dünya",
        "全世界",
    ]
)  # fmt: skip
_COUNTRIES = {name: code for code, names in _NAMES.items() for name in names.split("|")}
_COUNTRIES |= {name: codes for names, codes in _GROUPS.items() for name in names.split("|")}
_CODES = frozenset(_EU.split()) - {"HR"}  # in capitals alone; HR is a department too
_SEPARATORS = re.compile(r"\s*(?:,|/|\+|&|;|\band\b|\bund\b|\bet\b|\by\b)\s*")


def countries_in(words: str) -> tuple[str, ...] | None:
    """The countries that these words name, in their order; None for everywhere, empty where one of them is unknown."""
    folded = " ".join(words.casefold().split()).strip(" .()")
    if folded in _EVERYWHERE:
        return None
    folded = folded.removeprefix("all ").removeprefix("the ")
    whole = _COUNTRIES.get(folded)
    if whole:
        return tuple(whole.split())
    pieces = [piece for piece in _SEPARATORS.split(" ".join(words.split()).strip(" .()")[:400]) if piece]
    if not all(piece in _CODES for piece in pieces):
        pieces = [piece for piece in _SEPARATORS.split(folded[:400]) if piece]
    found = [_COUNTRIES.get(piece) or (piece if piece in _CODES else "") for piece in pieces]
    return tuple(dict.fromkeys(" ".join(found).split())) if found and all(found) else ()


_ONLY = re.compile(r"(?:^(?:only|nur) )|(?: (?:only|nur|seulement|solamente|apenas|soltanto|alleen)$)", re.IGNORECASE)
_AS_IT_IS = ("all", "international")  # of people more often than of places


def regions_of(cell: str) -> list[str]:
    """The regions that an audience is named by: `NL only` is NL, `NL + DE` both; empty where one part is no region.

    Short names count in capitals alone (`us` may be ourselves), and a lone `IT` is a department.
    """
    text = " ".join(cell[:200].split()).strip(" .()")
    whole = _ONLY.sub("", text)
    if countries_in(whole) is None:
        return [] if whole.casefold() in _AS_IT_IS else [whole]
    pieces = [_ONLY.sub("", piece.strip()) for piece in _SEPARATORS.split(text) if piece.strip()]
    if pieces == ["IT"] or any(len(piece) < 4 and not piece.isupper() for piece in pieces):
        return []
    return list(dict.fromkeys(pieces)) if all(countries_in(piece) for piece in pieces) else []
