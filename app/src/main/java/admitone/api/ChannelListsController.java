package admitone.api;

import admitone.access.Giving.By;
import admitone.access.Listed;
import admitone.access.Listing;
import admitone.access.Lists;
import admitone.access.Seat;
import admitone.api.Requests.Reason;
import admitone.api.Views.ListedView;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Both lists name a user in the path: said again, nothing changes. */
@ApiController
@RequestMapping(ApiFilter.BASE + "/channels/{channelId}")
@Tag(name = "Channels")
class ChannelListsController {
    private static final String USER = "/{telegramUserId}";

    private final Catalog catalog;
    private final Lists lists;
    private final Listing listing;
    private final Transactions transactions;

    ChannelListsController(Catalog catalog, Lists lists, Listing listing, Transactions transactions) {
        this.catalog = catalog;
        this.lists = lists;
        this.listing = listing;
        this.transactions = transactions;
    }

    @GetMapping("/whitelist")
    @Operation(summary = "Who is let in without a purchase and never removed, by user")
    Page<ListedView> whitelist(
            Caller caller,
            @PathVariable String channelId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        return list(caller, channelId, Listed.Word.WHITELISTED, cursor, limit);
    }

    @GetMapping("/whitelist" + USER)
    @Operation(summary = "Since when and why a user is whitelisted")
    ListedView whitelisted(Caller caller, @PathVariable String channelId, @PathVariable String telegramUserId) {
        return one(caller, channelId, telegramUserId, Listed.Word.WHITELISTED);
    }

    @PutMapping("/whitelist" + USER)
    @Operation(summary = "Let a user in when they ask, and never remove or remind them; ends a ban")
    ListedView whitelist(
            Caller caller,
            @PathVariable String channelId,
            @PathVariable String telegramUserId,
            @RequestBody Reason reason) {
        Channel channel = Params.channel(caller, catalog, channelId);
        long user = Params.telegramUser(telegramUserId);
        transactions.run(channel.seller(), () -> listing.whitelist(channel, user, by(caller, reason.reason())));
        return one(caller, channelId, telegramUserId, Listed.Word.WHITELISTED);
    }

    @DeleteMapping("/whitelist" + USER)
    @Operation(summary = "Take a user off the whitelist; what they have bought counts again")
    ResponseEntity<Void> unlist(Caller caller, @PathVariable String channelId, @PathVariable String telegramUserId) {
        return takeBack(caller, channelId, telegramUserId, Listed.Word.WHITELISTED);
    }

    @GetMapping("/bans")
    @Operation(summary = "Whom the seller keeps out, by user")
    Page<ListedView> bans(
            Caller caller,
            @PathVariable String channelId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        return list(caller, channelId, Listed.Word.BANNED, cursor, limit);
    }

    @GetMapping("/bans" + USER)
    @Operation(summary = "Since when and why a user is banned")
    ListedView banned(Caller caller, @PathVariable String channelId, @PathVariable String telegramUserId) {
        return one(caller, channelId, telegramUserId, Listed.Word.BANNED);
    }

    @PutMapping("/bans" + USER)
    @Operation(
            summary =
                    "Keep a user out, whatever they have bought: removed if they are inside, and nothing is sold to them")
    ListedView ban(
            Caller caller,
            @PathVariable String channelId,
            @PathVariable String telegramUserId,
            @RequestBody Reason reason) {
        Channel channel = Params.channel(caller, catalog, channelId);
        long user = Params.telegramUser(telegramUserId);
        transactions.run(channel.seller(), () -> listing.ban(channel, user, by(caller, reason.reason())));
        return one(caller, channelId, telegramUserId, Listed.Word.BANNED);
    }

    @DeleteMapping("/bans" + USER)
    @Operation(summary = "Take a ban back; what is left of what they bought counts again, and the way in is sent")
    ResponseEntity<Void> unban(Caller caller, @PathVariable String channelId, @PathVariable String telegramUserId) {
        return takeBack(caller, channelId, telegramUserId, Listed.Word.BANNED);
    }

    private Page<ListedView> list(
            Caller caller, String channelId, Listed.Word word, Optional<String> cursor, Optional<String> limit) {
        Channel channel = Params.channel(caller, catalog, channelId);
        int most = Params.limit(limit);
        long after = Page.after(cursor, parts -> Long.parseLong(parts[0])).orElse(0L);
        return Page.of(
                lists.list(channel.seller(), channel.id(), word, after, most + 1),
                most,
                listed -> List.of(Long.toString(listed.seat().telegramUserId())),
                ListedView::of);
    }

    private ListedView one(Caller caller, String channelId, String telegramUserId, Listed.Word word) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return lists.of(new Seat.Key(channel.seller(), channel.id(), Params.telegramUser(telegramUserId)))
                .filter(listed -> listed.word() == word)
                .map(ListedView::of)
                .orElseThrow(Problem::notFound);
    }

    private ResponseEntity<Void> takeBack(Caller caller, String channelId, String telegramUserId, Listed.Word word) {
        Channel channel = Params.channel(caller, catalog, channelId);
        long user = Params.telegramUser(telegramUserId);
        boolean held = transactions.run(
                channel.seller(), () -> listing.takeBack(channel, user, word, by(caller, "taken back")));
        if (!held) {
            throw Problem.notFound();
        }
        return ResponseEntity.noContent().build();
    }

    private static By by(Caller caller, String reason) {
        return new By(caller.cause(), caller.name(), reason);
    }
}
