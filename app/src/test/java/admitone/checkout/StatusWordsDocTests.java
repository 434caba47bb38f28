package admitone.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.access.Grant.Access;
import admitone.catalog.Channel.Admission;
import admitone.checkout.SecondPayment.Became;
import admitone.checkout.StatusWords.Asker;
import admitone.messaging.Language;
import admitone.messaging.PageWords;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.Payment;
import admitone.payments.PaymentRules;
import admitone.payments.PaymentRules.Terms;
import admitone.payments.PaymentRules.Transition;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Reason;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Stage;
import admitone.payments.PaymentState.Waiting;
import admitone.payments.ProviderStatus;
import admitone.runtime.SellerId;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** docs/status-words.md is what the code says, word for word. */
class StatusWordsDocTests {
    private static final Path DOC = Path.of("..", "docs", "status-words.md");
    private static final Path MADE = Path.of("target", "status-words.md");
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final Asset BTC = new Asset("btc");
    private static final Money PRICE = Money.parse("10", Asset.USD);
    private static final Money ASKED = Money.parse("0.001", BTC);
    private static final Money PART = Money.parse("0.0004", BTC);
    private static final Terms TERMS = new Terms(PRICE, ASKED, BigDecimal.ONE);

    /** Something the provider may say, and under what circumstances. */
    private record Said(
            String words,
            ProviderStatus status,
            Money price,
            Money received,
            @Nullable String hold) {}

    @Test
    void publishesWhatTheCodeSays() throws IOException {
        String made = document();
        Files.createDirectories(MADE.getParent());
        Files.writeString(MADE, made);
        if (Boolean.getBoolean("admitone.write-docs")) {
            Files.createDirectories(DOC.getParent());
            Files.writeString(DOC, made);
        }

        assertThat(DOC)
                .as("docs/status-words.md is made from the code: copy app/%s over it", MADE)
                .content()
                .isEqualTo(made);
    }

