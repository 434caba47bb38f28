package admitone.nowpayments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.PayoutProvider;
import admitone.runtime.Answer;
import admitone.runtime.ClockCheck;
import admitone.runtime.OutsideHttp;
import admitone.runtime.OutsideHttp.Reply;
import admitone.runtime.Remark;
import admitone.runtime.Settings;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Asks NOWPayments whether the account's keys work, without the service; moves nothing. */
public final class AccountCheck {
    private static final String ABOUT = "NOWPayments";

    private final OutsideHttp http;
    private final Settings settings;
    private final Clock clock;
    private final AccountToken token;
    private final NowPaymentsPayouts payouts;
    private final Duration within;

    public AccountCheck(OutsideHttp http, JsonMapper json, Clock clock, Settings settings) {
        this.http = http;
        this.settings = settings;
        this.clock = clock;
        this.token = new AccountToken(http, json, clock, settings);
        this.payouts = new NowPaymentsPayouts(http, json, token, settings);
        this.within = settings.callWithin();
    }

    /** What can be asked about payouts. */
    public PayoutProvider payouts() {
        return payouts;
    }

    public List<Remark> look() {
        List<Remark> remarks = new ArrayList<>();
        Instant asked = clock.instant();
        if (!(http.call(url("/status"), Map.of(), null, within) instanceof Reply.Received status)) {
            remarks.add(away("no answer"));
            return remarks;
        }
        if (status.status() >= 300) {
            remarks.add(away("HTTP " + status.status()));
            return remarks;
        }
        ClockCheck.against(ABOUT, status.headers(), asked, clock.instant()).ifPresent(remarks::add);
        remarks.add(key());
        remarks.add(Remark.ok(
                ABOUT,
                "an IPN secret is set; whether it is the account's cannot be asked: the first payment's notification shows"
                        + " it (what is refused is in the log)"));
        remarks.add(login());
        remarks.add(balance());
        return remarks;
    }

    private Remark away(String why) {
        return Remark.wrong(
                ABOUT,
                settings.nowPayments().apiUrl() + " cannot be reached: " + why,
                "is the network up, does a firewall let this machine out, and is ADMITONE_NOWPAYMENTS_API_URL right?");
    }

    private Remark key() {
        Map<String, String> key =
                Map.of("x-api-key", settings.nowPayments().apiKey().value());
        Reply reply = http.call(url("/merchant/coins"), key, null, within);
        return switch (NowPaymentsClient.answer(reply, (object, bytes) -> NowPaymentsClient.enabled(object))) {
            case Answer.Done<Set<Asset>>(Set<Asset> coins) ->
                Remark.ok(ABOUT, "the API key is accepted, and " + coins.size() + " coins can be paid in");
            case Answer.Declined<Set<Asset>>(String code, String reason) ->
                Remark.wrong(
                        ABOUT,
                        "the API key is refused (" + reason + ")",
                        "make one in the dashboard, Settings > Payments > API keys, and set"
                                + " ADMITONE_NOWPAYMENTS_API_KEY");
            case Answer.NotNow<Set<Asset>>(Duration after, String reason) -> later("the API key", reason);
            case Answer.Unknown<Set<Asset>>(String reason) -> later("the API key", reason);
        };
    }

    private Remark login() {
        if (!token.canBeHad()) {
            return Remark.warn(
                    ABOUT,
                    "no login is set: its lists cannot be compared (reconcile), its own page cannot be used, and nothing can"
                            + " be paid out",
                    "set ADMITONE_NOWPAYMENTS_EMAIL and ADMITONE_NOWPAYMENTS_PASSWORD");
        }
        return switch (token.get()) {
            case Answer.Done<String> _ -> Remark.ok(ABOUT, "the login is accepted");
            case Answer.Declined<String>(String code, String reason) -> later("the login", reason);
            case Answer.NotNow<String>(Duration after, String reason) ->
                token.isRefused()
                        ? Remark.wrong(
                                ABOUT,
                                "the login is refused",
                                "look at ADMITONE_NOWPAYMENTS_EMAIL and _PASSWORD; an account that asks for more than a"
                                        + " password at its login will not do")
                        : later("the login", reason);
            case Answer.Unknown<String>(String reason) -> later("the login", reason);
        };
    }

    private Remark balance() {
        return switch (payouts.balance()) {
            case Answer.Done<Map<Asset, Money>>(Map<Asset, Money> coins) -> Remark.ok(ABOUT, "it has " + told(coins));
            case Answer.Declined<Map<Asset, Money>>(String code, String reason) -> later("the balance", reason);
            case Answer.NotNow<Map<Asset, Money>>(Duration after, String reason) -> later("the balance", reason);
            case Answer.Unknown<Map<Asset, Money>>(String reason) -> later("the balance", reason);
        };
    }

    private static String told(Map<Asset, Money> coins) {
        String text = coins.values().stream()
                .filter(money -> money.units().signum() > 0)
                .map(Money::toString)
                .sorted()
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? "no coins" : text;
    }

    private static Remark later(String what, String why) {
        return Remark.warn(ABOUT, what + " could not be asked (" + why + ")", "try again in a minute");
    }

    private URI url(String path) {
        return URI.create(settings.nowPayments().apiUrl() + path);
    }
}
