package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.audit.Invariants;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.tasks.Tasks.Listed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE)
@Tag(name = "Operation", description = "Queues of what is owed to the outside, and what must always hold (operator)")
class OperatorController {
    private static final Set<String> STATES = Set.of("ready", "running", "done", "dead");

    private final Tasks tasks;
    /** For each of what must always hold, while a person waits. */
    private static final Duration LOOK_WITHIN = Duration.ofSeconds(25);

    private static final Duration LOOK_AT_ALL_WITHIN = Duration.ofMinutes(3);

    private final Semaphore looking = new Semaphore(1);
    private final Invariants invariants;
    private final Idempotency idempotency;
    private final HeldQueues held;
    private final Set<String> kinds;
    private final Set<String> mayRunAgain;

    OperatorController(
            Tasks tasks, Invariants invariants, Idempotency idempotency, HeldQueues held, List<TaskHandler> handlers) {
        this.tasks = tasks;
        this.invariants = invariants;
        this.idempotency = idempotency;
        this.held = held;
        this.kinds = handlers.stream().map(TaskHandler::kind).collect(Collectors.toCollection(TreeSet::new));
        this.mayRunAgain = handlers.stream()
                .filter(TaskHandler::mayRunAgain)
                .map(TaskHandler::kind)
                .collect(Collectors.toSet());
    }

    record QueueView(
            String name,
            int ready,
            int scheduled,
            int running,
            int dead,
            long oldestAgeS,
            boolean paused,
            boolean held) {
        static QueueView of(Tasks.Queue queue, boolean held) {
            return new QueueView(
                    queue.name(),
                    queue.ready(),
                    queue.scheduled(),
                    queue.running(),
                    queue.dead(),
                    queue.oldestAgeS(),
                    queue.paused(),
                    held);
        }
    }

    @GetMapping("/queues")
    @Operation(
            summary = "What is owed to the outside, by kind; an empty queue is shown too. held: it waits for a person's"
                    + " resume after a restore")
    List<QueueView> queues(Caller caller) {
        caller.requireOperator();
        TreeMap<String, QueueView> all = new TreeMap<>();
        kinds.forEach(kind -> all.put(kind, new QueueView(kind, 0, 0, 0, 0, 0, false, held.isHeld(kind))));
        tasks.queues().forEach(queue -> all.put(queue.name(), QueueView.of(queue, held.isHeld(queue.name()))));
        return List.copyOf(all.values());
    }

    record TaskView(
            String taskId,
            String queue,
            String subject,
            @Nullable String sellerId,
            String state,
            int attempt,
            Instant dueAt,
            @Nullable String lastError,
            boolean mayRetry) {}

    private TaskView view(Listed task) {
        return new TaskView(
                new Handle(Handle.TASK, task.seller(), task.id()).toString(),
                task.kind(),
                task.subject(),
                task.seller().equals(SellerId.PLATFORM) ? null : task.seller().value(),
                task.state(),
                task.attempt(),
                task.dueAt(),
                task.lastError(),
                mayRetry(task));
    }

    private boolean mayRetry(Listed task) {
        return switch (task.state()) {
            case "ready", "dead" -> true;
            case "done" -> mayRunAgain.contains(task.kind());
            default -> false;
        };
    }

    @GetMapping("/queues/{name}/tasks")
    @Operation(
            summary = "Tasks of a queue by when they are due: those not done, or those in a state or about a subject"
                    + " such as payment:5996609246 (of those done: by both)")
    Page<TaskView> list(
            Caller caller,
            @PathVariable String name,
            @RequestParam Optional<String> state,
            @RequestParam Optional<String> subject,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        caller.requireOperator();
        known(name);
        state.ifPresent(word -> {
            if (!STATES.contains(word)) {
                throw Problem.invalid("state", "must be one of ready, running, done, dead");
            }
            if (word.equals("done") && subject.isEmpty()) {
                throw Problem.malformed(
                        "Tasks that are done are listed by what they are about only: add subject, such as subject=payment:5996609246.");
            }
        });
        int most = Params.limit(limit);
        List<Listed> rows = tasks.page(
                name,
                state,
                subject,
                Page.after(cursor, parts -> new Tasks.Key(Instant.parse(parts[0]), UUID.fromString(parts[1]))),
                most + 1);
        return Page.of(
                rows, most, task -> List.of(task.dueAt().toString(), task.id().toString()), this::view);
    }

    record Paused(String name, boolean paused) {}

    @PostMapping("/queues/{name}/pause")
    @Operation(summary = "Stop claiming tasks of a queue; what is running finishes")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Paused.class)))
    ResponseEntity<byte[]> pause(Caller caller, HttpServletRequest request, @PathVariable String name) {
        return paused(caller, request, name, true);
    }

    @PostMapping("/queues/{name}/resume")
    @Operation(summary = "Claim tasks of a queue again")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Paused.class)))
    ResponseEntity<byte[]> resume(Caller caller, HttpServletRequest request, @PathVariable String name) {
        return paused(caller, request, name, false);
    }

    private ResponseEntity<byte[]> paused(Caller caller, HttpServletRequest request, String name, boolean paused) {
        caller.requireOperator();
        known(name);
        return idempotency.once(caller, request, SellerId.PLATFORM, _ -> {
            tasks.pauseWithin(name, paused);
            return Answer.ok(new Paused(name, paused));
        });
    }

    @PostMapping("/queues/{name}/tasks/{taskId}/retry")
    @Operation(summary = "Try a task again now: one that waits or is dead, and a done one where repeating does no harm")
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = Views.TaskRef.class)))
    ResponseEntity<byte[]> retry(
            Caller caller, HttpServletRequest request, @PathVariable String name, @PathVariable String taskId) {
        caller.requireOperator();
        known(name);
        Handle handle = Params.handle(caller, Handle.TASK, taskId);
        Listed task = tasks.find(handle.seller(), handle.id())
                .filter(found -> found.kind().equals(name))
                .orElseThrow(Problem::notFound);
        return idempotency.once(caller, request, handle.seller(), seller -> {
            if (!tasks.retryWithin(seller, name, task.id(), mayRunAgain.contains(name))) {
                throw Problem.conflict(
                        "not_to_be_retried",
                        "This task is " + task.state() + ": "
                                + (task.state().equals("done")
                                        ? "it had its effect, which repeating could make twice."
                                        : "wait until it ends."));
            }
            return Answer.accepted(new Views.TaskRef(handle.toString()));
        });
    }

    private void known(String name) {
        if (!kinds.contains(name)
                && tasks.queues().stream().noneMatch(queue -> queue.name().equals(name))) {
            throw new Problem(
                    HttpStatus.NOT_FOUND,
                    "not_found",
                    "There is no queue of this name. GET /api/v1/queues lists them.");
        }
    }

    @GetMapping("/invariants")
    @Operation(
            summary =
                    "What must always hold, checked now, for one caller at a time; examples are ids that break it, violations is -1 where it could"
                            + " not be looked at, as why says")
    List<Invariants.Checked> invariants(Caller caller) {
        caller.requireOperator();
        if (!looking.tryAcquire()) { // who gave up and asks anew would keep all lists waiting
            throw Problem.conflict(
                    "looked_at_now", "All this is being looked at for somebody else: ask again in a minute.");
        }
        try {
            return invariants.check(LOOK_WITHIN, LOOK_AT_ALL_WITHIN);
        } finally {
            looking.release();
        }
    }
}
