package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.NewContact;
import admitone.api.Requests.NewSeller;
import admitone.api.Requests.NewTerms;
import admitone.api.Requests.ReferrerPaid;
import admitone.api.Requests.SellerNotice;
import admitone.api.Requests.SellerPage;
import admitone.api.Views.SellerView;
import admitone.bot.AskSellerTask;
import admitone.catalog.Catalog;
import admitone.catalog.Seller;
import admitone.catalog.Seller.PaymentPage;
import admitone.catalog.Seller.PayoutMode;
import admitone.catalog.Seller.PayoutTerms;
import admitone.checkout.Referrals;
import admitone.database.Transactions;
import admitone.ledger.Ledger;
import admitone.ledger.Referrers;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.InvoiceProvider;
import admitone.payouts.Destination.Place;
import admitone.payouts.DestinationChanges;
import admitone.payouts.Destinations;
import admitone.payouts.NotPaid;
import admitone.payouts.SellerContact;
import admitone.payouts.SellerTerms;
import admitone.runtime.Answer.Declined;
import admitone.runtime.Answer.Done;
import admitone.runtime.Answer.NotNow;
import admitone.runtime.Answer.Unknown;
import admitone.runtime.Handle;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/sellers")
@Tag(name = "Sellers", description = "Who sells, what they have earned, and the tokens of their own systems")
class SellersController {
    private static final Duration AFTER_SILENCE = Duration.ofSeconds(5);

    private final Catalog catalog;
    private final Ledger ledger;
    private final Referrals referrals;
    private final Referrers referrers;
    private final Tokens tokens;
    private final InvoiceProvider invoices;
    private final NotPaid notPaid;
    private final Destinations destinations;
    private final DestinationChanges changes;
    private final SellerTerms terms;
    private final SellerContact contact;
    private final Places places;
    private final Tasks tasks;
    private final Clock clock;
    private final Idempotency idempotency;
    private final Transactions transactions;
    private final Ids ids;

    SellersController(
            Catalog catalog,
            Ledger ledger,
            Referrals referrals,
            Referrers referrers,
            Tokens tokens,
            InvoiceProvider invoices,
            NotPaid notPaid,
            Destinations destinations,
            DestinationChanges changes,
            SellerTerms terms,
            SellerContact contact,
            Places places,
            Tasks tasks,
            Clock clock,
            Idempotency idempotency,
            Transactions transactions,
            Ids ids) {
        this.catalog = catalog;
        this.ledger = ledger;
        this.referrals = referrals;
        this.referrers = referrers;
        this.tokens = tokens;
        this.invoices = invoices;
        this.notPaid = notPaid;
        this.destinations = destinations;
        this.changes = changes;
        this.terms = terms;
        this.contact = contact;
        this.places = places;
        this.tasks = tasks;
        this.clock = clock;
        this.idempotency = idempotency;
        this.transactions = transactions;
        this.ids = ids;
    }