    private static String document() {
        StringBuilder doc = new StringBuilder("""
                # What a buyer is told

                Made from the code by `StatusWordsDocTests`, which fails when this page and the code differ. `{…}` stands for a figure.
                The same in Spanish: `messages/pages_es.properties`.
                The public `status` and `access` are those of `GET /api/payment-status`; `message` there is the words and what is added to them.

                ## Provider status, rank, public status, access, words, effect

                A payment only ever moves to a higher rank, so the order in which notifications arrive does not matter.

                | provider says | our state | rank | public status | access | final | words | effect |
                | --- | --- | --- | --- | --- | --- | --- | --- |
                """);
        doc.append(row("(no payment made yet)", "–", "–", null, Access.NONE, NOW, "none"));
        doc.append(row(
                "(nothing seen when the order's time is over)",
                "–",
                "–",
                null,
                Access.NONE,
                NOW.plus(Duration.ofDays(2)),
                "none; a payment that still comes counts, with a case `paid_late`"));
        for (Said said : allSaid()) {
            switch (PaymentRules.apply(new Waiting(), said.hold(), heard(said), TERMS)) {
                case Transition.Moved(PaymentState next) -> doc.append(rows(said, next));
                case Transition.Repeated() -> doc.append(rows(said, new Waiting()));
                case Transition.NotUnderstood() ->
                    doc.append(
                            "| %s | as before | – | as before | as before | – | as before | the notification is kept, nothing else |\n"
                                    .formatted(said.words()));
                case Transition.Refused(String why) -> throw new AssertionError("nothing is refused at first: " + why);
            }
        }
        doc.append("""

                Of several payments for one order, the one that paid it speaks; else the one of the highest rank, where a payment that
                ended without money (`expired`, `failed`, `cancelled`) says nothing while another lives, and one that brought a part of the price
                nothing while another is under way. Payments whose parts add up to the price, within the tolerance, grant once and all count.

                ## Words

                | words | heading | message |
                | --- | --- | --- |
                """);
        for (Words words : Words.values()) {
            doc.append("| `%s` | %s | %s |\n"
                    .formatted(words, words.heading(Language.ENGLISH), words.text(Language.ENGLISH)));
        }
        doc.append("""

                `READY_ONCE`, `DELIVERED_ONCE` and `ADMITTED_ONCE` stand for their namesakes in channels whose admission is `one_time_link`; the
                page shows such a link only to a browser that opened the pay page by the bot's private link.

                `SHORT_PAY_REST` stands for `SHORT` while the order's time is not over and the rest is at least the provider's minimum of some coin, as told last:
                it is a new payment of the same order, in any such coin, and completes it with one grant. An address that was given for the rest holds
                whatever the minimums come to. What is missing is counted over all parts that arrived.

                `EXPIRED_PAY_AGAIN` and `FAILED_PAY_AGAIN` stand for `EXPIRED`, `FAILED` and `CANCELLED` while the order's time is not over: another
                coin, or the same one again, is a new payment of the same order.

                `SHORT_UNTOLD` and `OVERPAID_UNTOLD` stand for their namesakes where somebody asks by an old order id, which can be guessed:
                no amounts, no times, no links.

                `HELD_BACK` stands for the words of any access that lasts where the seller has banned the buyer: its `access` is `preparing`, and no link is shown.
                `BANNED` stands, without any form, for all words of a purchase that has brought no money, `SHORT` for `SHORT_PAY_REST`; where money waits, `BANNED_TOO` is added.
                An old order id does not tell it: there the words stay.

                `REFUNDED_PLAIN`, `ENDED_PLAIN` and `ENDED_ON_PLAIN` stand for their namesakes where another purchase is no help: to who is banned, and
                where what is left of the price lets the buyer in by another order.

                ## Added to the words

                | when | sentence |
                | --- | --- |
                """);
        for (Words.Also also : Words.Also.values()) {
            doc.append("| `%s` | %s |\n".formatted(also, also.text(Language.ENGLISH)));
        }
        doc.append("""

                Of money that arrived beside the payment that paid the order, on the page and once each by the bot:

                | what became of it | sentence |
                | --- | --- |
                """);
        for (Became became : Became.values()) {
            doc.append("| `%s` | %s |\n"
                    .formatted(became.word(), PageWords.in(Language.ENGLISH, "second." + became.name())));
        }
        doc.append("""

                ## Allowed edges

                | from (rank) | to |
                | --- | --- |
                """);
        for (PaymentState from : states()) {
            doc.append("| %s (%d) | %s |\n".formatted(from.word(), from.rank(), next(from)));
        }
        doc.append("""

                Everything else that is heard changes nothing: it is kept, and shown in the payment's timeline as absorbed. `finished` after
                `refunded` opens a case `finished_after_refund`.
                """);
        return doc.toString();
    }

    private static List<Said> allSaid() {
        List<Said> all = new ArrayList<>();
        for (ProviderStatus status : ProviderStatus.values()) {
            switch (status) {
                case FINISHED, PARTIALLY_PAID -> {
                    all.add(said(status, ", at least 99 % of the amount", PRICE, ASKED, null));
                    all.add(said(status, ", less", PRICE, PART, null));
                    all.add(said(status, ", another price", Money.parse("9", Asset.USD), ASKED, null));
                    all.add(said(status, ", a repeated deposit", PRICE, ASKED, Why.CHILD_PAYMENT));
                    all.add(said(status, ", another coin", PRICE, Money.parse("0.001", new Asset("eth")), null));
                }
                case OTHER -> all.add(new Said("any other word", status, PRICE, ASKED, null));
                case WAITING,
                        CONFIRMING,
                        CONFIRMED,
                        SENDING,
                        EXPIRED,
                        FAILED,
                        CANCELLED,
                        WRONG_ASSET_CONFIRMED,
                        REFUNDED -> all.add(said(status, "", PRICE, ASKED, null));
            }
        }
        return all;
    }

    private static Said said(ProviderStatus status, String more, Money price, Money received, @Nullable String hold) {
        return new Said("`" + status.word() + "`" + more, status, price, received, hold);
    }

    private static String rows(Said said, PaymentState state) {
        List<Access> accesses = state instanceof Paid
                ? List.of(Access.PREPARING, Access.READY, Access.DELIVERED, Access.ADMITTED, Access.ENDED)
                : List.of(state instanceof Refunded ? Access.ENDED : Access.NONE);
        String word = state instanceof Held(String why) ? "held: `" + why + "`" : state.word();
        return accesses.stream()
                .map(access -> row(
                        said.words(), word, Integer.toString(state.rank()), state, access, NOW, effect(state, access)))
                .collect(Collectors.joining());
    }

