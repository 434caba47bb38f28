package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.PostSwitch;
import admitone.bot.PlanPosts;
import admitone.bot.PlanPosts.PlanPost;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;

@ApiController
@RequestMapping(ApiFilter.BASE + "/channels/{channelId}/post")
@Tag(name = "Channels")
class ChannelPostController {
    private final Catalog catalog;
    private final PlanPosts posts;
    private final Idempotency idempotency;

    ChannelPostController(Catalog catalog, PlanPosts posts, Idempotency idempotency) {
        this.catalog = catalog;
        this.posts = posts;
        this.idempotency = idempotency;
    }

    /** {@code state}: off, waiting, posted or refused; {@code why} it was refused. */
    record PostView(
            boolean on,
            String state,
            @Nullable String openChatId,
            @Nullable String messageId,
            @Nullable String why) {}

    @GetMapping
    @Operation(summary = "How it stands with the post of the channel's plans in its open chat")
    PostView one(Caller caller, @PathVariable String channelId) {
        return view(Params.channel(caller, catalog, channelId));
    }

    @PutMapping
    @Operation(
            summary =
                    "Post the plans in the open chat and keep the post up to date, or stop doing so: what stands there stays. On again, it is posted"
                            + " again where it is gone or was refused")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PostView.class)))
    ResponseEntity<byte[]> set(
            Caller caller, HttpServletRequest request, @PathVariable String channelId, @RequestBody PostSwitch draft) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return idempotency.once(caller, request, channel.seller(), seller -> {
            if (channel.openChat() == null) {
                throw Problem.conflict(
                        "no_open_chat",
                        "This channel has no open_chat_id. Make the bot an administrator of the open chat: it then offers to post there.");
            }
            if (draft.on() && !caller.isOperator() && !isTheirs(channel)) {
                throw Problem.conflict(
                        "open_chat_not_proved",
                        "That this open chat is yours is not known. Make the bot an administrator there, as an administrator of it: the bot then"
                                + " offers to post. Or ask the operator.");
            }
            posts.set(channel, draft.on());
            return Answer.ok(view(channel));
        });
    }

    /** By the operator's word, or by the conversation with the bot, which asks Telegram whether they run the chat. */
    private boolean isTheirs(Channel channel) {
        return posts.find(channel.seller(), channel.id())
                .filter(post -> post.isOn() || post.messageId() != null)
                .isPresent();
    }

    private PostView view(Channel channel) {
        String chat = channel.openChat() == null
                ? null
                : Long.toString(channel.openChat().value());
        return posts.find(channel.seller(), channel.id())
                .map(post -> view(post, chat))
                .orElseGet(() -> new PostView(false, "off", chat, null, null));
    }

    private static PostView view(PlanPost post, @Nullable String chat) {
        return new PostView(
                post.isOn(),
                post.state(),
                chat,
                post.messageId() == null ? null : Long.toString(post.messageId()),
                post.refused());
    }
}
