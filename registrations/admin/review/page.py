"""The review page of one registration, as one member of staff sees it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from django.db.models import Exists, FilteredRelation, Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from portal.accounts.models import User, verified_addresses
from portal.refusals import Conflict
from registrations import permissions
from registrations.admin.forms import SeenForm, problems
from registrations.admin.links import review_url
from registrations.admin.review.checklist import BESIDE, Checklist, TickableItem, checklist_of, looks_at
from registrations.admin.review.comments import PageComments, Place, comments_on
from registrations.admin.review.comparisons import Comparison, FieldChange, changes_of, comparisons_of
from registrations.admin.review.decisions import DecisionForm
from registrations.admin.review.email_preview import Preview
from registrations.admin.review.history import RevisionRow, revision_rows, takes_away
from registrations.admin.review.override_requests import OverrideRequestRow, override_request_rows
from registrations.admin.review.page_state import OF_PKCE, PageState
from registrations.admin.review.pkce import CoveringException, PkceForm, RequestedException
from registrations.admin.review.record import (
    Address,
    FieldFinding,
    RecordRow,
    RecordSection,
    findings_of,
    record_of,
)
from registrations.admin.review.scopes import RequestedScopes, refused_scopes, requested_scopes
from registrations.admin.review.signals import MailDomain, ShownMark, TakenAway, shown_marks, taken_away_since
from registrations.admin.review.summary import summary_of, target_words
from registrations.admin.review.unsent import HomelessText, homeless_texts
from registrations.admin.wording import CONTACT_WORDS, age, decided_words, state_of
from registrations.domain.checklist import Evidence, to_tick
from registrations.domain.lifecycle import (
    WERE_LIVE,
    DecidedHow,
    PkceStatus,
    RegistrationStatus,
    RevisionStatus,
    stopping_moves,
)
from registrations.domain.rereview import in_effect
from registrations.domain.similar_names import Look
from registrations.domain.sites import HostUse, hosts_of
from registrations.models import GivenReason, Registration, RequestedScope, Revision, Snooze
from registrations.queries.answers import Picture, picture_of
from registrations.queries.consent import AllowedScope, Consent
from registrations.queries.contacts import contacts_of
from registrations.queries.organisation_history import OrganisationHistory
from registrations.queries.pkce_exceptions import ExceptionsBeside
from registrations.queries.secrets import ClientSecrets, secrets_of
from registrations.queries.served import Delivery, delivery_of
from registrations.queries.signals import past_of, signals_of
from registrations.queries.similar_names import MOST, SimilarClient, similar_clients
from registrations.queries.stops import Stop, stop_of
from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import EXCEPTION_FIELDS, FIELDS
from registrations.rules.vocabulary import PkceSupport
from registrations.workflow.checklist import Ticks
from registrations.workflow.refusals import StaleVersion

Form = TypeVar("Form", bound=SeenForm)


@dataclass
class ReviewPage:
    """What the templates of the page ask for, each part read when it is first asked for.

    ``state`` is what the reviewer has typed and chosen: as it was posted, or what was kept. ``sent`` is the
    form that somebody posted and gets to see again, because it has errors or comes with the ``preview`` of an
    email. With a ``refusal``, a verb refused what was posted: then the page shows the newest revision.
    ``complaints`` say what is wrong in a box, by the name of its field.
    """

    registration: Registration
    user: User
    state: PageState
    sent: DecisionForm | PkceForm | None = None
    refusal: Conflict | None = None
    preview: Preview | None = None
    complaints: Mapping[str, str] = field(default_factory=dict)

    # The revision and its state

    @cached_property
    def revisions(self) -> list[Revision]:
        """All revisions, the newest first."""
        scopes = RequestedScope.objects.select_related("scope")
        verified = verified_addresses("submitted_by")
        readers = FilteredRelation("snoozes", condition=Q(snoozes__person=self.user))
        rows = self.registration.revisions.annotate(is_verified=Exists(verified), readers_snooze=readers)
        rows = rows.select_related(
            "submitted_by", "decided_by", "claimed_by", "logo", "subject_type_preference"
        )
        rows = rows.select_related("readers_snooze")  # type: ignore[misc] # a FilteredRelation
        found: list[Revision] = list(
            rows.prefetch_related("redirect_uris", Prefetch("requested_scopes", scopes))
        )
        if any(row.decided_by_id for row in found):
            reasons = GivenReason.objects.select_related("reason")
            prefetch_related_objects(found, Prefetch("given_reasons", reasons))
        return found

    @cached_property
    def revision(self) -> Revision:
        """The newest revision, without the restrictions beside it; if one is under review, it is that one."""
        newest = next(row for row in self.revisions if row.beside is None)
        prefetch_related_objects([newest], "preflights")
        return newest

    @property
    def snooze(self) -> Snooze | None:
        """Until when the reader snoozed it."""
        found: Snooze | None = vars(self.revision).get("readers_snooze")
        return found

    @property
    def is_open(self) -> bool:
        """Whether the revision waits for a decision."""
        return self.revision.stage is RevisionStatus.UNDER_REVIEW

    @cached_property
    def delivery(self) -> Delivery | None:
        """How far the live version has come to the authorization server."""
        return delivery_of(self.registration)

    @property
    def state_key(self) -> str:
        return state_of(self.registration, self.revision.stage)[0]

    @property
    def state_words(self) -> str:
        return state_of(self.registration, self.revision.stage)[1]

    @property
    def submitted(self) -> str:
        """How long ago it was submitted."""
        return age(self.revision.submitted_at)

    @property
    def is_late(self) -> bool:
        return self.revision.is_late

    @property
    def is_change(self) -> bool:
        """Whether it would change a client that is live."""
        return self.is_open and self.registration.client_id is not None

    @property
    def target(self) -> str:
        """How soon it should be decided."""
        return target_words()

    @property
    def summary(self) -> list[str]:
        """Who asks, and for how much, in a few words each."""
        return list(summary_of(self.organisation, self.mail, self.hosts, self.scopes))

    @property
    def is_suspended(self) -> bool:
        return self.registration.stage is RegistrationStatus.SUSPENDED

    # What this person may do

    @property
    def unreviewed(self) -> bool:
        """Whether it is a client that was adopted, and no reviewer has approved a version of it since."""
        were_live = [row for row in self.revisions if row.stage in WERE_LIVE]
        is_reviewed = any(row.decided_how == DecidedHow.PERSON for row in were_live)
        return self.registration.adopted_at is not None and not is_reviewed

    @property
    def is_submitter(self) -> bool:
        return self.revision.submitted_by_id == self.user.pk

    @property
    def belongs_to_organisation(self) -> bool:
        """Whether the reader belongs to it, or did within the last twelve months."""
        return bool(vars(self.registration)["reader_belongs"])

    @property
    def belonged_to_organisation(self) -> bool:
        """Whether the reader left it; asked only where they may not decide."""
        return permissions.role_in(self.user, self.registration.organisation_id) is None

    @cached_property
    def may_suspend(self) -> bool:
        belongs = self.belongs_to_organisation
        return permissions.can_suspend(self.user, self.registration, belongs=belongs)

    @property
    def may_decide(self) -> bool:
        """Whoever may review the client may suspend it, too; that is looked up once for both."""
        return self.may_suspend and not self.is_submitter

    @cached_property
    def may_decide_pkce(self) -> bool:
        belongs = self.belongs_to_organisation
        may = permissions.can_decide_pkce(self.user, self.registration, belongs=belongs)
        return may and not self.is_submitter

    @property
    def may_decide_now(self) -> bool:
        return self.is_open and self.may_decide

    @property
    def client_verbs(self) -> Collection[str]:
        """What this person may do with the client as a whole: suspend, reinstate, close."""
        return stopping_moves(self.registration.stage) if self.may_suspend else ()

    @cached_property
    def stop(self) -> Stop | None:
        """Why the client does not work now, if it is suspended or closed."""
        return stop_of(self.registration)

    @property
    def takes_away(self) -> bool:
        """Whether the revision is one in which the partner only took something away from the live client."""
        return takes_away(self.revision, self.revisions)

    @property
    def colleague(self) -> User | None:
        """Another reviewer who has claimed the open review."""
        claimant = self.revision.claimed_by
        return claimant if self.is_open and claimant != self.user else None

    # What was posted, and what became of it

    def sent_as(self, kind: type[Form]) -> Form | None:
        """The form that was sent, if it is of this kind."""
        return self.sent if isinstance(self.sent, kind) else None

    @property
    def seen_version(self) -> int | None:
        """The number of the revision that a refused form was about."""
        return self.state.seen_version or None if self.refusal else None

    @property
    def seen_now(self) -> dict[str, int]:
        """The numbers of the shown revision and of the live one, which a new form sends back."""
        live = (row.number for row in self.revisions if row.stage is RevisionStatus.APPROVED)
        return {"seen_version": self.revision.number, "seen_live": next(live, 0)}

    @property
    def is_early(self) -> bool:
        """Whether something has to come before the decision: nobody was faster."""
        is_newest = self.is_open and self.revision.number == self.seen_version
        is_stale = isinstance(self.refusal, StaleVersion)
        return is_newest and not is_stale and self.sent_as(DecisionForm) is not None

    @property
    def overtaken(self) -> Revision | None:
        """The revision that a refused form was about, if somebody else has decided it."""
        seen = (row for row in self.revisions if row.number == self.seen_version)
        return next((row for row in seen if row.decided_by), None)

    @property
    def overtaken_words(self) -> str:
        return decided_words(self.overtaken) if self.overtaken else ""

    @cached_property
    def changes_since(self) -> list[FieldChange]:
        """What changed since the revision that a refused form was about."""
        return changes_of(self.refusal.difference) if isinstance(self.refusal, StaleVersion) else []

    @cached_property
    def errors(self) -> list[tuple[str, str]]:
        """Id of each wrong field, and its error, for the error summary."""
        wrong = [(row.id, row.complaint) for row in self.override_requests if row.complaint]
        complaints = [*self.comments.complaints, *wrong]
        return complaints if self.refusal else [*problems(self.sent), *complaints]

    # The record

    @cached_property
    def metadata(self) -> Metadata:
        """The record of the revision. It says that an exception is requested only while one is in force, or
        where the revision requested one that did not take force and end."""
        is_over = self.pkce is None or self.pkce.is_over
        return in_effect(self.revision.metadata(), is_excepted=self.running is not None or not is_over)

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """Comparisons with earlier revisions, except what the message about a refusal already shows."""
        without = self.seen_version if self.changes_since else None
        return comparisons_of(
            self.revision,
            self.metadata,
            self.revisions,
            is_excepted=self.running is not None,
            without=without,
        )

    @cached_property
    def changed_fields(self) -> set[str]:
        """The fields that the first comparison shows."""
        return {change.field for comparison in self.comparisons[:1] for change in comparison.changes}

    @cached_property
    def record(self) -> list[RecordSection]:
        """The record, except the fields that the page shows elsewhere."""
        apart = self.changed_fields | self.exception_fields
        return record_of(self.revision, self.metadata, self.scopes.agreed_to, apart=apart)

    @property
    def given(self) -> list[RecordSection]:
        """The record without the fields that the partner left empty."""
        sections = [(one.title, [row for row in one.rows if row.lines]) for one in self.record]
        return [RecordSection(title, rows) for title, rows in sections if rows]

    @property
    def not_given(self) -> list[RecordRow]:
        """The fields that the partner left empty."""
        return [row for section in self.record for row in section.rows if not row.lines]

    @property
    def not_given_labels(self) -> str:
        fields = [row for row in self.not_given if row.field not in EXCEPTION_FIELDS]
        return ", ".join(row.label for row in fields)

    @property
    def not_given_has_comments(self) -> bool:
        places = [self.comments.places[row.field] for row in self.not_given]
        return any(place.is_open or place.is_writing for place in places)

    @cached_property
    def contacts(self) -> dict[str, str]:
        """Whether each contact has confirmed, by address; also those of the versions compared with."""
        addresses = {contact for row in self.revisions for contact in row.contacts}
        return {one.address: CONTACT_WORDS[one.key] for one in contacts_of(self.registration, addresses)}

    @cached_property
    def findings(self) -> list[FieldFinding]:
        return findings_of(self.revision)

    @cached_property
    def similar_clients(self) -> list[SimilarClient]:
        """Clients of other organisations with a similar name."""
        return similar_clients(self.revision)

    @property
    def twins(self) -> list[tuple[SimilarClient, str]]:
        """The clients that a finding of N-10 is about, each with the URL of its review page."""
        twins = (client for client in self.similar_clients if client.look is Look.SAME)
        return [(client, review_url(client.registration)) for client in twins]

    @cached_property
    def scopes(self) -> RequestedScopes:
        """Each scope with its reason and answer; ticks are kept while the same revision is shown."""
        is_same = self.state.seen_version == self.revision.number
        ticked = self.decision_form.ticked_scopes if is_same else None
        return requested_scopes(self.revision, ticked, refused=refused_scopes(self.revisions))

    @property
    def consent(self) -> Consent:
        """What an end user would see: the scopes of the revision that were not refused."""
        scopes, address = self.scopes.agreed_to, Address.split(self.revision.client_uri, is_page=True)
        return Consent(
            self.revision.client_name,
            address.host,
            address.reading,
            self.picture,
            [AllowedScope(scope.description, scope.writes) for scope in scopes],
            self.revision.tos_uri,
            self.revision.policy_uri,
        )

    @cached_property
    def picture(self) -> Picture | None:
        return picture_of(self.revision.logo)

    # What to look at first, and whose it is

    @cached_property
    def signals(self) -> list[ShownMark]:
        """The marks of the revision, gravest first, for as long as it waits for a decision: four statements,
        with those of the similar clients."""
        if not self.is_open:
            return []
        live = next((row for row in self.revisions if row.stage is RevisionStatus.APPROVED), None)
        past = past_of(self.organisation)
        marks = signals_of(self.revision, live, similar=self.similar_clients, past=past)
        return shown_marks(marks, self.similar_clients)

    @property
    def doubts(self) -> list[ShownMark]:
        """What to look at first."""
        return [shown for shown in self.signals if not shown.is_note]

    @property
    def notes(self) -> list[ShownMark]:
        """What is worth knowing as well."""
        return [shown for shown in self.signals if shown.is_note]

    @cached_property
    def taken_away(self) -> list[TakenAway]:
        """What the partner took away from the live client after this was submitted, and it asks for."""
        return taken_away_since(self.revision, self.revisions) if self.is_open else []

    @cached_property
    def answered(self) -> list[Place]:
        """Where the partner wrote with or about this revision."""
        return self.comments.answered_with(self.revision)

    @property
    def hosts(self) -> list[HostUse]:
        return hosts_of(self.metadata)

    @cached_property
    def mail(self) -> MailDomain | None:
        return MailDomain.of(self.revision)

    @cached_property
    def organisation(self) -> OrganisationHistory:
        return OrganisationHistory(self.registration.organisation)

    @property
    def last_decision_words(self) -> str:
        """How a client of the organisation was decided last."""
        last = self.organisation.last_decision
        return decided_words(last) if last else ""

    @cached_property
    def similar_organisations(self) -> list[str]:
        """Names of organisations that look like this one's (rule O-01), also of those that are closed."""
        alike = self.registration.organisation.looking_alike()[:MOST]
        return [f"{one.name} (closed)" if one.closed_at else one.name for one in alike]

    # Questions that come before the decision

    @cached_property
    def override_requests(self) -> list[OverrideRequestRow]:
        return override_request_rows(self.registration, self.revision, self.state, self.complaints)

    @property
    def unanswered(self) -> bool:
        """Whether an override request still waits for an answer."""
        return self.is_open and any(row.answer is None for row in self.override_requests)

    @cached_property
    def pkce(self) -> RequestedException | None:
        """The PKCE exception that the revision requests; after a refusal its form holds what was typed."""
        sent = self.sent_as(PkceForm)
        shown = sent if self.refusal is None else None
        return RequestedException.of(
            self.revision, self.exceptions, sent=shown, typed=self.state.of_pkce, seen=self.seen_now
        )

    @cached_property
    def exceptions(self) -> ExceptionsBeside:
        """Every PKCE exception of the registration and, where one is requested, those of its siblings."""
        is_requested = self.revision.pkce_support == PkceSupport.EXCEPTION_REQUESTED
        if not is_requested and not vars(self.registration)["had_exception"]:
            return ExceptionsBeside([], [], has_more=False)
        return ExceptionsBeside.of(self.registration, with_others=is_requested)

    @cached_property
    def running(self) -> CoveringException | None:
        """The PKCE exception in force today."""
        today = timezone.now().date()
        row = next((one for one in self.exceptions.own if one.runs_on(today)), None)
        if row is None:
            return None
        row.revision = next(one for one in self.revisions if one.pk == row.revision_id)
        return CoveringException.of(row, self.revision if self.is_open else None)

    @property
    def pkce_undecided(self) -> bool:
        return self.is_open and self.pkce is not None and self.pkce.is_undecided

    @property
    def may_correct_pkce(self) -> bool:
        """Whether this person may still change the decision on the exception."""
        is_decided = self.pkce is not None and (self.pkce.is_granted or self.pkce.is_refused)
        return self.is_open and is_decided and self.may_decide_pkce

    @property
    def pkce_refused(self) -> bool:
        return self.is_open and self.pkce is not None and self.pkce.is_refused

    @cached_property
    def checklist(self) -> Checklist:
        requests = self.override_requests
        evidence = Evidence(
            record=self.metadata,
            findings=[shown.finding for shown in self.findings],
            looks=looks_at(self.revision),
            asked=frozenset(row.request.pair for row in requests),
            accepted=frozenset(row.request.pair for row in requests if row.answer),
            exception=PkceStatus(self.pkce.exception.status) if self.pkce else None,
            colleague=self.colleague.get_full_name() if self.colleague else "",
            mail=self.mail.kind if self.mail else None,
            mail_is_verified=self.mail is not None and self.mail.is_verified,
        )
        return checklist_of(self.revision, evidence, typed=self._typed_ticks)

    @property
    def _typed_ticks(self) -> Ticks:
        """The boxes that this reviewer changed, of the items whose values are still those that were seen."""
        if self.state.seen_version == self.revision.number:
            return self.state.ticks
        seen = next((row for row in self.revisions if row.number == self.state.seen_version), None)
        judged = {item.code: item.about for item in to_tick(seen.metadata())} if seen else {}
        items = to_tick(self.revision.metadata())
        same = {item.code for item in items if item.about and item.about <= judged.get(item.code, set())}
        return Ticks(self.state.ticks.were & same, self.state.ticks.now & same)

    @cached_property
    def ticks(self) -> dict[str, TickableItem]:
        """The items for a person to tick, by the field beside whose value they stand."""
        return {BESIDE[one.item.code]: one for one in self.checklist.to_tick}

    @property
    def rest_is_ticked(self) -> bool:
        """Whether every item beside an unchanged value is ticked."""
        return all(one.checked for field, one in self.ticks.items() if field not in self.changed_fields)

    # The decision

    @property
    def is_blocked(self) -> bool:
        """Whether it cannot be approved as things are."""
        is_blocked = self.pkce_undecided or self.pkce_refused or self.unanswered or self.is_suspended
        return self.is_open and is_blocked

    @property
    def confirmed_scopes(self) -> bool:
        """Whether nobody but this person has confirmed the restricted scopes."""
        return self.scopes.need_somebody_besides(self.user)

    @cached_property
    def decision_form(self) -> DecisionForm:
        """The form as it was sent; after a refusal a new one about this revision with the same words."""
        sent = self.sent_as(DecisionForm)
        if sent and self.refusal is None:
            return sent
        typed = self.state.without({"decision"}) if self.refusal else self.state
        form = DecisionForm.kept(typed, self.seen_now)
        return DecisionForm(initial={**form.initial, **sent.as_composed()}) if sent else form

    # Comments

    @cached_property
    def comments(self) -> PageComments:
        found = comments_on(self.registration)
        found.fill(self.state, self.complaints)
        return found

    @cached_property
    def exception_fields(self) -> set[str]:
        """The fields that the page shows with the PKCE exception."""
        return set(EXCEPTION_FIELDS) if self.pkce else set()

    @cached_property
    def comments_on_changes(self) -> dict[str, Place]:
        return self.comments.on(self.changed_fields)

    @cached_property
    def comments_on_exception(self) -> dict[str, Place]:
        return self.comments.on(self.exception_fields - self.changed_fields)

    @cached_property
    def comments_on_rest(self) -> dict[str, Place]:
        """The comments on fields that stand neither among the changes nor with the exception."""
        apart = self.changed_fields | self.exception_fields
        return self.comments.on(name for name in FIELDS if name not in apart)

    @property
    def rest_is_open(self) -> bool:
        """Whether the unchanged rest needs a look: something there is commented on, or not ticked."""
        has_comments = any(place.is_open or place.is_writing for place in self.comments_on_rest.values())
        return has_comments or (self.may_decide_now and not self.rest_is_ticked)

    @property
    def homeless(self) -> list[HomelessText]:
        """The texts that this reviewer typed and that the page has no box for any more."""
        return homeless_texts(self.state, self._boxes)

    @property
    def _boxes(self) -> set[str]:
        """The names of the boxes that the page shows."""
        boxes = {"note", "refused_because"} if self.may_decide_now else set()
        if (self.pkce_undecided and self.may_decide_pkce) or self.may_correct_pkce:
            boxes |= OF_PKCE
        if self.is_open and self.may_decide:
            boxes |= {f"override_reason-{row.key}" for row in self.override_requests if not row.answer}
        for place in self.comments.places.values() if self.may_decide else ():
            boxes.add(place.note.name)
            if self.is_open:
                boxes |= {place.comment.name}
                boxes |= {thread.reply.name for thread in place.threads if not thread.is_resolved}
        return boxes

    # What came before

    @property
    def revision_rows(self) -> list[RevisionRow]:
        return revision_rows(self.revisions)

    @cached_property
    def secrets(self) -> ClientSecrets:
        return secrets_of(self.registration)
