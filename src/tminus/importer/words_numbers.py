"""The words of numbers, units and times, in the languages that plans are written in. Data alone: lower case, no marks."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The set of the words in a text, `_` standing for a space inside one."""
    return frozenset(word.replace("_", " ") for word in text.split())


def spread(groups: dict[str, str]) -> dict[str, str]:
    """From meaning -> its words, separated by `|`, to word -> meaning."""
    return {word: meaning for meaning, words in groups.items() for word in words.split("|")}


TIME_UNITS = spread(
    {
        "ms": "ms|msec|msecs|millis|millisecond|milliseconds|millisekunde|millisekunden|milliseconde|millisecondes"
        "|milisegundo|milisegundos|millisecondo|millisecondi|milliseconden|milisaniye|milisekunda|milisekund"
        "|milisekundy",
        "s": "s|sec|secs|second|seconds|sek|sekunde|sekunden|seconde|secondes|segundo|segundos|seg|secondo|secondi"
        "|seconden|saniye|saniyeden|saniyenin|saniyeyi|saniyede|sekundę|sn|sekunda|sekundy|sekund",
        "min": "min|mins|minute|minutes|minuten|minuto|minutos|minuti|minuut|dakika|dakikadan|dakikanın|dakikayı"
        "|dakikada|dk|minutę|minutach|minuta|minuty|minut",
        "h": "h|hr|hrs|hour|hours|stunde|stunden|std|heure|heures|hora|horas|ora|ore|uur|uren|saat|saatten|saatin"
        "|saati|saatte|godzinę|godzinach|godzina|godziny"
        "|godzin|godz",
        "d": "d|day|days|tag|tage|tagen|jour|jours|día|días|dia|dias|giorno|giorni|dag|dagen|gün|günden|günün|dniach"
        "|dzień|dni",
        "w": "w|wk|wks|week|weeks|woche|wochen|semaine|semaines|semana|semanas|settimana|settimane|weken|hafta"
        "|tydzień|tygodnie|tygodni",
        "mo": "mo|mos|month|months|monat|monate|monaten|mois|mes|meses|mês|mese|mesi|maand|maanden|ay|miesiąc|miesiące"
        "|miesięcy",
        "q": "quarter|quarters|quartal|quartale|trimestre|trimestres|kwartaal|çeyrek|kwartał",
        "y": "y|yr|yrs|year|years|jahr|jahre|jahren|an|ans|année|années|año|años|ano|anos|anno|anni|jaar|jaren|yıl|rok"
        "|lata|lat",
        "sprint": "sprint|sprints",
    }
)
SECONDS = {
    "ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "mo": 2592000.0, "q": 7776000.0,
    "y": 31536000.0, "sprint": 1209600.0,
}  # fmt: skip

PERCENT = frozenset({"%", "percent", "pct", "prozent", "procent", "percento", "pourcent", "porcento"})
PERCENT_PAIRS = frozenset({"per cent", "pour cent", "por ciento", "por cento", "per cento"})
POINTS = frozenset({"pp", "ppt", "prozentpunkte", "prozentpunkten", "procentpunten"})
POINT_PAIRS = frozenset({"percentage points", "percentage point", "points de", "puntos porcentuales", "% points"})

FACTORS = {
    "k": 1e3, "K": 1e3, "M": 1e6, "MM": 1e6, "bn": 1e9, "Bn": 1e9, "B": 1e9, "mn": 1e6, "mio": 1e6, "Mio": 1e6, "mil": 1e3,
    "thousand": 1e3, "tausend": 1e3, "Tausend": 1e3, "mille": 1e3, "bin": 1e3, "tys": 1e3, "million": 1e6,
    "millions": 1e6, "Million": 1e6, "Millionen": 1e6, "millones": 1e6, "milhões": 1e6, "milioni": 1e6, "miljoen": 1e6,
    "milyon": 1e6, "mln": 1e6, "billion": 1e9, "milliard": 1e9, "Milliarden": 1e9,
}  # fmt: skip

CURRENCIES = {
    "$": "$", "US$": "$", "€": "€", "£": "£", "¥": "¥", "₹": "₹", "₺": "₺", "R$": "R$", "usd": "$", "eur": "€", "euro": "€",
    "euros": "€", "gbp": "£", "jpy": "¥", "chf": "CHF", "try": "₺", "tl": "₺", "pln": "PLN", "zł": "PLN", "brl": "R$",
    "dollars": "$", "dollar": "$", "pounds": "£", "inr": "₹", "cad": "CAD", "aud": "AUD",
}  # fmt: skip

