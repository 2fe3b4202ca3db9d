"""The words by which headings and labels name their topic, in ten languages.

Written without accents and in lower case, as `classify.fold` makes them. A phrase matches where a word begins with it;
one that ends in a full stop matches whole words only. The longest phrase found decides.
"""

from __future__ import annotations

from tminus.importer.topics import Topic

PHRASES: dict[Topic, str] = {
    Topic.PHASES: """
        phases overview, deployment phases, launch phases, rollout phases, phased deployment, phased rollout, phased
        launch, phased release, phase plan, phasing, phases., deployment strategy, launch strategy, release strategy,
        rollout strategy phases, phasen., phasenplan, ablauf., ablauf auf einen blick, phasenubersicht, deroulement,
        phases du projet, calendrier des phases, etapes du lancement, fases., fases del proyecto, etapas., plan por
        fases, etapas do projeto, fasi., piano per fasi, faseplan, fasen., fasering, asamalar, fazlar, dagitim
        asamalari, etapy., fazy., plan etapow, programme of introduction
    """,
    Topic.OBJECTIVES: """
        objective, objectives, aims., purpose., mission., what we want, ziele., ziele des, zielsetzung, projektziele,
        zweck, zielbild, objectifs., objectif., buts., objetivos, objetivo, proposito, obiettiv, scopo, doelen,
        doelstelling, doel., hedefler, amac, amaclar, cele., cel., cele projektu
    """,
    Topic.TASKS: """
        task, precondition, vorbedingung, precondizion, todo, to do., to dos, to-do, checklist, check list, action item,
        actions., steps., deployment step, release step, launch step, preparation, readiness, prerequisit, requirements
        to ship, deliverable, definition of done, acceptance criteria, work items, gates., gate checklist, next step,
        run sheet, runsheet, must be ready, before launch, training, deployment process, deployment plan steps,
        dependencies, team training, test case, test scenario, test scenarios, testing protocol, things to do, ready
        when, final verification, security & compliance, functional testing, implementation plan, aufgabe, massnahmen.,
        checkliste, schritte, arbeitspaket, vorbereitung, zu erledigen, freigabe., voraussetzung, nachste schritte,
        schulung, abnahmekriterien, stufenfreigabe, taches, tache., a faire, liste de controle, liste de verification,
        etapes de deploiement, preparatifs, prerequis, prochaines etapes, actions a mener, livrables, tareas, tarea.,
        lista de verificacion, lista de comprobacion, lista del, lista de tareas, por hacer, pendientes, preparacion,
        proximos pasos, pasos a seguir, pasos del despliegue, acciones, entregables, requisitos previos, tarefas,
        tarefa., lista de verificacao, lista de tarefas, a fazer, o que precisa estar pronto, preparacao, proximos
        passos, acoes, entregaveis, attivita, compiti, da fare, lista di controllo, preparazione, prossimi passi,
        azioni, passaggi, taken., taak., checklijst, actielijst, te doen, voorbereiding, volgende stappen, actiepunten,
        benodigd, gorevler, gorev., yapilacak, kontrol listesi, hazirlik, sonraki adimlar, adimlar, is kalemleri,
        zadania, zadanie, lista kontrolna, do zrobienia, przygotowan, nastepne kroki, dzialania, kroki wdrozenia, lista
        zadan
    """,
    Topic.COMMANDS: """
        deployment command, commands, deploy script, deployment script, deploy commands, command line, befehle,
        commandes shell, comandos, comandi, opdrachten, komutlar, polecenia, deploy., staging deployment, production
        deployment, database backup script
    """,
    Topic.CRITERIA: """
        success criteria, success criterion, success., acceptance., entry condition, entry conditions, exit criteria,
        exit criterion, entry criteria, go no-go criteria, go/no-go criteria, go/no-go, acceptance threshold, quality
        gate, gate., gates to pass, completion requires, completion criteria, we move on when, move on when, promote
        when, proceed when, advance when, done when, exit., exit conditions, pass criteria, graduation criteria,
        promotion criteria, to move on, must hold, before moving on, erfolgskriteri, austrittskriteri, eintrittskriteri,
        abnahmekriteri mit, weiter wenn, weiter geht es, freigabekriteri, qualitatskriteri, ubergangskriteri, criteres
        de succes, criteres de reussite, criteres de sortie, critere de sortie, criteres d'acceptation, criteres de
        passage, conditions de passage, on passe a la suite, criterios de exito, criterios de salida, criterios de
        aceptacion, criterio de exito, condiciones de paso, avanzamos si, seguimos si, criterios de sucesso, criterios
        de saida, criterios de aceitacao, so seguimos se, avancamos se, metas da etapa, metas da fase, criteri di
        successo, criteri di uscita, criteri di accettazione, si passa se, condizioni di uscita, succescriteria,
        slaagcriteria, exitcriteria, acceptatiecriteria, doorgaan als, we gaan door als, basari kriter, basari olcut,
        cikis kriter, kabul kriter, gecis kriter, devam kosul, kryteria sukcesu, kryteria wyjscia, kryteria akceptacji,
        kryteria przejscia, warunki przejscia, przechodzimy dalej, acceptance., promotion threshold, promotion rule,
        promotion gate, entry condition, entry requirement, exit requirement, gate to, gate for, gates for, ready when,
        done when, done means, finished when, before moving to, keep going, stay on course, abnahme., fertig wenn,
        bereit wenn, recette., pret quand, termine quand, conditions d'entree, criteres d'entree, aceptacion., listo
        cuando, condiciones de entrada, condiciones de salida, criterios de entrada, aceitacao., pronto quando,
        condicoes de entrada, condicoes de saida, accettazione., pronto quando, condizioni di ingresso, acceptatie.,
        klaar als, klaar wanneer, instapcriteria, akceptacja., gotowe gdy, warunki wejscia, hazir oldugunda, giris
        kosul, good enough when, good enough if, good enough., acceptance, acceptable when, happy to go on
    """,
    Topic.TARGETS: """
        success metric, kpi., kpis., key performance indicator, key result, okr., okrs., sprint metrics, target
        metric, performance target, targets., growth target, business goal, launch goal, goals., goal., slo., slos.,
        sla., slas., service level, technical metrics, business metrics, user metrics, engagement metrics, performance
        metrics, impact metrics, success measure, north star, post-launch goal, launch success criteria, kennzahl,
        erfolgskennzahl, zielwerte, zielgrosse, erfolgsmessung, leistungsziele, messgrossen mit ziel, indicateurs
        cles, indicateurs de succes, indicateurs de performance, objectifs chiffres, objectifs a tenir, cibles.,
        indicadores clave, indicadores de exito, metas., meta., metricas de exito, objetivos medibles, indicadores de
        sucesso, metricas de sucesso, indicadores-chave, metas do, indicatori chiave, metriche di successo, obiettivi
        misurabili, indicatori di successo, succesindicator, prestatie-indicator, streefwaarden, meetbare doelen,
        kpi's, basari metrik, basari gostergeleri, anahtar performans, hedef metrik, performans gosterge, wskazniki
        sukcesu, kluczowe wskazniki, mierniki, cele mierzalne, wskazniki kpi,
        what good looks like, what success looks like, success looks like, success means, definition of success,
        how we measure success, how we know it worked, how will we know, how we will know, measures of success,
        measure of success, success in numbers, numbers we want, numbers we watch, where we want to be, what
        would make us happy, what we aim for, what we are aiming for, expected outcome, expected results,
        desired outcome, was wir erreichen wollen, woran wir erfolg, definition von erfolg, erfolg heisst,
        wunschwerte, ce que nous visons, ce qu'on vise, reussite., comment on saura, a quoi on verra, lo que
        queremos lograr, que es el exito, como sabremos, resultados esperados, como saberemos, o que e sucesso,
        resultados esperados, come sapremo, risultati attesi, cosa vogliamo ottenere, wat we willen bereiken,
        wanneer is het gelukt, hoe we succes meten, co chcemy osiagnac, po czym poznamy, oczekiwane wyniki, neyi
        hedefliyoruz, basari nedir,
        we are happy if, we are happy when, we will be happy,
        numbers we need, numbers we have to, numbers to reach, numbers to hit, zahlen die wir brauchen, zahlen, die wir
        brauchen, chiffres a atteindre, numeros que necesitamos, numeros de que precisamos, numeri che servono, cijfers
        die we nodig hebben, worth it, how we know, how do we know, woran wir, was it worth, has it worked, did it work
    """,
    Topic.MEASURES: """
        metrics to track, metrics to monitor, key metrics, metrics., what we watch, what to watch, monitoring,
        observability, kpi dashboard, telemetry, metric., indicators., metriken, messwerte, uberwachung, beobachtung,
        indicateurs., metriques, surveillance, suivi., metricas, indicadores., monitoreo, monitorizacion, seguimiento,
        monitoramento, metriche, indicatori., monitoraggio, metrieken, bewaking, metrik., metrikler, izleme,
        gostergeler, metryki, wskazniki., monitorowanie
    """,
    Topic.STAGES: """
        rollout stage, rollout step, rollout plan, rollout schedule, rollout., rollout strategy, progressive rollout,
        gradual rollout, staged rollout, canary, ramp., ramp-up, ramp up, traffic split, traffic shift, beta rollout,
        waves, regional steps, percentage rollout, launch waves, exposure, stages., regional waves, rollout-stufen,
        stufen., stufenplan, ausrollstufen, ausrollplan, ausrollung, einfuhrungsstufen, deploiement progressif, montee
        en charge, ouverture progressive, paliers, vagues, despliegue gradual, despliegue progresivo, escalonado,
        oleadas, paises por orden, lancamento gradual, implantacao gradual, ondas, liberacao gradual, rilascio
        graduale, rilascio progressivo, ondate, gefaseerde uitrol, uitrol, kademeli, dagitim adimlari, kademe,
        stopniowe wdroz, fale., etapy wdrozenia, stopniowe udostepnianie
    """,
    Topic.FEATURES: """
        feature flag, feature toggle, feature switch, flags., feature set, funktionsschalter, schalter., drapeaux,
        indicateurs de fonctionnalit, banderas de func, funcionalidades, feature-flag, ozellik bayrak, flagi,
        przelaczniki
    """,
    Topic.AUDIENCE: """
        cohort, audience, beta user, target group, target user, user segment, segments., who gets it, who sees it,
        participants, zielgruppe, teilnehmer, kohorten, public cible, groupes cibles, cohortes, participants.,
        publico., publico objetivo, cohortes., destinatarios, grupos de usuarios, publico-alvo, pubblico, destinatari,
        gruppi di utenti, doelgroep, deelnemers, hedef kitle, kullanici grup, grupy docelowe, odbiorcy, uczestnicy
    """,
    Topic.EXPERIMENTS: """
        experiment, a/b test, ab test, split test, hypothes, testes a/b, pruebas a/b, test a/b, tests a/b, a/b-test,
        deney, eksperyment
    """,
    Topic.ALERTS: """
        alert, alerting, warn., alert rule, alert threshold, alert configuration, alarm, alarms., paging, pages.,
        notification threshold, alarme, alarmierung, alarmregeln, warnmeldung, warnungen, alertes, alerte., regles
        d'alerte, alertas, alerta., reglas de alerta, avisos, regras de alerta, avvisi, allarmi, allerta,
        waarschuwing, meldingen, alarmen, uyari, alarmlar, alerty, alarmy, ostrzezen, powiadomien,
        pager., who gets paged, what pages us, what wakes us, what wakes somebody, wakes us, wake-up calls, was
        uns weckt, ce qui nous reveille, lo que nos despierta, o que nos acorda, cosa ci sveglia, wat ons wekt,
        co nas budzi
    """,
    Topic.TRIGGERS: """
        rollback trigger, rollback criteria, rollback criterion, rollback condition, roll back if, roll back when,
        rollback if, rollback when, rollback threshold, abort criteria, abort condition, abort if, kill criteria, kill
        switch criteria, stop rule, stop criteria, stop condition, when we stop, when to stop, when we pull, stop the
        rollout, suspension, suspend, triggers., trigger., automated rollback, automatic rollback, pull the plug,
        backout criteria, we go back, no-go criteria, abbruchkriteri, ruckzugskriteri, rollback-kriteri,
        abbruchbedingung, stoppkriteri, wann wir abbrechen, rollback-ausloser, criteres d'arret, criteres de retour
        arriere, criteres d'abandon, conditions de retour, declencheurs, on rebascule si, seuils d'arret, criterios de
        reversion, criterios de aborto, cuando damos marcha atras, disparadores, condiciones de reversion, cuando
        parar, criterios de rollback, gatilhos, criterios de reversao, quando voltar, suspendemos, condicoes de
        reversao, quando paramos, criteri di rollback, criteri di arresto, condizioni di rollback, quando torniamo
        indietro, trigger di rollback, criteri di interruzione, rollback-criteria, stopcriteria, terugdraaicriteria,
        wanneer we stoppen, terugdraaien als, afbreekcriteria, geri alma kosul, geri alma tetik, geri donus kosul,
        geri alma kriter, durdurma kriter, tetikleyici, kryteria wycofania, warunki wycofania, kryteria przerwania,
        kiedy wycofujemy, wyzwalacze, kryteria zatrzymania
    """,
    Topic.ROLLBACK: """
        if it goes wrong, if something goes wrong, if things go wrong, when things go wrong, rollback, roll back,
        roll-back, back out, backout, fallback, fall back, go back, how to roll back, how the roll back, revert, way
        back, rollback procedure, rollback plan, rollback step, going back, manual rollback, undo., wenn es schiefgeht,
        wenn etwas schiefgeht, zuruckschalten, ruckschaltung, si ca tourne mal, si algo sale mal, se der errado, se algo
        der errado, se qualcosa va storto, als het misgaat, ters giderse, gdy cos pojdzie nie tak, ruckfall,
        ruckabwicklung, zuruckrollen, vorgehen beim abbruch, ruckweg, ruckbau, ruckzug, notfallruckweg, ruckfallplan,
        retour arriere, retour en arriere, plan de repli, restauration de version, procedure de retour, marcha atras,
        reversion, plan de reversion, vuelta atras, procedimiento de reversion, volver atras, plan de retroceso, voltar
        atras, reversao, plano de reversao, retorno a versao, piano di rollback, ritorno alla versione, ripristino
        versione, terugdraai, terugval, terugrol, rollbackplan, geri alma, geri donus, geri al plani, wycofanie, plan
        wycofania, powrot do poprzedniej, procedura wycofania, halting, yanking, yank., going back, falling back,
        pulling back, backing out, stepping back, turning back, revert rule, undoing, way out, emergency exit, emergency
        brake, retreat., if it goes wrong, if things go wrong, when it goes wrong, when things go wrong, if all goes
        wrong, if something breaks, ruckschritt, zuruckschalten, zuruckdrehen, rueckbau, notbremse, notausstieg, wenn es
        schiefgeht, wenn etwas schiefgeht, revenir en arriere, on revient, si ca tourne mal, repli., marche arriere,
        volver a la version, si algo sale mal, si sale mal, dar marcha atras, retroceso., se algo correr mal, se der
        errado, plano de volta, tornare indietro, se qualcosa va storto, marcia indietro, als het misgaat, als het fout
        gaat, noodrem, jesli cos pojdzie nie tak, droga powrotu, hamulec, ters giderse, bir sorun olursa, withdrawal,
        withdraw., stand-down, stand down, standing down, taking it back, pull it., when we pull it, recall., yank
        policy,
        bailing out, bail out, bail-out, pulling out, pull back, switching back, turning it off, switching it
        off, ausstieg., zuruckziehen
    """,
    Topic.INCIDENTS: """
        incident, incident response, playbook, contingency, contingency plan, disaster scenario, scenario, critical
        issue, emergency procedure, emergency response, outage, plan b., notfallplan, storfall, vorfall,
        notfallverfahren, storungsmanagement, gestion des incidents, plan de contingence, plan d'urgence, incidentes,
        plan de contingencia, respuesta a incidentes, resposta a incidentes, plano de contingencia, gestione
        incidenti, risposta agli incidenti, piano di emergenza, incidentafhandeling, noodplan, incidentrespons,
        calamiteiten, olay mudahale, acil durum plan, kriz plan, obsluga incydent, reagowanie na incydent, plan
        awaryjny, incydent
    """,
    Topic.ESCALATION: """
        escalation, escalation matrix, escalation process, escalation path, escalation level, who gets woken, who to
        call, phone tree, call tree, on-call rota, on call., eskalation, eskalationsstufen, rufbereitschaft,
        telefonkette, escalade, escalades, escalamiento, escalado., escalacion, escalonamento, escalacao, contatos do
        plantao, plantao, escalation-pfad, scala di escalation, livelli di escalation, reperibilita, escalatie,
        eskalasyon, yukseltme, nobetci, eskalacj, sciezka eskalacji, dyzur,
        calls., who is called, who gets called, who we call, who do we call, nobody answers, no answer, chain of
        command, order of calls, call order, wer wird angerufen, wen anrufen, anrufliste, anrufkette,
        alarmkette, qui appeler, qui prevenir, ordre d'appel, a quien llamar, quien llama, cadena de llamadas,
        quem ligar, quem chamar, a quem ligar, chi chiamare, catena di chiamate, wie bellen, belvolgorde,
        bellijst, do kogo dzwonic, kolejnosc telefonow, kim aranir, kimi ara, arama sirasi,
        call cascade, cascade., who rings, who to ring, whom to ring, who phones, who to wake, whom to call, wie
        bellen we, wie belt
    """,
    Topic.SUPPORT: """
        support tier, customer support, support level, support structure, support plan, support system, user support,
        support & maintenance, kundendienst, kundensupport, supportstufen, support client, service client, niveaux de
        support, soporte, atencion al cliente, niveles de soporte, suporte, atendimento, assistenza, supporto clienti,
        klantenservice, ondersteuning, musteri destegi, destek., destek ekibi, obsluga klienta, wsparcie
    """,
    Topic.RISKS: """
        risk, risks., risk mitigation, risk management, risk register, identified risks, technical risks, business
        risks, could go wrong, threats, risiko, risiken, gefahren, risikoanalyse, risques, risque., analyse des
        risques, riesgo, analisis de riesgos, riscos, risco., rischi, rischio, risico, risicos, risicoanalyse, risk
        analizi, riskler, ryzyk, zagrozen,
        can go wrong, can still go wrong, could still go wrong,
        might go wrong, may go wrong, keeps us awake, keep us awake, keeps us up, worries., what
        worries us, pitfalls., dangers., was schiefgehen, was schief gehen, sorgen., ce qui peut mal, ce qui
        pourrait mal, ce qui nous inquiete, que puede salir mal, que podria salir mal, lo que nos preocupa, o
        que pode dar errado, o que pode correr mal, cosa puo andare storto, cosa potrebbe andare storto, wat kan
        er misgaan, wat er mis kan, co moze pojsc, ne ters gidebilir,
        hazard, hazard log, hazards., gefahrdung,
        what scares us, what frightens us, what we fear, what we are afraid, fears., befurchtungen, wovor wir,
        ce qui nous fait peur, lo que nos asusta, miedos., medos., paure.
    """,
    Topic.BUDGET: """
        budget, cost, costs, cost breakdown, monthly costs, pricing estimate, spend., money., financial, expenses,
        kosten, finanzen, ausgaben, couts, cout., depenses, financement, presupuesto, costes, costos, gastos,
        dinheiro, orcamento, custos, despesas, bilancio, costi, spese, preventivo, begroting, uitgaven, butce,
        maliyet, giderler, budzet, koszty, wydatki,
        what it costs, what this costs, what we spend, what we spent, what we pay, what it will cost, spending,
        spent so far, was es kostet, was das kostet, ce que ca coute, ce que cela coute, combien ca coute, lo
        que cuesta, cuanto cuesta, quanto custa, o que custa, quanto costa, cosa costa, wat het kost, ile to
        kosztuje, ne kadar tutar,
        geld., argent., dinero., soldi., pieniadze, was das alles kostet
    """,
    Topic.VARIABLES: """
        environment variable, env var, env vars, environment config, environment configuration, environment., .env,
        secrets., configuration variables, umgebungsvariable, konfigurationsvariable, variables d'environnement,
        variables de entorno, variaveis de ambiente, variabili d'ambiente, variabili di ambiente, omgevingsvariabele,
        ortam degisken, zmienne srodowisk
    """,
    Topic.SERVICES: """
        docker compose, docker-compose, compose for, compose file, containers, services., health check, health checks,
        healthcheck, dienste., conteneurs, contenedores, servicios., contenitori, konteyner, kontenery
    """,
    Topic.RECOVERY: """
        backup, back-up, disaster recovery, recovery, rto., rpo., rto/rpo, continuity, business continuity, backup
        strategy, restore., wiederherstellung, datensicherung, sicherung., notfallwiederherstellung, sauvegarde,
        reprise apres, reprise d'activite, continuite, copias de seguridad, respaldo, recuperacion, continuidad, copia
        de seguranca, recuperacao, ripristino, backup e, continuita, herstel, reservekopie, yedek, felaket kurtarma,
        kurtarma, kopie zapasowe, odtwarzanie, ciaglosc
    """,
    Topic.ROUTINES: """
        routine, maintenance schedule, maintenance, recurring, cadence, rituals, daily standup, standups, weekly
        review, meetings., review., iteration process, wartung, wartungsplan, regelmassig, turnus, maintenance
        reguliere, entretien, rituels, rutina, mantenimiento, rotina, manutencao, manutenzione, onderhoud, bakim,
        rutin, konserwacja, utrzymanie, rutyn
    """,
    Topic.MILESTONES: """
        milestone, scaling milestone, scaling strategy, user milestone, growth stages, meilenstein, jalons, hitos,
        marcos do projeto, pietre miliari, mijlpalen, kilometre taslari, kamienie milowe
    """,
    Topic.CHANNELS: """
        communication channel, channels., communication protocol, internal communication, external communication,
        where we talk, contact methods, kommunikationskanal, kanale., canaux, canales, donde hablamos, canais, onde
        falamos, canali, kanalen, communicatiekanalen, kanallar, iletisim kanal, kanaly
    """,
    Topic.ANNOUNCEMENTS: """
        announcement, announcement channel, communication, communication plan, user communication, communications,
        marketing, press., launch event, launch marketing, kommunikation, ankundigung, kommunikationsplan, annonces,
        plan de communication, comunicacion, anuncios., comunicacao, comunicados, anuncios de lancamento,
        comunicazione, annunci, communicatie, aankondiging, duyuru, iletisim, ogloszen, komunikacja, plan komunikacji
    """,
    Topic.DASHBOARDS: """
        dashboard, dashboards, dashboard setup, monitoring dashboard, instrumententafel, tableau de bord, tableaux de
        bord, tablero, cuadro de mando, paineis, painel., cruscott, gosterge panel, panele, pulpity
    """,
    Topic.ROLES: """
        roles, role., team., team structure, team responsibilities, responsibilities, raci., contacts, contact.,
        emergency contact, who does what, stakeholder, owners., people., ansprechpartner, verantwortlichkeit,
        zustandigkeit, rollen, beteiligte, kontakte, responsabilites, equipe., contacts d'urgence, interlocuteurs,
        responsabilidades, equipo., contactos, funciones., contatos, papeis, responsabilita, ruoli, contatti,
        verantwoordelijk, rolverdeling, contactpersonen, sorumluluk, ekip., roller, iletisim kisi, odpowiedzialn,
        zespol, kontakty, role i
    """,
    Topic.BUGS: """
        bug priorit, bug tracking, bug level, bug severity, defect priorit, severity level, fehlerklasse,
        fehlerprioritat, priorite des bogues, priorites des anomalies, prioridad de errores, prioridades de bugs,
        gravidade dos bugs, priorita dei bug, bugprioriteit, hata oncelik, priorytety bled
    """,
    Topic.TIMELINE: """
        timeline, timetable, launch timeline, timeline summary, schedule, calendar, gantt, at a glance, key dates,
        dates., zeitplan, terminplan, zeitachse, termine., fahrplan, calendrier, planning., echeancier, cronograma,
        calendario, fechas clave, prazos, cronologia, tempistica, scadenze, planning, tijdlijn, tijdschema, takvim,
        zaman cizelgesi, zaman plani, harmonogram, kalendarz, terminarz
    """,
    Topic.ROADMAP: """
        roadmap, post-launch roadmap, future, long term, long-term, ideas for later, ideas., beyond., next phases,
        version 2, ausblick, zukunft, ideen, feuille de route, perspectives, ideas para despues, hoja de ruta, futuro,
        depois., proximas versoes, tabella di marcia, sviluppi futuri, toekomst, routekaart, yol haritasi, gelecek,
        plan rozwoju, przyszlosc
    """,
    Topic.LATER: """
        post-launch support, post-launch plan, post-launch., post launch., after launch, after the launch, aftercare,
        steady state, business as usual, hypercare, regelbetrieb, nachbetreuung, nach dem start, nach dem launch,
        apres le lancement, apres-lancement, exploitation courante, despues del lanzamiento, post-lanzamiento,
        poslanzamiento, pos-lancamento, apos o lancamento, dopo il lancio, post-lancio, na de lancering, nazorg,
        lansman sonrasi, yayin sonrasi, po wdrozeniu, po uruchomieniu, po starcie, after ga., after general availability
    """,
    Topic.TRAFFIC: """
        expected traffic, expected load, traffic., load profile, traffic forecast, capacity, erwartete last,
        lastprofil, trafic attendu, charge attendue, trafico, carga esperada, trafego, traffico, verwacht verkeer,
        beklenen trafik, beklenen yuk, ruch, oczekiwane obciazenie
    """,
    Topic.FACTS: """
        document info, document version, metadata, change history, revision history, document control, dokumentinfo,
        versionshistorie, historique des versions, historial de versiones, historico de versoes, documentgegevens,
        belge bilgi, historia zmian
    """,
    Topic.NOTES: """
        conclusion, summary., executive summary, overview., background, introduction, context., architecture,
        infrastructure stack, infrastructure requirement, server specification, hosting option, version control, tech
        stack, production stack, deployment architecture, requirement, requirements., appendix, glossary, references.,
        reference documents, resources, comments., notes., open question, not doing, out of scope, what is this, key
        points, ready to launch, critical success factors, sample response, numbers., numbers that are not, for
        reference, tools., incentives, user onboarding strategy, onboarding flow, success probability, assumptions,
        logging, example., not part of, benefits, fazit, zusammenfassung, hintergrund, einleitung, architektur,
        anhang, offene punkte, offene fragen, kommentare, nicht teil, werkzeuge, annahmen, hinweise, resume.,
        contexte, annexe, points ouverts, questions ouvertes, hors perimetre, outils, hypotheses de, remarques, offre
        de, resumen, antecedentes, contexto, anexo, conclusion., preguntas abiertas, fuera de alcance, herramientas,
        que lanzamos, notas, precios, resumo, conclusao, anexos, perguntas abertas, fora do escopo, ferramentas,
        observacoes, riepilogo, conclusione, contesto, allegato, domande aperte, fuori ambito, strumenti, note.,
        samenvatting, conclusie, achtergrond, bijlage, open vragen, buiten scope, hulpmiddelen, opmerkingen, ozet,
        sonuc, arka plan, ekler, acik sorular, kapsam disi, araclar, notlar, podsumowanie, wnioski, tlo., zalacznik,
        otwarte pytania, poza zakresem, narzedzia, uwagi,
        what we sell, price list, pricing., prices., tarifs., tarif., tarifas., precios., preise., preisliste,
        prezzi., listino, prijzen., prijslijst, ceny., cennik., fiyatlar, faq., questions and answers, not in
        this document, offline results, for the record, benchmark result
    """,
}
