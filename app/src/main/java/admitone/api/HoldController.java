package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.Resumed;
import admitone.hold.Hold;
import admitone.hold.ResumeEffects;
import admitone.hold.Server;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;

@ApiController
@RequestMapping(ApiFilter.BASE + "/hold")
@Tag(name = "Hold", description = "After a restore outside effects wait for a person (operator)")
class HoldController {
    private final Hold hold;
    private final ResumeEffects resume;
    private final Tasks tasks;
    private final HeldQueues held;
    private final Idempotency idempotency;

    HoldController(Hold hold, ResumeEffects resume, Tasks tasks, HeldQueues held, Idempotency idempotency) {
        this.hold = hold;
        this.resume = resume;
        this.tasks = tasks;
        this.held = held;
        this.idempotency = idempotency;
    }

    /** What waits in a queue, due or not. */
    record Waiting(String queue, int tasks) {}

    /**
     * @param databaseUntil until when the database that is in doubt was alive
     * @param seenUntil until when the service saw it alive
     * @param onResume what a resume puts right before effects go on
     */
    record HoldView(
            boolean held,
            @Nullable String holdId,
            @Nullable Instant since,
            @Nullable String reason,
            @Nullable String why,
            @Nullable String noticedBy,
            @Nullable Instant databaseUntil,
            @Nullable Instant seenUntil,
            List<Waiting> waiting,
            List<ResumeEffects.Step> onResume) {
        static HoldView none() {
            return new HoldView(false, null, null, null, null, null, null, null, List.of(), List.of());
        }
    }

    @GetMapping
    @Operation(summary = "Whether outside effects are on hold, why, what waits, and what a resume will do")
    HoldView show(Caller caller) {
        caller.requireOperator();
        return hold.current().map(this::view).orElseGet(HoldView::none);
    }

    private HoldView view(Hold.Open open) {
        List<Waiting> waiting = tasks.queues().stream()
                .filter(queue -> held.waits(queue.name()))
                .map(queue -> new Waiting(queue.name(), queue.ready() + queue.scheduled() + queue.running()))
                .filter(queue -> queue.tasks() > 0)
                .toList();
        return new HoldView(
                true,
                handle(open.id()),
                open.began(),
                open.reason(),
                open.why(),
                open.noticedBy(),
                open.knownUntil(),
                open.seenUntil(),
                waiting,
                resume.ahead());
    }

    private static String handle(UUID id) {
        return new Handle(Handle.HOLD, SellerId.PLATFORM, id).toString();
    }

    /** @param lifted false: nothing was on hold */
    record ResumedView(boolean lifted, @Nullable String holdId) {}

    @PostMapping("/resume")
    @Operation(
            summary = "Take the database as it is for the right one: put right what the restore makes wrong, then let"
                    + " outside effects go on. Refused when another hold than hold_id is on")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ResumedView.class)))
    ResponseEntity<byte[]> resume(Caller caller, HttpServletRequest request, @RequestBody Resumed wanted) {
        caller.requireOperator();
        Handle handle = wanted.holdId();
        Server server = resume.server();
        return idempotency.once(
                caller,
                request,
                SellerId.PLATFORM,
                _ -> {
                    if (isOn(handle)) {
                        resume.putRight();
                    }
                },
                _ -> Answer.ok(new ResumedView(resume.lift(handle.id(), server, caller.name()), handle.toString())));
    }

    private boolean isOn(Handle wanted) {
        Optional<Hold.Open> open = hold.current();
        if (open.isPresent() && !open.get().id().equals(wanted.id())) {
            throw Problem.conflict(
                    "another_hold",
                    "Another hold is on than the one you looked at: look again (GET /api/v1/hold), then resume that.");
        }
        return open.isPresent();
    }
}
