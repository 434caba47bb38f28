package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Every payment and invoice of the account, and the rules by which a payment moves. Sends nothing and waits for nothing. */
final class Payments {
    static final Set<String> MONEY_SEEN = Set.of("confirming", "confirmed", "sending", "finished");
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final long FIRST_ID = 4_000_000_000L;
    private static final long ID_SPREAD = 3_000_000_000L;
    private static final int LARGEST_STEP = 9;
    private static final long MAX_MEMO = 4_000_000_000L;

    /** An invoice has no state of its own; a payment is born when the buyer picks a coin. */
    record Invoice(
            String id,
            String tokenId,
            NewPayment asked,
            Map<String, String> urls,
            Instant createdAt,
            @Nullable String apiKey) {
        boolean isReadableWith(String key) {
            return apiKey == null || apiKey.equals(key);
        }
    }

    private final SimClock clock;
    private final Rates rates;
    private final SecureRandom random = new SecureRandom();
    private final TreeMap<Long, Payment> byId = new TreeMap<>();
    private final Map<String, Invoice> invoices = new HashMap<>();
    private long nextId = FIRST_ID + random.nextLong(ID_SPREAD);

    Payments(SimClock clock, Rates rates) {
        this.clock = clock;
        this.rates = rates;
    }

    synchronized Payment create(NewPayment asked, Settings settings) {
        Long parentId = asked.parentPaymentId;
        Payment parent = parentId == null ? null : get(parentId);
        Long wanted = asked.paymentId;
        long id = wanted == null ? freshId() : wanted;
        Settings.require(!byId.containsKey(id), "payment " + id + " exists already");
        Instant now = clock.instant();
        Payment.Terms terms = terms(id, asked, parent, settings, now);
        String outcomeCurrency = outcomeCurrency(asked, terms, settings);
        BigDecimal payAmount = payAmount(asked, parent, terms, settings);
        Payment created = new Payment(
                terms,
                "waiting",
                payAmount,
                now.plus(Duration.ofMinutes(settings.estimateMinutes)),
                BigDecimal.ZERO,
                BigDecimal.ZERO,
                rates.outcome(payAmount, terms.payCurrency(), outcomeCurrency, settings),
                outcomeCurrency,
                noFee(outcomeCurrency),
                now,
                List.of(),
                false);
        if (parent != null) {
            byId.put(parent.id(), parent.withExtra(id, now));
        }
        byId.put(id, created);
        StatusChange first = new StatusChange();
        first.status = asked.status == null ? "waiting" : asked.status;
        first.actuallyPaid = asked.actuallyPaid;
        first.outcomeAmount = asked.outcomeAmount;
        Payment begun = moved(created, first, settings, now);
        byId.put(id, begun);
        return begun;
    }

    synchronized Payment get(long id) {
        return find(id).orElseThrow(() -> ApiError.notFound("Payment not found"));
    }

