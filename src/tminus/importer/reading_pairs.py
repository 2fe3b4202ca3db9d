"""Lines of the shape `Label: value`: facts of the page, and what a label says of a phase or of a list of tasks."""

from __future__ import annotations

from tminus.importer.boxes import Giving, level_of
from tminus.importer.countries import countries_in
from tminus.importer.draft import Draft, Phase
from tminus.importer.naming_phases import lasts_of, split_bracket
from tminus.importer.page import Block, Kind, Page
from tminus.importer.phrases import read_date, read_people
from tminus.importer.sections import Section
from tminus.importer.stages import audience_stage
from tminus.importer.words_extract import Words, fold
from tminus.importer.words_sections import PAIR_NOBODY

LABELS = Words(
    owner=(
        "owner owned_by assignee assigned_to responsible verantwortlich* zustandig* responsable responsavel "
        "responsabile verantwoordelijk* sumlu sorumlu odpowiedzialn* dri exit_owner"
    ),
    priority="priority prio prioritat priorite prioridad prioridade priorita prioriteit oncelik priorytet",
    estimate=(
        "estimated_time estimate estimated_duration effort aufwand geschatzte_dauer duree_estimee "
        "tiempo_estimado tempo_estimado tempo_stimato geschatte_tijd tahmini_sure szacowany_czas"
    ),
    lasts=(
        "timeline duration length dauer laufzeit zeitraum duree periode duracion duracao durata duur sure "
        "czas_trwania timeframe time_frame lasts period plazo prazo"
    ),
    starts=(
        "start starts start_date begin beginn startdatum date datum debut date_de_debut inicio fecha "
        "fecha_de_inicio data data_de_inicio data_inizio inizio baslangic tarih poczatek launch_date go-live "
        "release_date "
        "date_de_bascule termin einfuhrungsdatum date_de_lancement fecha_de_lanzamiento data_de_lancamento "
        "data_di_lancio lanceerdatum lansman_tarihi data_startu"
    ),
    environment="environment env umgebung environnement entorno ambiente omgeving ortam srodowisko",
    audience=(
        "target audience users who participants teilnehmende teilnehmerkreis participant* participante "
        "deelnemer cohort* zielgruppe teilnehmer nutzer public publico quem "
        "quien participantes qui utilisateurs pubblico utenti destinatari doelgroep deelnemers wie "
        "hedef_kitle "
        "kullanicilar odbiorcy uczestnicy beta_users test_users target_audience target_users "
        "publico_objetivo publico-alvo hedef cible_utilisateurs wer kto kim chi "
        "kimler katilanlar katilimcilar tester testers beta_tester* testeurs probadores testadores "
        "collaudatori testerzy testerler test_group testgruppe "
        "testgruppen who_gets_it who_has_it who_can_use_it wer_bekommt_es qui_y_a_acces qui_l'a quien_lo_recibe "
        "quem_recebe chi_lo_riceve wie_krijgt_het kto_dostaje kim_alir rolled_out_to available_to visible_to"
    ),
    place="where wo ou donde onde dove waar gdzie nerede location country countries region regions market markets",
    objective=(
        "goal goals sprint_goal release_goal launch_goal objective main_objective sprintziel but ziel objectif objetivo "
        "obiettivo doel amac cel purpose mission"
    ),
    timezone="timezone time_zone zeitzone fuseau_horaire zona_horaria fuso_horario tijdzone saat_dilimi strefa_czasowa",
    roles=(
        "approver approvers approved_by sign-off signoff go/no-go freigabe_durch decision decision_maker "
        "gate_owner approbation aprobacion aprovacao"
    ),
)


def read_pair(block: Block, giving: Giving) -> Giving:
    """What a label says of all the tasks around it."""
    meaning = LABELS.whole(block.label)
    value = block.value.strip()
    if meaning == "owner" and value:
        return Giving(giving.group, value, giving.priority, giving.estimate, giving.optional)
    if meaning == "priority" and level_of(value):
        return Giving(giving.group, giving.owner, level_of(value), giving.estimate, giving.optional)
    return giving


def read_phase_pair(block: Block, phase: Phase) -> bool:
    """Take what a label line says of its phase; False where it says nothing of it."""
    meaning = LABELS.whole(split_bracket(block.label)[0])
    value = block.value.strip()
    if not meaning or not value:
        return False
    if meaning == "lasts" and not phase.lasts:
        phase.lasts = lasts_of(value)
        taken = bool(phase.lasts)
    elif meaning == "starts" and not phase.starts:
        phase.starts = read_date(value)
        taken = bool(phase.starts)
    elif meaning == "environment":
        phase.environment = phase.environment or value
        taken = True
    elif meaning == "audience" or (meaning == "place" and countries_in(value)):
        return add_audience(phase, block.line, value)
    elif meaning == "objective":
        phase.objectives.append((block.line, value))
        return True
    elif meaning == "roles":
        phase.roles.append(value)
        taken = True
    else:
        taken = False
    if taken and block.line != phase.line:
        phase.lines.append(block.line)
    return taken


def add_audience(phase: Phase, line: int, value: str) -> bool:
    """The audience of a phase, which is a stage by audience too; a number that is a target is none."""
    if value[:1] in "<>≤≥=" or fold(value).strip(" .") in PAIR_NOBODY or not any(letter.isalpha() for letter in value):
        return False
    phase.audience = phase.audience or value.rstrip(".")
    phase.people = phase.people or read_people(value)
    stage = audience_stage(phase, line, value)
    phase.stages.append(stage)
    return True


def read_title(root: Section, sections: list[Section], draft: Draft) -> None:
    """The title of the page, its first heading or else its first line, and its first words as a summary."""
    first = next(
        (
            one
            for one in sections
            if one.block.kind is Kind.HEADING and one.up is not None and one.block.fence is None and not one.table
        ),
        None,
    )
    if draft.title and (first is None or first.block.level != 1):
        pass  # the front matter names the page, and no heading stands over all of it
    elif first is not None and (first.block.level == 1 or not root.blocks):
        draft.title, draft.title_line = first.block.text.strip(), first.block.line
    else:
        top = next((one for one in root.blocks if one.kind in (Kind.TEXT, Kind.PAIR)), None)
        if top is not None and (first is None or top.line < first.block.line):
            draft.title, draft.title_line = top.text[:200].strip(), top.line
        elif first is not None:
            draft.title, draft.title_line = first.block.text.strip(), first.block.line
    for section in sections[:6]:
        for block in section.blocks:
            if (
                block.kind is Kind.TEXT
                and block.line != draft.title_line
                and len(block.text) > 30
                and block.fence is None
            ):
                draft.summary = block.text.strip()
                return


def read_front(page: Page, draft: Draft) -> None:
    """Facts of the front matter."""
    for label, (value, line) in page.front.items():
        meaning = LABELS.whole(label)
        if meaning == "timezone":
            draft.timezone = value
        elif meaning == "starts" and not draft.starts:
            draft.starts = read_date(value)
        elif fold(label) in ("title", "titel", "titre", "titulo", "titolo", "baslik", "tytul") and not draft.title:
            draft.title, draft.title_line = value, line
        draft.facts.append((line, label, value))
