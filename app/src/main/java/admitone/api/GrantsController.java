package admitone.api;

import admitone.access.Effects;
import admitone.access.Giving;
import admitone.access.Giving.By;
import admitone.access.Giving.Gift;
import admitone.access.Grant;
import admitone.access.Grants;
import admitone.access.Origin.Given;
import admitone.access.Origin.Kind;
import admitone.access.Reach;
import admitone.api.Idempotency.Answer;
import admitone.api.PaymentsController.EventView;
import admitone.api.Requests.MoreDays;
import admitone.api.Requests.NewGrant;
import admitone.api.Requests.NewGrant.GivenBy;
import admitone.api.Requests.Revocation;
import admitone.api.Views.GrantView;
import admitone.api.Views.TaskRef;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/grants")
@Tag(name = "Grants", description = "Who may be inside a channel, until when, and how far the way in has come")
class GrantsController {
    private final Catalog catalog;
    private final Grants grants;
    private final Giving giving;
    private final Reach reach;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Idempotency idempotency;
    private final Clock clock;

    GrantsController(
            Catalog catalog,
            Grants grants,
            Giving giving,
            Reach reach,
            Tasks tasks,
            Timeline timeline,
            Idempotency idempotency,
            Clock clock) {
        this.catalog = catalog;
        this.giving = giving;
        this.reach = reach;
        this.grants = grants;
        this.tasks = tasks;
        this.timeline = timeline;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    @GetMapping
    @Operation(summary = "Grants, newest first; of a channel, of a buyer, or of both")
    Page<GrantView> list(
            Caller caller,
            @RequestParam(name = "channel_id") Optional<String> channelId,
            @RequestParam(name = "telegram_user_id") Optional<String> telegramUserId,
            @RequestParam(name = "seller_id") Optional<String> sellerId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        int most = Params.limit(limit);
        Optional<Handle> channel = channelId.map(text -> Params.handle(caller, Handle.CHANNEL, text));
        Optional<SellerId> seller = channel.map(Handle::seller).or(() -> Params.seller(caller, sellerId));
        Optional<Long> user = telegramUserId.map(Params::telegramUser);
        Optional<UUID> before = Page.after(cursor, parts -> UUID.fromString(parts[0]));
        List<Grant> rows = seller.isPresent()
                ? grants.list(seller.get(), channel.map(Handle::id), user, before, most + 1)
                : grants.listAll(user, before, most + 1);
        Instant now = clock.instant();
        Map<SellerId, Map<Long, Boolean>> reachable = new HashMap<>();
        rows.stream()
                .collect(Collectors.groupingBy(
                        Grant::seller, Collectors.mapping(Grant::telegramUserId, Collectors.toSet())))
                .forEach((owner, users) -> reachable.put(owner, reach.known(owner, users)));
        return Page.of(
                rows,
                most,
                grant -> List.of(grant.id().toString()),
                grant -> GrantView.of(
                        grant,
                        now,
                        reachable.getOrDefault(grant.seller(), Map.of()).getOrDefault(grant.telegramUserId(), true)));
    }

    @PostMapping
    @Operation(summary = "Give somebody access that nobody paid for here; it follows what they are entitled to")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = GrantView.class)))
    @ApiResponse(
            responseCode = "200",
            description = "It was given for this reference before",
            content = @Content(schema = @Schema(implementation = GrantView.class)))
    ResponseEntity<byte[]> give(Caller caller, HttpServletRequest request, @RequestBody NewGrant draft) {
        SellerId owner = caller.require(draft.channelId().seller());
        Channel channel = catalog.channel(owner, draft.channelId().id()).orElseThrow(Problem::notFound);
        Kind kind = draft.origin() == GivenBy.EXTERNAL ? Kind.EXTERNAL : Kind.MANUAL;
        return idempotency.once(caller, request, owner, id -> grants.knowBuyer(id, draft.telegramUserId()), seller -> {
            String reference = draft.reference() == null ? UUID.randomUUID().toString() : draft.reference();
            Gift gift = giving.give(
                            channel,
                            draft.telegramUserId(),
                            draft.days(),
                            new Given(kind, reference),
                            by(caller, draft.reason()))
                    .orElseThrow(Problem::buyerBanned);
            if (gift.grant().telegramUserId() != draft.telegramUserId()) {
                throw Problem.conflict(
                        "reference_taken",
                        "By this reference somebody else has a grant: "
                                + gift.grant().handle() + ".");
            }
            GrantView view = GrantView.of(gift.grant(), clock.instant());
            return gift.isNew() ? Answer.created(view) : Answer.ok(view);
        });
    }

    @PostMapping("/{grantId}/extend")
    @Operation(summary = "Move the end of a grant that runs, and what follows it; the buyer is told")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = GrantView.class)))
    ResponseEntity<byte[]> extend(
            Caller caller, HttpServletRequest request, @PathVariable String grantId, @RequestBody MoreDays more) {
        Grant grant = grant(caller, grantId);
        return idempotency.once(caller, request, grant.seller(), seller -> {
            Grant extended = giving.extend(grant, more.days(), by(caller, more.reason()))
                    .orElseThrow(
                            () -> Problem.conflict(
                                    "grant_ended_or_for_life",
                                    "This grant is over or for life: its end cannot be moved. POST /api/v1/grants gives a new one."));
            return Answer.ok(GrantView.of(extended, clock.instant()));
        });
    }

    @PostMapping("/{grantId}/revoke")
    @Operation(summary = "End a grant now; who has no other is told, and removed after the channel's grace period")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = GrantView.class)))
    ResponseEntity<byte[]> revoke(
            Caller caller, HttpServletRequest request, @PathVariable String grantId, @RequestBody Revocation why) {
        Grant grant = grant(caller, grantId);
        return idempotency.once(caller, request, grant.seller(), seller -> {
            if (!giving.revoke(grant, by(caller, why.reason()))) {
                throw Problem.conflict("grant_ended", "This grant is over already.");
            }
            return Answer.ok(GrantView.of(grants.find(seller, grant.id()).orElseThrow(), clock.instant()));
        });
    }

    private Grant grant(Caller caller, String grantId) {
        Handle handle = Params.handle(caller, Handle.GRANT, grantId);
        return grants.find(handle.seller(), handle.id()).orElseThrow(Problem::notFound);
    }

    private static By by(Caller caller, String reason) {
        return new By(caller.cause(), caller.name(), reason);
    }

    record GrantTimeline(String grantId, List<EventView> events) {}

    @GetMapping("/{grantId}/timeline")
    @Operation(summary = "What happened to a grant that nobody paid for; that of a bought one is its payment's")
    GrantTimeline timeline(Caller caller, @PathVariable String grantId) {
        Grant grant = grant(caller, grantId);
        return new GrantTimeline(
                grant.handle(),
                timeline.of(grant.seller(), grant.subject()).stream()
                        .map(EventView::of)
                        .toList());
    }

    @PostMapping("/{grantId}/resend")
    @Operation(summary = "Send the buyer the same way in once more")
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = TaskRef.class)))
    ResponseEntity<byte[]> resend(Caller caller, HttpServletRequest request, @PathVariable String grantId) {
        Grant grant = grant(caller, grantId);
        return idempotency.once(caller, request, grant.seller(), seller -> {
            Instant now = clock.instant();
            if (!grant.isActiveAt(now)) {
                throw Problem.conflict("grant_ended", "This grant has ended: there is no way in to send.");
            }
            var again = Effects.deliverAgain(grant.id(), "resend-" + UUID.randomUUID());
            UUID task = tasks.owe(seller, again);
            timeline.append(
                    seller,
                    new Event(
                            grant.subject(),
                            now,
                            "resend_asked",
                            caller.cause(),
                            caller.name(),
                            Map.of("grant", grant.handle())));
            return Answer.accepted(new TaskRef(new Handle(Handle.TASK, seller, task).toString()));
        });
    }
}
