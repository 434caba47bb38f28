package admitone.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.payouts.PayoutEvent.Absent;
import admitone.payouts.PayoutEvent.Adopted;
import admitone.payouts.PayoutEvent.Approve;
import admitone.payouts.PayoutEvent.Begin;
import admitone.payouts.PayoutEvent.CallOff;
import admitone.payouts.PayoutEvent.Cancel;
import admitone.payouts.PayoutEvent.GiveUp;
import admitone.payouts.PayoutEvent.NotCalled;
import admitone.payouts.PayoutEvent.NotCreated;
import admitone.payouts.PayoutEvent.PerhapsPresent;
import admitone.payouts.PayoutEvent.Recorded;
import admitone.payouts.PayoutEvent.Release;
import admitone.payouts.PayoutEvent.Said;
import admitone.payouts.PayoutEvent.Verified;
import admitone.payouts.PayoutEvent.VerifyBegins;
import admitone.payouts.PayoutEvent.VerifyDeclined;
import admitone.payouts.PayoutEvent.VerifyNotSent;
import admitone.payouts.PayoutProvider.Status;
import admitone.payouts.PayoutRules.Asks;
import admitone.payouts.PayoutRules.Books;
import admitone.payouts.PayoutRules.Decision;
import admitone.payouts.PayoutRules.Owes;
import admitone.payouts.PayoutState.Approved;
import admitone.payouts.PayoutState.AwaitingApproval;
import admitone.payouts.PayoutState.Cancelled;
import admitone.payouts.PayoutState.Created;
import admitone.payouts.PayoutState.Creating;
import admitone.payouts.PayoutState.Failed;
import admitone.payouts.PayoutState.Finished;
import admitone.payouts.PayoutState.Rejected;
import admitone.payouts.PayoutState.Released;
import admitone.payouts.PayoutState.Sent;
import admitone.payouts.PayoutState.Verifying;
import admitone.payouts.PayoutState.Waits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayoutRulesTests {
    private static final Instant BEGAN = Instant.parse("2026-11-23T16:00:00Z");
    private static final Attempt ATTEMPT = new Attempt(1, "po_1", BEGAN, null, "5000000", 1);
    private static final List<PayoutState> STATES = List.of(
            new AwaitingApproval(1),
            new Approved(1, null),
            new Creating(Attempt.begun(1, "po_1", BEGAN)),
            new Created(ATTEMPT.tried(0)),
            new Verifying(ATTEMPT),
            new Sent(ATTEMPT),
            new Failed(ATTEMPT),
            new Finished(),
            new Rejected(),
            new Cancelled(),
            new Released());

    /** What each state becomes by each event; {@code =}: absorbed, {@code !}: contradicted, {@code x}: refused. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # event          | awaiting | approved | creating | created   | verifying | sent      | failed    | finished | rejected | cancelled | released
            approve          | approved | x        | x        | x         | x         | x         | x         | x        | x        | x         | x
            begin            | =        | creating | =        | =         | =         | =         | =         | =        | =        | =         | =
            not_created      | =        | =        | approved | =         | =         | =         | =         | =        | =        | =         | =
            not_called       | =        | =        | approved | =         | =         | =         | =         | =        | =        | =         | =
            recorded         | =        | =        | created  | =         | =         | =         | =         | =        | =        | =         | =
            adopted          | created  | created  | !        | !         | !         | !         | !         | !        | !        | !         | !
            absent           | =        | =        | creating | created   | =         | =         | =         | =        | =        | =         | =
            perhaps_present  | =        | =        | creating | =         | =         | =         | =         | =        | =        | =         | =
            verify_begins    | =        | =        | =        | verifying | verifying | =         | =         | =        | =        | =         | =
            verify_not_sent  | =        | =        | =        | =         | created   | =         | =         | =        | =        | =         | =
            verify_declined  | =        | =        | =        | =         | created   | =         | =         | =        | =        | =         | =
            verified         | =        | =        | =        | =         | sent      | =         | =         | =        | =        | =         | =
            CREATING         | =        | =        | =        | =         | =         | =         | =         | =        | =        | =         | =
            WAITING          | =        | =        | =        | =         | sent      | =         | =         | =        | =        | =         | =
            PROCESSING       | !        | !        | !        | sent      | sent      | =         | =         | =        | !        | !         | !
            SENDING          | !        | !        | !        | sent      | sent      | =         | =         | =        | !        | !         | !
            FINISHED         | !        | !        | !        | finished  | finished  | finished  | finished  | =        | !        | !         | !
            FAILED           | !        | !        | !        | failed    | failed    | failed    | =         | !        | =        | =         | =
            REJECTED         | =        | =        | =        | approved  | rejected  | rejected  | rejected  | !        | =        | =         | =
            CANCELLED        | =        | =        | =        | cancelled | cancelled | cancelled | cancelled | !        | =        | =         | =
            UNKNOWN_WORD     | =        | =        | =        | =         | =         | =         | =         | =        | =        | =         | =
            release          | x        | x        | x        | x         | x         | x         | released  | x        | x        | x         | x
            give_up          | x        | x        | x        | released  | released  | released  | released  | x        | x        | x         | x
            call_off         | cancelled| cancelled| x        | x         | x         | x         | x         | x        | x        | x         | x
            cancel           | cancelled| cancelled| x        | x         | x         | x         | x         | x        | x        | x         | x
            """)
    void everyStateMeetsEveryEvent(
            String event,
            String awaiting,
            String approved,
            String creating,
            String created,
            String verifying,
            String sent,
            String failed,
            String finished,
            String rejected,
            String cancelled,
            String released) {
        List<String> expected = List.of(
                awaiting, approved, creating, created, verifying, sent, failed, finished, rejected, cancelled,
                released);

        List<String> outcomes = new ArrayList<>();
        for (PayoutState state : STATES) {
            outcomes.add(word(PayoutRules.decide(state, event(event), BEGAN.plusSeconds(60))));
        }

        assertThat(outcomes).isEqualTo(expected);
    }

    private static PayoutEvent event(String word) {
        return switch (word) {
            case "approve" -> new Approve();
            case "begin" -> new Begin("po_1");
            case "not_created" -> new NotCreated(Waits.REFUSED, Duration.ofMinutes(10));
            case "not_called" -> new NotCalled(Waits.PROVIDER_DOWN);
            case "recorded" -> new Recorded("5000000");
            case "adopted" -> new Adopted(1, "po_1", "5000000", BEGAN);
            case "absent" -> new Absent();
            case "perhaps_present" -> new PerhapsPresent();
            case "verify_begins" -> new VerifyBegins();
            case "verify_not_sent" -> new VerifyNotSent();
            case "verify_declined" -> new VerifyDeclined();
            case "verified" -> new Verified();
            case "release" -> new Release();
            case "give_up" -> new GiveUp();
            case "call_off" -> new CallOff();
            case "cancel" -> new Cancel();
            default -> new Said(Status.valueOf(word), null);
        };
    }

    private static String word(Decision decision) {
        return switch (decision) {
            case Decision.Moved moved -> moved.next().word();
            case Decision.Absorbed absorbed -> "=";
            case Decision.Contradicted contradicted -> "!";
            case Decision.Refused refused -> "x";
        };
    }

    @Test
    void moneyIsPaidOnceAndGivenBackOnlyWhereItsWayIsOver() {
        for (PayoutState state : STATES) {
            for (Status status : Status.values()) {
                if (PayoutRules.decide(state, new Said(status, null), BEGAN) instanceof Decision.Moved moved) {
                    assertThat(moved.books() == Books.PAID).isEqualTo(moved.next() instanceof Finished);
                    assertThat(moved.books() == Books.GIVEN_BACK)
                            .isEqualTo(moved.next().isOver() && !(moved.next() instanceof Finished));
                    assertThat(state.isOver()).as("what is over stays over").isFalse();
                }
            }
        }
    }

    @Test
    void absentTwiceTenMinutesApartAndAfterItsHourMakesAnother() {
        Creating creating = new Creating(Attempt.begun(1, "po_1", BEGAN));
        Creating once =
                (Creating) moved(creating, new Absent(), BEGAN.plusSeconds(20)).next();
        assertThat(PayoutRules.decide(once, new Absent(), BEGAN.plus(Duration.ofMinutes(59))))
                .isEqualTo(new Decision.Absorbed());
        assertThat(moved(once, new Absent(), BEGAN.plus(Duration.ofMinutes(60))).next())
                .isEqualTo(new Approved(2, null));

        Creating late = (Creating) moved(creating, new Absent(), BEGAN.plus(Duration.ofMinutes(58)))
                .next();
        assertThat(PayoutRules.decide(late, new Absent(), BEGAN.plus(Duration.ofMinutes(67))))
                .as("nine minutes after the first")
                .isEqualTo(new Decision.Absorbed());
        Creating seen = (Creating) moved(late, new PerhapsPresent(), BEGAN.plus(Duration.ofMinutes(67)))
                .next();
        assertThat(seen.attempt().absentAt())
                .as("what may be there is not absent")
                .isNull();
    }

    @Test
    void aBatchThatTheProviderDoesNotKnowIsMadeAnewOnlyIfNoCodeWasGivenForIt() {
        Created created = new Created(ATTEMPT.tried(0));
        Created once = (Created)
                moved(created, new Absent(), BEGAN.plus(Duration.ofMinutes(55))).next();
        assertThat(PayoutRules.decide(once, new Absent(), BEGAN.plus(Duration.ofMinutes(64))))
                .as("nine minutes after the first")
                .isEqualTo(new Decision.Absorbed());
        assertThat(moved(once, new Absent(), BEGAN.plus(Duration.ofMinutes(65))).next())
                .isEqualTo(new Approved(2, null));
        assertThat(moved(once, new PerhapsPresent(), BEGAN).next()).isEqualTo(created);

        for (PayoutState given : List.of(new Created(ATTEMPT), new Verifying(ATTEMPT), new Sent(ATTEMPT))) {
            assertThat(PayoutRules.decide(given, new Absent(), BEGAN.plus(Duration.ofDays(9))))
                    .as(given.word())
                    .isEqualTo(new Decision.Absorbed());
        }
    }

    @Test
    void twoCodesAtMostAndNoneAfterFiftyMinutes() {
        Created created = new Created(ATTEMPT.tried(0));
        Verifying first = (Verifying) moved(created, new VerifyBegins(), BEGAN).next();
        Verifying second = (Verifying) moved(first, new VerifyBegins(), BEGAN).next();

        assertThat(second.attempt().tries()).isEqualTo(2);
        assertThat(PayoutRules.decide(second, new VerifyBegins(), BEGAN)).isEqualTo(new Decision.Absorbed());
        assertThat(PayoutRules.decide(created, new VerifyBegins(), BEGAN.plus(Duration.ofMinutes(50))))
                .isEqualTo(new Decision.Absorbed());
    }

    @Test
    void aCodeThatCertainlyDidNotArriveIsNotCounted() {
        assertThat(moved(new Verifying(ATTEMPT.tried(2)), new VerifyNotSent(), BEGAN)
                        .next())
                .isEqualTo(new Created(ATTEMPT.tried(1)));
    }

    /** Within its hour only what was verified is rejected: another one would be a second that was verified. */
    @Test
    void rejectedAfterACodeAndBeforeItsHourIsGivenBackAndNotMadeAnew() {
        assertThat(moved(new Verifying(ATTEMPT), new Said(Status.REJECTED, null), BEGAN.plus(Duration.ofMinutes(59)))
                        .next())
                .isEqualTo(new Rejected());
        assertThat(moved(new Verifying(ATTEMPT), new Said(Status.REJECTED, null), BEGAN.plus(Duration.ofMinutes(60)))
                        .next())
                .isEqualTo(new Approved(2, null));
    }

    /** Whoever was down at that time hears of it hours later. */
    @Test
    void rejectedIsJudgedByTheProvidersClockWhereItTells() {
        Verifying verifying = new Verifying(ATTEMPT);

        assertThat(moved(verifying, new Said(Status.REJECTED, Duration.ofMinutes(59)), BEGAN.plus(Duration.ofHours(5)))
                        .next())
                .isEqualTo(new Rejected());
        assertThat(moved(verifying, new Said(Status.REJECTED, Duration.ofHours(1)), BEGAN.plus(Duration.ofMinutes(59)))
                        .next())
                .as("our clock is late")
                .isEqualTo(new Approved(2, null));
    }

    @Test
    void whatIsNotKnownToBeMadeIsGivenBackWhenItsHourIsOver() {
        Creating creating = new Creating(Attempt.begun(1, "po_1", BEGAN));

        assertThat(PayoutRules.decide(creating, new GiveUp(), BEGAN.plus(Duration.ofMinutes(59))))
                .isInstanceOf(Decision.Refused.class);
        Decision.Moved moved = moved(creating, new GiveUp(), BEGAN.plus(Duration.ofHours(1)));
        assertThat(moved.next()).isEqualTo(new Released());
        assertThat(moved.books()).isEqualTo(Books.GIVEN_BACK);
    }

    @Test
    void afterFiveAttemptsAPersonApprovesAnew() {
        Decision.Moved fifth = moved(
                new Created(new Attempt(5, "po_5", BEGAN, null, "5000004", 2)),
                new Said(Status.REJECTED, null),
                BEGAN.plus(Duration.ofHours(1)));

        assertThat(fifth)
                .isEqualTo(
                        new Decision.Moved(new AwaitingApproval(6), new Owes.Nothing(), Books.NOTHING, Asks.NOT_MADE));
        assertThat(moved(fifth.next(), new Approve(), BEGAN).owes()).isEqualTo(new Owes.Create(6, Duration.ZERO));
    }

    @Test
    void whatTheProviderWouldNotPayIsAskedOfAPerson() {
        assertThat(Arrays.stream(Status.values())
                        .filter(status -> PayoutRules.decide(new Sent(ATTEMPT), new Said(status, null), BEGAN)
                                        instanceof Decision.Moved moved
                                && moved.asks() != Asks.NOTHING))
                .containsExactly(Status.FAILED, Status.REJECTED, Status.CANCELLED);
    }

    private static Decision.Moved moved(PayoutState state, PayoutEvent event, Instant now) {
        return (Decision.Moved) PayoutRules.decide(state, event, now);
    }
}