    @PostMapping
    @Operation(summary = "Add a seller (operator)")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = SellerView.class)))
    ResponseEntity<byte[]> add(Caller caller, HttpServletRequest request, @RequestBody NewSeller draft) {
        caller.requireOperator();
        requireLoginFor(draft.paymentPage());
        Optional<Place> place = draft.payout().place();
        AtomicReference<Optional<String>> network = new AtomicReference<>(Optional.empty());
        Consumer<SellerId> look = _ -> place.ifPresent(wanted -> network.set(
                Optional.ofNullable(places.require(wanted, "payout.").network())));
        return idempotency.once(caller, request, ids.nextSeller(), look, id -> {
            Seller seller = new Seller(
                    id,
                    draft.name(),
                    draft.telegramUserId(),
                    draft.feePercent(),
                    new PayoutTerms(draft.payout().mode(), draft.payout().thresholdUsd()),
                    new Seller.Notice(draft.support(), draft.terms()),
                    draft.paymentPage());
            catalog.add(seller);
            tasks.owe(id, AskSellerTask.ask(id, seller.telegramUserId()));
            place.ifPresent(wanted -> changes.ask(id, wanted, network.get().orElse(null)));
            return Answer.created(view(seller));
        });
    }

    private SellerView view(Seller seller) {
        return SellerView.of(seller, destinations.current(seller.id(), clock.instant()));
    }

    @GetMapping("/{sellerId}")
    @Operation(summary = "A seller")
    SellerView one(Caller caller, @PathVariable String sellerId) {
        return view(seller(caller, sellerId));
    }

    @PutMapping("/{sellerId}/notice")
    @Operation(summary = "Set what buyers are told by /support and /terms; what is left out is not said any more")
    SellerView notice(Caller caller, @PathVariable String sellerId, @RequestBody SellerNotice notice) {
        SellerId seller = seller(caller, sellerId).id();
        transactions.run(seller, () -> catalog.notice(seller, new Seller.Notice(notice.support(), notice.terms())));
        return view(seller(caller, sellerId));
    }

    @PutMapping("/{sellerId}/payment-page")
    @Operation(summary = "Set where buyers pay: on our own page, or on one that the provider hosts")
    SellerView paymentPage(Caller caller, @PathVariable String sellerId, @RequestBody SellerPage draft) {
        SellerId seller = seller(caller, sellerId).id();
        requireLoginFor(draft.paymentPage());
        transactions.run(seller, () -> catalog.paymentPage(seller, draft.paymentPage()));
        return view(seller(caller, sellerId));
    }

    @PutMapping("/{sellerId}/payout")
    @Operation(
            summary =
                    "Set how a seller is paid out, and what you keep of orders that are made from now on (operator); the seller is told")
    SellerView payout(Caller caller, @PathVariable String sellerId, @RequestBody NewTerms draft) {
        caller.requireOperator();
        Seller before = seller(caller, sellerId);
        BigDecimal fee = draft.feePercent() == null ? before.feePercent() : draft.feePercent();
        transactions.run(
                before.id(),
                () -> terms.change(
                        before.id(), new PayoutTerms(draft.mode(), draft.thresholdUsd()), fee, caller.name()));
        return view(seller(caller, sellerId));
    }

    record ContactView(
            String telegramUserId,

            @Schema(description = "who is to be it") @Nullable
            String next,

            @Schema(description = "at the earliest: whoever it is now has to be asked before") @Nullable
            Instant countsFrom) {}

    @PutMapping("/{sellerId}/contact")
    @Operation(
            summary =
                    "Have another Telegram user be this seller (operator): counts after the cooling-off, until which whoever it is"
                            + " now may say no; of who it is now: no change")
    ContactView contact(Caller caller, @PathVariable String sellerId, @RequestBody NewContact draft) {
        caller.requireOperator();
        SellerId seller = seller(caller, sellerId).id();
        transactions.run(seller, () -> contact.ask(seller, draft.telegramUserId(), caller.name()));
        Optional<Catalog.NewContact> next = catalog.newContact(seller);
        return new ContactView(
                Long.toString(seller(caller, sellerId).telegramUserId()),
                next.map(one -> Long.toString(one.telegramUserId())).orElse(null),
                next.map(Catalog.NewContact::countsFrom).orElse(null));
    }

    /** What was paid on the provider's page could be lost to us where notifications are, unless we can ask. */
    private void requireLoginFor(PaymentPage page) {
        if (page != PaymentPage.HOSTED) {
            return;
        }
        if (!invoices.canList()) {
            throw Problem.unprocessable(
                    "hosted_needs_login",
                    "With hosted, the payments of an invoice are asked for by the provider account's login, which is not set"
                            + " here. The operator sets ADMITONE_NOWPAYMENTS_EMAIL and ADMITONE_NOWPAYMENTS_PASSWORD and"
                            + " restarts the service; until then choose own.");
        }
        switch (invoices.logIn()) {
            case Done<Boolean> _ -> {}
            case Declined<Boolean> _ ->
                throw Problem.unprocessable(
                        "hosted_login_refused",
                        "With hosted, the payments of an invoice are asked for by the provider account's login, which the"
                                + " provider refuses. The operator mends ADMITONE_NOWPAYMENTS_EMAIL and"
                                + " ADMITONE_NOWPAYMENTS_PASSWORD and restarts the service; until then choose own.");
            case NotNow<Boolean>(Duration after, String _) -> throw loginNotTried(after);
            case Unknown<Boolean> _ -> throw loginNotTried(AFTER_SILENCE);
        }
    }

    private static Problem loginNotTried(Duration after) {
        return Problem.notNow(
                "hosted_login_not_tried",
                "The provider does not answer whether it takes the account's login. Send the request again later.",
                after);
    }

    record BalanceView(
            String accruedUsd,
            String reservedUsd,
            String paidOutUsd,
            String availableUsd,

            @Schema(description = "kept back for those who brought buyers; the seller pays it and says so")
            String owedToReferrersUsd,

            @Nullable String thresholdUsd,
            boolean thresholdCrossed,

            @Schema(
                    description =
                            "why no payout is made though the seller is due, as the last look found it; null: none is due")
            @Nullable
            NotPaidView notPaid) {}

    /**
     * @param code stable
     * @param since since when each look has come to this
     * @param at of the last look
     */
    record NotPaidView(
            String code,

            @Schema(description = "what is about the account with the provider is told to the operator alone") @Nullable
            String reason,

            Instant since,
            Instant at) {}

    @GetMapping("/{sellerId}/balance")
    @Operation(
            summary =
                    "What a seller has earned: accrued = paid out + reserved + available; with at, as it was at that instant")
    BalanceView balance(Caller caller, @PathVariable String sellerId, @RequestParam Optional<String> at) {
        Seller seller = seller(caller, sellerId);
        Ledger.Balance balance = at.map(text -> ledger.balance(seller.id(), Params.instant("at", text)))
                .orElseGet(() -> ledger.balance(seller.id()));
        Money threshold =
                seller.payout().mode() == PayoutMode.THRESHOLD ? seller.payout().threshold() : null;
        return new BalanceView(
                balance.accrued().text(),
                balance.reserved().text(),
                balance.paidOut().text(),
                balance.available().text(),
                referrers.owedToAll(seller.id()).text(),
                Views.text(threshold),
                threshold != null && balance.available().compareTo(threshold) >= 0,
                at.isPresent() ? null : notPaid(caller, seller.id()));
    }

    private @Nullable NotPaidView notPaid(Caller caller, SellerId seller) {
        return notPaid.of(seller)
                .map(why -> new NotPaidView(
                        why.code(),
                        why.isOfAccount() && !caller.isOperator() ? null : why.reason(),
                        why.since(),
                        why.at()))
                .orElse(null);
    }

    record AccountView(
            String account,
            String asset,

            @Schema(description = "credit less debit; over all accounts an asset comes to zero")
            String amount) {}

    @GetMapping("/{sellerId}/accounts")
    @Operation(
            summary =
                    "What stands on each account of a seller's journal: what the provider holds in each coin (provider_clearing), what"
                            + " coins gained or lost (market), fees, what is set aside")
    List<AccountView> accounts(Caller caller, @PathVariable String sellerId) {
        return ledger.accounts(seller(caller, sellerId).id()).stream()
                .map(one -> new AccountView(
                        one.account().word(),
                        one.asset().code(),
                        one.amount().signum() == 0
                                ? "0"
                                : one.amount().stripTrailingZeros().toPlainString()))
                .toList();
    }

    record ReferrerView(
            String telegramUserId,

            @Schema(description = "how many people came by their links first")
            int brought,

            @Schema(description = "paid orders of those, that they get a share of")
            int orders,

            @Schema(description = "their shares, less those of payments that were given back")
            String earnedUsd,

            @Schema(description = "what of it the seller has not said to have paid")
            String owedUsd) {}

    @GetMapping("/{sellerId}/referrals")
    @Operation(summary = "Who brought buyers to a seller, and what they have earned by it")
    Page<ReferrerView> referrals(
            Caller caller,
            @PathVariable String sellerId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        SellerId seller = seller(caller, sellerId).id();
        int most = Params.limit(limit);
        List<Referrals.Referrer> rows = referrals.list(
                seller, Page.after(cursor, parts -> Long.valueOf(parts[0])).orElse(0L), most + 1);
        Map<String, Ledger.Shares> shares = ledger.sharesOf(
                seller,
                rows.stream().map(row -> Long.toString(row.telegramUserId())).toList());
        return Page.of(rows, most, row -> List.of(Long.toString(row.telegramUserId())), row -> {
            String user = Long.toString(row.telegramUserId());
            Money none = Money.zero(Asset.USD);
            Ledger.Shares its = shares.getOrDefault(user, new Ledger.Shares(none, none));
            return new ReferrerView(
                    user,
                    row.brought(),
                    row.orders(),
                    its.earned().text(),
                    its.owed().text());
        });
    }

    record OwedView(String telegramUserId, String owedUsd) {}

    @PostMapping("/{sellerId}/referrals/{telegramUserId}/paid")
    @Operation(
            summary =
                    "Say that the seller has paid a share to who brought buyers: it was kept back from the balance, and comes back to"
                            + " it")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = OwedView.class)))
    ResponseEntity<byte[]> referrerPaid(
            Caller caller,
            HttpServletRequest request,
            @PathVariable String sellerId,
            @PathVariable String telegramUserId,
            @RequestBody ReferrerPaid paid) {
        SellerId owner = seller(caller, sellerId).id();
        String holder = Long.toString(Params.telegramUser(telegramUserId));
        return idempotency.once(caller, request, owner, seller -> switch (referrers.paid(
                seller, holder, paid.amountUsd(), paid.reference())) {
            case Referrers.Outcome.Booked(Money left) -> Answer.ok(new OwedView(holder, left.text()));
            case Referrers.Outcome.MoreThanOwed(Money owed) ->
                throw Problem.unprocessable(
                        "more_than_owed", "To this referrer " + owed.text() + " USD are owed. Say at most that.");
        });
    }

    record TokenView(
            String tokenId,

            @Schema(description = "shown this once; only its digest is kept")
            String token) {}

    @PostMapping("/{sellerId}/tokens")
    @Operation(summary = "Make a token for a seller's own systems (operator); it is shown once")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = TokenView.class)))
    ResponseEntity<byte[]> addToken(Caller caller, HttpServletRequest request, @PathVariable String sellerId) {
        caller.requireOperator();
        Seller seller = seller(caller, sellerId);
        return idempotency.once(caller, request, seller.id(), id -> {
            Tokens.Made made = tokens.make(id);
            String handle = Tokens.handle(id, made.id());
            Problem again = Problem.conflict(
                            "token_shown_once",
                            "This request made a token before, and its text was shown that once. Revoke it and make"
                                    + " another with a new Idempotency-Key.")
                    .with("token_id", handle);
            return new Answer(
                    HttpStatus.CREATED, new TokenView(handle, made.text()), HttpStatus.CONFLICT, again.body());
        });
    }

    @DeleteMapping("/{sellerId}/tokens/{tokenId}")
    @Operation(summary = "Revoke a token (operator); revoking it again changes nothing")
    @ApiResponse(responseCode = "204")
    ResponseEntity<Void> revoke(Caller caller, @PathVariable String sellerId, @PathVariable String tokenId) {
        caller.requireOperator();
        SellerId seller = Params.seller(caller, sellerId);
        Handle token = Handle.parse(Tokens.HANDLE, tokenId)
                .filter(handle -> handle.seller().equals(seller))
                .orElseThrow(Problem::notFound);
        if (!transactions.run(seller, () -> tokens.revoke(seller, token.id()))) {
            throw Problem.notFound();
        }
        return ResponseEntity.noContent().build();
    }

    private Seller seller(Caller caller, String sellerId) {
        return Optional.of(Params.seller(caller, sellerId))
                .flatMap(catalog::seller)
                .orElseThrow(Problem::notFound);
    }
}
