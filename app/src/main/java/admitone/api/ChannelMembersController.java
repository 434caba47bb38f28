package admitone.api;

import admitone.access.Memberships;
import admitone.access.Observing;
import admitone.api.Idempotency.Answer;
import admitone.api.Requests.ChannelMembers;
import admitone.api.Views.MembersView;
import admitone.api.Views.ObservedView;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/channels/{channelId}")
@Tag(name = "Channels")
class ChannelMembersController {
    private final Catalog catalog;
    private final Memberships memberships;
    private final Observing observing;
    private final Idempotency idempotency;

    ChannelMembersController(Catalog catalog, Memberships memberships, Observing observing, Idempotency idempotency) {
        this.catalog = catalog;
        this.memberships = memberships;
        this.observing = observing;
        this.idempotency = idempotency;
    }

    @GetMapping("/members")
    @Operation(summary = "Who works a channel, and what becomes of members who have no right to be inside")
    MembersView one(Caller caller, @PathVariable String channelId) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return MembersView.of(memberships.of(channel.seller(), channel.id()));
    }

    @PutMapping("/members")
    @Operation(
            summary =
                    "Set it anew; what is left out becomes the default. When observing ends, what is still due is done")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = MembersView.class)))
    ResponseEntity<byte[]> set(
            Caller caller,
            HttpServletRequest request,
            @PathVariable String channelId,
            @RequestBody ChannelMembers draft) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return idempotency.once(caller, request, channel.seller(), seller -> {
            memberships.set(seller, channel.id(), draft.membership(), caller.cause(), caller.name());
            return Answer.ok(MembersView.of(draft.membership()));
        });
    }

    @GetMapping("/observed")
    @Operation(summary = "What would have been done while the channel was only observed, newest first")
    Page<ObservedView> observed(
            Caller caller,
            @PathVariable String channelId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        Channel channel = Params.channel(caller, catalog, channelId);
        int most = Params.limit(limit);
        UUID before = Page.after(cursor, parts -> UUID.fromString(parts[0])).orElse(null);
        return Page.of(
                observing.list(channel.seller(), channel.id(), before, most + 1),
                most,
                observed -> List.of(observed.id().toString()),
                ObservedView::of);
    }
}
