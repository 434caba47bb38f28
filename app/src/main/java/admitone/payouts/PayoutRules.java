package admitone.payouts;

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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every state of a payout meets everything that may happen to it: no clock, no database, no provider. */
final class PayoutRules {
    /** Batches made for one payout before a person must approve it anew. */
    static final int MOST_ATTEMPTS = 5;

    private PayoutRules() {}

    /** What comes of an event. */
    sealed interface Decision {
        /** It goes on from another state. */
        record Moved(PayoutState next, Owes owes, Books books, Asks asks) implements Decision {}

        /** It changes nothing. */
        record Absorbed() implements Decision {}

        /** It cannot be; {@code why} says what can. */
        record Refused(String why) implements Decision {}

        /** It contradicts what is on record: a person looks, and nothing goes on by itself. */
        record Contradicted() implements Decision {}
    }

    /** What is owed to the provider next. */
    sealed interface Owes {
        record Nothing() implements Owes {}

        record Create(int attempt, Duration after) implements Owes {}

        record VerifyAndFollow(int attempt) implements Owes {}
    }

    /** What is written into the journal. */
    enum Books {
        NOTHING,
        /** What is reserved is the seller's again, and its entries may be claimed anew. */
        GIVEN_BACK,
        PAID
    }

    /** Which question a person is asked. */
    enum Asks {
        NOTHING,
        /** The provider failed to pay it and may still do so. */
        FAILED,
        /** The provider would not pay it. */
        REJECTED,
        /** It was tried too often. */
        NOT_MADE
    }

