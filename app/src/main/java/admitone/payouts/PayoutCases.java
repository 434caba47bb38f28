package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.cases.DecisionRefused;
import admitone.payouts.PayoutFlow.By;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is asked of a person about payouts. */
@Configuration(proxyBeanMethods = false)
class PayoutCases {
    /** The provider says that it failed, and may still send it. */
    static final String FAILED = "payout_failed";
    /** It waits for a person's word. */
    static final String AWAITS_APPROVAL = "payout_awaits_approval";
    /** It has been at the provider for too long, or the provider does not know it any more. */
    static final String STUCK = "payout_stuck";
    /** The provider gave it back, and the balance has it again. */
    static final String CAME_BACK = "payout_came_back";
    /** It was tried too often, or whether it was made cannot be found out, or it waits for something since a day. */
    static final String NOT_MADE = "payout_not_made";
    /** Of the attempt that is asked about so: five came to nothing, and a person must approve it; or whether it was made is not known; or it waits for a day. */
    static final String TO_APPROVE = ":approve";

    static final String UNCLEAR = ":unclear";
    static final String WAITS = ":waits";
    /** A restore has undone what was decided about it since. */
    static final String RESTORED = "payout_restored";
    /** Coins may have gone where our record says that they have not. */
    static final String CONTRADICTED = "payout_contradicted";
    /** Its destination was changed by hand, or is not usable any more. */
    static final String DESTINATION = "payout_destination";
    /** The provider sent something that was made by us and is not on record. */
    static final String NOT_ON_RECORD = "payout_not_on_record";

    /** The row of a destination was changed by hand. */
    static final String ALTERED = "destination_altered";

    /** A version of a seller's destination is gone, or is as it was before its last change. */
    static final String SET_BACK = "destinations_set_back";

    /** Approval and limits of a seller's payouts were changed by hand. */
    static final String LIMITS = "payout_limits_altered";

    /** A seller is due, and for an hour what that depends on could not be had. */
    static final String NOT_NOW = "payout_not_now";

    private static final String WENT_ON = "the payout went on";
    private static final String BATCH = "batch_id";
    private static final String RELEASE = "release";
    private static final String WAIT = "wait";
    private static final String SEEN = "seen";
    private static final String BOOK = "book";
    private static final String DISMISS = "dismiss";
    /** What a seller's payouts stand still for, and the answer after which only a person lets them go on. */
    static final Map<String, String> STOPS = Map.of(CONTRADICTED, SEEN, NOT_ON_RECORD, DISMISS);

    private static final String RESUME = "resume";
    private static final String APPROVE = "approve";
    private static final String CANCEL = "cancel";

    @Bean
    CaseDecider failedPayout(PayoutFlow flow) {
        return new Asked(
                FAILED,
                Map.of(
                        RELEASE,
                        "What is reserved for it is the seller's again. Only when the provider has said that it will"
                                + " not send it.",
                        WAIT,
                        "It stays reserved until the provider sends it, rejects it, or somebody releases it, here too."),
                flow,
                (seller, one, decision, by) -> {
                    if (decision.equals(RELEASE)) {
                        must(flow.release(seller, payout(one), new By("case", by, null)));
                    }
                });
    }

    @Bean
    CaseDecider stuckPayout(PayoutFlow flow) {
        return new Asked(
                STUCK,
                Map.of(
                        RELEASE,
                        "What is reserved for it is the seller's again. Only when the provider has said that it has not"
                                + " sent it and will not.",
                        WAIT,
                        "It stays reserved; it is asked about as before, and may be released here later."),
                flow,
                (seller, one, decision, by) -> {
                    if (decision.equals(RELEASE)) {
                        must(flow.giveUp(seller, payout(one), new By("case", by, null)));
                    }
                });
    }

    @Bean
    CaseDecider payoutThatAwaitsApproval(PayoutFlow flow) {
        return new Asked(
                AWAITS_APPROVAL,
                Map.of(
                        APPROVE,
                        "It goes to the provider.",
                        CANCEL,
                        "The seller's balance has it again. The next one to this destination is made by hand."),
                flow,
                (seller, one, decision, by) -> must(
                        decision.equals(APPROVE)
                                ? flow.approve(seller, payout(one), new By("case", by, null))
                                : flow.cancel(seller, payout(one), new By("case", by, null))));
    }

