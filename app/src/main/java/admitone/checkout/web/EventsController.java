package admitone.checkout.web;

import admitone.checkout.web.BuyerReads.Found;
import admitone.checkout.web.StreamPlaces.Place;
import admitone.database.Lane;
import admitone.runtime.Network;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where a purchase stands, told again whenever it changes. Refuses as {@link StatusController} does; opening counts as one question. */
@RestController
class EventsController {
    private static final Duration ASK_AGAIN_WHEN_FULL = Duration.ofSeconds(60);

    private final BuyerReads reads;
    private final StatusLimit limit;
    private final EventStreams streams;

    EventsController(BuyerReads reads, StatusLimit limit, EventStreams streams) {
        this.reads = reads;
        this.limit = limit;
        this.streams = streams;
    }

    /** The request's own thread writes the stream, so it answers null only when the stream has ended. */
    @GetMapping(value = "/api/payment-status/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Nullable
    ResponseEntity<?> events(
            @RequestParam(name = "order_id", required = false) @Nullable String orderId,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String seen,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (orderId == null) {
            return StatusController.missingOrderId();
        }
        String address = request.getRemoteAddr();
        Optional<Duration> wait = limit.refuses(orderId, address);
        if (wait.isPresent()) {
            return StatusController.tooOften(wait.get());
        }
        Optional<Place> place = streams.place(orderId, Network.of(address));
        if (place.isEmpty()) {
            return noPlace();
        }
        try (Place _ = place.get()) {
            Optional<Found> found = Lane.READS.run(() -> reads.find(orderId, Pages.language(request)));
            if (found.isEmpty()) {
                return StatusController.unknownOrder();
            }
            wait = limit.count(orderId, address);
            if (wait.isPresent()) {
                return StatusController.tooOften(wait.get());
            }
            return answer(orderId, found.get(), seen, request, response);
        }
    }

    private @Nullable ResponseEntity<?> answer(
            String orderId,
            Found found,
            @Nullable String seen,
            HttpServletRequest request,
            HttpServletResponse response) {
        StatusAnswer now = StatusAnswer.of(orderId, found);
        boolean isSeen = StatusController.tag(now).equals(seen);
        if (isSeen && now.isFinal()) {
            return ResponseEntity.noContent().build(); // by which a browser knows that it need not come back
        }
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setHeader("X-Accel-Buffering", "no"); // nginx would hold events back
        if (!request.getMethod().equals("HEAD")) {
            String watched = found.purchase().order().id();
            write(new EventStream(orderId, watched, found.asker(), Pages.language(request), now, isSeen), response);
        }
        return null;
    }

    private void write(EventStream stream, HttpServletResponse response) {
        try {
            streams.write(stream, response.getOutputStream());
        } catch (IOException e) {
            // the reader is gone, and nobody is there to be told
        }
    }

    private static ResponseEntity<ProblemDetail> noPlace() {
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header("Retry-After", StatusController.seconds(ASK_AGAIN_WHEN_FULL))
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(StatusController.body(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "too_many_streams",
                        "Too many event streams are open. Ask for the status instead, or open one later."));
    }
}
