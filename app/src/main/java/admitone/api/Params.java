package admitone.api;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Reads the parameters of paths and queries. */
final class Params {
    static final int DEFAULT_LIMIT = 50;
    private static final int MOST_LIMIT = 200;
    private static final Instant TOO_LATE = Instant.parse("9999-12-31T23:59:59Z");

    private Params() {}

    static Optional<SellerId> sellerId(String text) {
        try {
            return Optional.of(new SellerId(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A seller in a path: one the caller may see. */
    static SellerId seller(Caller caller, String text) {
        return caller.require(sellerId(text).orElseThrow(Problem::notFound));
    }

    /** A seller that narrows a list. */
    static Optional<SellerId> seller(Caller caller, Optional<String> text) {
        return caller.narrow(text.map(one ->
                sellerId(one).orElseThrow(() -> Problem.invalid("seller_id", "must be a seller's id: 12 characters"))));
    }

    /** A row in a path: one the caller may see. */
    static Handle handle(Caller caller, String kind, String text) {
        Handle handle = Handle.parse(kind, text).orElseThrow(Problem::notFound);
        caller.require(handle.seller());
        return handle;
    }

    /** A channel in a path: one the caller may see. */
    static Channel channel(Caller caller, Catalog catalog, String text) {
        Handle handle = handle(caller, Handle.CHANNEL, text);
        return catalog.channel(handle.seller(), handle.id()).orElseThrow(Problem::notFound);
    }

    /** The plan that a body names, which is one of this channel's and on sale. To be asked within the effect: a repeated request is answered though the plan was closed since. */
    static Plan plan(Catalog catalog, Channel channel, Handle planId) {
        return catalog.planOnSale(planId.seller(), planId.id())
                .filter(plan -> plan.seller().equals(channel.seller())
                        && plan.channelId().equals(channel.id()))
                .orElseThrow(() -> Problem.invalid(
                        "plan_id",
                        "must be a plan of this channel that is on sale; GET /api/v1/channels/{id} lists them"));
    }

    static long telegramUser(String text) {
        if (!text.matches("[1-9]\\d{0,15}")) {
            throw Problem.invalid("telegram_user_id", "must be a Telegram user's id: a positive whole number");
        }
        return Long.parseLong(text);
    }

    static Instant instant(String name, String text) {
        try {
            Instant at = Instant.parse(text);
            if (!at.isBefore(Instant.EPOCH) && at.isBefore(TOO_LATE)) {
                return at;
            }
        } catch (DateTimeParseException e) {
            // said below
        }
        throw Problem.invalid(name, "must be an instant in UTC from 1970 on, such as 2026-03-31T23:59:59Z");
    }

    static SellerId sellerOfOrder(Caller caller, String orderId) {
        return caller.require(Handle.sellerOfOrder(orderId).orElseThrow(Problem::notFound));
    }

    static int limit(Optional<String> text) {
        if (text.isEmpty()) {
            return DEFAULT_LIMIT;
        }
        if (text.get().matches("\\d{1,3}")) {
            int limit = Integer.parseInt(text.get());
            if (limit >= 1 && limit <= MOST_LIMIT) {
                return limit;
            }
        }
        throw Problem.invalid("limit", "must be a whole number from 1 to " + MOST_LIMIT);
    }
}
