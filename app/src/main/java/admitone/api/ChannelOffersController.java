package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.ChannelOffer;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ChannelOffers;
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
@RequestMapping(ApiFilter.BASE + "/channels/{channelId}/offers")
@Tag(name = "Channels")
class ChannelOffersController {
    private final Catalog catalog;
    private final ChannelOffers offers;
    private final Idempotency idempotency;

    ChannelOffersController(Catalog catalog, ChannelOffers offers, Idempotency idempotency) {
        this.catalog = catalog;
        this.offers = offers;
        this.idempotency = idempotency;
    }

    @GetMapping
    @Operation(summary = "What a channel offers beside its plans")
    ChannelOffer one(Caller caller, @PathVariable String channelId) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return ChannelOffer.of(offers.of(channel.seller(), channel.id()));
    }

    @PutMapping
    @Operation(summary = "Set it anew; what is left out is not offered")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ChannelOffer.class)))
    ResponseEntity<byte[]> set(
            Caller caller,
            HttpServletRequest request,
            @PathVariable String channelId,
            @RequestBody ChannelOffer draft) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return idempotency.once(caller, request, channel.seller(), seller -> {
            offers.set(seller, channel.id(), draft.offers());
            return Answer.ok(ChannelOffer.of(draft.offers()));
        });
    }
}
