package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.NewConversion;
import admitone.catalog.Catalog;
import admitone.ledger.Conversions;
import admitone.ledger.Conversions.Outcome;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.money.Rates;
import admitone.payouts.Payouts;
import admitone.runtime.SellerId;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;

@ApiController
@RequestMapping(ApiFilter.BASE + "/conversions")
@Tag(name = "Payouts")
class ConversionsController {
    private static final Duration SOON = Duration.ofMinutes(1);

    private final Conversions conversions;
    private final Payouts payouts;
    private final Rates rates;
    private final Catalog catalog;
    private final Timeline timeline;
    private final Idempotency idempotency;
    private final Clock clock;

    ConversionsController(
            Conversions conversions,
            Payouts payouts,
            Rates rates,
            Catalog catalog,
            Timeline timeline,
            Idempotency idempotency,
            Clock clock) {
        this.conversions = conversions;
        this.payouts = payouts;
        this.rates = rates;
        this.catalog = catalog;
        this.timeline = timeline;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    record ConversionView(
            String sellerId,
            String reference,
            String fromAmount,
            String fromCurrency,
            String toAmount,
            String toCurrency,

            @Schema(description = "what the coins are worth more than when they came; negative: less")
            String gainUsd) {}

    @PostMapping
    @Operation(
            summary = "Say that coins of a seller's were converted with the provider (operator)",
            description =
                    "What the provider holds of each coin is then what the journal says, and what the coins gained or lost is booked."
                            + " Nothing is converted by it.")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ConversionView.class)))
    ResponseEntity<byte[]> convert(Caller caller, HttpServletRequest request, @RequestBody NewConversion said) {
        caller.requireOperator();
        if (catalog.seller(said.sellerId()).isEmpty()) {
            throw Problem.invalid("seller_id", "must be a seller's id: there is none by this one");
        }
        Rate rate = rates.fetch(said.toCurrency())
                .orElseThrow(() -> Problem.notNow(
                        "no_rate", "what " + said.toCurrency() + " is worth cannot be had at the moment", SOON));
        return idempotency.once(
                caller, request, said.sellerId(), seller -> Answer.ok(booked(caller, seller, said, rate)));
    }

    private ConversionView booked(Caller caller, SellerId seller, NewConversion said, Rate rate) {
        return switch (conversions.book(
                seller,
                said.reference(),
                said.fromAmount(),
                said.toAmount(),
                rate,
                coin -> payouts.needed(seller, coin))) {
            case Outcome.Booked(Money gain, boolean isNew) -> {
                if (isNew) {
                    timeline.append(seller, event(caller, said, gain));
                }
                yield new ConversionView(
                        seller.value(),
                        said.reference(),
                        said.fromAmount().text(),
                        said.fromCurrency().code(),
                        said.toAmount().text(),
                        said.toCurrency().code(),
                        gain.text());
            }
            case Outcome.MoreThanThereIs(Money there, Money needed) ->
                throw Problem.unprocessable(
                        "more_than_there_is",
                        "By the journal the provider holds " + there
                                + " of this seller's that may be converted"
                                + (needed.isPositive()
                                        ? ", of which payouts that are under way need " + needed
                                                + ": let them come to their end, or cancel them, first"
                                        : "")
                                + ". GET /api/v1/sellers/{id}/accounts tells what stands where.");
            case Outcome.Taken() ->
                throw Problem.conflict(
                        "reference_taken", "This reference stands for another conversion of this seller's.");
        };
    }

    private Event event(Caller caller, NewConversion said, Money gain) {
        return new Event(
                Conversions.subject(said.reference()),
                clock.instant(),
                "converted",
                caller.cause(),
                caller.name(),
                Map.of(
                        "from", said.fromAmount().toString(),
                        "into", said.toAmount().toString(),
                        "gain", gain.toString()));
    }
}
