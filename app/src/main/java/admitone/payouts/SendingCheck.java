package admitone.payouts;

import admitone.database.Columns;
import admitone.money.Asset;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutProvider.Checked;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.Answer;
import admitone.runtime.Remark;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether the provider would send what it is asked to, and only that; asked without moving anything. */
public final class SendingCheck {
    private static final String ABOUT = "payouts";
    private static final Duration BACK = Duration.ofDays(31);
    /** A batch that is made and not verified stands still; one that moves by itself has gone on by then. */
    private static final Duration STANDS_STILL = Duration.ofMinutes(5);

    private static final Duration AROUND = Duration.ofDays(1);
    /** Each is a question or two. */
    public static final int MOST_SELLERS = 50;
    /** Each is a row that is read. */
    private static final int MOST_OWED = 1000;

    private final PayoutProvider provider;
    private final JdbcClient jdbc;

    public SendingCheck(PayoutProvider provider, JdbcClient jdbc) {
        this.provider = provider;
        this.jdbc = jdbc;
    }

    /** To whom something is due, or under way, whatever their mode is: what is settled to the account is sent to {@code direct} ones too. */
    public List<SellerId> owed() {
        return jdbc.sql("""
                select seller_id from payouts.safeguard where not_paid_code is not null
                union select seller_id from payouts.payout where ended_at is null order by seller_id limit ?
                """)
                .param(MOST_OWED)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
    }

    /** @param paid sellers whose money is paid out by us */
    public List<Remark> look(List<SellerId> paid, Instant now) {
        List<Remark> remarks = new ArrayList<>();
        if (!provider.canPay()) {
            remarks.add(notSet(!paid.isEmpty()));
        }
        remarks.add(list(!paid.isEmpty(), now));
        paid.stream()
                .limit(MOST_SELLERS)
                .flatMap(seller -> destination(seller, now).stream())
                .forEach(remarks::add);
        return remarks;
    }

    private Remark list(boolean isNeeded, Instant now) {
        return switch (provider.list(now.minus(BACK), now.plus(STANDS_STILL))) {
            case Answer.Done<List<Seen>>(List<Seen> all) -> verification(all, codesGiven(now), now, isNeeded);
            case Answer.Declined<List<Seen>>(String code, String reason) -> refused(code, reason, isNeeded);
            case Answer.NotNow<List<Seen>>(Duration _, String reason) -> notAsked("the provider's list", reason);
            case Answer.Unknown<List<Seen>>(String reason) -> notAsked("the provider's list", reason);
        };
    }

    private static Remark notAsked(String what, String reason) {
        return Remark.warn(ABOUT, what + " could not be had (" + reason + ")", "try again in a minute");
    }

    private static Remark notSet(boolean isNeeded) {
        String todo = "set ADMITONE_NOWPAYMENTS_EMAIL, _PASSWORD and _TOTP_SECRET";
        return isNeeded
                ? Remark.wrong(
                        ABOUT, "login or TOTP key is missing, and there are sellers who are paid out by us", todo)
                : Remark.warn(
                        ABOUT,
                        "login or TOTP key is missing: nobody can be paid but sellers of payout direct, and these only what"
                                + " is settled to their own wallet",
                        todo);
    }

    private static Remark refused(String code, String reason, boolean isNeeded) {
        String says = "the provider tells nothing about payouts (" + reason + ")";
        String todo = code.equals("ip_refused")
                ? "put this server's address on the account's list (dashboard, Settings > Payouts > IP whitelist)"
                : "look at the keys above";
        return isNeeded ? Remark.wrong(ABOUT, says, todo) : Remark.warn(ABOUT, says, todo);
    }