    private static String row(
            String said,
            String word,
            String rank,
            @Nullable PaymentState state,
            Access access,
            Instant at,
            String effect) {
        var payments = state == null ? List.<Payment>of() : List.of(payment(state));
        var granted = access == Access.NONE ? null : new Purchase.Granted(access, null, null, Admission.JOIN_REQUEST);
        BuyerStatus told = StatusWords.of(
                new Purchase(order(), payments, granted), at, BigDecimal.ONE, Asker.HOLDER, Language.ENGLISH);
        return "| %s | %s | %s | `%s` | `%s` | %s | `%s` | %s |\n"
                .formatted(
                        said,
                        word,
                        rank,
                        told.status().word(),
                        told.access().word(),
                        told.isFinal() ? "yes" : "no",
                        told.words(),
                        effect);
    }

    private static String effect(PaymentState state, Access access) {
        return switch (state) {
            case Waiting(), Confirming _ -> "none";
            case Closed(Reason reason) ->
                reason == Reason.EXPIRED ? "none; the provider is still asked, a late deposit counts" : "none";
            case PartiallyPaid _ -> "no grant; case `underpaid`, the money in suspense";
            case Held(String why) -> "no grant; case `" + why + "`, the money in suspense";
            case Paid _ ->
                switch (access) {
                    case PREPARING ->
                        "one grant, its journal lines, the message owed; the channel's link is being made";
                    case READY -> "one grant, its journal lines, the message owed; the link is on the page";
                    case DELIVERED -> "the message with the link is confirmed: `invite_sent`";
                    case ADMITTED -> "the buyer was let in";
                    case ENDED -> "its time is over, or it was ended";
                    case NONE -> throw new AssertionError("paid without a grant");
                };
            case Refunded() -> "the grant it paid for ends; its accrual is reversed unless paid out already";
        };
    }

    private static String next(PaymentState from) {
        Set<String> to = new LinkedHashSet<>();
        for (PaymentState wanted : states()) {
            for (Said said : allSaid()) {
                if (PaymentRules.apply(from, said.hold(), heard(said), TERMS)
                                instanceof Transition.Moved(PaymentState next)
                        && next.word().equals(wanted.word())) {
                    to.add(wanted.word());
                }
            }
        }
        if (from instanceof PartiallyPaid) {
            to.add("partially_paid (more received)");
        }
        return to.isEmpty() ? "–" : String.join(", ", to);
    }

    private static List<PaymentState> states() {
        return List.of(
                new Waiting(),
                new Confirming(Stage.CONFIRMING),
                new Confirming(Stage.CONFIRMED),
                new Confirming(Stage.SENDING),
                new Closed(Reason.EXPIRED),
                new Closed(Reason.FAILED),
                new PartiallyPaid(PART),
                new Closed(Reason.CANCELLED),
                new Held(Why.PRICE_MISMATCH),
                new Paid(ASKED, null, NOW),
                new Refunded());
    }

    private static Heard heard(Said said) {
        return new Heard(
                "1",
                null,
                "ao_test",
                said.status(),
                said.status().word(),
                said.price(),
                BTC,
                ASKED,
                said.received(),
                null,
                new Heard.Trigger(Heard.Cause.IPN, "test", NOW),
                new byte[0]);
    }

    private static Order order() {
        return new Order(
                SELLER,
                "ao_test",
                new UUID(1, 1),
                new UUID(1, 2),
                7,
                PRICE,
                null,
                BigDecimal.ZERO,
                NOW,
                NOW.plus(Duration.ofDays(1)),
                null);
    }

    private static Payment payment(PaymentState state) {
        Money received = state instanceof PartiallyPaid(Money part) ? part : ASKED;
        return new Payment(
                SELLER,
                "1",
                "ao_test",
                null,
                state,
                state.word(),
                BTC,
                ASKED,
                "address",
                null,
                received,
                null,
                null,
                null,
                NOW,
                null,
                null,
                null,
                null);
    }
}