    synchronized Optional<Payment> find(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Oldest first. */
    synchronized List<Payment> all(Predicate<Payment> wanted) {
        return byId.values().stream().filter(wanted).toList();
    }

    synchronized Payment change(long id, StatusChange change, Settings settings) {
        Settings.require(!change.status.isBlank(), "status is missing");
        Payment moved = moved(get(id), change, settings, clock.instant());
        byId.put(id, moved);
        return moved;
    }

    /** Expires the payment unless something has happened to it. */
    synchronized Optional<Payment> expire(long id, Settings settings) {
        Payment payment = byId.get(id);
        if (payment == null || !payment.status().equals("waiting")) {
            return Optional.empty();
        }
        StatusChange expired = new StatusChange();
        expired.status = "expired";
        return Optional.of(change(id, expired, settings));
    }

    /** The first deposit belongs to the payment; every later one, as two at once, to a child of its own. */
    synchronized Payment deposit(long id, @Nullable BigDecimal sent, @Nullable String sentCurrency, Settings settings) {
        Payment payment = get(id);
        boolean wrongAsset =
                sentCurrency != null && !sentCurrency.equals(payment.terms().payCurrency());
        BigDecimal amount = sent == null ? payment.payAmount() : sent;
        Settings.require(amount.signum() > 0, "a deposit is positive");
        if (!wrongAsset && payment.awaitsDeposit()) {
            return firstDeposit(payment, amount, settings);
        }
        if (wrongAsset && settings.wrongAsset == Settings.WrongAsset.MANUAL) {
            return payment;
        }
        if (wrongAsset && settings.wrongAsset == Settings.WrongAsset.STATUS) {
            StatusChange mistaken = new StatusChange();
            mistaken.status = "wrong_asset_confirmed";
            return change(id, mistaken, settings);
        }
        NewPayment child = new NewPayment();
        child.parentPaymentId = id;
        child.payCurrency = sentCurrency;
        child.originType = wrongAsset ? "WRONG_ASSET" : "REPEATED";
        child.status = "confirming";
        child.actuallyPaid = amount;
        return create(child, settings);
    }

    /** The words a deposited payment goes through after {@code confirming}. */
    List<String> arcAfterDeposit(Payment payment, Settings settings) {
        if (payment.status().equals("expired") || payment.status().equals("wrong_asset_confirmed")) {
            return List.of();
        }
        BigDecimal smallest = rates.minimum(payment.terms().payCurrency(), false, settings);
        if (payment.actuallyPaid().compareTo(smallest) < 0) {
            return List.of("failed");
        }
        return List.of("confirmed", "sending", finalWord(payment, settings));
    }

    /** The estimate as it stands, renewed once it has gone stale. */
    synchronized Payment renewEstimate(long id, Settings settings) {
        Payment payment = get(id);
        Instant now = clock.instant();
        if (now.isBefore(payment.estimateUntil())) {
            return payment;
        }
        Payment.Terms terms = payment.terms();
        BigDecimal amount = rates.asked(
                terms.priceAmount(), terms.priceCurrency(), terms.payCurrency(), terms.feePaidByUser(), settings);
        Payment renewed = payment.withEstimate(amount, now.plus(Duration.ofMinutes(settings.estimateMinutes)), now);
        byId.put(id, renewed);
        return renewed;
    }

    synchronized Invoice createInvoice(NewPayment asked, Map<String, String> urls) {
        String id = Long.toString(freshId());
        Invoice invoice =
                new Invoice(id, Long.toString(freshId()), asked, Map.copyOf(urls), clock.instant(), asked.apiKey);
        invoices.put(id, invoice);
        return invoice;
    }

    synchronized Invoice invoice(String id) {
        return findInvoice(id).orElseThrow(() -> ApiError.notFound("Invoice not found"));
    }

    synchronized Optional<Invoice> findInvoice(String id) {
        return Optional.ofNullable(invoices.get(id));
    }

    /** What a payment of the invoice is asked for with, once the buyer has picked a coin. */
    NewPayment ofInvoice(Invoice invoice, String coin) {
        NewPayment from = invoice.asked();
        NewPayment asked = new NewPayment();
        asked.priceAmount = from.priceAmount;
        asked.priceCurrency = from.priceCurrency;
        asked.payCurrency = coin;
        asked.orderId = from.orderId;
        asked.orderDescription = from.orderDescription;
        asked.ipnCallbackUrl = from.ipnCallbackUrl;
        asked.isFixedRate = from.isFixedRate;
        asked.isFeePaidByUser = from.isFeePaidByUser;
        asked.invoiceId = Long.parseLong(invoice.id());
        asked.apiKey = invoice.apiKey();
        return asked;
    }

    synchronized void clear() {
        byId.clear();
        invoices.clear();
    }

    private Payment firstDeposit(Payment payment, BigDecimal amount, Settings settings) {
        StatusChange seen = new StatusChange();
        boolean stays = payment.status().equals("expired") && !settings.lateDepositChangesStatus;
        seen.status = stays ? "expired" : "confirming";
        seen.actuallyPaid = amount;
        return change(payment.id(), seen, settings);
    }

    private static String finalWord(Payment payment, Settings settings) {
        if (payment.terms().parentId() != null) {
            return settings.redepositStatus;
        }
        BigDecimal enough = payment.payAmount()
                .multiply(HUNDRED.subtract(settings.coveringPercent))
                .divide(HUNDRED);
        return payment.actuallyPaid().compareTo(enough) >= 0 ? "finished" : "partially_paid";
    }

    private Payment moved(Payment from, StatusChange change, Settings settings, Instant now) {
        BigDecimal paid = Objects.requireNonNullElseGet(change.actuallyPaid, () -> assumedPaid(from, change.status));
        String outcomeCurrency = change.outcomeCurrency == null ? from.outcomeCurrency() : change.outcomeCurrency;
        boolean repriced = paid.compareTo(from.actuallyPaid()) != 0 || !outcomeCurrency.equals(from.outcomeCurrency());
        BigDecimal counted = paid.signum() > 0 ? paid : from.payAmount();
        String payCurrency = from.terms().payCurrency();
        BigDecimal outcome = change.outcomeAmount != null
                ? change.outcomeAmount
                : repriced ? rates.outcome(counted, payCurrency, outcomeCurrency, settings) : from.outcomeAmount();
        Payment.Fee fee = repriced
                ? new Payment.Fee(
                        outcomeCurrency,
                        BigDecimal.ZERO,
                        paid.signum() > 0 ? rates.fee(paid, payCurrency, outcomeCurrency, settings) : BigDecimal.ZERO,
                        BigDecimal.ZERO)
                : from.fee();
        Payment to = new Payment(
                from.terms(),
                change.status,
                change.payAmount == null ? from.payAmount() : change.payAmount,
                from.estimateUntil(),
                paid,
                change.actuallyPaidAtFiat == null ? from.actuallyPaidAtFiat() : change.actuallyPaidAtFiat,
                outcome,
                outcomeCurrency,
                new Payment.Fee(
                        fee.currency(),
                        change.depositFee == null ? fee.deposit() : change.depositFee,
                        change.serviceFee == null ? fee.service() : change.serviceFee,
                        change.withdrawalFee == null ? fee.withdrawal() : change.withdrawalFee),
                from.updatedAt(),
                from.extraIds(),
                from.wasExpired() || change.status.equals("expired"));
        return to.equals(from) ? from : stamped(to, now);
    }

    /** Without a word about the amount, money that is said to be there is the whole amount, or half where it is said to be short. */
    private static BigDecimal assumedPaid(Payment payment, String status) {
        if (payment.actuallyPaid().signum() > 0) {
            return payment.actuallyPaid();
        }
        if (status.equals("partially_paid")) {
            return payment.payAmount()
                    .divide(BigDecimal.TWO, payment.payAmount().scale() + 1, RoundingMode.DOWN);
        }
        return MONEY_SEEN.contains(status) ? payment.payAmount() : BigDecimal.ZERO;
    }

    private static Payment stamped(Payment p, Instant now) {
        return new Payment(
                p.terms(),
                p.status(),
                p.payAmount(),
                p.estimateUntil(),
                p.actuallyPaid(),
                p.actuallyPaidAtFiat(),
                p.outcomeAmount(),
                p.outcomeCurrency(),
                p.fee(),
                p.later(now),
                p.extraIds(),
                p.wasExpired());
    }

    private Payment.Terms terms(long id, NewPayment asked, @Nullable Payment parent, Settings settings, Instant now) {
        Payment.Terms old = parent == null ? null : parent.terms();
        BigDecimal price = asked.priceAmount != null ? asked.priceAmount : old == null ? null : old.priceAmount();
        Settings.require(price != null, "price_amount is missing");
        String payCurrency = (asked.payCurrency != null ? asked.payCurrency : old == null ? "eth" : old.payCurrency())
                .toLowerCase(Locale.ROOT);
        rates.usd(payCurrency);
        Coin coin = Coin.of(payCurrency);
        boolean fixed = asked.isFixedRate || asked.isFeePaidByUser;
        Duration life =
                fixed ? Duration.ofMinutes(settings.fixedRateMinutes) : Duration.ofDays(settings.floatingRateDays);
        String address =
                asked.payAddress != null ? asked.payAddress : old != null ? old.payAddress() : coin.newAddress(random);
        String memo = asked.payinExtraId != null
                ? asked.payinExtraId
                : old != null ? old.payinExtraId() : coin.memo() ? Long.toString(random.nextLong(MAX_MEMO)) : null;
        String orderId =
                asked.orderId == null && old != null && settings.childKeepsOrderId ? old.orderId() : asked.orderId;
        return new Payment.Terms(
                id,
                asked.purchaseId != null ? asked.purchaseId : Long.toString(freshId()),
                Long.toString(freshId()),
                asked.invoiceId,
                asked.parentPaymentId,
                asked.originType,
                Objects.requireNonNull(price),
                asked.priceCurrency.toLowerCase(Locale.ROOT),
                payCurrency,
                address,
                memo,
                orderId,
                asked.orderDescription,
                asked.ipnCallbackUrl == null && old != null ? old.ipnCallbackUrl() : asked.ipnCallbackUrl,
                fixed,
                asked.isFeePaidByUser,
                now,
                now.plus(life),
                asked.apiKey == null && old != null ? old.apiKey() : asked.apiKey,
                asked.payoutAddress == null && old != null ? old.payoutAddress() : asked.payoutAddress,
                asked.payoutExtraId == null && old != null ? old.payoutExtraId() : asked.payoutExtraId);
    }

    private BigDecimal payAmount(NewPayment asked, @Nullable Payment parent, Payment.Terms terms, Settings settings) {
        if (asked.payAmount != null) {
            return asked.payAmount;
        }
        if (parent != null && parent.terms().payCurrency().equals(terms.payCurrency())) {
            return parent.payAmount();
        }
        return rates.asked(
                terms.priceAmount(), terms.priceCurrency(), terms.payCurrency(), terms.feePaidByUser(), settings);
    }

    private static String outcomeCurrency(NewPayment asked, Payment.Terms terms, Settings settings) {
        if (asked.outcomeCurrency != null) {
            return asked.outcomeCurrency;
        }
        if (asked.payoutCurrency != null) {
            return asked.payoutCurrency.toLowerCase(Locale.ROOT);
        }
        return settings.outcomeCurrency.equals("same") ? terms.payCurrency() : settings.outcomeCurrency;
    }

    private static Payment.Fee noFee(String currency) {
        return new Payment.Fee(currency, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
    }

    /** Ids of payments, purchases, invoices and withdrawals rise together. */
    synchronized long freshId() {
        do {
            nextId += 1 + random.nextInt(LARGEST_STEP);
        } while (byId.containsKey(nextId));
        return nextId;
    }
}
