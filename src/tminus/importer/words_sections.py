"""Words by which columns, labels and lines of a page are known, in ten languages. Data alone: folded, `_` for a blank."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The words of a text in their order."""
    return tuple(word.replace("_", " ") for word in text.split())


def names(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(words(text))


STAGE_REGION_COLUMN = words(
    "wojewodztw provinc provinz bundesland departement kanton wards state states ville villes ciudad cidade citta miasto sehir "
    "stad region countr land lander pays pais paes bairros townships markets markt location ulke bolge kraj landen zone "
    "city cities stadt standort sites sede sedes vestiging lokalizacj lokacj sucursal filial"
)
STAGE_FEATURE_COLUMN = words("feature funktion fonction funcion recursos funzion functies ozellik funkcj scope")
STAGE_LASTS_COLUMN = words(
    "duration dauer duree duracion duracao durata duur sure czas hold min._hold wait soak length bake lasts "
    "espera attente wartezeit attesa wachttijd bekleme"
)
STAGE_TIME_COLUMN = words(
    "week woche semaine semana settimana hafta tydzien day tag jour dia giorno dag gun dzien date datum start when "
    "fecha data tarih clock"
)
STAGE_WHO_COLUMN = words(
    "cohort audience who users group zielgruppe public gruppe groupe grupo gruppo groep grup segment"
)
STAGE_GO_COLUMN = names(
    "go/no-go go/no_go go_/_no-go go_/_no_go go-no-go go_no_go go approver approvers approved_by approves sign-off sign_off "
    "signoff signed_off_by signs_off decides decision_by decider decision_maker freigabe freigabe_durch freigegeben_von "
    "entscheidet entscheider"
)
STAGE_NO_APPROVER = names("auto automatic automated automatisch none tbd tba yes no ja nein n/a go no-go pending")
STAGE_SHARE_COLUMN = words(
    "share traffic % percent rollout anteil prozent part pourcent porcent percentual aandeel yuzde oran udzial "
    "procent portion exposure trafic trafico verkehr users"
)
STAGE_TITLE_COLUMN = words(
    "step stage stufe phase wave ring etape etapa palier fase stap asama etap name cohort canary"
)
STAGE_SHARE_KEYS = words(
    "traffic share percent percentage rollout weight anteil users trafic trafico exposure audience"
)
STAGE_REGION_KEYS = words("regions region countries country lander pays paises markets geo cells zones")
STAGE_LASTS_KEYS = words("hold duration soak bake for dauer duree lasts wait")
STAGE_TIME_KEYS = words("time start starts at date day when zeit heure hora ora")
TASK_NO_NAME = names(
    "admin all alpha any approved automated automatic beta blocker complete completed daily default desktop dev done "
    "draft english external facultatif final internal later manual maximum minimum mobile monthly new none ongoing "
    "only opcional optional optioneel optionnel opzionale partial pending prod production quarterly recommended "
    "recording required staging test todo urgent wahlweise web weekly yearly"
)
TASK_OPTIONAL = words("(optional optional: (opcional (facultatif (optionnel (isteğe (opzionale (optioneel (if_")
TASK_TITLE = words(
    "task item what aufgabe tache tarea tarefa attivita taak gorev zadanie action work step activity checklist "
    "massnahme description"
)
TASK_WHO = words(
    "owner who assign responsib verantwort zustand responsab eigenaar sorumlu odpowied wer dri lead qui quien quem "
    "chi wie kim kto holder"
)
TASK_ESTIMATES = words("estimate effort duration aufwand dauer duree duracion durata duur sure czas hours est")
TASK_EXPECT = words("expect result erwart attendu esperado atteso verwacht beklenen oczekiw")
TASK_STATUS = words("status done state stand fertig fait hecho feito fatto gereed durum stan erledigt")
TASK_DONE = names(
    "done complete completed x yes erledigt fertig fait termine hecho feito concluido fatto gereed klaar tamam gotowe "
    "ja oui si ✓"
)
TASK_OPEN = names("todo to_do open pending not_started in_progress offen planned no nein wip")
TARGET_METRIC = words(
    "metric kpi indicat kennzahl messgrosse metrique metrica indicador metriek metrik wskaznik gosterge slo measure "
    "criteri name goal_name critere what"
)
TARGET_TARGET = words(
    "target goal ziel cible objetivo meta seuil obiettivo doel hedef cel threshold objectif streefwaarde value "
    "schwelle umbral limiar soglia drempel esik prog success limit limite grenze grens"
)
TARGET_BASELINE = words(
    "baseline now today current heute ist aktuell aujourd actuel hoy actual hoje atual oggi attuale nu huidig bugun "
    "mevcut dzis obecn before"
)
TARGET_OVER = words("measured_over window over period zeitraum periode periodo pencere okres time_frame timeframe")
TARGET_EMPTY = names("- – — n/a tbd unknown ? none_yet unbekannt inconnu") | {""}
TOPIC_CHANNEL = names(
    "internal external slack email twitter status_page phone discord teams intern extern interne externe interno "
    "externo"
)
TOPIC_PHASE_COLUMN = words("phase fase etap faz asama stage_name etape")
TOPIC_TIME_COLUMN = words(
    "duration length start end dauer beginn ende duree debut fin duracion inicio duracao durata inizio fine duur "
    "begin einde sure baslangic bitis czas poczatek koniec date timeline when week zeitraum"
)
TOPIC_SHARE_COLUMN = words(
    "share traffic % percent rollout anteil prozent part pourcent porcentaje %_d porcentagem percentuale aandeel "
    "percentage pay yuzde oran udzial procent portion exposure users_% trafic trafico verkehr"
)
TOPIC_TARGET_COLUMN = words(
    "target goal ziel cible objetivo meta seuil obiettivo doel hedef cel threshold zielwert objectif streefwaarde"
)
TOPIC_METRIC_COLUMN = words(
    "metric kpi indicat kennzahl messgrosse metrique metrica indicador metriek metrik wskaznik gosterge slo measure "
    "criteri"
)
TIME_PHASE_COLUMN = words(
    "phase fase etap asama faz stage etape etappe step schritt abschnitt paso passo stap adim krok milestone meilenstein "
    "name activity what"
)
TIME_LASTS_COLUMN = words("duration length dauer duree duracion duracao durata duur sure czas weeks time")
TIME_START_COLUMN = words(
    "start begin debut inicio inizio baslangic poczatek from von date when timeline week dates datum"
)
TIME_END_COLUMN = words("end ende fin fine einde bitis koniec to bis until fim")
TIME_OPEN = names("ongoing - – — laufend en_cours continuo continu tbd") | {""}
NAMING_BEFORE = words(
    "pre-launch pre_launch prelaunch pre-deployment pre-release pre-production pre-go-live before_launch "
    "before. vorher. avant. antes. prima. vooraf. once. przed. before_the_launch before_anything "
    "before_go-live before_release before_deployment before_we vor_dem_start "
    "vor_dem_launch vor_der_einfuhrung avant_le_lancement avant-lancement pre-lancement antes_del_lanzamiento "
    "pre-lanzamiento prelanzamiento antes_do_lancamento pre-lancamento prima_del_lancio pre-lancio voor_de_lancering "
    "lansman_oncesi yayin_oncesi przed_startem przed_wdrozeniem przed_uruchomieniem"
)
NAMING_DAY = words(
    "launch_day deployment_day release_day go-live go_live day_of_launch d-day cutover_day launch_week day_zero day_0 "
    "during. wahrenddessen. pendant. durante. tijdens. sirasinda. w_trakcie. t-0 t0 starttag "
    "tag_der_einfuhrung tag_des_launches tag_x launchtag jour_j jour_du_lancement dia_d "
    "dia_del_lanzamiento dia_de_lanzamiento dia_do_lancamento dia_de_lancamento giorno_del_lancio lanceringsdag "
    "dag_van_de_lancering lansman_gunu yayin_gunu dzien_startu dzien_wdrozenia dzien_uruchomienia"
)
NAMING_AFTER = words(
    "post-launch post_launch postlaunch post-deployment post-release after_launch after_the_launch after_release "
    "after_deployment after_go-live after. first_24 first_48 first_hour first_week first_month nach_dem_start "
    "nach_dem_launch nach_der_einfuhrung nachher. danach. dopo. depois. naderhand. sonra. potem. "
    "apres_le_lancement apres-lancement apres. despues_del_lanzamiento "
    "post-lanzamiento despues. apos_o_lancamento pos-lancamento dopo_il_lancio post-lancio na_de_lancering "
    "lansman_sonrasi yayin_sonrasi po_wdrozeniu po_starcie po_uruchomieniu"
)
STAGE_LINE_USERS = words(
    "user traffic customer nutzer kunden benutzer verkehr utilisateur client trafic usuario trafico trafego utenti "
    "session visit besuch bezoek zamowien pupil student patient device household "
    "traffico gebruiker verkeer klanten kullanici trafik uzytkownik ruchu everyone tenants fleet"
)
STAGE_LINE_DEPLOY = words(
    "deploy roll launch release ship enable switch go_ expose ausroll freischalt deploi deplo desplegar lanzar lancar "
    "liberar rilascia uitrol yayin wdroz activ open"
)
STAGE_LINE_SHARE_LABELS = names("traffic share trafic trafico verkehr anteil rollout percentage percent")
STAGE_LINE_FULL = words("full general complete voll complet total volledig tam_ peln everyone ga_")
STAGE_LINE_STEP_WORDS = words(
    "step stage stufe canary beta internal etape etapa paso passo stap wave ring phase full general palier kademe krok"
)
PLACE_LAUNCH = words(
    "launch release go-live go_live production rollout lancement lanzamiento lancamento lancio lancering einfuhrung "
    "ausweitung yayin lansman wdrozen canary cutover bascule"
)
PLACE_NOT_YET = words("soft pre- beta limited alpha post pilot rehears internal preparation testing")
PLACE_INVITED = words(
    "onboard invite internal intern einladen inviter invitar convidar invitare uitnodigen davet zapros beta"
)
PAIR_NOBODY = names("nobody none niemand personne nadie ninguem nessuno kimse nikt - – all tbd everyone") | {""}
PHASE_WORDS = names(
    "phase phases phasen fase fases fasi fasen etapa etapas etape etapes etappe etappen asama asamasi asamalar faz fazi "
    "faza fazy etap etapy stage stages"
)
RELEASE_NAMES = names(
    "alpha beta rc ga stable nightly pilot pilots dogfood dogfooding canary internal preview private_alpha public_alpha "
    "private_beta "
    "closed_beta open_beta public_beta limited_beta release_candidate general_availability early_access "
    "limited_availability private_preview public_preview soft_launch public_launch full_launch launch full_rollout "
    "general_release friends_and_family internal_alpha internal_beta internal_testing internal_release "
    "pilotbetrieb testbetrieb probebetrieb regelbetrieb generalprobe geschlossene_beta offene_beta interner_test "
    "pilote beta_fermee beta_ouverte beta_privee beta_publique ouverture_generale generalisation lancement "
    "piloto beta_cerrada beta_abierta beta_privada beta_publica lanzamiento lanzamiento_suave lanzamiento_general "
    "beta_fechada beta_aberta lancamento lancamento_geral lancio lancio_pubblico beta_chiusa beta_aperta pilota "
    "proef proefdraaien besloten_beta open_beta lancering kapali_beta acik_beta pilot_uygulama genel_kullanim "
    "pilotaz zamknieta_beta otwarta_beta pelne_wdrozenie"
)
PLACE_RAMP = words(
    "ramp rollout roll-out gradual progressiv staged hochlauf stufenweise escalonad graduale kademeli stopniow"
)
STAGE_EVERYBODY = names(
    "everyone everybody all users all_users visitors all_visitors traffic all_traffic customers all_customers "
    "production_traffic public the_public general_public all_registered_users "
    "alle nutzer alle_nutzer besucher alle_besucher kunden alle_kunden "
    "tous tout_le_monde tous_les_utilisateurs utilisateurs visiteurs todos todo_el_mundo usuarios todos_los_usuarios "
    "todos_os_usuarios visitantes tutti utenti tutti_gli_utenti iedereen gebruikers alle_gebruikers "
    "herkes kullanicilar tum_kullanicilar wszyscy uzytkownicy wszyscy_uzytkownicy"
)
FACT_LABELS = names(
    "version document_version doc_version document_id last_updated last_update last_modified last_reviewed updated created "
    "status document_status author authors prepared_by reviewed_by document_owner next_review review_date classification "
    "revision supersedes distribution stand verfasser autor ersteller fassung zuletzt_geandert letzte_anderung verteiler "
    "dokumentversion auteur auteurs redige_par derniere_mise_a_jour mise_a_jour statut diffusion autora autores elaborado_por "
    "ultima_actualizacion actualizado estado version_del_documento ultima_atualizacao atualizado autore redatto_da "
    "ultimo_aggiornamento aggiornato stato auteur laatst_bijgewerkt bijgewerkt yazar surum son_guncelleme durum "
    "wersja ostatnia_aktualizacja stan"
)
MILESTONE_COLUMN = words(
    "milestone meilenstein jalon hito marco pietra mijlpaal kilometre_tasi kamien event ereignis evenement evento"
)
# Imperatives that begin a step, folded. Words that wish for a value (reach, keep, reduce) are none of them.
ORDERS = names(
    "run enable disable turn switch send create deploy install open close start stop restart book buy pay order move copy "
    "migrate import export invite call tell ask collect write post publish update remove delete add configure set test try "
    "execute make take give put prepare schedule train review check perform do release ship onboard announce "
    "fuhre fuhren teste testen sende senden schicke schicken starte starten stoppe stoppen erstelle erstellen aktiviere "
    "aktivieren deaktiviere deaktivieren installiere installieren richte loschen losche prufe buche zahle lade "
    "lancer lancez executer executez activer activez desactiver envoyer envoyez creer creez installer installez tester "
    "testez ouvrir ouvrez inviter invitez payer payez faire faites "
    "ejecutar ejecuta ejecute activar activa desactivar enviar envia envie crear crea cree instalar instala "
    "probar prueba invitar invita pagar haz hacer abrir executar execute ativar ative desativar criar crie instale testar "
    "teste convidar convide fazer faca "
    "eseguire esegui attivare attiva disattiva inviare invia creare installare installa provare prova invitare "
    "voer voeren schakel stuur sturen maak installeer betaal uruchom wlacz wylacz wyslij utworz zainstaluj zapros "
    "zaplac calistir etkinlestir gonder olustur"
)
ARTICLES = names(
    "a an the one two three all each every our ein eine einen der die das den un une des les le la una los las el uno um "
    "uma os as il lo een het de bir"
)
