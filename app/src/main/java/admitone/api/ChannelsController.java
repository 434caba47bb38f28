package admitone.api;

import admitone.access.Effects;
import admitone.access.LinkPool;
import admitone.api.Idempotency.Answer;
import admitone.api.Requests.NewChannel;
import admitone.api.Requests.NewPlan;
import admitone.api.Requests.OwnTexts;
import admitone.api.Requests.PlanChange;
import admitone.api.Views.ChannelView;
import admitone.api.Views.PlanView;
import admitone.bot.PlanPosts;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.RouteKind;
import admitone.catalog.Channel;
import admitone.catalog.ChannelTexts;
import admitone.catalog.ClosedChatId;
import admitone.catalog.OpenChatId;
import admitone.catalog.Plan;
import admitone.catalog.Slug;
import admitone.checkout.LeastPrice;
import admitone.database.Transactions;
import admitone.runtime.Handle;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.Tasks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/channels")
@Tag(name = "Channels", description = "The private chats that are sold, and their plans")
class ChannelsController {
    private final Catalog catalog;
    private final LeastPrice leastPrice;
    private final LinkPool pool;
    private final PlanPosts posts;
    private final Tasks tasks;
    private final ChannelTexts texts;
    private final Transactions transactions;
    private final Idempotency idempotency;
    private final Ids ids;
    private final Clock clock;
    private final String publicUrl;

    ChannelsController(
            Catalog catalog,
            LeastPrice leastPrice,
            LinkPool pool,
            PlanPosts posts,
            Tasks tasks,
            ChannelTexts texts,
            Transactions transactions,
            Idempotency idempotency,
            Ids ids,
            Clock clock,
            Settings settings) {
        this.catalog = catalog;
        this.leastPrice = leastPrice;
        this.pool = pool;
        this.posts = posts;
        this.tasks = tasks;
        this.texts = texts;
        this.transactions = transactions;
        this.idempotency = idempotency;
        this.ids = ids;
        this.clock = clock;
        this.publicUrl = settings.publicUrl().toString();
    }

