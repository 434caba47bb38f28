package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.payouts.PayoutFlow.By;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is asked of a person about payouts. */
@Configuration(proxyBeanMethods = false)
class PayoutCases {
    /** The provider says that it failed, and may still send it. */
    static final String FAILED = "payout_failed";
    /** The provider gave it back, and the balance has it again. */
    static final String CAME_BACK = "payout_came_back";
    /** It was tried too often, or whether it was made cannot be found out. */
    static final String NOT_MADE = "payout_not_made";
    /** Coins may have gone where our record says that they have not. */
    static final String CONTRADICTED = "payout_contradicted";
    /** Its destination was changed by hand, or is not usable any more. */
    static final String DESTINATION = "payout_destination";
    /** The provider sent something that was made by us and is not on record. */
    static final String NOT_ON_RECORD = "payout_not_on_record";

    /** The row of a destination was changed by hand. */
    static final String ALTERED = "destination_altered";

    private static final String RELEASE = "release";
    private static final String SEEN = "seen";

    @Bean
    CaseDecider failedPayout(PayoutFlow flow) {
        return new Asked(
                FAILED,
                Map.of(
                        RELEASE,
                        "What is reserved for it is the seller's again. Only when the provider has said that it will"
                                + " not send it.",
                        "wait",
                        "It stays reserved until the provider sends it, rejects it, or somebody releases it."),
                (seller, one, decision, by) -> {
                    if (decision.equals(RELEASE)) {
                        flow.release(seller, payout(one), new By("case", by, null));
                    }
                });
    }

    @Bean
    CaseDecider payoutThatCameBack() {
        return seen(
                CAME_BACK,
                "Known. The next payout of this seller is made by hand, or when their destination has changed.");
    }

    @Bean
    CaseDecider payoutNotMade() {
        return seen(NOT_MADE, "Known. Approve the payout again, or cancel it.");
    }

    @Bean
    CaseDecider contradictedPayout() {
        return seen(CONTRADICTED, "Known. What is on hold is let go, or cancelled, by hand.");
    }

    @Bean
    CaseDecider payoutWithAlteredDestination() {
        return seen(DESTINATION, "Known. Cancel the payout: the next one goes to the destination that counts then.");
    }

    @Bean
    CaseDecider payoutNotOnRecord() {
        return seen(
                NOT_ON_RECORD,
                "Known. Nothing books it yet: leave this seller's payouts switched off, or the same money goes out again, and pay what is left by hand.");
    }

    @Bean
    CaseDecider alteredDestination() {
        return seen(ALTERED, "Known. Nothing is paid there, nor to an older destination, until a new one is set.");
    }

    private static CaseDecider seen(String kind, String effect) {
        return new Asked(kind, Map.of(SEEN, effect), (seller, one, decision, by) -> {});
    }

    private static UUID payout(Case one) {
        return Handle.parse(Payout.HANDLE, Objects.requireNonNull(one.detail().get("payout_id")))
                .orElseThrow()
                .id();
    }

    private interface Deed {
        void does(SellerId seller, Case one, String decision, String by);
    }

    private record Asked(String kind, Map<String, String> decisions, Deed deed) implements CaseDecider {
        @Override
        public boolean isForOperator() {
            return true;
        }

        @Override
        public void decided(SellerId seller, Case one, String decision, String by) {
            deed.does(seller, one, decision, by);
        }
    }
}