    /**
     * Pure: whether the account sends nothing without a code. Trying it out would move money where it does not, so what happened is
     * read: what was never given a code must have stood still.
     *
     * @param codes how many codes were given for each batch of ours
     */
    static Remark verification(List<Seen> all, Map<String, Integer> codes, Instant now, boolean isNeeded) {
        Optional<Seen> moved = all.stream()
                .filter(seen -> isWithoutCode(seen, codes) && PayoutFlow.moves(seen))
                .findFirst();
        if (moved.isPresent()) {
            return Remark.wrong(
                    ABOUT,
                    "batch " + moved.get().batchId() + " is " + moved.get().statusWord()
                            + " there and we never gave a code for it: the account may send without one",
                    "was the code given by hand, or was the database restored to a time before we gave it? Then nothing is"
                            + " to be done, and this is said until that batch is " + BACK.toDays()
                            + " days old. Else switch on"
                            + " two-factor verification of payouts in the dashboard, and hold payouts until then"
                            + " (PUT /api/v1/payouts/switch)");
        }
        return all.stream()
                .filter(seen -> stoodStill(seen, codes, now))
                .findFirst()
                .map(seen -> Remark.ok(
                        ABOUT,
                        "the account sends nothing without a code: batch " + seen.batchId() + ", given none, is "
                                + seen.statusWord()))
                .orElseGet(() -> notProven(isNeeded));
    }

    private static Remark notProven(boolean isNeeded) {
        String says =
                "not proven that the account sends nothing without a code: no batch was left without one in the last "
                        + BACK.toDays() + " days";
        return isNeeded
                ? Remark.warn(
                        ABOUT,
                        says,
                        "see in the dashboard that two-factor verification of payouts is on; for a proof make a small payout"
                                + " there by hand, give no code for five minutes, and check again")
                : Remark.ok(ABOUT, says + ", and none is needed");
    }

    private static boolean isWithoutCode(Seen seen, Map<String, Integer> codes) {
        return codes.getOrDefault(seen.batchId(), -1) == 0;
    }

    /** Of what others made it is known only while it stands there. */
    private static boolean stoodStill(Seen seen, Map<String, Integer> codes, Instant now) {
        @Nullable Instant created = seen.createdAt();
        boolean stands =
                seen.status() == Status.CREATING && created != null && created.isBefore(now.minus(STANDS_STILL));
        return stands || (isWithoutCode(seen, codes) && seen.status() == Status.REJECTED);
    }

    /** @param refused why the provider does not send there as it said last; null: it did not say so */
    private record To(Place place, @Nullable String refused) {}

    private Optional<Remark> destination(SellerId seller, Instant now) {
        return jdbc.sql("""
                select currency, address, extra_id, not_whitelisted_why from payouts.destination
                where seller_id = ? and usable_from <= ? and withdrawn_at is null order by version desc limit 1
                """)
                .params(seller.value(), Columns.at(now))
                .query((row, n) -> new To(
                        new Place(
                                new Asset(row.getString("currency")),
                                row.getString("address"),
                                row.getString("extra_id")),
                        row.getString("not_whitelisted_why")))
                .optional()
                .map(to -> destination(seller, to));
    }

    private Remark destination(SellerId seller, To to) {
        Place place = to.place();
        String whose = "the destination of seller " + seller + " (" + place.currency() + ", " + place.address() + ")";
        if (to.refused() != null) {
            return Remark.wrong(
                    ABOUT,
                    whose + " was not on the account's list when it was last tried: " + to.refused(),
                    "add it there: dashboard, Settings > Payouts > Whitelisted addresses");
        }
        return switch (provider.validate(place)) {
            case Answer.Done<Checked>(Checked checked) ->
                checked.byProvider()
                        ? Remark.ok(ABOUT, "the provider takes " + whose)
                        : Remark.warn(
                                ABOUT,
                                "whether the provider takes " + whose + " could not be asked from this address",
                                "put this server's address on the account's list");
            case Answer.Declined<Checked>(String _, String reason) ->
                Remark.wrong(
                        ABOUT,
                        "the provider does not take " + whose + ": " + reason,
                        "add it to the account's list of addresses, or have the seller set another one");
            case Answer.NotNow<Checked>(Duration _, String reason) -> notAsked(whose, reason);
            case Answer.Unknown<Checked>(String reason) -> notAsked(whose, reason);
        };
    }

    private Map<String, Integer> codesGiven(Instant now) {
        Map<String, Integer> codes = new HashMap<>();
        jdbc.sql("select batch_id, tries from payouts.attempt where batch_id is not null and called_at > ?")
                .param(Columns.at(now.minus(BACK).minus(AROUND)))
                .query(row -> {
                    codes.put(row.getString("batch_id"), row.getInt("tries"));
                });
        return codes;
    }
}