    private static void must(PayoutFlow.Outcome outcome) {
        if (outcome.refused() != null) {
            throw new DecisionRefused("not_possible", outcome.refused());
        }
    }

    @Bean
    CaseDecider payoutThatCameBack() {
        return seen(
                CAME_BACK,
                "Known. The next payout of this seller is made by hand, or when their destination has changed; a refund is asked for anew.");
    }

    @Bean
    CaseDecider payoutNotMade(PayoutFlow flow) {
        return new Asked(
                NOT_MADE,
                Map.of(
                        SEEN,
                        "Known. One that waits for it may be approved again, or cancelled; one that waits for the provider is"
                                + " tried again by itself; one that is being checked goes on"
                                + " when the provider's list has nothing any more that may be it. It may be released here"
                                + " later.",
                        RELEASE,
                        "What is reserved for it is the seller's again. Only when the provider has said that it has sent"
                                + " nothing for it; what it has sent is booked by its own case then."),
                flow,
                (seller, one, decision, by) -> {
                    if (decision.equals(RELEASE)) {
                        must(flow.giveBackUnmade(seller, payout(one), new By("case", by, null)));
                    }
                });
    }

    @Bean
    CaseDecider restoredPayout(PayoutFlow flow) {
        return new Asked(
                RESTORED,
                Map.of(
                        RESUME,
                        "It goes on from where it stands, to the address that it was made for.",
                        CANCEL,
                        "The seller's balance has it again. The next one to this destination is made by hand."),
                flow,
                (seller, one, decision, by) -> must(
                        decision.equals(RESUME)
                                ? flow.letGo(seller, payout(one), new By("case", by, null))
                                : flow.cancel(seller, payout(one), new By("case", by, null))));
    }

    @Bean
    CaseDecider contradictedPayout(ForgottenPayouts forgotten) {
        return new Booked(
                CONTRADICTED,
                SEEN,
                "Known. What is on hold is let go, or cancelled, by hand. It may be booked later.",
                forgotten);
    }

    @Bean
    CaseDecider payoutWithAlteredDestination() {
        return seen(DESTINATION, "Known. Cancel the payout: the next one goes to the destination that counts then.");
    }

    @Bean
    CaseDecider payoutNotOnRecord(ForgottenPayouts forgotten) {
        return new Booked(
                NOT_ON_RECORD,
                DISMISS,
                "It was not ours to book. This seller's payouts stay switched off until they are switched on by hand. It may"
                        + " be booked later.",
                forgotten);
    }

    @Bean
    CaseDecider alteredDestination() {
        return seen(ALTERED, "Known. Nothing is paid there, nor to an older destination, until a new one is set.");
    }

    @Bean
    CaseDecider alteredLimits() {
        return seen(LIMITS, "Known. Each payout of this seller needs an approval until their limits are set anew.");
    }

    @Bean
    CaseDecider payoutThatCannotBeMadeNow() {
        return seen(
                NOT_NOW, "Known. It is looked at again by itself; the seller's balance tells why not, and since when.");
    }

    @Bean
    CaseDecider destinationsSetBack(Destinations destinations) {
        return new SetBack(destinations);
    }

    /** A person has looked at them, or leaves it at that. */
    private record SetBack(Destinations destinations) implements CaseDecider {
        private static final String ACCEPT = "accept";

        @Override
        public String kind() {
            return SET_BACK;
        }

        @Override
        public Map<String, String> decisions() {
            return Map.of(
                    ACCEPT,
                    "The versions that are there are all there should be: the newest that this seller has confirmed counts.",
                    SEEN,
                    "Known. Nothing is paid to any of them until a new one is set. They may be accepted later.");
        }

        @Override
        public Set<String> forNow() {
            return Set.of(SEEN);
        }

        @Override
        public boolean isForOperator() {
            return true;
        }