    static Decision decide(PayoutState state, PayoutEvent event, Instant now) {
        return switch (event) {
            case Approve() ->
                state instanceof AwaitingApproval(int next)
                        ? moved(new Approved(next, null), new Owes.Create(next, Duration.ZERO))
                        : new Decision.Refused("It does not wait for an approval.");
            case Begin(String externalId) ->
                state instanceof Approved(int next, var _)
                        ? moved(new Creating(Attempt.begun(next, externalId, now)))
                        : new Decision.Absorbed();
            case NotCreated(var waits, Duration after) ->
                state instanceof Creating(Attempt attempt) ? anew(attempt, waits, after) : new Decision.Absorbed();
            case NotCalled(var waits) ->
                state instanceof Creating(Attempt attempt)
                        ? moved(new Approved(attempt.number(), waits))
                        : new Decision.Absorbed();
            case Recorded(String batchId) ->
                state instanceof Creating(Attempt attempt)
                        ? moved(new Created(attempt.recorded(batchId)), new Owes.VerifyAndFollow(attempt.number()))
                        : new Decision.Absorbed();
            case Adopted(int number, String externalId, String batchId, Instant calledAt) ->
                switch (state) {
                    case AwaitingApproval _, Approved _ ->
                        adopted(new Attempt(number, externalId, calledAt, null, batchId, 1));
                    case Creating _,
                            Created _,
                            Verifying _,
                            Sent _,
                            Failed _,
                            Finished _,
                            Rejected _,
                            Cancelled _,
                            Released _ -> new Decision.Contradicted();
                };
            case Absent() ->
                switch (state) {
                    case Creating(Attempt attempt) -> absent(attempt, Creating::new, now);
                    case Created(Attempt attempt) when attempt.tries() == 0 -> absent(attempt, Created::new, now);
                    default -> new Decision.Absorbed(); // it may have been verified: a person is asked
                };
            case PerhapsPresent() ->
                switch (state) {
                    case Creating(Attempt attempt) -> moved(new Creating(attempt.absentSince(null)));
                    case Created(Attempt attempt)
                    when attempt.absentAt() != null -> moved(new Created(attempt.absentSince(null)));
                    default -> new Decision.Absorbed();
                };
            case VerifyBegins() -> verifyBegins(state, now);
            case VerifyNotSent() ->
                state instanceof Verifying(Attempt attempt)
                        ? moved(new Created(attempt.tried(attempt.tries() - 1)))
                        : new Decision.Absorbed();
            case VerifyDeclined() ->
                state instanceof Verifying(Attempt attempt) ? moved(new Created(attempt)) : new Decision.Absorbed();
            case Verified() ->
                state instanceof Verifying(Attempt attempt) ? moved(new Sent(attempt)) : new Decision.Absorbed();
            case Said said -> said(state, said, now);
            case Release() ->
                state instanceof Failed
                        ? ended(new Released(), Books.GIVEN_BACK, Asks.NOTHING)
                        : new Decision.Refused(
                                "Only a payout that failed can be released. One on hold goes on by resume.");
            case GiveUp() ->
                switch (state) {
                    case Created _, Verifying _, Sent _, Failed _ ->
                        ended(new Released(), Books.GIVEN_BACK, Asks.NOTHING);
                    case Creating(Attempt attempt)
                    when !now.isBefore(attempt.calledAt().plus(Attempt.LIFE)) ->
                        ended(new Released(), Books.GIVEN_BACK, Asks.NOTHING);
                    case Creating _ ->
                        new Decision.Refused("Its batch may be being made: it can be given back when an hour is over.");
                    case AwaitingApproval _, Approved _, Finished _, Rejected _, Cancelled _, Released _ ->
                        new Decision.Refused("It has gone on: it is " + state.word() + ".");
                };
            case CallOff() ->
                switch (state) {
                    case AwaitingApproval _, Approved _ -> ended(new Cancelled(), Books.GIVEN_BACK, Asks.NOTHING);
                    case Creating _,
                            Created _,
                            Verifying _,
                            Sent _,
                            Failed _,
                            Finished _,
                            Rejected _,
                            Cancelled _,
                            Released _ -> new Decision.Refused("It is " + state.word() + ": it may be on its way.");
                };
            case Cancel() ->
                switch (state) {
                    case AwaitingApproval _, Approved _ -> ended(new Cancelled(), Books.GIVEN_BACK, Asks.NOTHING);
                    case Creating _, Created _, Verifying _ ->
                        new Decision.Refused(
                                "Its batch may be at the provider. Hold it: what is not verified within the"
                                        + " hour is rejected there, and then it can be cancelled.");
                    case Sent _, Failed _, Finished _, Rejected _, Cancelled _, Released _ ->
                        new Decision.Refused("It is " + state.word() + ": that cannot be called off.");
                };
        };
    }

    private static Decision adopted(Attempt attempt) {
        return moved(new Created(attempt), new Owes.VerifyAndFollow(attempt.number()));
    }

    /** No code was given for it. */
    private static Decision absent(Attempt attempt, Function<Attempt, PayoutState> still, Instant now) {
        if (attempt.isGone(now)) {
            return anew(attempt, null, Duration.ZERO);
        }
        return attempt.absentAt() == null ? moved(still.apply(attempt.absentSince(now))) : new Decision.Absorbed();
    }

    private static Decision verifyBegins(PayoutState state, Instant now) {
        return switch (state) {
            case Created(Attempt attempt)
            when attempt.mayBeVerified(now) -> moved(new Verifying(attempt.tried(attempt.tries() + 1)));
            case Verifying(Attempt attempt)
            when attempt.mayBeVerified(now) -> moved(new Verifying(attempt.tried(attempt.tries() + 1)));
            default -> new Decision.Absorbed();
        };
    }

