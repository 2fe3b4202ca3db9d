"""Words that weigh for what a table, a list or a sentence is, in nine languages. Data alone: folded, `_` for a blank."""

from __future__ import annotations

from tminus.importer.words_extract import Words

COLUMN_NAMES = Words(
    probability="likel* probab* chance* odds eintritt* wahrschein* vraisembl* kans* prawdopodob* olasilik* ihtimal* prob p l",
    impact="impact* severe* consequence* damage* harm* hurt* auswirk* schaden* schwere gravite* gravedad impatto gevolg* "
    "wplyw skut* etki* i",
    mitigation="mitigat* what_we_do* what_we_will_do* what_we_would_do* response* countermeasure* answer plan_b contingency "
    "gegenmass* massnahm* mesure* parade* reponse* medida* respuesta* contromisur* maatregel* srodk* zapobieg* onlem* "
    "mitiga* contencao azaltma*",
    risk="risk* risiko* risque* riesgo* risco* rischi* ryzyk* threat* danger* gefahr* tehlike* hazard*",
    back="go_back roll_back* rollback* abort* halt* stop* revert* pull_if pull_when back_out* kill* bad_when "
    "red_line* no-go undo* "
    "zuruck* abbruch* abbrech* stopp* arret* retour* revenir* parar* volver* voltar* revert* marcha_atras tornare* ferma* "
    "terug* wycof* przerw* durdur* geri*",
    on="go_on go_ahead promote* proceed* advance* continue* go_when go_if exit* pass* to_leave move_on* "
    "gate* go_ahead green* accept* "
    "weiter* freigab* passage suite avanz* seguir* passare* doorgaan dalej devam* done_when ready_when",
    told="channel* notif* notify* goes_to route* sent_to send_to tell* told* who_hears* destination* receiver* paged pages "
    "wakes* alerts_to kanal* empfanger* an_wen canal* canaux destinataire* avisar* avisa_a aviso_a kanaal melding_aan "
    "powiadom* bildirim* via meldung_an meldung aviso avisos",
    lasting="for during duration lasting held_for window sustained dauer* pendant duree durante duracion duracao gedurende "
    "duur durata przez sure* over",
    alert="warn* page page_at page_when critical_at alert* alarm* rule* regel* alerte* alerta* allarm* "
    "melding* uyari* fires* triggers_when",
    signal="metric* signal* indicator* measure* kpi check* what_we_watch kennzahl* messgrosse* metrik* indicat* metriq* "
    "metrica* indicador* mesure metriek* wskaznik* gosterge* messwert* sinal* senal* signaal sygnal* segnale*",
    threshold="grenze "
    "threshold* limit* condition* value when level schwell* grenzwert* bedingung* seuil* umbral* limite* limiar "
    "soglia* drempel* voorwaarde* prog* warunek* esik* kosul*",
    goal="target* goal* want* promise* commit* aim* should_be objective* ziel* soll cible* "
    "objectif* objetivo* meta* obiettiv* doel* "
    "streefwaarde cel* hedef* expected desired",
    now="now today* current* baseline* before as_is heute ist aktuell* aujourd* actuel* hoy actual* hoje atual* oggi attual* "
    "nu huidig* dzis* obecn* bugun mevcut* last_month last_quarter",
    who="who* contact* call* notify* escalate* person* wer kontakt* ansprech* qui quien* quem chi contatt* wie kto kim kisi* "
    "owner* team role*",
    order="level* order tier* step* stage* rank no nr # stufe* ebene* niveau nivel livello poziom* seviye* ordre orden",
    elapsed="after* wait* within elapsed minutes time_to* response_time after_minutes since from until to bis ab nach apres "
    "delai despues_de dopo na_ile po sonra when time",
    task="task* step* action* what activit* aufgabe* tache* tarea* tarefa* attivita taak gorev* zadanie* item*",
    cost="cost* spend* spent amount* budget* expense* sum per_month monthly* kosten betrag summe ausgab* "
    "cout* montant* depens* "
    "coste* costo* gasto* importe* custo* valor* spesa* spese importo bedrag koszt* kwota* maliyet* tutar* estimate*",
    price="price* pric* plan* tariff* tarif* fee* subscription* preis* prix precio* preco* prezzo* prijs* "
    "cena* fiyat* we_charge",
    share="share* traffic* percent* % rollout* cumulative exposure* of_users of_base size_of* portion* "
    "reach* moved* anteil* prozent* "
    "part pourcent* trafic* porcent* porcion trafico* acumulad* cumul* aandeel* percentu* yuzde* oran* procent* udzial* lista",
    place="region* countr* market* cit* site* store* location* land lander stadt* markt* pays ville* marche* pais* ciudad* "
    "cidade* mercado* paes* citta* stad* steden kraj* miast* ulke* sehir* bolge*",
    when="week* day* date* wave* month* start* woche* tag* datum monat* semaine* jour* mois semana* dia* fecha* mes* data* "
    "settimana* giorno* dag* tydzien* dzien* hafta* gun*",
)