        @Override
        public void decided(SellerId seller, Case one, String decision, String by) {
            if (decision.equals(ACCEPT)) {
                destinations.accept(seller);
            }
        }
    }

    /** What a question is about that may be asked of a payout again. */
    static String about(Payout payout, String about) {
        return payout.subject() + "#" + about.replace(' ', '_');
    }

    /** Within the current transaction: the payout has gone on, so it is not asked about any more. */
    static void settle(Cases cases, Payout payout, String kind, String subject) {
        cases.settle(payout.seller(), subject, kind, "over", WENT_ON);
    }

    /** The same, of what a person is asked about one that waits for their approval, or for what lasts. */
    static void settleUnbegun(Cases cases, Payout payout) {
        settle(cases, payout, AWAITS_APPROVAL, payout.subject());
        settle(cases, payout, NOT_MADE, about(payout, Payouts.number(payout.state()) + TO_APPROVE));
        settle(cases, payout, NOT_MADE, about(payout, Payouts.number(payout.state()) + WAITS));
    }

    /** The same, of what is asked after a restore. */
    static void settleRestored(Cases cases, Payout payout) {
        cases.settleAbout(payout.seller(), RESTORED, "payout_id", payout.handle(), /* forNow= */ "", "over", WENT_ON);
    }

    private static CaseDecider seen(String kind, String effect) {
        return new Known(kind, effect);
    }

    private static UUID payout(Case one) {
        return Handle.parse(Payout.HANDLE, Objects.requireNonNull(one.detail().get("payout_id")))
                .orElseThrow()
                .id();
    }

    /** What the provider sent is booked, or is none of ours. */
    private record Booked(String kind, String otherwise, String effect, ForgottenPayouts forgotten)
            implements CaseDecider {
        @Override
        public Map<String, String> decisions() {
            return Map.of(
                    BOOK,
                    "What the provider sent is booked as it says now: it pays the seller's oldest entries, and what is"
                            + " beyond them is owed by the next payouts.",
                    otherwise,
                    effect);
        }

        @Override
        public Set<String> forNow() {
            return Set.of(otherwise);
        }

        @Override
        public boolean isForOperator() {
            return true;
        }

        @Override
        public void lock(SellerId seller, Case one) {
            Optional.ofNullable(one.detail().get(BATCH)).ifPresent(batch -> forgotten.lock(seller, batch));
        }

        @Override
        public void before(SellerId seller, Case one, String decision) {
            if (decision.equals(BOOK)) {
                forgotten.look(seller, batch(one));
            }
        }

        @Override
        public void decided(SellerId seller, Case one, String decision, String by) {
            if (decision.equals(BOOK)) {
                forgotten.book(seller, batch(one), new By("case", by, null));
            }
        }

        private static String batch(Case one) {
            return Optional.ofNullable(one.detail().get(BATCH))
                    .orElseThrow(() -> new DecisionRefused(
                            "not_possible", "No batch of the provider says so: there is nothing to book."));
        }
    }

    private interface Deed {
        void does(SellerId seller, Case one, String decision, String by);
    }

    /** There is nothing to decide. */
    private record Known(String kind, String effect) implements CaseDecider {
        @Override
        public Map<String, String> decisions() {
            return Map.of(SEEN, effect);
        }

        @Override
        public boolean isForOperator() {
            return true;
        }

        @Override
        public void decided(SellerId seller, Case one, String decision, String by) {}
    }

    /** About a payout, which answers its cases by itself too when it goes on: it is locked first. */
    private record Asked(String kind, Map<String, String> decisions, PayoutFlow flow, Deed deed)
            implements CaseDecider {
        @Override
        public Set<String> forNow() {
            return Set.of(WAIT, SEEN);
        }

        @Override
        public boolean isForOperator() {
            return true;
        }

        @Override
        public void lock(SellerId seller, Case one) {
            flow.lock(seller, payout(one));
        }

        @Override
        public void decided(SellerId seller, Case one, String decision, String by) {
            deed.does(seller, one, decision, by);
        }
    }
}