BYTES = {word.lower(): word for word in ("KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB")} | {"ko": "KB", "mo": "MB"}
STARS = word_set(
    "star stars stern sterne sternen étoile étoiles estrella estrellas estrela estrelas stella stelle ster"
    " sterren yıldız gwiazdka gwiazdki gwiazdek"
)
RATES = {
    "rps": "/s",
    "r/s": "/s",
    "requests/s": "/s",
    "reqs/sec": "/s",
    "req/sec": "/s",
    "iops": "/s",
    "req/min": "/min",
    "qps": "/s",
    "tps": "/s",
    "rpm": "/min",
    "req/s": "/s",
    "reqs/s": "/s",
    "ops/s": "/s",
}
EACH = frozenset(
    {
        "per",
        "pro",
        "par",
        "por",
        "al",
        "each",
        "a",
        "an",
        "every",
        "na",
        "je",
        "ao",
        "à",
        "każdy",
        "la",
        "cada",
        "chaque",
    }
)
ADVERBS = spread(
    {
        "d": "daily|täglich|quotidien|quotidienne|quotidiens|journalier|journaliers|diarios|diarias|giornalieri"
        "|giornaliere|diario|diaria|diário|giornaliero|dagelijks|günlük|dzienny|dziennie",
        "w": "weekly|wöchentlich|hebdomadaire|semanal|semanales|semanais|settimanali|settimanale|wekelijks|haftalık"
        "|tygodniowo",
        "mo": "monthly|monatlich|mensuel|mensuelle|mensual|mensal|mensile|maandelijks|aylık|miesięcznie|mom"
        "|month-over-month|month-on-month",
        "q": "quarterly|vierteljährlich|trimestriel|trimestral|trimestrale|üç aylık|qoq|quarter-over-quarter",
        "y": "yearly|annually|annual|jährlich|annuel|anual|annuale|jaarlijks|yıllık|rocznie|yoy|year-over-year",
    }
) | {"week-over-week": "w", "wow": "w", "day-over-day": "d", "dod": "d", "month-over-month)": "mo"}

NUMBER_WORDS = {
    word: float(number)
    for number, words in enumerate(
        (
            "one|ein|eine|einen|einem|einer|un|une|una|uno|um|uma|één|een|bir|jeden|jedna",
            "two|zwei|deux|dos|due|dois|duas|twee|iki|dwa|dwie",
            "three|drei|trois|tres|tre|três|drie|üç|trzy",
            "four|vier|quatre|cuatro|quattro|quatro|dört|cztery",
            "five|fünf|cinq|cinco|cinque|vijf|beş|pięć",
            "six|sechs|seis|sei|zes|altı|sześć",
            "seven|sieben|sept|siete|sette|sete|zeven|yedi|siedem",
            "eight|acht|huit|ocho|otto|oito|sekiz|osiem",
            "nine|neun|neuf|nueve|nove|negen|dokuz|dziewięć",
            "ten|zehn|dix|diez|dieci|dez|tien|dziesięć",
            "eleven|elf|onze|once|undici",
            "twelve|zwölf|douze|doce|dodici|doze|twaalf",
        ),
        start=1,
    )
    for word in words.split("|")
}

# Number of the month -> the beginnings that are told apart by; every language's full names and usual short ones.
MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january|jan|januar|jänner|janvier|janv|enero|ene|janeiro|gennaio|gen|januari|ocak|oca|stycznia|styczeń",
            "february|feb|februar|février|févr|fév|febrero|fevereiro|fev|febbraio|februari|şubat|lutego|luty",
            "march|mar|märz|mrz|mars|marzo|março|maart|mrt|mart|marca|marzec",
            "april|apr|avril|avr|abril|abr|aprile|nisan|kwietnia|kwiecień",
            "may|mai|mayo|maio|maggio|mag|mei|mayıs|maja|maj",
            "june|jun|juni|juin|junio|junho|giugno|giu|haziran|czerwca|czerwiec",
            "july|jul|juli|juillet|juil|julio|julho|luglio|lug|temmuz|lipca|lipiec",
            "august|aug|août|aou|agosto|ago|augustus|ağustos|sierpnia|sierpień",
            "september|sep|sept|septembre|septiembre|setembro|set|settembre|eylül|września|wrzesień",
            "october|oct|okt|oktober|octobre|octubre|outubro|out|ottobre|ott|ekim|października|październik",
            "november|nov|novembre|noviembre|novembro|kasım|listopada|listopad",
            "december|dec|dez|dezember|décembre|déc|diciembre|dic|dezembro|dicembre|aralık|grudnia|grudzień",
        ),
        start=1,
    )
    for word in words.split("|")
}
WEEKDAYS = {
    word: name
    for name, words in (
        ("Monday", "monday|mon|montag|lundi|lunes|segunda-feira|lunedì|lunedi|maandag|pazartesi|poniedziałek"),
        ("Tuesday", "tuesday|tue|tues|dienstag|mardi|martes|terça-feira|martedì|martedi|dinsdag|salı|wtorek"),
        ("Wednesday", "wednesday|wed|mittwoch|mercredi|miércoles|quarta-feira|mercoledì|mercoledi|woensdag|çarşamba|środa"),
        ("Thursday", "thursday|thu|thur|thurs|donnerstag|jeudi|jueves|quinta-feira|giovedì|giovedi|donderdag|perşembe"
         "|czwartek"),
        ("Friday", "friday|fri|freitag|vendredi|viernes|sexta-feira|venerdì|venerdi|vrijdag|cuma|piątek"),
        ("Saturday", "saturday|sat|samstag|sonnabend|samedi|sábado|sabato|zaterdag|cumartesi|sobota"),
        ("Sunday", "sunday|sun|sonntag|dimanche|domingo|domenica|zondag|pazar|niedziela"),
    )
    for word in words.split("|")
}  # fmt: skip
PEOPLE = word_set(
    "user users customer customers client clients people person persons participant participants tester"
    " testers coach coaches member members account accounts employee employees team teams subscriber"
    " subscribers visitor visitors seller sellers buyer buyers developer developers student students merchant"
    " merchants partner partners influencer influencers invite invites patient patients driver drivers player"
    " players trader traders nutzer nutzern kunden personen benutzer mitarbeiter teilnehmer tester"
    " utilisateurs utilisateur personnes usuarios usuario personas clientes usuários pessoas utenti utente"
    " persone clienti gebruikers klanten mensen personen kullanıcı kişi müşteri użytkowników osób klientów"
    " candidates companies company tenants tenant organizations organisations creators beneficiaries testeurs"
)
