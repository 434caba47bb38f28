package admitone.api;

import admitone.access.Effects;
import admitone.access.Grant;
import admitone.access.Grants;
import admitone.api.Idempotency.Answer;
import admitone.api.Views.GrantView;
import admitone.api.Views.TaskRef;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(ApiFilter.BASE + "/grants")
@Tag(name = "Grants", description = "Who may be inside a channel, until when, and how far the way in has come")
class GrantsController {
    private final Grants grants;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Idempotency idempotency;
    private final Clock clock;

    GrantsController(Grants grants, Tasks tasks, Timeline timeline, Idempotency idempotency, Clock clock) {
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
        Optional<Long> user = telegramUserId.map(GrantsController::user);
        Optional<UUID> before = Page.after(cursor, parts -> UUID.fromString(parts[0]));
        List<Grant> rows = seller.isPresent()
                ? grants.list(seller.get(), channel.map(Handle::id), user, before, most + 1)
                : grants.listAll(user, before, most + 1);
        Instant now = clock.instant();
        return Page.of(rows, most, grant -> List.of(grant.id().toString()), grant -> GrantView.of(grant, now));
    }

    private static long user(String text) {
        if (!text.matches("[1-9]\\d{0,15}")) {
            throw Problem.invalid("telegram_user_id", "must be a Telegram user's id: a positive whole number");
        }
        return Long.parseLong(text);
    }

    @PostMapping("/{grantId}/resend")
    @Operation(summary = "Send the buyer the same way in once more")
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = TaskRef.class)))
    ResponseEntity<byte[]> resend(Caller caller, HttpServletRequest request, @PathVariable String grantId) {
        Handle handle = Params.handle(caller, Handle.GRANT, grantId);
        Grant grant = grants.find(handle.seller(), handle.id()).orElseThrow(Problem::notFound);
        return idempotency.once(caller, request, handle.seller(), seller -> {
            Instant now = clock.instant();
            if (!grant.isActiveAt(now)) {
                throw Problem.conflict("grant_ended", "This grant has ended: there is no way in to send.");
            }
            var again = Effects.deliverAgain(grant.id(), "resend-" + UUID.randomUUID());
            UUID task = tasks.owe(seller, again);
            timeline.append(
                    seller,
                    new Event(
                            Event.payment(grant.paymentId()),
                            now,
                            "resend_asked",
                            caller.isOperator() ? "operator" : "seller",
                            caller.name(),
                            Map.of("grant", grant.handle())));
            return Answer.accepted(new TaskRef(new Handle(Handle.TASK, seller, task).toString()));
        });
    }
}
