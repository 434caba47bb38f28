package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.NewDestination;
import admitone.api.Views.DestinationView;
import admitone.catalog.Catalog;
import admitone.database.Transactions;
import admitone.payouts.Destination;
import admitone.payouts.DestinationChanges;
import admitone.payouts.DestinationChanges.Asked;
import admitone.payouts.Destinations;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/sellers/{sellerId}/destinations")
@Tag(name = "Sellers")
class DestinationsController {
    private final Catalog catalog;
    private final Destinations destinations;
    private final DestinationChanges changes;
    private final Places places;
    private final Idempotency idempotency;
    private final Transactions transactions;
    private final Clock clock;

    DestinationsController(
            Catalog catalog,
            Destinations destinations,
            DestinationChanges changes,
            Places places,
            Idempotency idempotency,
            Transactions transactions,
            Clock clock) {
        this.catalog = catalog;
        this.destinations = destinations;
        this.changes = changes;
        this.places = places;
        this.idempotency = idempotency;
        this.transactions = transactions;
        this.clock = clock;
    }

    @PostMapping
    @Operation(
            summary = "Ask that a seller's money goes elsewhere (operator)",
            description =
                    "The first counts at once. A later one counts when the seller has confirmed it in the chat with the"
                            + " bot and its cooling-off is over; until then the money goes where it went.")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = DestinationView.class)))
    ResponseEntity<byte[]> ask(
            Caller caller,
            HttpServletRequest request,
            @PathVariable String sellerId,
            @RequestBody NewDestination draft) {
        caller.requireOperator();
        AtomicReference<Optional<String>> network = new AtomicReference<>(Optional.empty());
        return idempotency.once(
                caller,
                request,
                seller(caller, sellerId),
                _ -> network.set(
                        Optional.ofNullable(places.require(draft.place(), "").network())),
                id -> switch (changes.ask(id, draft.place(), network.get().orElse(null))) {
                    case Asked.Added(Destination added) -> Answer.created(view(added));
                    case Asked.Waits(Destination other) ->
                        throw Problem.conflict(
                                        "destination_waits",
                                        "Another change is under way. Withdraw it first (DELETE), or wait until it counts.")
                                .with("destination_id", other.handle());
                    case Asked.Same(Destination already) ->
                        throw Problem.conflict("same_destination", "The seller's money goes there already.")
                                .with("destination_id", already.handle());
                    case Asked.AtOnce() ->
                        throw Problem.conflict(
                                "destination_waits",
                                "Another change was asked for at the same moment. Look at the list.");
                });
    }

    @GetMapping
    @Operation(summary = "Where a seller's money goes, newest version first")
    Page<DestinationView> list(
            Caller caller,
            @PathVariable String sellerId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        int most = Params.limit(limit);
        SellerId seller = seller(caller, sellerId);
        List<Destination> rows = destinations.before(
                seller, Page.after(cursor, parts -> Integer.valueOf(parts[0])).orElse(Integer.MAX_VALUE), most + 1);
        Destinations.States states = destinations.states(seller, clock.instant());
        return Page.of(
                rows,
                most,
                row -> List.of(Integer.toString(row.version())),
                row -> DestinationView.of(row, states.of(row)));
    }

    @DeleteMapping("/{destinationId}")
    @Operation(
            summary = "Withdraw a change that waits for its confirmation or its time (operator); again changes nothing")
    @ApiResponse(responseCode = "204")
    ResponseEntity<Void> withdraw(Caller caller, @PathVariable String sellerId, @PathVariable String destinationId) {
        caller.requireOperator();
        SellerId seller = seller(caller, sellerId);
        Handle handle = Handle.parse(Destination.HANDLE, destinationId)
                .filter(one -> one.seller().equals(seller))
                .orElseThrow(Problem::notFound);
        boolean withdrawn = transactions.run(seller, () -> changes.withdraw(seller, handle.id(), "operator"));
        Destination row = destinations.byId(seller, handle.id()).orElseThrow(Problem::notFound);
        if (!withdrawn && destinations.state(row, clock.instant()) != Destination.State.WITHDRAWN) {
            throw Problem.conflict("not_waiting", "It does not wait any more. Ask for another destination instead.");
        }
        return ResponseEntity.noContent().build();
    }

    private DestinationView view(Destination row) {
        return DestinationView.of(row, destinations.state(row, clock.instant()));
    }

    private SellerId seller(Caller caller, String sellerId) {
        return Optional.of(Params.seller(caller, sellerId))
                .flatMap(catalog::seller)
                .orElseThrow(Problem::notFound)
                .id();
    }
}