    private static Decision said(PayoutState state, Said said, Instant now) {
        return switch (said.status()) {
            case CREATING, UNKNOWN_WORD -> new Decision.Absorbed();
            case WAITING ->
                state instanceof Verifying(Attempt attempt)
                        ? moved(new Sent(attempt)) // it waits for nothing but its turn
                        : state instanceof Created(Attempt attempt) && attempt.tries() > 0
                                ? moved(new Sent(attempt))
                                : new Decision.Absorbed();
            case PROCESSING, SENDING ->
                switch (state) {
                    case Created(Attempt attempt) -> moved(new Sent(attempt));
                    case Verifying(Attempt attempt) -> moved(new Sent(attempt));
                    case Sent _, Failed _, Finished _ -> new Decision.Absorbed();
                    case AwaitingApproval _, Approved _, Creating _, Rejected _, Cancelled _, Released _ ->
                        new Decision.Contradicted();
                };
            case FINISHED ->
                switch (state) {
                    case Created _, Verifying _, Sent _, Failed _ -> ended(new Finished(), Books.PAID, Asks.NOTHING);
                    case Finished _ -> new Decision.Absorbed();
                    case AwaitingApproval _, Approved _, Creating _, Rejected _, Cancelled _, Released _ ->
                        new Decision.Contradicted();
                };
            case FAILED ->
                switch (state) {
                    case Created(Attempt attempt) -> failed(attempt);
                    case Verifying(Attempt attempt) -> failed(attempt);
                    case Sent(Attempt attempt) -> failed(attempt);
                    case Failed _, Released _, Rejected _, Cancelled _ -> new Decision.Absorbed();
                    case AwaitingApproval _, Approved _, Creating _, Finished _ -> new Decision.Contradicted();
                };
            case REJECTED ->
                switch (state) {
                    case Created(Attempt attempt) -> rejected(attempt, said.age(), now);
                    case Verifying(Attempt attempt) -> rejected(attempt, said.age(), now);
                    case Sent _, Failed _ -> ended(new Rejected(), Books.GIVEN_BACK, Asks.REJECTED);
                    case AwaitingApproval _, Approved _, Creating _, Rejected _, Cancelled _, Released _ ->
                        new Decision.Absorbed();
                    case Finished _ -> new Decision.Contradicted();
                };
            case CANCELLED ->
                switch (state) {
                    case Created _, Verifying _, Sent _, Failed _ ->
                        ended(new Cancelled(), Books.GIVEN_BACK, Asks.REJECTED);
                    case AwaitingApproval _, Approved _, Creating _, Rejected _, Cancelled _, Released _ ->
                        new Decision.Absorbed();
                    case Finished _ -> new Decision.Contradicted();
                };
        };
    }

    /** Its hour was over and nothing had moved; or, before that, the provider did not want it after all, though its code was good: no other is verified. */
    private static Decision rejected(Attempt attempt, @Nullable Duration age, Instant now) {
        Duration lived = age == null ? Duration.between(attempt.calledAt(), now) : age;
        return attempt.tries() > 0 && lived.compareTo(Attempt.LIFE) < 0
                ? ended(new Rejected(), Books.GIVEN_BACK, Asks.REJECTED)
                : anew(attempt, null, Duration.ZERO);
    }

    private static Decision failed(Attempt attempt) {
        return new Decision.Moved(new Failed(attempt), new Owes.Nothing(), Books.NOTHING, Asks.FAILED);
    }

    /** This batch is over and nothing of it moved: another one, or after too many a person's word. */
    private static Decision anew(Attempt attempt, @Nullable Waits waits, Duration after) {
        int next = attempt.number() + 1;
        return attempt.number() % MOST_ATTEMPTS == 0
                ? new Decision.Moved(new AwaitingApproval(next), new Owes.Nothing(), Books.NOTHING, Asks.NOT_MADE)
                : moved(new Approved(next, waits), new Owes.Create(next, after));
    }

    private static Decision moved(PayoutState next) {
        return moved(next, new Owes.Nothing());
    }

    private static Decision moved(PayoutState next, Owes owes) {
        return new Decision.Moved(next, owes, Books.NOTHING, Asks.NOTHING);
    }

    private static Decision ended(PayoutState next, Books books, Asks asks) {
        return new Decision.Moved(next, new Owes.Nothing(), books, asks);
    }
}
