"""The words of targets in the languages that plans are written in. Data alone: lower case, matched word by word."""

from __future__ import annotations

from tminus.importer.words_numbers import spread, word_set

# Before the number. The longest that fits counts.
COMPARATORS = spread(
    {
        "<": "<|below|under|less than|fewer than|lower than|smaller than|faster than|beneath|unter|unterhalb von"
        "|weniger als"
        "|kleiner als"
        "|geringer als|niedriger als|schneller als|moins de|en moins de|in under|moins que|sous|inférieur à"
        "|inférieure à|en dessous de"
        "|au-dessous de|menos de|menor que|menor de|menor a|inferior a|por debajo de|menos que|bajo|abaixo de"
        "|inferior a"
        "|meno di|sotto|sotto i|sotto il|inferiore a|minore di|al di sotto di|minder dan|lager dan|onder|kleiner dan"
        "|mniej niż|poniżej|stays under|küçüktür|baja de|bajan de|unterschreitet|unterschreiten|unterschritten"
        "|inférieurs à"
        "|inférieures à|undershoots|under about|shorter than|krócej niż|mniejsze niż|mniejszy niż|niższe niż"
        "|szybciej niż|korter dan|sneller dan|kürzer als|en menos de|em menos de|a menos de|in meno di|no llega a"
        "|daha az|inside of|short of",
        "<=": "<=|=<|≤|⩽|≦|at most|no more than|not more than|up to|max|max.|maximum|maximum of|maximum:|a maximum"
        " of|within"
        "|höchstens|maximal|bis zu|nicht mehr als|nicht über|innerhalb von|innerhalb|au plus|maximum de|au maximum"
        "|jusqu'à"
        "|pas plus de|como máximo|máximo|máximo de|a lo sumo|no más de|no máximo|até|não mais de|não mais que|al"
        " massimo|massimo|non più di|fino a|entro|hooguit|maximaal|ten hoogste|niet meer dan|binnen|en fazla|en çok"
        "|azami"
        "|maksimum|najwyżej|maksymalnie|co najwyżej|nie więcej niż|do not exceed|not exceed|not exceeding|cannot exceed"
        "|dépasse pas|ne pas dépasser|no superar|no exceder|no supera|non superare|never above|never over|not above"
        "|not over|not exceeds|stays within|stay within|remains within|no above|limited to|capped at|at or below|at"
        " or under|at the most|not longer than|no longer than|no later than|no slower than|less than or equal to"
        "|below or equal to|equal to or below|equal or below|hoogstens|niet boven|kleiner dan of gelijk aan"
        "|längstens|nicht länger als|gleich oder unter|kleiner oder gleich|tout au plus|inférieur ou égal à"
        "|inférieure ou égale à|sans dépasser|como mucho|a lo más|igual o inferior a|inferior o igual a|menor o"
        " igual a|dentro de|no exceden|em até|quando muito|menor ou igual a|inferior ou igual a|al più|non oltre"
        "|minore o uguale a|inferiore o uguale a|non supera|maks|maks.|nie dłużej niż|nie później niż|nie wyżej niż"
        "|mniejsze lub równe|w ciągu|w czasie do|inside|do not surpass|must not exceed",
        ">": ">|above|over|more than|greater than|higher than|larger than|exceeds|exceed|exceeding|beyond|better"
        " than|über"
        "|mehr als|größer als|höher als|oberhalb von|übersteigt|plus de|plus que|supérieur à|supérieure à|au-dessus"
        " de|dépasse"
        "|más de|mayor que|mayor de|mayor a|superior a|por encima de|supera|más que|mais de|maior que|acima de|mais que"
        "|più di|maggiore di|superiore a|sopra|sopra il|al di sopra di|oltre|meer dan|hoger dan|boven|groter dan"
        "|więcej niż"
        "|powyżej|ponad|überschreitet|überschreiten|übersteigen|surpasses|surpass|tops|büyüktür"
        "|longer than|länger als|worse than|slower than|older than|schlechter als|langsamer als|pire que|peor que"
        "|pior que"
        "|peggio di|slechter dan|gorsze niż|passarem de|passar de|passam de|passa de|pasan de|pasa de|pasen de"
        "|ultrapassa"
        "|ultrapassam|ultrapassar|ultrapassarem|excede|excedem|exceder|excederem|exceden|excedan|superan|superen|supere"
        "|superarem|superam|dépassent|dépasser|dépasserait|dépassant|excède|excèdent|supérieurs à|supérieures à"
        "|superano"
        "|eccede|overschrijdt|overschrijden|przekracza|przekroczy|przekraczają|exceeded|more than about|dłużej niż"
        "|wyższe niż|większe niż|meer als|langer dan|hoger is dan|en más de|daha fazla|north of|in excess of|past"
        " the|rises past|goes past",
        ">=": ">=|=>|≥|⩾|≧|at least|no less than|not less than|no fewer than|minimum|minimum of|a minimum of|min"
        "|min.|minimum:"
        "|mindestens|wenigstens|nicht weniger als|nicht unter|minimal|ab|au moins|minimum de|au minimum|pas moins de"
        "|al menos"
        "|por lo menos|como mínimo|mínimo|mínimo de|no menos de|pelo menos|no mínimo|não menos de|almeno|minimo|non"
        " meno di"
        "|minimaal|ten minste|tenminste|minstens|niet minder dan|en az|asgari|co najmniej|przynajmniej|minimum|nie"
        " mniej niż"
        "|never below|not below|never under|not under|never less than|or more than"
        "|covers|cover|covering|reaches|reach|reached|hits|achieves|minst|at or above|at or over|at the least|or"
        " better than|at or better than|greater than or equal to|more than or equal to|equal to or above|equal or"
        " above|above or equal to|gleich oder über|größer oder gleich|zumindest|supérieur ou égal à|supérieure ou"
        " égale à|cuando menos|igual o superior a|superior o igual a|mayor o igual a|maior ou igual a|superior ou"
        " igual a|não inferior a|non inferiore a|maggiore o uguale a|superiore o uguale a|perlomeno|groter dan of"
        " gelijk aan|op zijn minst|większe lub równe|nie mniejsze niż|atteint|atteignent|alcanza|alcanzan|atinge"
        "|atingem|raggiunge|raggiungono|erreicht|erreichen|bereikt|osiąga|osiągnie",
        "=": "=|==|exactly|equals|equal to|genau|exactement|exactamente|exatamente|esattamente|precies|tam|dokładnie",
        "~": "~|≈|about|around|approximately|approx|approx.|circa|ca.|ca|etwa|rund|ungefähr|environ|alrededor de"
        "|aproximadamente|cerca de|ongeveer|yaklaşık|około|roughly|nearly|almost",
    }
)
# After the number.
AFTER = spread(
    {
        ">=": "or more|or better|or higher|or above|or greater|and above|and more|minimum|min|or over|oder mehr|und"
        " mehr"
        "|oder höher|oder besser|ou plus|ou mieux|o más|o superior|ou mais|o più|of meer|of hoger|ve üzeri|veya daha"
        " fazla|at"
        " least|mindestens|au moins|al menos|almeno|lub więcej|i więcej|and up|plus|ve üstü|minimal|at the least|or"
        " later|oder darüber|und darüber|y más|o mejor|como mínimo|no mínimo|pelo menos|e più|come minimo|of beter"
        "|minstens|minimaal|ten minste|albo więcej|co najmniej|en az|veya üstü|veya üzeri|and over|und aufwärts|et"
        " plus|ou supérieur",
        "<=": "or less|or fewer|or lower|or below|or faster|maximum|max|at most|oder weniger|oder niedriger"
        "|höchstens|maximal"
        "|ou moins|o menos|ou menos|o meno|of minder|veya daha az|ve altı|lub mniej|tops|and below|at the most|or"
        " under|or sooner|and under|oder darunter|oder schneller|und darunter|au plus|tout au plus|au maximum|ou"
        " plus vite|como máximo|como mucho|al máximo|no máximo|quando muito|al massimo|al più|hooguit|hoogstens"
        "|maximaal|ten hoogste|of lager|of sneller|en fazla|en çok|veya altı|içinde|najwyżej|co najwyżej|maksymalnie"
        "|maks|albo mniej",
        "<": "altında|altina|altına|dan az|den az|'den az|'dan az|az|in altında|un altında|daha az|ün altında|ın"
        " altında|nin altında|nın altında|altına düşerse|altında kalır|unterschreitet|unterschreiten|unterschritten"
        "|non raggiunge",
        ">": "üzerinde|üstünde|dan fazla|den fazla|'den fazla|fazla|aşarsa|in üzerinde|un üzerinde|aşıyorsa|üzerine"
        "|ün üzerinde|ın üzerinde|nin üzerinde|nın üzerinde|üzerine çıkarsa|geçerse|aşınca|überschreitet"
        "|überschreiten|überschritten|übersteigt|übersteigen|overschrijdt|overschrijden|überstiegen",
    }
)
# Verbs before a comparison of places, which say no change by the number: `drops below 98 %`, `cae por debajo del 97 %`.
MOVES = word_set(
    "drop drops dropped drop-off fall falls fell sink sinks sank dip dips dipped go goes went get gets rise rises"
    " rose climb"
    " climbs climbed stay stays stayed come comes move moves is are be cae caen caiga cayera cai caem cair caírem"
    " fica ficam"
    " ficar ficarem está están estão sobe sobem sube suben passe passent tombe tombent descend descendent monte"
    " montent reste"
    " restent scende scendono sale salgono resta sinkt sinken sank fällt fallen steigt steigen liegt liegen bleibt"
    " bleiben"
    " zakt daalt stijgt blijft spada spadnie rośnie wzrośnie jest"
)
PLACES = (
    "below", "under", "above", "over", "beneath", "beyond", "unter", "über", "sous", "en dessous", "au-dessous", "au-dessus",
    "por debajo", "por encima", "abaixo", "acima", "sotto", "sopra", "oltre", "al di", "onder", "boven", "poniżej", "powyżej",
    "ponad", "unterhalb", "oberhalb",
)  # fmt: skip
# Forms of words in comparisons, told as the one that COMPARATORS has: `superiores al` is `superior a`.
FORMS = spread(
    {
        "de": "del|do|da|dos|das|des|du|d'|della|dei|degli",
        "a": "al|ao|aos|às|alla|ai|agli",
        "à": "au|aux",
        "los": "las",
        "superior": "superiores|superiori",
        "inferior": "inferiores|inferiori",
        "mayor": "mayores",
        "menor": "menores",
        "maior": "maiores",
        "maggiore": "maggiori",
        "minore": "minori",
        "supérieur": "supérieure|supérieurs|supérieures",
        "inférieur": "inférieure|inférieurs|inférieures",
        "den": "dem|der",
    }
)
TARGET_WORDS = word_set(
    "target targets goal goals targeted targeting aim aims ziel ziele zielwert zielwerte soll sollwert"
    " objectif objectifs cible objetivo objetivos meta metas obiettivo obiettivi doel doelen hedef hedefi"
    " hedefimiz hedefler cel cele kpi slo sla threshold schwelle schwellwert seuil umbral soglia drempel eşik"
    " próg limit goal: benchmark streefwaarde"
)
AFTER_TARGET_WORDS = word_set(
    "sla slo maintained sustained guaranteed target goal ziel objectif objetivo meta obiettivo doel hedef"
    " kept achieved gehalten maintenu maintenue mantenido mantenida garantiert or_better"
)
AVERAGES = word_set(
    "average avg avg. averaged mean moyenne moyen promedio media média medio médio gemiddeld gemiddelde"
    " ortalama średnio średnia durchschnitt durchschnittlich durchschnittliche durchschnittlicher"
    " durchschnittliches ø mittel mittelwert schnitt moy"
)
MEDIANS = word_set("médian médians mediano mediani mediane medianen median médiane mediana medyan mediaan")
ZEROS = word_set(
    "zero no null keine kein keinerlei keinen aucun aucune zéro cero ninguna ningún ninguno sin nenhum"
    " nenhuma nessun nessuna nessuno geen nul sıfır hiç żadnych zerowa brak none nil nada"
)
SURE_ZEROS = word_set("zero zéro cero null sıfır nul")  # what `no` and its like say may be a sentence
ZEROS_BEHIND = word_set(
    "zero none 0 null sıfır yok cero aucun aucune keine ninguno nessuno geen nenhum brak zéro nil nul nessuna"
    " ninguna ningún keiner nenhuma żadnych hiç"
)
# Beginnings of the words for what nobody wants to have.
FEARED = word_set(
    "bug error incident breach issue failure crash outage loss downtime vulnerab defect regression violation"
    " degradation exhaustion leak complaint blocker warning exception timeout conflict escalation problem"
    " deadlock corruption fault mismatch duplicate rollback sev p0 p1 critical fehler ausf vorf störung"
    " absturz abstürz verlust sicherheitslücke mängel erreur panne faille perte plantage anomalie bloquant"
    " fallo errores caída pérdida brecha incidencia vulnerabil falha erro perda queda violaç errori guast"
    " perdit fouten storing incidenten verlies lek hata kesinti ihlal kayıp kayb çökm açık sorun błęd awari"
    " utrat wyciek alert vorfälle unplanned abuse fraud"
)
UP = word_set(
    "increase increased improvement rise uplift lift gain more higher boost growth improved increases rises"
    " hoger gestiegen gewachsen wyższy wyższa artar arttı yükselir"
    " jump jumps grow grows steigerung anstieg zuwachs erhöhung wachstum verbesserung mehr höher augmentation"
    " hausse amélioration aumento incremento mejora crecimiento melhoria crescimento miglioramento crescita"
    " stijging toename verbetering groei artış artis artışı iyileşme büyüme wzrost wzrostu poprawa"
)
DOWN = word_set(
    "decrease decreased reduction reduced drop drops decline declines fewer lower less fall falls dip cut"
    " reduzierung rückgang senkung abnahme verringerung weniger réduction baisse diminution reducción"
    " disminución descenso caída redução queda riduzione calo diminuzione daling vermindering afname reductie"
    " minder azalma azalış düşüş azaltma spadek redukcja zmniejszenie faster quicker schneller shorter slower"
    " savings lager gesunken gefallen niższy niższa azalır düşer"
)
BETTER = word_set(
    "improvement improved better verbesserung amélioration mejora melhoria miglioramento verbetering iyileşme poprawa"
)
# Verbs and nouns between what changes and by how much: `sales rise 10 %`, `conversion en hausse de 5 %`.
RISING = word_set(
    "rises rise rose risen grows grow grew climbs climb climbed improves improve improved increases increase"
    " increased gains"
    " steigt steigen stieg gestiegen wächst wachsen zunehmen verbessert augmente augmentent progresse progressent"
    " grimpe hausse"
    " sube suben crece crecen aumenta aumentan mejora mejoran alza subida sobe sobem cresce crescem melhora melhoram"
    " aumentam"
    " aumentano crescono salgono migliora migliorano aumento rialzo stijgt stijgen groeit groeien toeneemt artar"
    " artıyor yükselir"
    " büyür rośnie rosną wzrasta wzrastają wzrośnie zwiększa"
)
FALLING = word_set(
    "falls fall fell drops drop dropped declines decline shrinks shrink sinks sink decreases decrease decreased"
    " sinkt sinken"
    " sank gesunken fällt fallen schrumpft schrumpfen baisse baissent diminue diminuent recule reculent recul chute"
    " baja bajan"
    " cae caen disminuye disminuyen descenso bajada cai caem diminui diminuem queda cala calano scende scendono"
    " diminuisce"
    " calo daalt dalen zakt zakken azalır düşer spada spadają spadnie maleje maleją"
)
UP_VERBS = word_set(
    "increase increases grow grows raise raises improve improves boost boosts lift erhöhen steigern"
    " verbessern augmenter améliorer aumentar mejorar incrementar melhorar aumentare migliorare verhogen"
    " verbeteren artırmak zwiększyć poprawić"
)
DOWN_VERBS = word_set(
    "reduce reduces decrease decreases cut cuts lower lowers shrink drop senken reduzieren verringern réduire"
    " diminuer reducir disminuir reduzir ridurre diminuire verlagen verminderen azaltmak zmniejszyć obniżyć"
    " drops decreases declines falls"
)
BY = word_set("by um de von di met del do en z o di_almeno")
BASELINE = word_set(
    "baseline current currently today now from was previously before vs versus against basis ausgangswert"
    " aktuell heute derzeit bisher actuel actuellement actuelle actual actualmente hoy atual attuale"
    " attualmente huidig nu mevcut şu_an obecnie up down aujourd'hui heute"
)
LESS_IS_BETTER = word_set(
    "error latenc time duration load loading failure failed failing hatas hatalar kaybı süresi erros waiting"
    " churn bug ticket fail cost mttr mttd mttf response delay incident crash outage downtime vulnerab"
    " complaint bounce abandon defect loss timeout cpu memory disk bundle payload queue lag drop drop-off"
    " refund fraud debt overhead consumption violation leak regression breach wait warning alert spam p95 p99"
    " lcp fcp cls ttfb tti inp fid tbt rto rpo cac escalation rejection unsubscribe fehler latenz zeit dauer"
    " abwander kosten ausfall abbruch störung absturz beschwerde kündigung erreur latence temps durée délai"
    " panne coût échec attrition désabonnement plainte latencia tiempo fallo coste costo caída demora abandono"
    " queja tempo falha latência cancelamento erro errori latenza costo abbandono guasto fout vertraging tijd"
    " kosten storing uitval klacht hata gecikme süre maliyet kayıp kayb şikayet yanıt çökme błęd opóźnien czas"
    " koszt awari rezygnac skarg burn backlog"
)
LESS_IS_BETTER_ENDS = (
    "zeit",
    "zeiten",
    "tijd",
    "tijden",
    "kosten",
    "latenz",
    "dauer",
    "fehler",
    "ausfälle",
    "downtime",
)
MORE_IS_BETTER = word_set(
    "uptime session success satisfaction rate_of_success complet cover engage conver retention on-time view"
    " watch interaction verfügbarkeit erfolg zufriedenheit disponib succès between lifetime time_on reading"
    " crash-free error-free on_time in_time pünktlich rechtzeitig à_l'heure à_temps a_tiempo no_prazo in_orario"
    " op_tijd zamanında"
    " na_czas availab resolved resolution_rate response_rate betriebszeit fixed closed başarı"
    " sukces adoption viewing"
)
VERBS = word_set(
    "monitor keep track verify ensure maintain achieve reach confirm measure validate guarantee attain"
    " sustain maintains keeps reaches achieves ensures stabilize stabilise überwachen sicherstellen erreichen"
    " prüfen halten surveiller garantir atteindre vérifier maintenir asegurar alcanzar lograr mantener"
    " verificar monitorear manter atingir monitorar garantire raggiungere mantenere monitorare verificare"
    " bewaken bereiken behouden zorgen sağla koru izle utrzymać osiągnąć monitorować reduce increase improve"
    " decrease lower raise grow surpass exceed acquire gain observe watch_for alert expect expected rollback"
    " roll-back abort stop trigger"
)
# Verbs that are nouns as well (`hold time`): dropped only where nothing else would be left.
LOOSE_VERBS = word_set(
    "hit get hold watch check support handle load serve process have has see reach want need test with onboard"
)
FILLERS = word_set(
    "between zwischen entre tra tussen między the a an our we all any is are be been being was were should"
    " must shall will would can to of at in that than and or stays stay remain remains staying keep kept with"
    " for on have has goes go by its their der die das den dem des ein eine ist sind soll sollte muss wird"
    " werden bleibt liegt von bei im le la les un une est sont doit reste du de des el los las es son debe"
    " está o os as é são deve il lo gli i è sono de het is zijn moet y e et und en ve i w z do - – — : ; , . ·"
    " * = if when whenever wenn falls si se quando als eğer jeśli once rate: still always per reaching"
    " exceeding does do did not has liege liegen beträgt für dei degli delle dello della"
)
CONDITIONALS = word_set(
    "if when whenever wenn falls si quando cuando als eğer jeśli sobald once should wherever unless"
)
LOUD = word_set(
    "high low slow elevated excessive poor increased sustained degraded rising hohe hoher hohes niedrige"
    " niedriger langsame langsamer erhöhte erhöhter élevé élevée faible lent lente alto alta baja bajo lento"
    " lenta elevado elevada alti alte basso bassa hoge lage trage yüksek düşük yavaş wysoki wysoka niski niska"
    " wolny abnormal unusual"
)
TRAILING = word_set(
    "reported detected observed found maintained sustained achieved reached kept remaining occurred"
    " outstanding present open recorded guaranteed or more better in at by for on of to with and the gemeldet"
    " gefunden erreicht gehalten signalé signalés signalée signalées reportado reportados registrados required"
    " per from von desde da em en im hold holds sits au minimum maximum or_less target goal is are rapportati"
    " bildirildi zgłoszonych"
)
# Before a number that says which one, not how many.
ORDINALS = word_set(
    "scenario szenario option week weeks month months day days sprint phase tier level version v release top"
    " step stage part chapter round wave milestone hour node.js node ubuntu debian python java php ruby go"
    " postgres postgresql mysql redis docker ios android chrome safari firefox windows macos kubernetes npm"
    " react angular vue django rails swift kotlin .net typescript p iso rfc http port woche wochen tag tage"
    " monat phase stufe semaine mois jour semana mes día dia mês settimana giorno mese week maand dag hafta"
    " gün ay tydzień dzień miesiąc quarter q chapter iteration no. nr nr. # appendix section article line page"
    " room gate sla-level"
)
ORDINAL_TIMES = word_set(
    "week weeks month months day days sprint quarter hour woche tag monat semaine mois jour semana mes día"
    " dia mês settimana giorno mese maand dag hafta gün ay tydzień dzień miesiąc year q"
)
LASTING = word_set("for für pendant durant durante por per gedurende przez lasting during more_than_for")
OVER = word_set(
    "over across last past rolling within during trailing every über letzten derniers últimos ultimi laatste son every"
)
AT = word_set(
    "at with under bei mit unter à avec sous con con bajo com sob con sotto bij met onder z przy when during"
    " on from for across auf auf_dem per while after before against in into among on_top sur en su op"
)
OF = word_set("of der des von de du d' del della dei degli delle dello di do da dos das van van_de z ze den all aller")
BY_TIME = word_set(
    "in by within after until im in_der nach bis innerhalb en dans au après avant dentro después tras para em"
    " até nel entro dopo binnen na tegen içinde w po do during before at the_first from within_the"
)
FIRST = word_set(
    "first last initial the of end ersten erste der premier première primer primera primeros primeras"
    " primeiro primeira primo prima eerste de la le el il o a ilk pierwszym pierwszy launch post-launch beta"
    " soft go-live production"
)
STOP_LABELS = word_set(
    "timeline duration estimated_time estimate effort deadline version date time when hours phone team_size"
    " price due start end starts ends timeframe time_frame zeitplan zeitrahmen dauer aufwand termin datum"
    " durée calendrier délai échéance duración plazo cronograma fecha duração prazo durata tempistica scadenza"
    " doorlooptijd looptijd süre tarih zaman termin czas_trwania budget cost costs created updated"
    " last_updated document_version commit node port address email owner status estimated_effort launch_date"
    " window maintenance_window deployment_window rollout week day phase schedule sprint"
)
CAPACITY = word_set(
    "ram ssd storage disk memory hdd nvme vcpu vcpus cpu cores core speicher disque disco bandwidth heap instances"
)
