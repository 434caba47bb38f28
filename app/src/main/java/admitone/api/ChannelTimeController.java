package admitone.api;

import admitone.access.ChannelTerms;
import admitone.api.Idempotency.Answer;
import admitone.api.Requests.ChannelTime;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;

@ApiController
@RequestMapping(ApiFilter.BASE + "/channels/{channelId}/time")
@Tag(name = "Channels")
class ChannelTimeController {
    private final Catalog catalog;
    private final ChannelTerms terms;
    private final Idempotency idempotency;

    ChannelTimeController(Catalog catalog, ChannelTerms terms, Idempotency idempotency) {
        this.catalog = catalog;
        this.terms = terms;
        this.idempotency = idempotency;
    }

    @GetMapping
    @Operation(summary = "How a channel treats those whose time ends: reminders, grace period, the brake on removals")
    ChannelTime one(Caller caller, @PathVariable String channelId) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return ChannelTime.of(terms.of(channel.seller(), channel.id()));
    }

    @PutMapping
    @Operation(summary = "Set it anew; what is left out becomes the default. What buyers were told of their end stays")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ChannelTime.class)))
    ResponseEntity<byte[]> set(
            Caller caller, HttpServletRequest request, @PathVariable String channelId, @RequestBody ChannelTime draft) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return idempotency.once(caller, request, channel.seller(), seller -> {
            terms.set(seller, channel.id(), draft.terms());
            return Answer.ok(ChannelTime.of(draft.terms()));
        });
    }
}
