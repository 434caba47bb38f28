package admitone.simulators.telegram;

import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How a bot says where its updates go. */
final class WebhookMethods implements AutoCloseable {
    private final World world;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    WebhookMethods(World world) {
        this.world = world;
    }

    JsonNode getUpdates(Bot bot, Params params) throws InterruptedException {
        if (active(bot) != null) {
            throw ApiError.conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete"
                    + " the webhook first");
        }
        return bot.updates.get(params);
    }

    Methods.Result set(Bot bot, Params params) {
        String url = params.text("url").strip();
        if (url.isEmpty()) {
            return delete(bot, params);
        }
        String secret = params.text("secret_token");
        if (secret.length() > 256) {
            throw ApiError.badRequest("secret token is too long");
        }
        if (!secret.matches("[A-Za-z0-9_-]*")) {
            throw ApiError.badRequest("secret token contains unallowed characters");
        }
        int maxConnections = (int) params.number("max_connections", 40, 1, 100);
        checkUrl(url);
        if (params.flag("drop_pending_updates")) {
            bot.updates.clear();
        }
        List<String> allowedBefore = bot.updates.allowedTypes();
        bot.updates.allow(params);
        Webhook before = active(bot);
        if (before != null
                && before.url.equals(url)
                && before.secret.equals(secret)
                && before.maxConnections == maxConnections
                && Objects.equals(allowedBefore, bot.updates.allowedTypes())) {
            return new Methods.Result(Json.yes(), "Webhook is already set");
        }
        checkNotHasty(bot);
        bot.updates.endPoll("terminated by setWebhook request");
        stop(bot);
        Webhook webhook = new Webhook(url, secret, maxConnections, world.lock, bot.updates, world.clock, client);
        bot.webhook = webhook;
        webhook.start();
        return new Methods.Result(Json.yes(), "Webhook was set");
    }

    private void checkNotHasty(Bot bot) {
        long now = System.nanoTime();
        if (world.paced && bot.webhookSetNanos != 0 && now - bot.webhookSetNanos < TimeUnit.SECONDS.toNanos(1)) {
            throw ApiError.flood(1);
        }
        bot.webhookSetNanos = now;
    }

    /** Plain http is taken for the own machine, as the official server does when it runs locally. */
    private static void checkUrl(String url) {
        URI uri;
        try {
            uri = URI.create(url.contains("://") ? url : "https://" + url);
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("invalid webhook URL specified");
        }
        if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
            throw ApiError.badRequest("invalid webhook URL specified");
        }
        boolean local = uri.getHost().equals("localhost") || uri.getHost().startsWith("127.");
        if (uri.getScheme().equals("http") && !local) {
            throw ApiError.badRequest("bad webhook: An HTTPS URL must be provided for webhook");
        }
        if (uri.getScheme().equals("https") && !List.of(-1, 80, 88, 443, 8443).contains(uri.getPort()) && !local) {
            throw ApiError.badRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443");
        }
    }

    Methods.Result delete(Bot bot, Params params) {
        if (params.flag("drop_pending_updates")) {
            bot.updates.clear();
        }
        boolean was = active(bot) != null;
        stop(bot);
        return new Methods.Result(Json.yes(), was ? "Webhook was deleted" : "Webhook is already deleted");
    }

    private static void stop(Bot bot) {
        if (bot.webhook != null) {
            bot.webhook.close();
            bot.webhook = null;
        }
    }

    private static @Nullable Webhook active(Bot bot) {
        return bot.webhook == null || bot.webhook.isClosed() ? null : bot.webhook;
    }

    JsonNode info(Bot bot) {
        Webhook webhook = active(bot);
        ObjectNode info = Json.object()
                .put("url", webhook == null ? "" : webhook.url)
                .put("has_custom_certificate", false)
                .put("pending_update_count", bot.updates.pendingCount());
        if (webhook != null) {
            if (webhook.lastErrorDate != 0) {
                info.put("last_error_date", webhook.lastErrorDate).put("last_error_message", webhook.lastErrorMessage);
            }
            info.put("max_connections", webhook.maxConnections)
                    .put("ip_address", InetAddress.getLoopbackAddress().getHostAddress());
        }
        List<String> allowed = bot.updates.allowedTypes();
        if (allowed != null) {
            ArrayNode names = info.putArray("allowed_updates");
            allowed.forEach(names::add);
        }
        return info;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