    @PostMapping
    @Operation(summary = "Put a private chat on sale; the bot must be an administrator there")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = ChannelView.class)))
    ResponseEntity<byte[]> add(Caller caller, HttpServletRequest request, @RequestBody NewChannel draft) {
        caller.require(draft.sellerId());
        if (catalog.seller(draft.sellerId()).isEmpty()) {
            throw Problem.notFound();
        }
        String slug = Slug.of(draft.title(), ids);
        return idempotency.once(caller, request, draft.sellerId(), seller -> claim(seller, draft, slug), seller -> {
            Channel channel = new Channel(
                    seller,
                    ids.next(),
                    new ClosedChatId(draft.chatId()),
                    draft.openChatId() == null ? null : new OpenChatId(draft.openChatId()),
                    draft.title(),
                    slug,
                    draft.admission(),
                    null,
                    draft.overpayment());
            refuseSecond(seller, draft.chatId());
            var plans = catalog.add(
                    channel, draft.plans().stream().map(NewPlan::plan).toList());
            if (caller.isOperator()) {
                posts.refresh(channel);
            } else if (channel.openChat() != null) {
                posts.set(channel, false); // by their word alone the bot writes in nobody's chat
            }
            tasks.owe(
                    seller,
                    channel.isByOneTimeLink() ? Effects.fillPool(channel.id()) : Effects.standingLink(channel.id()));
            return Answer.created(ChannelView.of(channel, false, posts.state(channel), views(plans), publicUrl));
        });
    }

    /** A chat and a slug lead to one seller, over all of them; looked at first, so that a refusal claims nothing. */
    private void claim(SellerId seller, NewChannel draft, String slug) {
        holds(catalog.holder(RouteKind.CLOSED_CHAT, Long.toString(draft.chatId())), seller, "chat_id");
        refuseSecond(seller, draft.chatId());
        if (draft.openChatId() != null) {
            String open = Long.toString(draft.openChatId());
            holds(catalog.holder(RouteKind.OPEN_CHAT, open), seller, "open_chat_id");
            holds(Optional.of(catalog.claimRoute(RouteKind.OPEN_CHAT, open, seller)), seller, "open_chat_id");
        }
        holds(
                Optional.of(catalog.claimRoute(RouteKind.CLOSED_CHAT, Long.toString(draft.chatId()), seller)),
                seller,
                "chat_id");
        holds(Optional.of(catalog.claimRoute(RouteKind.SLUG, slug, seller)), seller, "title");
    }

    private static void holds(Optional<SellerId> holder, SellerId seller, String field) {
        if (holder.isPresent() && !holder.get().equals(seller)) {
            throw Problem.conflict(
                    "chat_taken",
                    "Another seller has registered the chat in " + field
                            + ". A chat is sold by one seller; ask the operator if that should be you.");
        }
    }

    private void refuseSecond(SellerId seller, long chatId) {
        Optional<Channel> there = catalog.channelOf(new ClosedChatId(chatId))
                .filter(channel -> channel.seller().equals(seller));
        if (there.isPresent()) {
            throw Problem.conflict(
                            "channel_exists",
                            "This chat is registered already, as " + there.get().handle()
                                    + ". Add plans to that channel instead.")
                    .with("channel_id", there.get().handle());
        }
    }

    @PostMapping("/{channelId}/plans")
    @Operation(summary = "Add a plan to a channel; orders made before keep their price")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = PlanView.class)))
    ResponseEntity<byte[]> addPlan(
            Caller caller, HttpServletRequest request, @PathVariable String channelId, @RequestBody NewPlan draft) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return idempotency.once(caller, request, channel.seller(), seller -> {
            if (catalog.plans(seller, channel.id()).size() >= Plan.MOST_OF_A_CHANNEL) {
                throw Problem.conflict("too_many_plans", "A channel has at most " + Plan.MOST_OF_A_CHANNEL + " plans.");
            }
            var plan = catalog.addPlan(channel, draft.plan());
            posts.refresh(channel);
            return Answer.created(PlanView.of(plan, leastPrice));
        });
    }

    @PutMapping("/{channelId}/plans/{planId}")
    @Operation(
            summary =
                    "Change a plan's name, price and description; orders made before keep their price. The shop page, the bot and the post of plans follow")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PlanView.class)))
    ResponseEntity<byte[]> changePlan(
            Caller caller,
            HttpServletRequest request,
            @PathVariable String channelId,
            @PathVariable String planId,
            @RequestBody PlanChange change) {
        Channel channel = Params.channel(caller, catalog, channelId);
        Plan plan = plan(caller, channel, planId);
        return idempotency.once(caller, request, channel.seller(), _ -> {
            Plan changed = (change.describes()
                            ? catalog.change(plan, change.name(), change.priceUsd(), change.description())
                            : catalog.change(plan, change.name(), change.priceUsd()))
                    .orElseThrow(Problem::planClosed);
            posts.refresh(channel);
            return Answer.ok(PlanView.of(changed, leastPrice));
        });
    }

    @DeleteMapping("/{channelId}/plans/{planId}")
    @Operation(
            summary =
                    "Close a plan: it is not sold any more; who has it keeps it, and orders made before can be paid. Closing it"
                            + " again changes nothing")
    @ApiResponse(responseCode = "204")
    ResponseEntity<Void> closePlan(Caller caller, @PathVariable String channelId, @PathVariable String planId) {
        Channel channel = Params.channel(caller, catalog, channelId);
        Plan plan = plan(caller, channel, planId);
        transactions.run(channel.seller(), () -> {
            if (catalog.close(plan, clock.instant())) {
                posts.refresh(channel);
            }
        });
        return ResponseEntity.noContent().build();
    }

    private Plan plan(Caller caller, Channel channel, String planId) {
        Handle handle = Params.handle(caller, Handle.PLAN, planId);
        return catalog.plan(handle.seller(), handle.id())
                .filter(plan -> plan.seller().equals(channel.seller())
                        && plan.channelId().equals(channel.id()))
                .orElseThrow(Problem::notFound);
    }

    @PutMapping("/{channelId}/texts")
    @Operation(
            summary =
                    "Set what the bot adds to its messages to buyers of a channel, and what its page says of it, in the"
                            + " seller's own words; in messages it counts after 15 seconds, and a welcome or expiry that is left"
                            + " out is not said any more")
    OwnTexts setTexts(Caller caller, @PathVariable String channelId, @RequestBody OwnTexts said) {
        Channel channel = Params.channel(caller, catalog, channelId);
        transactions.run(channel.seller(), () -> {
            texts.set(channel, ChannelTexts.Kind.WELCOME, said.welcome());
            texts.set(channel, ChannelTexts.Kind.EXPIRY, said.expiry());
            if (said.describes()) {
                texts.set(channel, ChannelTexts.Kind.DESCRIPTION, said.description());
            }
        });
        return texts(caller, channelId);
    }

    @GetMapping("/{channelId}/texts")
    @Operation(summary = "What the bot adds, and a channel's page says of it, in the seller's own words")
    OwnTexts texts(Caller caller, @PathVariable String channelId) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return new OwnTexts(
                texts.newest(channel, ChannelTexts.Kind.WELCOME).orElse(null),
                texts.newest(channel, ChannelTexts.Kind.EXPIRY).orElse(null),
                texts.newest(channel, ChannelTexts.Kind.DESCRIPTION).orElse(null));
    }

    @GetMapping("/{channelId}")
    @Operation(summary = "A channel with its plans")
    ChannelView one(Caller caller, @PathVariable String channelId) {
        return view(Params.channel(caller, catalog, channelId));
    }

    @GetMapping
    @Operation(summary = "Channels, newest first; a seller's token sees its own")
    Page<ChannelView> list(
            Caller caller,
            @RequestParam(name = "seller_id") Optional<String> sellerId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        int most = Params.limit(limit);
        List<Channel> rows = catalog.channels(
                Params.seller(caller, sellerId), Page.after(cursor, parts -> UUID.fromString(parts[0])), most + 1);
        return Page.of(rows, most, channel -> List.of(channel.id().toString()), this::view);
    }

    private ChannelView view(Channel channel) {
        boolean linkReady = channel.isByOneTimeLink() ? pool.free(channel) > 0 : channel.standingLink() != null;
        return ChannelView.of(
                channel,
                linkReady,
                posts.state(channel),
                views(catalog.plans(channel.seller(), channel.id())),
                publicUrl);
    }

    private List<PlanView> views(List<Plan> plans) {
        return plans.stream().map(plan -> PlanView.of(plan, leastPrice)).toList();
    }
}