FACT_KEYS = Words(
    fact="owner author* version* revision* status date last_updated updated lead* sponsor* pm eng team* reviewer* approver* "
    "document* doc project* product* build* release* ticket* tracking* channel* feedback* contact* repo* repository link* "
    "classification audience* editor* autor* stand verfasser* projektleit* verteiler* auteur* redacteur* relecteur* statut "
    "responsable* equipo estado fecha responsavel versao equipe data stato autore eigenaar wersja wlasciciel surum sahibi "
    "dri driver* engineer* service* component* created* target_date launch_date start* id",
)

MONEY_HEADS = Words(
    money="mittel finanzmittel funds funding "
    "spen* cost* budget* money* pay* expens* invoice* bill* price_tag kosten ausgaben geld budget* bezahl* depens* "
    "cout* argent gast* dinero coste* presupuesto custo* despes* dinheiro orcamento spes* soldi cost* bilancio uitgav* "
    "begroting geld koszt* wydatk* pieniadze maliyet* gider* butce* para",
    price="pric* tariff* tarif* sell* customer* subscription* plans preis* prix precio* preco* prezz* listino prijs* cennik* "
    "fiyat* what_we_charge",
)

CONDITIONS = Words(
    cond="if when whenever once as_soon_as should where wenn falls sobald sofern si s'il s'ils quand lorsque "
    "des_que cuando en_cuanto se "
    "quando caso assim_que qualora als wanneer zodra jesli jezeli gdy kiedy eger",
)
GOING_BACK = Words(
    back="roll_back rolls_back rolled_back rolling_back roll_it_back rollback rollbacks rolls_it_back "
    "roll_everything_back go_back "
    "goes_back go_straight_back going_back revert reverts reverted reverting abort aborts aborted halt halts "
    "halted stop stops stopped "
    "stopping pull pulls pulled pulling_it pause pauses paused suspend suspends suspended undo undoes "
    "withdraw withdrawn off back_out "
    "backs_out back_to bring_back brings_back put_back switch_back switches_back turn_back disable disables "
    "disabled unpublish unpublished "
    "yank yanked kill kills killed close_the stand_down call_off calls_off return_to returns_to move_back moves_back "
    "zuruck zuruckgerollt zuruckgesetzt zuruckgeschaltet zuruckgenommen zuruckgedreht abgebrochen gestoppt "
    "angehalten brechen_wir_ab "
    "stoppen stoppt abschalten abgeschaltet ausgeschaltet rollback pausieren pausiert "
    "arrete arretons arretee revient revenons retour_arriere annule annulons desactive desactivons suspend "
    "suspendons bascule_a_nouveau rebascule "
    "paramos para_el para_la se_para se_detiene detenemos detiene volvemos vuelve revertimos revierte "
    "revertido desactivamos suspendemos "
    "apagamos se_revierte "
    "voltamos volta_a reverter revertemos suspendemos paramos_o paramos_a interrompemos desligamos desliga "
    "torniamo si_torna fermiamo si_ferma sospendiamo annulliamo disattiviamo ripristiniamo "
    "terug teruggedraaid teruggezet gestopt stoppen_we afgebroken uitgezet "
    "wycofujemy wycofac zatrzymujemy przerywamy wracamy wstrzymujemy wylaczamy cofamy "
    "geri_alinir geri_aliriz durdururuz durdurulur geri_doneriz iptal_edilir kapatiriz",
)
PAST = Words(
    past="was were had did went took wasn't weren't rolled_it war waren wurde wurden hatte hatten etait "
    "etaient avait avaient fut "
    "fue fueron era habia foi foram havia stato stata erano aveva werd werden_toen byl byla bylo oldu",
)
TELLING = Words(
    tell="page pages paged notify notifies notified wake wakes woken alert alerts alerted ping pings warn "
    "warns warned gets_paged "
    "alarmiert alarmieren benachrichtigt benachrichtigen geweckt wecken warnt "
    "alerte alertons previent prevenons reveille reveillons avertit avise avisa avisamos alerta alertamos "
    "despierta despertamos "
    "notifica notificamos avvisa avvisiamo sveglia allerta waarschuwt waarschuwen alarmeert powiadamiamy "
    "alarmujemy bildirilir uyarilir",
)
WISHES = Words(
    wish="we_want we_would_like we'd_like we_aim_for we_aim_at we_are_aiming_for we're_aiming_for "
    "our_goal_is the_goal_is our_target_is the_target_is "
    "success_is success_means we_hope_for we_hope_to_reach we_are_happy_with we're_happy_with wir_wollen "
    "unser_ziel_ist ziel_sind ziel_ist "
    "wir_streben nous_visons nous_voulons on_vise on_veut notre_objectif_est l'objectif_est queremos "
    "nuestra_meta_es la_meta_es "
    "buscamos nosso_objetivo_e a_meta_e vogliamo puntiamo_a l'obiettivo_e we_willen ons_doel_is chcemy "
    "naszym_celem_jest hedefimiz",
)
