"""Words by which the extractors tell columns, keys and levels apart, in nine languages. Stems end in "
"`*`; text is folded."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_PLAIN = re.compile(r"[\x00-\x7f]*\Z")
_FURTHER = str.maketrans(
    {"ı": "i", "ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "’": "'", "\u00a0": " "}
)


def fold(text: str) -> str:
    """`text` in small letters without accents: `Gegenmaßnahme` becomes `gegenmassnahme`, `DÜŞÜK` becomes `dusuk`."""
    if _PLAIN.match(text):
        return text.lower()
    small = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in small if not unicodedata.combining(letter)).translate(_FURTHER)


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


class Words:
    """A list of words for each of some meanings. The first meaning listed wins where two stand at the same place."""

    def __init__(self, **meanings: str) -> None:
        groups = (f"(?P<{meaning}>{'|'.join(map(_pattern, stems.split()))})" for meaning, stems in meanings.items())
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)")

    def find(self, text: str) -> str:
        """The meaning of the first of the words in `text`, or an empty string."""
        return _first(self._pattern, text[:400])

    def all(self, text: str) -> list[str]:
        """The meanings in `text` in their order, each as often as it occurs."""
        return [found.lastgroup or "" for found in self._pattern.finditer(fold(text[:400]))]

    def whole(self, text: str) -> str:
        """The meaning of `text` if it is one of the words and nothing else."""
        return _only(self._pattern, text[:80])


@lru_cache(maxsize=4096)
def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(fold(text))
    return (found.lastgroup or "") if found else ""


@lru_cache(maxsize=8192)
def _only(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.fullmatch(fold(text).strip(" :*_.()[]\"'"))
    return (found.lastgroup or "") if found else ""


def _pattern(stem: str) -> str:
    words = re.escape(stem.removesuffix("*")).replace("_", "[ _-]")
    return words + r"\w*" if stem.endswith("*") else words


COLUMNS = Words(
    probability="probability likelihood likely likeliness chance* odds prob p eintritt* wahrscheinlich* probabilit* "
    "probabilid* vraisemblance kans "
    "waarschijnlijk* prawdopodob* olasilik* ihtimal* l",
    impact="impact* severity_of_impact severe harm damage* hurts how_bad auswirk* schaden* tragweite "
    "gravite_du_risque consequence* impacto "
    "impatto gevolg* wplyw skut* etki* i "
    "schadenshohe",
    mitigation="mitigat* countermeasure* response* answer* action* plan plan_b our_plan gegenmass* massnahme* mesure* parade* "
    "reponse* respuesta* "
    "medida* accion* acao acoes contromisur* azion* risposta maatregel* beheers* srodk* zapobieg* dzialan* reakcj* "
    "onlem* azaltma* attenuation* contingency control* was_wir_tun ce_qu'on_fait que_hacemos o_que_fazemos "
    "cosa_facciamo wat_we_doen wat_doen_we was_tun_wir que_fait-on que_faisons-nous que_hacemos_entonces co_robimy"
    " ne_yapiyoruz what_we_do what_we_will_do what_we_would_do then contencao "
    "mitiga*",
    risk="risk risks hazard* risque* risiko* riesgo* risco* rischi* ryzyk* risk* tehlike* threat* gefahr* description "
    "beschreibung* "
    "descripcion descricao descrizione opis beschrijving",
    severity="severity sev priority prio level_of_alert schwere* dringlich* prioritat* gravite severite priorite "
    "gravedad severidad "
    "prioridad* gravidade severidade gravita priorita ernst prioriteit waznosc priorytet onem* oncelik* level stufe"
    " ampel "
    "nivel niveau livello poziom seviye",
    threshold="threshold* condition* limit* bad_when when target value schwelle* schwellwert* grenzwert* bedingung* "
    "grenze seuil* umbral* "
    "condicion* limite* limiar condic* soglia condizion* drempel* voorwaarde* prog progi warunek warunki "
    "esik* kosul* expr expression query",
    lasting="for duration held_for during window time_window measured_over period dauer* zeitfenster "
    "uber_zeitraum pendant duree "
    "durante duracion duracao duur gedurende durata per_la_durata przez czas_trwania sure* pencere over "
    "hold zeitraum por per",
    channels="channel* notify* goes_to notification* route* sent_to alerts_to send_to destination* kanal* kanale "
    "empfanger* an_wen canal* "
    "canaux canale canali destinataire* avisar kanaal kanalen melding_aan kanaly powiadom* bildirim* receiver* "
    "meldung meldung_an aviso avisos aviso_a",
    metric="metric* signal* indicator* kpi alert* alarm* trigger* name kennzahl* messgrosse* metrik* indicateur* "
    "alerte* metrique* metrica* indicador* "
    "alerta* disparador* indicatore* allarme* metriek* melding* wskaznik* metryk* metrik gosterge* uyari* "
    "auslos* what was messwert* sinal* senal* signaal sygnal* segnale* gostergesi",
    action="action aktion do then action_taken",
)

ALERT_KEYS = Words(
    op="op operator comparator comparison cmp",
    value="value val",
    name="alert name title metric signal alertname rule metrik nombre nom nome naam nazwa",
    threshold="threshold condition expr expression when if query schwelle* seuil umbral limiar soglia drempel prog "
    "esik warn* critical_value limit",
    above="above over gt greater_than max maximum higher_than more_than uber",
    below="below under lt less_than min minimum lower_than unter",
    lasting="for duration window during lasting dauer duree duracion duracao durata duur czas sure holds held_for",
    severity="severity priority level sev prio schwere gravite gravedad gravidade gravita ernst priorytet onem",
    channels="channels channel notify notifications notification receivers receiver to route kanal kanale canal "
    "canaux canales canais "
    "canale canali kanaal kanalen kanaly send_to",
    summary="summary description message",
)

SEVERITY_HEADS = Words(
    severe="critical high medium low info informational information warning* warn* severe urgent page ticket "
    "minor major notice p0 p1 p2 p3 p4 p5 "
    "sev0 sev1 sev2 sev3 sev4 sev5 sev-1 sev-2 sev-3 sev-4 s1 s2 s3 s4 kritisch* hoch hohe mittel* "
    "niedrig* gering* warnung* hinweis* dringend "
    "critique* haute eleve* moyen* basse faible avertissement* critica* critico* alta alto altas media "
    "medio baja bajo aviso* "
    "advertencia* baixa baixo atencao bassa basso avvis* laag lage gemiddeld hoog hoge waarschuwing* "
    "krytyczn* wysok* sredni* "
    "nisk* ostrzez* kritik yuksek orta dusuk uyari* bilgi* informativ*",
    rest="priority prio alert* alerts severity level alarm* alarme alarmes alerte* alerta* prioritat priorite "
    "prioridad prioridade priorita "
    "prioriteit priorytet* oncelik* meldung* melding* allarm* avisos alarmi onem stufe and or the",
)

CHANNEL_NAMES = Words(
    PagerDuty="pagerduty pager_duty",
    Opsgenie="opsgenie ops_genie",
    VictorOps="victorops splunk_on-call",
    Slack="slack",
    Teams="ms_teams microsoft_teams teams",
    email="email emails e-mail e-mails mail mails courriel* correo* posta e-posta eposta mailing*",
    SMS="sms text_message*",
    phone="phone phone_call telefon* telephone telefono",
    Telegram="telegram*",
    WhatsApp="whatsapp",
    Discord="discord",
    chat="chat",
    Mattermost="mattermost",
    Jira="jira",
    webhook="webhook*",
    pager="pager*",
    dashboard="dashboard* painel",
)

CHANCES = Words(
    critical="critical kritisch* critique* critic* krytyczn* kritik catastrophic katastroph* severe very_high "
    "sehr_hoch tres_eleve* muy_alt* "
    "muito_alt* molto_alt* zeer_hoog bardzo_wysok* cok_yuksek",
    high="high h big large serious grave hoch hohe hoher eleve elevee forte haute alto alta altas altos hoog "
    "hoge grote wysok* duz* "
    "yuksek likely major red probable fort forts fortes stark starke starker schwer sterk sterke fuerte importante"
    " importantes "
    "considerable ernstig powazn* ciddi buyuk wahrscheinlich waarschijnlijk prawdopodobn* muhtemel",
    medium="medium med m moderate mittel mittlere mittlerer mitt* moyen moyenne moderat* media medio medie "
    "midden gemiddeld matig sredni* "
    "orta possible yellow amber",
    low="low l small slight little negligible remote gering* niedrig* klein faible bas basse baixa baixo "
    "baja bajo bassa basso laag lage klein "
    "nisk* mal* dusuk minor unlikely rare green "
    "very_low sehr_gering",
)
EMOJI_CHANCES = {
    "🔴": "high",
    "🟥": "high",
    "🟠": "medium",
    "🟧": "medium",
    "🟡": "medium",
    "🟨": "medium",
    "🟢": "low",
    "🟩": "low",
}

RISK_KEYS = Words(
    probability="probability likelihood odds chance prob p eintritt* wahrscheinlich* probabilit* probabilid* vraisemblance "
    "kans waarschijnlijk* "
    "prawdopodob* olasilik* ihtimal*",
    impact="impact* harm damage i auswirk* schaden* tragweite consequence* gevolg* wplyw skut* etki*",
    mitigation="mitigat* countermeasure* response answer gegenmass* massnahme* mesure* parade reponse respuesta "
    "medida* acoes "
    "contromisur* azion* maatregel* srodk* zapobieg* dzialan* onlem* azaltma* mitiga* attenuation action "
    "actions plan contingency",
    owner="owner verantwortlich* responsable responsavel responsabile eigenaar wlasciciel sorumlu resp",
    risk="risk risiko risque riesgo risco rischio ryzyko name title description beschreibung",
)

TRIGGER_HEADS = Words(
    trigger="trigger* criteria criterion when if condition* automat* abort* kriteri* abbruch* wann wenn sobald "
    "falls bedingung* declench* quand "
    "si seuil* critere* cuando si condicion* criterio* disparador* quando se gatilho* condic* innesc* "
    "condizion* wanneer als indien criteria "
    "voorwaarden kiedy jesli gdy warunk* kryteri* kosul* halinde tetik* durumunda eger kriterleri decide* "
    "decides entscheid* threshold* "
    "stop_if kill_switch red_line*",
)
PROCEDURE_HEADS = Words(
    procedure="procedure* command commands befehl* commande* comando* "
    "how steps step plan process playbook* runbook*"
    " vorgehen* ablauf* schritte* verfahren* "
    "anleitung etapes procedimiento* "
    "pasos procedimento* passos passi stappen procedur* kroki adim* prosedur* comment como come hoe jak "
    "nasil recovery instructions contingency "
    "communication what_we_do do",
)
FAILURES = Words(
    failure="fail* failure* issue* problem* error* outage* down crash* breach* exceed* degrad* spike* drop* loss "
    "lost corrupt* timeout* vulnerab* critical "
    "fehl* fehler* ausfall* storung* probleme* verlust* echec* erreur* panne* perte* fallo* error* caida* "
    "perdida* falha* erro* perda* queda* guast* "
    "errore* perdita* fout* storing* verlies awari* blad bled* utrat* hata* ariza* kayip* sorun* regress* "
    "duplicate* incident* violat* wrong",
)
COLLECTIVE = Words(
    many="playbooks runbooks plans scenarios incidents incident_response* response_plan* contingency "
    "contingenc* contingencies procedures "
    "notfallplane szenarien notfall* storfall* storungen plans_de_secours scenarios scenarii "
    "contingencia* procedimientos procedimentos cenarios "
    "procedure_di_emergenza scenari draaiboeken scenario's incidenten scenariusze procedury senaryolar "
    "planlari emergency incident_management risk*",
)

EVERY = Words(
    hour="hourly every_hour stundlich horaire cada_hora a_cada_hora ogni_ora elk_uur co_godzine saatlik",
    day="daily every_day each_day per_day nightly taglich* tag* jeden_tag quotidien* chaque_jour "
    "tous_les_jours journalier* diario diaria diarias diarios cada_dia "
    "todos_os_dias diariamente giornalier* ogni_giorno quotidian* dagelijks* elke_dag codzien* dzienn* "
    "gunluk her_gun standup* stand-up* day days",
    week="weekly every_week each_week per_week wochentlich* jede_woche hebdomadaire* chaque_semaine "
    "toutes_les_semaines semanal* cada_semana "
    "toda_semana settimanal* ogni_settimana wekelijks* elke_week tygodniow* co_tydzien haftalik her_hafta "
    "week semana",
    month="monthly every_month each_month per_month monatlich* jeden_monat mensuel* chaque_mois mensual* "
    "mensal* mensile mensili cada_mes todo_mes ogni_mese "
    "maandelijks* elke_maand miesieczn* co_miesiac aylik her_ay month",
    quarter="quarterly every_quarter quartalsweise vierteljahr* quartal* trimestriel* trimestral* trimestral* "
    "trimestrale ogni_trimestre kwartal* "
    "driemaandelijks* kwartaal* uc_aylik ceyrek* quarter",
    year="yearly annual* annually every_year jahrlich* annuel* anual* annual* annuale jaarlijks* roczn* "
    "corocz* yillik her_yil year",
)
ROUTINE_KEYS = Words(
    at="time at when zeit uhrzeit wann heure quand hora cuando horario ora quando tijd wanneer godzina czas "
    "saat zaman day",
    lasts="duration length dauer duree duracion duracao durata duur trwania czas_trwania sure lasts",
    steps="focus agenda topics schwerpunkt* thema themen tagesordnung sujet* ordre_du_jour tema* enfoque pauta "
    "ordine_del_giorno argomenti onderwerp* "
    "agendapunten tematy gundem konu odak tasks checklist goal purpose ziel objectif objetivo activities "
    "activity what",
    title="meeting name title routine activity task termin reunion reuniao riunione vergadering spotkanie toplanti",
)
EVERY_COLUMNS = Words(
    every="frequency cadence every how_often rhythm rhythmus haufigkeit frequenz turnus frequence periodicite "
    "frecuencia frequencia periodicidade "
    "frequenza frequentie czestotliwosc siklik interval when",
    title="task activity routine meeting what aufgabe tatigkeit was tache activite tarea actividad tarefa "
    "atividade attivita compito taak activiteit "
    "zadanie czynnosc gorev faaliyet item",
    at="time at uhrzeit heure hora ora tijd godzina saat day tag",
    lasts="duration dauer duree duracion duracao durata duur sure",
    who="owner who responsible verantwortlich* wer responsable responsavel responsabile wie kto sorumlu",
)

LEVEL_WORDS = Words(
    level="level lvl l1 l2 l3 l4 l5 tier stufe ebene niveau nivel livello poziom seviye kademe step "
    "eskalationsstufe line palier escalon",
)
LEVEL_COLUMNS = Words(
    wait="wait* give_them tries try_for answer_within no_answer_after warten wartezeit attente attendre espera* attesa "
    "wachttijd wachten czekaj* bekleme",
    since="from after since start ab nach von a_partir desde apos da dopo vanaf na od po sonra itibaren begins "
    "depuis apres",
    until="until to end bis jusqu* hasta ate fino_a tot do kadar ends",
    time="time when timing minutes window response_time timeframe zeit zeitfenster reaktionszeit delai temps "
    "tiempo tempo tijd czas sure trigger_time "
    "minuten minuty dakika elapsed after_minutes sla",
    who="who whom call* ring* page* contact* notify* owner role team person responsible wer wen kontakt* "
    "verantwortlich* rolle qui "
    "responsable* contacto* quien quem contato* "
    "responsavel chi responsabile wie kto osoba kim kisi sorumlu contatt* escalate_to zustandig* ansprechpartner*",
    level="level order position tier stage step stufe ebene reihenfolge ordre orden ordem ordine volgorde kolejnosc "
    "sira niveau nivel livello poziom seviye kademe # no nr name",
)

COST_COLUMNS = Words(
    low="low min minimum lowest from von minimal* mini minimo niedrig* laag",
    high="high max maximum highest to bis maximal* maxi maximo hoch hoog",
    per="per period billing frequency zeitraum turnus periode periodo frequence frecuencia recurrence",
    times="qty quantity months count number menge anzahl monate quantite cantidad quantidade quantita aantal "
    "ilosc adet",
    cost="cost costs price amount budget monthly* estimate* sum kosten betrag preis summe cout* prix montant "
    "coste* precio importe monto custo* preco valor "
    "costo costi prezzo importo prijs bedrag koszt* cena kwota maliyet* tutar fiyat usd eur gbp $ € total "
    "annual* yearly*",
    title="item component category service what expense resource position posten bezeichnung komponente "
    "kategorie poste element composant categorie "
    "concepto partida componente categoria item servico voce componente onderdeel post kategoria pozycja "
    "skladnik kalem bilesen cost_item name area line",
)
TOTALS = Words(
    total="total totals grand_total all_in in_total together zusammen en_total in_totaal lacznie sum overall "
    "gesamt* summe insgesamt totale totaal suma razem lacznie toplam "
    "somme total_general ensemble "
    "genel_toplam budget_total",
)

ROLE_COLUMNS = Words(
    title="role function position who name team person rolle funktion wer role fonction qui rol funcion quien "
    "cargo funcao quem papel ruolo chi wie "
    "rola funkcja kto gorev rol unvan kim",
    duty="responsib* dut* task* does what area verantwort* aufgabe* zustandig* responsabilit* taches "
    "responsabilidad* tarea* tarefa* compit* taken "
    "verantwoordelijk* obowiazk* zadan* sorumluluk* gorevler scope",
    contact="contact* phone email e-mail mail slack reach telefon* kontakt* telephone courriel correo telefono "
    "contacto contato contatto recapito telefoon "
    "iletisim eposta handle pager",
)
ANNOUNCE_COLUMNS = Words(
    when="when date day time timing wann datum tag zeitpunkt quand date jour cuando fecha dia data quando "
    "giorno wanneer dag kiedy dzien tarih ne_zaman gun",
    channel="channel* medium via where kanal* kanale canal canaux canales canais canale canali kanaal kanaly "
    "kanallar outlet platform",
    audience="audience who recipients to_whom zielgruppe* empfanger* publico public destinataires destinatari* "
    "cible audiencia odbiorc* doelgroep hedef* kitle",
    title="announcement message what content topic item activity botschaft nachricht was inhalt ankundigung* "
    "message annonce* quoi mensaje anuncio* que mensagem conteudo "
    "messaggio annuncio cosa boodschap wat wiadomosc tresc co mesaj duyuru* action communication",
)
MILESTONE_COLUMNS = Words(
    at="milestone* users threshold at when trigger meilenstein* nutzer ab jalon* utilisateurs hito* usuarios "
    "marco* utilizadores traguard* utenti "
    "mijlpaal gebruikers kamien uzytkown* kilometre_tasi kullanici* scale load size",
    steps="action* do what massnahme* mesure* accion* acao acoes azion* actie* dzialan* eylem* change* response step*",
)
DASHBOARD_COLUMNS = Words(
    audience="audience for who users zielgruppe fur public pour publico para pubblico per voor dla kitle viewers",
    shows="shows content metrics panels what inhalt zeigt contenu montre contenido contenuto inhoud zawartosc "
    "icerik widgets",
    title="dashboard name screen board tableau panel painel cruscotto bord pulpit pano",
)
CHANNEL_COLUMNS = Words(
    title="channel name kanal canal canale kanaal medium type tool",
    address="address url link handle where adresse direccion endereco indirizzo adres contact value location",
    audience="audience for scope zielgruppe public publico pubblico doelgroep kitle internal",
)
INSIDE = Words(
    internal="internal* intern interne interner internes interno interna interni wewnetrzn* dahili ic team staff",
    external="external* extern externe externer externes externo externa externi zewnetrzn* harici public "
    "customer* press users kunden presse clients "
    "clientes clienti klanten klienci musteri*",
)
BACKUP_WORDS = Words(
    backup="backup* back-up* snapshot* sicherung* datensicherung* sauvegarde* copia* respaldo* copias cop* "
    "reservekopie* kopia kopie yedek* dump* pg_dump "
    "instantane* salvataggi*",
)
VARIABLE_COLUMNS = Words(
    name="variable* name key env var environment_variable umgebungsvariable* nom nombre nome naam nazwa "
    "degisken* clave cle chiave sleutel",
    environment="environment stage umgebung environnement entorno ambiente omgeving srodowisk* ortam",
    secret="secret secret? sensitive geheim* secreto segreto tajn* gizli sensible sensivel",
)
ENVIRONMENTS = Words(
    production="production prod produktion* produktiv* live produccion producao produzione productie produkcj* "
    "produkcyjn* uretim canli",
    staging="staging stage preprod pre-production pre-prod preproduction abnahme* recette homologacao "
    "preproduccion collaudo acceptatie przedprodukcyjn* on_uretim",
    development="development dev local entwicklung* developpement desarrollo desenvolvimento sviluppo ontwikkeling "
    "dewelopersk* gelistirme",
    test="test testing qa testumgebung tests prueba* teste collaudo testow*",
)


@lru_cache(maxsize=512)
def columns(header: tuple[str, ...], words: Words) -> dict[str, int]:
    """Which column of a table means what: meaning -> index of the first column of that meaning."""
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        meaning = words.whole(name) or words.find(name)
        if meaning and meaning not in found:
            found[meaning] = index
    return found
