package admitone.api;

import admitone.access.Gifts;
import admitone.access.Gifts.Gift;
import admitone.access.Gifts.Made;
import admitone.api.Idempotency.Answer;
import admitone.api.Requests.NewGifts;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.messaging.BotName;
import admitone.runtime.Handle;
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
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/channels/{channelId}/gifts")
@Tag(name = "Gifts", description = "Codes that give access once, to whoever redeems them first with the bot")
class GiftsController {
    private final Gifts gifts;
    private final Catalog catalog;
    private final BotName bot;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Idempotency idempotency;
    private final Clock clock;

    GiftsController(
            Gifts gifts,
            Catalog catalog,
            BotName bot,
            Timeline timeline,
            Transactions transactions,
            Idempotency idempotency,
            Clock clock) {
        this.gifts = gifts;
        this.catalog = catalog;
        this.bot = bot;
        this.timeline = timeline;
        this.transactions = transactions;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    record GiftView(
            String giftId,
            @Nullable Integer days,
            String state,
            @Nullable String redeemedBy,
            @Nullable Instant redeemedAt,
            @Nullable Instant revokedAt) {
        static GiftView of(Gift gift) {
            return new GiftView(
                    gift.handle(),
                    gift.days(),
                    gift.state(),
                    gift.redeemedBy() == null ? null : gift.redeemedBy().toString(),
                    gift.redeemedAt(),
                    gift.revokedAt());
        }
    }

    record NewGiftView(
            String giftId,

            @Schema(description = "shown this once; only its digest is kept")
            String code,

            @Schema(description = "opens the bot with the code; null while the bot's name is not known") @Nullable
            String link) {}

    record NewGiftsView(List<NewGiftView> gifts) {}

    @PostMapping
    @Operation(summary = "Make gift codes of a plan's time or of so many days; the codes are shown once")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = NewGiftsView.class)))
    ResponseEntity<byte[]> make(
            Caller caller, HttpServletRequest request, @PathVariable String channelId, @RequestBody NewGifts draft) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return idempotency.once(caller, request, channel.seller(), seller -> {
            @Nullable
            Integer days = draft.planId() == null
                    ? draft.days()
                    : Params.plan(catalog, channel, draft.planId()).days();
            List<Made> made = gifts.make(channel, days, draft.count());
            note(caller, channel, "gifts_made", Map.of("count", Integer.toString(made.size())));
            Problem again = Problem.conflict(
                    "codes_shown_once",
                    "This request made gifts before, and their codes were shown that once. Revoke those you have not got and make"
                            + " others with a new Idempotency-Key.");
            return new Answer(
                    HttpStatus.CREATED,
                    new NewGiftsView(made.stream().map(this::view).toList()),
                    HttpStatus.CONFLICT,
                    again.body());
        });
    }

    private NewGiftView view(Made made) {
        return new NewGiftView(
                made.gift().handle(), made.code(), bot.startLink(made.code()).orElse(null));
    }

    @GetMapping
    @Operation(summary = "The channel's gifts, newest first: open, redeemed or revoked")
    Page<GiftView> list(
            Caller caller,
            @PathVariable String channelId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        Channel channel = Params.channel(caller, catalog, channelId);
        int most = Params.limit(limit);
        List<Gift> rows = gifts.list(channel, Page.after(cursor, parts -> UUID.fromString(parts[0])), most + 1);
        return Page.of(rows, most, gift -> List.of(gift.id().toString()), GiftView::of);
    }

    @DeleteMapping("/{giftId}")
    @Operation(summary = "Take a gift back that nobody has redeemed; doing so again changes nothing")
    GiftView revoke(Caller caller, @PathVariable String channelId, @PathVariable String giftId) {
        Channel channel = Params.channel(caller, catalog, channelId);
        Handle handle = Params.handle(caller, Handle.GIFT, giftId);
        Gift gift = transactions.run(channel.seller(), () -> {
            Gift revoked = gifts.revoke(channel, handle.id()).orElseThrow(Problem::notFound);
            note(caller, channel, "gift_revoke_asked", Map.of("gift", revoked.handle(), "state", revoked.state()));
            return revoked;
        });
        if (gift.redeemedBy() != null) {
            throw Problem.conflict(
                    "gift_redeemed", "This gift was redeemed. To take the access away, revoke the grant it gave.");
        }
        return GiftView.of(gift);
    }

    private void note(Caller caller, Channel channel, String kind, Map<String, String> detail) {
        timeline.append(
                channel.seller(),
                new Event(
                        "channel:" + channel.id(),
                        clock.instant(),
                        kind,
                        caller.isOperator() ? "operator" : "seller",
                        caller.name(),
                        detail));
    }
}
